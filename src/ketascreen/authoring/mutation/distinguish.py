"""Searches for a patient to whom the mutated rule gives a different result.

If no comparison of either version distinguishes two answers, the search tries one of them. If it says that two versions
are equal, they are equal for all answers; if it stops early, it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from ketascreen.authoring.mutation.given import Given, facts_given, just_now, times, written_answers
from ketascreen.authoring.mutation.mutant import Mutant
from ketascreen.diagnostic import ProfileError
from ketascreen.language.condition import AllOf, Compare, Condition
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Grounds, Known, deciding, evaluate, explain
from ketascreen.patient.facts import answers_for
from ketascreen.reasoning.partitions import facts_in_order, too_many_words

MAX_TRIES = 20_000


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


def answers_deciding(
    rule: Rule, forced: tuple[Condition, Condition], raw: dict[str, Any], fact: str, rulebook: Rulebook, as_of: datetime
) -> Given | None:
    """A patient with the answer `raw` to `fact` for whom one of the two conditions is met, and the other is not.

    The conditions are a rule's with a comparison as if it held, and as if it did not. None: none was found.
    """
    one, two = (replace(rule, when=when) for when in forced)
    seen = _seen(one, raw, fact, rulebook, as_of), _seen(two, raw, fact, rulebook, as_of)
    if seen[0] is None or seen[1] is None:
        return None
    choices = _choices(None, one, two, rulebook, as_of)
    choices = {
        fact: (_TriedAnswer(raw, seen[0], seen[1]),),
        **{name: choices[name] for name in choices if name != fact},
    }

    def decided(first: _Seen, second: _Seen) -> bool:
        return fact in first.counts and {first.truth(one.when), second.truth(two.when)} == {Truth.TRUE, Truth.FALSE}

    accepted = partial(_is_accepted, rulebook=rulebook, as_of=as_of)
    return _search(choices, accepted, decided, lambda first, second: False).given


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
        ages_otherwise = mutant is not None and mutant.fact is not None and mutant.fact.name == name
        dated = times(fact.freshness, as_of) if ages_otherwise else (just_now(fact, as_of),)
        raws = written_answers(fact, both, dated)
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
