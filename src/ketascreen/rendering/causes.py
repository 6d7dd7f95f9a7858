"""Causes of failed cases as text: a headline, what would correct it, and where the other cases are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ketascreen.authoring.cases.causes import OTHERWISE, RETIRED, Cause, CauseKind
from ketascreen.authoring.cases.examination import NOT_ASKED
from ketascreen.language.terms import Outcome
from ketascreen.rendering.page import Line, wrapped

_FILES = 6
"""How many files with other cases are named."""
_SAID = {
    Outcome.MET: "is met",
    Outcome.NOT_MET: "is not met",
    Outcome.UNKNOWN: "is unknown",
    NOT_ASKED: "is not asked",
    RETIRED: "is retired",
    OTHERWISE: "differs in what it rests on or gives",
}


def headline(cause: Cause) -> str:
    """How many cases fail, because of what, and what they are: whole patients, or a rule's own."""
    counted = _counted(len(cause.results), "case")
    return f"{counted} {'fails' if len(cause.results) == 1 else 'fail'} because {because(cause)}{_kinds(cause)}"


def because(cause: Cause) -> str:
    """The cause in a few words: `` `older-adult` is met ``."""
    if cause.kind is CauseKind.OTHER:
        return cause.name
    if cause.kind is not CauseKind.RULE:
        return f"of `{cause.name}`, which {_listed([f'`{rule}`' for rule in cause.rules])} ask"
    counted = cause.outcomes if len(cause.outcomes) > 1 else {}
    parts = [f"{_SAID[one]}{f' ({counted[one]})' if counted else ''}" for one in cause.outcomes]
    return f"`{cause.name}` {_listed(parts, 'or')}"


def _kinds(cause: Cause) -> str:
    """Whole patients and own cases, if there are several, or of both kinds; and what they do not say."""
    count, whole = len(cause.results), sum(one.case.rule is None for one in cause.results)
    parts = [_counted(whole, "whole patient")] if whole else []
    if count > whole:
        parts.append(f"{_counted(count - whole, 'case')} of {'its' if len(cause.rules) == 1 else 'their'} own")
    shown = f": {' and '.join(parts)}" if count > 1 and cause.kind is not CauseKind.OTHER else ""
    return f"{shown}.{_lacking(cause)}{' The first:' if count > 1 else ''}"


def _lacking(cause: Cause) -> str:
    """The facts that no case of the group says, and where to add them."""
    if not cause.lacks:
        return ""
    facts = _listed([f"`{fact}`" for fact in cause.lacks])
    starts = Counter(one.case.start for one in cause.results)
    alone = starts.pop("", 0)
    places = [f"the start `{start}` ({_counted(count, 'case')})" for start, count in sorted(starts.items())]
    places += [_counted(alone, "case")] if alone else []
    are = "they do" if len(cause.results) > 1 else "it does"
    return f" {are[0].upper()}{are[1:]} not say {facts}: if that is all, add it to {_listed(places)}."


def elsewhere(cause: Cause, below: Path) -> Iterator[Line] | tuple[()]:
    """In which files the cases after the first are; nothing if there are none."""
    others = Counter((below / one.case.place.path).as_posix() for one in cause.results[1:])
    if not others:
        return ()
    named = sorted(others.items(), key=lambda one: (-one[1], one[0]))
    listed = [f"{file} ({count})" for file, count in named[:_FILES]]
    rest = sum(count for _, count in named[_FILES:])
    listed += [f"{_counted(len(named) - _FILES, 'other file')} ({rest})"] if rest else []
    return iter(wrapped(f"{others.total()} more, in {_listed(listed)}; -v shows each.", hang=2))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _listed(parts: list[str], last: str = "and") -> str:
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
