"""Searches for a patient who is refused by one of two vocabularies and not by the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from ketascreen.authoring.mutation.distinguish import MAX_TRIES, Distinction
from ketascreen.authoring.mutation.given import facts_given, just_now, times, written_answers, written_time
from ketascreen.authoring.mutation.mutant import Mutant
from ketascreen.diagnostic import ProfileError
from ketascreen.language.condition import AllOf, Compare, Condition
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.vocabulary import Fact, Vocabulary
from ketascreen.patient.contradictions import Contradicted


def refused_otherwise(mutant: Mutant, rulebook: Rulebook, as_of: datetime) -> Distinction:
    """A patient with the facts of the changed contradictions whom only one of the two refuses for them.

    Each fact is not known, or has an answer of the day, of a minute or a day before, of long ago, or without a date.
    """
    after = mutant.rulebook(rulebook)
    changed = tuple(_changed(rulebook.vocabulary, after.vocabulary, mutant))
    names = sorted(frozenset[str]().union(*(one.facts for one in changed)))
    choices = [[None, *_tried(rulebook.vocabulary[name], changed, as_of)] for name in names]
    for tried, combination in enumerate(product(*choices)):
        if tried >= MAX_TRIES:
            return Distinction(None, certain=False)
        given = {name: raw for name, raw in zip(names, combination, strict=True) if raw is not None}
        one, two = _refused(given, rulebook, as_of), _refused(given, after, as_of)
        if one != two and len(one) <= 1 and "" not in one:
            return Distinction(given)
    return Distinction(None)


def _changed(before: Vocabulary, after: Vocabulary, mutant: Mutant) -> Iterator[Contradiction]:
    """The contradictions, in both versions, that the mutant changes, or that ask the fact that it changes."""
    for one in dict.fromkeys((*before.contradictions, *after.contradictions)):
        if one.name in mutant.contradictions or (mutant.fact and mutant.fact.name in one.facts):
            yield one


def _tried(fact: Fact, changed: tuple[Contradiction, ...], as_of: datetime) -> Iterator[dict[str, Any]]:
    before = written_time(as_of - timedelta(minutes=1)), (as_of.date() - timedelta(1)).isoformat()
    dated = dict.fromkeys([just_now(fact, as_of), *before, *times(fact.freshness, as_of), None])
    return written_answers(fact, AllOf(tuple(_conditions(changed, fact))), dated)


def _conditions(changed: tuple[Contradiction, ...], fact: Fact) -> Iterator[Condition]:
    for one in changed:
        if not isinstance(one.when, NotBelow):
            yield one.when
        elif fact.name in one.facts and fact.minimum is not None and fact.maximum is not None:
            middle = (fact.minimum + fact.maximum) // 2
            yield Compare(fact.name, "at_least", middle)


def _refused(given: dict[str, dict[str, Any]], rulebook: Rulebook, as_of: datetime) -> list[str]:
    """The names of the contradictions for which a patient is refused; empty if the patient is screened."""
    try:
        facts_given(given, rulebook, as_of)
    except ProfileError as error:
        return [problem.name if isinstance(problem, Contradicted) else "" for problem in error.diagnostics]
    return []
