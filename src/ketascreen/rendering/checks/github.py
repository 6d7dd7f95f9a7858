"""For GitHub: workflow commands, which it shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.run import Checked
from ketascreen.diagnostic import Diagnostic
from ketascreen.rendering.checks.text import last_words

_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(checked: Checked) -> str:
    """A command for each problem: an error if it refuses, a warning if it was found, a notice if it was accepted."""
    return "\n".join(_commands(checked))


def _commands(checked: Checked) -> Iterator[str]:
    for problem in checked.refused:
        yield _command("error", problem, problem.hint)
    for problem in checked.found:
        yield _command("warning", problem, problem.hint)
    for silenced in checked.silenced:
        yield _command("notice", silenced.finding, f"accepted: {silenced.reason}")
    yield from (line.text for line in last_words(checked))


def _command(kind: str, problem: Diagnostic, more: str) -> str:
    properties = {"title": problem.code}
    if place := problem.place:
        end = place.column + max(1, place.length) - 1
        where = {"file": place.path, "line": place.line, "endLine": place.line, "col": place.column, "endColumn": end}
        properties = {**{key: str(value) for key, value in where.items()}, **properties}
    listed = ",".join(f"{key}={value.translate(_IN_PROPERTY)}" for key, value in properties.items())
    message = "; ".join(filter(None, (problem.message, more)))
    return f"::{kind} {listed}::{message.translate(_IN_MESSAGE)}"
