"""For people at a terminal: each problem with its line underlined and the hint, then what it comes to; 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ketascreen.authoring.checks.registry import ASK_FOR_DOCUMENTS
from ketascreen.authoring.checks.run import Checked, Silenced
from ketascreen.diagnostic import Diagnostic, Place, printable
from ketascreen.rendering.page import WIDTH, wrapped

PAGES = "docs/codes/<code>.md"

_GUTTER = 8  # of "   10 | "
_ROOM = WIDTH - _GUTTER
_CUT = "..."


def render(checked: Checked) -> str:
    """Every problem, what was let stand and why, and a last word on how many there are."""
    lines: list[str] = []
    for problem in (*checked.refused, *checked.found):
        lines += [*_problem(problem), ""]
    if checked.silenced:
        lines += [*_wrapped(f"Let stand, each with its reason ({len(checked.silenced)}):"), ""]
    for silenced in checked.silenced:
        lines += [*_silenced(silenced), ""]
    lines += last_word(checked)
    return "\n".join(lines)


def _wrapped(text: str, indent: int = 0, hang: int = 0) -> list[str]:
    return [line.text for line in wrapped(text, indent=indent, hang=hang)] if text else []


def _head(problem: Diagnostic) -> list[str]:
    where = f"{problem.place}: " if problem.place else ""
    return _wrapped(f"{where}{problem.message} [{problem.code}]", hang=2)


def _problem(problem: Diagnostic) -> Iterator[str]:
    yield from _head(problem)
    if problem.text is None or problem.place is None:
        yield from _wrapped(problem.hint, indent=2, hang=2)
        return
    shown, before, length = _excerpt(problem.text, problem.place)
    yield f"{problem.place.line:>5} | {shown}".rstrip()
    mark = f"{'|':>7} {' ' * before}{'^' * length}"
    if len(mark) + 1 + len(printable(problem.hint)) <= WIDTH:
        yield f"{mark} {printable(problem.hint)}".rstrip()
        return
    yield mark
    yield from (f"{'|':>7} {line}" for line in textwrap.wrap(printable(problem.hint), _ROOM))


def _excerpt(text: str, place: Place) -> tuple[str, int, int]:
    """As much of the line as there is room for, and where in it, and how long, the place is."""
    start = min(place.column - 1, len(text))
    before = printable(text[:start])
    marked = printable(text[start : start + place.length])
    line = before + marked + printable(text[start + place.length :])
    whole = len(line) <= _ROOM
    first = 0 if whole or len(before) + len(marked) <= _ROOM - len(_CUT) else max(0, len(before) - _ROOM // 3)
    shown, offset = (_CUT + line[first:], len(before) - first + len(_CUT)) if first else (line, len(before))
    if len(shown) > _ROOM:
        shown = shown[: _ROOM - len(_CUT)]
        return shown + _CUT, offset, max(1, min(len(marked), len(shown) - offset))
    return shown, offset, max(1, len(marked))


def _silenced(silenced: Silenced) -> Iterator[str]:
    yield from _head(silenced.finding)
    yield from _wrapped(f"reason: {silenced.reason}", indent=2, hang=2)


def last_word(checked: Checked) -> Iterator[str]:
    """How much was checked, and how much was found and let stand."""
    whole = f"{_count(checked.rules, 'rule')}, {_count(checked.cases, 'case')}"
    if checked.refused and not checked.rules:
        yield from _wrapped(f"The rulebook does not load: {_count(len(checked.refused), 'problem')}.")
    elif checked.refused:
        yield from _wrapped(f"The cases cannot be used: {_count(len(checked.refused), 'problem')}.")
    if not checked.refused or checked.found or checked.silenced:
        found = _count(len(checked.found), "finding") if checked.found else "nothing found"
        kept = f", beside {len(checked.silenced)} let stand" if checked.silenced else ""
        yield from _wrapped(f"{whole}: {found}{kept}.")
    for codes, why in _not_run(checked):
        yield from _wrapped(f"Not run: {', '.join(codes)} ({why}).", hang=2)
    if checked.refused or checked.found:
        yield from _wrapped(f"What a code means, with examples: {PAGES}")


def _not_run(checked: Checked) -> Iterator[tuple[list[str], str]]:
    """The checks that were not run, by why."""
    waiting = [code for code in checked.not_run if code in ASK_FOR_DOCUMENTS and checked.rules]
    others = [code for code in checked.not_run if code not in waiting]
    if others:
        yield others, "fix the problems first"
    if waiting:
        yield waiting, "--documents DIR names the source documents"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
