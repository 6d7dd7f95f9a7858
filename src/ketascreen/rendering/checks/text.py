"""For people at a terminal: each problem with its line underlined and a hint, then a summary; 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ketascreen.authoring.checks.groups import FoundTogether, findings_together, problems_together
from ketascreen.authoring.checks.registry import ASK_FOR_DOCUMENTS
from ketascreen.authoring.checks.run import Checked, Silenced
from ketascreen.authoring.checks.subject import Concern
from ketascreen.diagnostic import Diagnostic
from ketascreen.rendering.page import WIDTH, Flow, Line, wrapped
from ketascreen.rendering.passed_over import passed_over

_NAMED = 3
"""How many other problems of one cause are named with their place."""
PAGES = "docs/codes/<code>.md"


def render(checked: Checked) -> str:
    """Every problem, every accepted finding with its reason, and a summary."""
    return "\n".join(line.text for line in page(checked, WIDTH))


def page(checked: Checked, width: int, *, verbose: bool = False) -> Iterator[Line]:
    """The same as lines; the lines of a problem have at most `width` columns, and 40 at least.

    Of problems of one cause the first is shown in full, and the places of the others; with `verbose`, each in full.
    """
    for group in (*problems_together(checked.refused), *findings_together(checked.found)):
        yield from _together(group, width, verbose)
    if checked.silenced:
        yield from wrapped(f"Accepted, each with its reason ({len(checked.silenced)}):")
        yield Line()
    for silenced in checked.silenced:
        yield from _silenced(silenced, width)
        yield Line()
    yield from last_words(checked)


def _together(group: FoundTogether, width: int, verbose: bool) -> Iterator[Line]:
    for problem in group.problems if verbose else group.problems[:1]:
        yield from (Line(line, flow=Flow.WHOLE) for line in problem.lines(width))
        yield Line()
    others = () if verbose else group.problems[1:]
    if not others:
        return
    each = "in full with -v" if len(others) == 1 else "each in full with -v"
    yield from wrapped(f"{len(others)} more {group.about} ({each}) [{others[0].code}]:", hang=2)
    for other in others[:_NAMED]:
        said = "" if other.message == group.problems[0].message else f": {_brief(other)}"
        yield from wrapped(f"{other.place or ''}{said}", indent=2, hang=2)
    if others[_NAMED:]:
        yield from wrapped(f"and {len(others) - _NAMED} more", indent=2)
    yield Line()


def _brief(problem: Diagnostic) -> str:
    return (problem.brief if isinstance(problem, Concern) else "") or problem.message


def _silenced(silenced: Silenced, width: int) -> Iterator[Line]:
    yield from (Line(line) for line in replace(silenced.finding, text=None, hint="").lines(width))
    if silenced.reason:
        yield from wrapped(f"reason: {silenced.reason}", indent=2, hang=2)


def last_words(checked: Checked) -> Iterator[Line]:
    """How much was checked, found, accepted and passed over."""
    retired = f", {checked.retired} retired" if checked.retired else ""
    whole = f"{_count(checked.rules, 'rule')}{retired}, {_count(checked.cases, 'case')}"
    if checked.refused and not checked.rules:
        yield from wrapped(f"The rulebook does not load: {_count(len(checked.refused), 'problem')}.")
    elif checked.refused:
        yield from wrapped(f"The cases cannot be used: {_count(len(checked.refused), 'problem')}.")
    if not checked.refused or checked.found or checked.silenced:
        found = _count(len(checked.found), "finding") if checked.found else "nothing found"
        kept = f", {len(checked.silenced)} accepted" if checked.silenced else ""
        yield from wrapped(f"{whole}: {found}{kept}.")
    yield from passed_over(checked.ignored)
    for codes, why in _not_run(checked):
        yield from wrapped(f"Not run: {', '.join(codes)} ({why}).", hang=2)
    if checked.refused or checked.found:
        yield from wrapped(f"What a code means, with examples: {PAGES}")


def _not_run(checked: Checked) -> Iterator[tuple[list[str], str]]:
    """The checks that were not run, with the reason."""
    waiting = [code for code in checked.not_run if code in ASK_FOR_DOCUMENTS and checked.rules]
    others = [code for code in checked.not_run if code not in waiting]
    if others:
        yield others, "fix the problems first"
    if waiting:
        yield waiting, "the source documents are not looked at"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
