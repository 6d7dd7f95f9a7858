"""Searches for a patient to whom the mutated rule gives a different result.

If no comparison of either version distinguishes two answers, the search tries one of them. If it says that two versions
are equal, they are equal for all answers; if it stops early, it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ketascreen.authoring.mutation.mutant import Mutant
from ketascreen.diagnostic import ProfileError
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import AllOf, Compare, Condition, ListValue, Value, comparisons
from ketascreen.language.logic import Truth
from ketascreen.language.quantity import Quantity, decimal_text
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Grounds, evaluate, explain
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Freshness
from ketascreen.patient.facts import answers_for, known_facts
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.reasoning.partitions import answers, facts_in_order, open_lists, too_many_words

MAX_TRIES = 20_000
UNHEARD_OF = "something_else"
"""The word that a case uses for an entry that no vocabulary knows."""

Given = dict[str, dict[str, Any]]
"""What a case gives: for each fact its answer, with `at` if it is not of the day."""


@dataclass(frozen=True, slots=True)
class Distinction:
    """The result of a search: a patient who distinguishes the two, or None; `certain` if there is surely none."""

    given: Given | None
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _TriedAnswer:
    """An answer as a case writes it, and what of it counts before and after the change."""

    raw: dict[str, Any]
    before: Value | None
    after: Value | None


_Seen = Mapping[str, Value]
_Differ = Callable[[_Seen, _Seen], bool]


def distinguish(mutant: Mutant, rule_id: str, rulebook: Rulebook, as_of: datetime) -> Distinction:
    """A patient for whom a rule and its mutant have different outcomes, or the same outcome on other grounds."""
    before = rulebook.rule(rule_id)
    assert before is not None
    after = mutant.rules.get(rule_id, before)
    choices = _choices(mutant, before, after, rulebook, as_of)
    certain = not any(too_many_words(rulebook.vocabulary[name], _both(mutant, before, after)) for name in choices)

    def other_outcome(one: _Seen, two: _Seen) -> bool:
        return evaluate(before.when, one) is not evaluate(after.when, two)

    def settled(one: _Seen, two: _Seen) -> bool:
        known = evaluate(before.when, one)
        return known is not Truth.UNKNOWN and known is evaluate(after.when, two)

    def other_grounds(one: _Seen, two: _Seen) -> bool:
        return _shown(explain(before.when, one)) != _shown(explain(after.when, two))

    outcome = _search(choices, other_outcome, settled)
    if outcome.given is not None:
        return outcome
    grounds = _search(choices, other_grounds, lambda one, two: False)
    return Distinction(grounds.given, certain and outcome.certain and grounds.certain)


def answers_giving(rule: Rule, truth: Truth, rulebook: Rulebook, as_of: datetime) -> Distinction:
    """A patient for whom a rule evaluates to `truth`."""
    choices = _choices(None, rule, rule, rulebook, as_of)
    return _search(choices, lambda one, _: evaluate(rule.when, one) is truth, lambda one, two: False)


def _shown(grounds: Grounds) -> tuple[Truth, frozenset[str]]:
    """The part of the grounds that a case can assert."""
    return grounds.truth, grounds.lacks if grounds.truth is Truth.UNKNOWN else grounds.rests_on


def _search(choices: Mapping[str, tuple[_TriedAnswer, ...]], differ: _Differ, settled: _Differ) -> Distinction:
    names = list(choices)
    tries = 0
    refused = False

    def search(given: Given, one: dict[str, Value], two: dict[str, Value], at: int) -> Given | None:
        nonlocal tries, refused
        tries += 1
        if tries > MAX_TRIES:
            return None
        if differ(one, two):
            if _is_a_patient(given):
                return given
            refused = True
        if at == len(names) or settled(one, two):
            return None
        name = names[at]
        for answer in choices[name]:
            found = search(
                {**given, name: answer.raw},
                _with(one, name, answer.before),
                _with(two, name, answer.after),
                at + 1,
            )
            if found is not None:
                return found
        return search(given, one, two, at + 1)

    found = search({}, {}, {}, 0)
    return Distinction(found, certain=tries <= MAX_TRIES and not refused)


def _with(seen: dict[str, Value], name: str, value: Value | None) -> dict[str, Value]:
    return seen if value is None else {**seen, name: value}


def _is_a_patient(given: Given) -> bool:
    try:
        profile(given)
    except ProfileError:
        return False
    return True


def profile(given: Given) -> PatientProfile:
    """The patient that a case gives.

    Raises:
        ProfileError: answers that contradict each other.
    """
    own = {name: raw for name, raw in given.items() if name in BUILT_IN}
    return PatientProfile.model_validate({**own, "extra": {name: given[name] for name in given if name not in own}})


def _both(mutant: Mutant | None, before: Rule, after: Rule) -> Condition:
    """A condition that distinguishes all that one of the two rules does, and the marks that a mutant changes."""
    asked: list[Condition] = [before.when, after.when]
    if mutant and mutant.fact and mutant.marked:
        asked.append(Compare(mutant.fact.name, "includes_any", tuple(sorted(mutant.marked))))
    return AllOf(tuple(asked))


def _choices(
    mutant: Mutant | None, before: Rule, after: Rule, rulebook: Rulebook, as_of: datetime
) -> dict[str, tuple[_TriedAnswer, ...]]:
    """The answers to try for each fact; the most readable ones are first."""
    both, clinic = _both(mutant, before, after), ClinicTime.at(as_of, rulebook.identity.time_zone)
    after_vocabulary = mutant.rulebook(rulebook).vocabulary if mutant and mutant.fact else rulebook.vocabulary
    choices = {}
    for name in facts_in_order(both):
        fact = rulebook.vocabulary[name]
        changed = mutant.fact if mutant and mutant.fact and mutant.fact.name == name else None
        found = []
        for raw in _written(fact, both, as_of, changed):
            who = profile({name: raw})
            counted = [
                answers_for(rule, known_facts(who, vocabulary, clinic)).get(name)
                for rule, vocabulary in ((before, rulebook.vocabulary), (after, after_vocabulary))
            ]
            found.append(_TriedAnswer(raw, *counted))
        choices[name] = tuple(found)
    return choices


def _written(fact: Fact, condition: Condition, as_of: datetime, changed: Fact | None) -> Iterator[dict[str, Any]]:
    plain = [_raw(fact, value) for value in _readable(fact, condition)]
    for at in [as_of.date().isoformat()] if changed is None else _times(fact.freshness, as_of):
        yield from ({**raw, "at": at} for raw in plain)


def _readable(fact: Fact, condition: Condition) -> list[Value]:
    """The answers that the condition distinguishes, with the whole numbers next to each bound."""
    found = list(answers(fact, condition))
    if not fact.is_number:
        return [*found[1:], *found[:1], *open_lists(fact, condition)] if found else []
    assert fact.minimum is not None
    assert fact.maximum is not None
    bounds = {end for compare in comparisons(condition) if compare.fact == fact.name for end in compare.numbers}
    beside = {bound + step for bound in bounds if bound == bound.to_integral_value() for step in (-1, 1)}
    numbers = {value for value in found if isinstance(value, Decimal)}
    numbers |= {number for number in beside if fact.minimum <= number <= fact.maximum}
    # The bounds first, then the whole numbers next to them; numbers with many decimals last.
    return [*sorted(numbers, key=lambda one: (len(decimal_text(one)) > 6, min(abs(one - at) for at in bounds), one))]


def _raw(fact: Fact, value: Value) -> dict[str, Any]:
    if isinstance(value, ListValue):
        words = [UNHEARD_OF if word == UNRECOGNISED else word for word in sorted(value.present)]
        return {"present": words, "complete": value.complete}
    if isinstance(value, Decimal):
        assert fact.unit is not None
        return {"value": str(Quantity(value, fact.unit))}
    return {"value": value}


def _times(freshness: Freshness | None, as_of: datetime) -> list[str]:
    """Times on both sides of the end of a window, and one long before."""
    days = freshness.window.days if freshness and freshness.window else 0
    ages = (days + 1, days, max(0, days - 1), days + 30)
    return [(as_of - timedelta(days=age)).isoformat().replace("+00:00", "Z") for age in dict.fromkeys(ages)]
