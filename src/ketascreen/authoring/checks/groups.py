"""Findings and problems of one cause, together: a moved parameter, or a renamed fact, gives many."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from ketascreen.authoring.checks.subject import Concern
from ketascreen.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class FoundTogether:
    """Problems of one cause, in the order in which they were found; `about` says what they share, in a few words."""

    problems: tuple[Diagnostic, ...]
    about: str = ""


def findings_together(found: Iterable[Diagnostic]) -> tuple[FoundTogether, ...]:
    """Check findings with the same code, about the same parameter, definition, rule or file; each is in one group."""
    return _together(found, lambda one: (one.code, _subject(one)), lambda one: f"about {_subject(one)}")


def problems_together(refused: Iterable[Diagnostic]) -> tuple[FoundTogether, ...]:
    """Problems with the same code and the same words, wherever they are; each is in one group.

    Only words that name something, as a fact, tell that one edit could correct all. Others stay alone: each key without
    a value must be filled in by itself.
    """
    return _together(refused, _words, lambda _: "of the same kind")


def _words(problem: Diagnostic) -> Hashable:
    return (problem.code, problem.message) if "`" in problem.message else problem


def _subject(problem: Diagnostic) -> str:
    if isinstance(problem, Concern) and (problem.cause or problem.about):
        return problem.cause or f"`{problem.about}`"
    return problem.place.path if problem.place else "the rulebook"


def _together(
    problems: Iterable[Diagnostic], key: Callable[[Diagnostic], Hashable], about: Callable[[Diagnostic], str]
) -> tuple[FoundTogether, ...]:
    groups: dict[Hashable, list[Diagnostic]] = {}
    for problem in problems:
        groups.setdefault(key(problem), []).append(problem)
    return tuple(FoundTogether(tuple(found), about(found[0])) for found in groups.values())
