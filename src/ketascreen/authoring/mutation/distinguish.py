"""Searches for a patient to whom the mutated rule gives a different result.

If no comparison of either version distinguishes two answers, the search tries one of them. If it says that two versions
are equal, they are equal for all answers; if it stops early, it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from ketascreen.authoring.mutation.mutant import Mutant
from ketascreen.diagnostic import ProfileError
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import AllOf, Compare, Condition, ListValue, Value, comparisons
from ketascreen.language.logic import Truth
from ketascreen.language.quantity import Quantity, decimal_text
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Grounds, Known, deciding, evaluate, explain
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Freshness
from ketascreen.patient.facts import Facts, answers_for, known_facts
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


class _Seen(NamedTuple):
    """What is known of a patient by one version: the answers that count, and those that stand."""

    counts: Known
    stands: Known

    def and_of(self, other: _Seen) -> _Seen:
        """With what is known by another answer."""
        return _Seen({**self.counts, **other.counts}, {**self.stands, **other.stands})

    def grounds(self, when: Condition) -> Grounds:
        """Why a condition has its truth."""
        return explain(when, deciding(when, self.counts, self.stands))

    def truth(self, when: Condition) -> Truth:
        """The truth of a condition."""
        return evaluate(when, deciding(when, self.counts, self.stands))


_NOTHING = _Seen({}, {})


@dataclass(frozen=True, slots=True)
class _TriedAnswer:
    """An answer as a case writes it, and what is known by it before and after the change."""

    raw: dict[str, Any]
    before: _Seen
    after: _Seen


_Differ = Callable[[_Seen, _Seen], bool]


def distinguish(mutant: Mutant, rule_id: str, rulebook: Rulebook, as_of: datetime) -> Distinction:
    """A patient for whom a rule and its mutant have different outcomes, or the same outcome on other grounds."""
    before = rulebook.rule(rule_id)
    assert before is not None
    after = mutant.rules.get(rule_id, before)
    choices = _choices(mutant, before, after, rulebook, as_of)
    certain = not any(too_many_words(rulebook.vocabulary[name], _both(mutant, before, after)) for name in choices)

    def other_outcome(one: _Seen, two: _Seen) -> bool:
        return one.truth(before.when) is not two.truth(after.when)

    def settled(one: _Seen, two: _Seen) -> bool:
        known = one.truth(before.when)
        return known is not Truth.UNKNOWN and known is two.truth(after.when)

    def other_grounds(one: _Seen, two: _Seen) -> bool:
        return _shown(one.grounds(before.when)) != _shown(two.grounds(after.when))

    accepted = partial(_is_accepted, rulebook=rulebook, as_of=as_of)
    outcome = _search(choices, accepted, other_outcome, settled)
    if outcome.given is not None:
        return outcome
    grounds = _search(choices, accepted, other_grounds, lambda one, two: False)
    return Distinction(grounds.given, certain and outcome.certain and grounds.certain)


def answers_giving(rule: Rule, truth: Truth, rulebook: Rulebook, as_of: datetime) -> Distinction:
    """A patient for whom a rule evaluates to `truth`."""
    choices = _choices(None, rule, rule, rulebook, as_of)
    accepted = partial(_is_accepted, rulebook=rulebook, as_of=as_of)
    return _search(choices, accepted, lambda one, _: one.truth(rule.when) is truth, lambda one, two: False)


def _shown(grounds: Grounds) -> tuple[Truth, frozenset[str]]:
    """The part of the grounds that a case can assert."""
    return grounds.truth, grounds.lacks if grounds.truth is Truth.UNKNOWN else grounds.rests_on


def _search(
    choices: Mapping[str, tuple[_TriedAnswer, ...]],
    accepted: Callable[[Given], bool],
    differ: _Differ,
    settled: _Differ,
) -> Distinction:
    names = list(choices)
    tries = 0
    refused = False

    def search(given: Given, one: _Seen, two: _Seen, at: int) -> Given | None:
        nonlocal tries, refused
        tries += 1
        if tries > MAX_TRIES:
            return None
        if differ(one, two):
            if accepted(given):
                return given
            refused = True
        if at == len(names) or settled(one, two):
            return None
        name = names[at]
        for answer in choices[name]:
            found = search(
                {**given, name: answer.raw},
                one.and_of(answer.before),
                two.and_of(answer.after),
                at + 1,
            )
            if found is not None:
                return found
        return search(given, one, two, at + 1)

    found = search({}, _NOTHING, _NOTHING, 0)
    return Distinction(found, certain=tries <= MAX_TRIES and not refused)


def _is_accepted(given: Given, rulebook: Rulebook, as_of: datetime) -> bool:
    try:
        facts_given(given, rulebook, as_of)
    except ProfileError:
        return False
    return True


def facts_given(given: Given, rulebook: Rulebook, as_of: datetime) -> Facts:
    """What is known of the patient that a case gives.

    Raises:
        ProfileError: the patient is refused, for answers that contradict each other among other reasons.
    """
    return known_facts(profile(given), rulebook.vocabulary, ClinicTime.at(as_of, rulebook.identity.time_zone))


def profile(given: Given) -> PatientProfile:
    """The patient that a case gives."""
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
    both = _both(mutant, before, after)
    changed = mutant.rulebook(rulebook) if mutant and mutant.fact else rulebook
    choices = {}
    for name in facts_in_order(both):
        fact = rulebook.vocabulary[name]
        dated = (
            times(fact.freshness, as_of)
            if changed is not rulebook and mutant and mutant.about == f"fact {name}"
            else ()
        )
        raws = written_answers(fact, both, dated or (just_now(fact, as_of),))
        found = (
            (raw, _seen(before, raw, name, rulebook, as_of), _seen(after, raw, name, changed, as_of)) for raw in raws
        )
        choices[name] = tuple(_TriedAnswer(raw, one, two) for raw, one, two in found if one and two)
    return choices


def _seen(rule: Rule, raw: dict[str, Any], name: str, rulebook: Rulebook, as_of: datetime) -> _Seen | None:
    """What a rule sees of an answer alone; None if it is refused, as an event longer ago than its range."""
    try:
        facts = facts_given({name: raw}, rulebook, as_of)
    except ProfileError:
        return None
    stands = {} if answers_for(rule, facts) is facts.last else facts.standing
    return _Seen(_only(answers_for(rule, facts), name), _only(stands, name))


def _only(answers: Known, name: str) -> Known:
    return {name: answers[name]} if name in answers else {}


def written_answers(fact: Fact, condition: Condition, dated: Iterable[str | None]) -> Iterator[dict[str, Any]]:
    """The answers that a condition distinguishes, as a case writes them, at each of these times (None: undated)."""
    plain = [_raw(fact, value) for value in _readable(fact, condition)]
    for at in dated:
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


def just_now(fact: Fact, as_of: datetime) -> str:
    """When an answer was observed that surely counts: on the day, or at the time if its window is in minutes."""
    window = fact.freshness.window if fact.freshness else None
    return written_time(as_of) if window is not None and window.minutes else as_of.date().isoformat()


def written_time(when: datetime) -> str:
    """A time as a case writes it."""
    return when.isoformat().replace("+00:00", "Z")


def times(freshness: Freshness | None, as_of: datetime) -> tuple[str, ...]:
    """Times on both sides of the end of a window, and one long before."""
    window = freshness.window if freshness else None
    if window is not None and window.minutes:
        ages = [timedelta(minutes=window.minutes + step) for step in (1, 0, -1)]
    else:
        days = window.days if window else 0
        ages = [timedelta(days=max(0, days + step)) for step in (1, 0, -1)]
    ages.append(max(ages) + timedelta(days=30))
    return tuple(written_time(as_of - age) for age in dict.fromkeys(ages))
