"""For people at a terminal: each problem with its line underlined and a hint, then a summary; 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ketascreen.authoring.checks.registry import ASK_FOR_DOCUMENTS
from ketascreen.authoring.checks.run import Checked, Silenced
from ketascreen.rendering.page import WIDTH, wrapped
from ketascreen.rendering.passed_over import passed_over

PAGES = "docs/codes/<code>.md"


def render(checked: Checked) -> str:
    """Every problem, every accepted finding with its reason, and a summary."""
    lines: list[str] = []
    for problem in (*checked.refused, *checked.found):
        lines += [*problem.lines(WIDTH), ""]
    if checked.silenced:
        lines += [*_wrapped(f"Accepted, each with its reason ({len(checked.silenced)}):"), ""]
    for silenced in checked.silenced:
        lines += [*_silenced(silenced), ""]
    lines += last_word(checked)
    return "\n".join(lines)


def _wrapped(text: str, indent: int = 0, hang: int = 0) -> list[str]:
    return [line.text for line in wrapped(text, indent=indent, hang=hang)] if text else []


def _silenced(silenced: Silenced) -> Iterator[str]:
    yield from replace(silenced.finding, text=None, hint="").lines(WIDTH)
    yield from _wrapped(f"reason: {silenced.reason}", indent=2, hang=2)


def last_word(checked: Checked) -> Iterator[str]:
    """How much was checked, found, accepted and passed over."""
    whole = f"{_count(checked.rules, 'rule')}, {_count(checked.cases, 'case')}"
    if checked.refused and not checked.rules:
        yield from _wrapped(f"The rulebook does not load: {_count(len(checked.refused), 'problem')}.")
    elif checked.refused:
        yield from _wrapped(f"The cases cannot be used: {_count(len(checked.refused), 'problem')}.")
    if not checked.refused or checked.found or checked.silenced:
        found = _count(len(checked.found), "finding") if checked.found else "nothing found"
        kept = f", {len(checked.silenced)} accepted" if checked.silenced else ""
        yield from _wrapped(f"{whole}: {found}{kept}.")
    yield from (line.text for line in passed_over(checked.ignored))
    for codes, why in _not_run(checked):
        yield from _wrapped(f"Not run: {', '.join(codes)} ({why}).", hang=2)
    if checked.refused or checked.found:
        yield from _wrapped(f"What a code means, with examples: {PAGES}")


def _not_run(checked: Checked) -> Iterator[tuple[list[str], str]]:
    """The checks that were not run, with the reason."""
    waiting = [code for code in checked.not_run if code in ASK_FOR_DOCUMENTS and checked.rules]
    others = [code for code in checked.not_run if code not in waiting]
    if others:
        yield others, "fix the problems first"
    if waiting:
        yield waiting, "--documents DIR names the source documents"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
