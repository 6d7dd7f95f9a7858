"""A witness is a patient who is accepted: brute force over all answers of small vocabularies with contradictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain, combinations, product
from random import Random

import pytest
from hypothesis import given

from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, ListValue, Not, Span, Value
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.logic import FALSE, TRUE, UNKNOWN, Truth
from ketascreen.language.quantity import UNITS
from ketascreen.language.semantics import contradicts, evaluate
from ketascreen.language.terms import Effect
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Kind, Vocabulary
from ketascreen.patient.profile import BUILT_IN
from ketascreen.reasoning.accepted import accepted, vocabulary_for
from ketascreen.reasoning.satisfiable import can_be
from ketascreen.reasoning.spread import ABSENT, PRESENT, spread
from ketascreen.reasoning.witness import find, met_by
from tests.helpers import generate
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import SOME, rngs

HIGHEST = 5


def small(rng: Random) -> Vocabulary:
    """A choice, a list, two whole numbers and a time since an event, some of them, with contradictions among them."""
    ends = Decimal(0), Decimal(HIGHEST)
    every = [
        Fact("choice", Kind.CHOICE, "c", "d", choices=("amber", "birch")),
        Fact("list", Kind.LIST, "l", "d", choices=("cedar", "delta")),
        Fact("lower", Kind.INTEGER, "n", "d", UNITS["points"], *ends),
        Fact("upper", Kind.INTEGER, "n", "d", UNITS["points"], *ends),
        Fact("since", Kind.SINCE, "s", "d", UNITS["months"], *ends),
    ]
    facts = Vocabulary(rng.sample(every, rng.choice((2, 3, 3))))
    found = [one for number in range(rng.randint(1, 3)) if (one := contradiction(rng, facts, f"c{number}")) is not None]
    if {"lower", "upper"} <= facts.keys():
        found.append(Contradiction("ordered", NotBelow("lower", "upper"), "lower", "Say."))
    return Vocabulary(facts.values(), found)


def contradiction(rng: Random, facts: Vocabulary, name: str) -> Contradiction | None:
    when = generate.condition(rng, facts, {}, 1) if rng.random() < 0.3 else AllOf(pair(rng, facts))
    asked = sorted(Contradiction(name, when, "", "").facts)
    return Contradiction(name, when, rng.choice(asked), "Say.") if len(asked) > 1 else None


def pair(rng: Random, facts: Vocabulary) -> tuple[Condition, ...]:
    return tuple(generate.condition(rng, Vocabulary([facts[name]]), {}, 0) for name in rng.sample(sorted(facts), 2))


def asked(rng: Random, facts: Vocabulary) -> Condition:
    """A condition; often what a contradiction says, alone or as a part."""
    own = [one.when for one in facts.contradictions if not isinstance(one.when, NotBelow)]
    some = generate.condition(rng, facts, {}, rng.randint(0, 2))
    return rng.choice((some, *own, *(AllOf((when, some)) for when in own)))


def everything(fact: Fact) -> Iterator[Value]:
    if fact.kind is Kind.CHOICE:
        yield from fact.choices
    elif fact.kind is Kind.LIST:
        for some in chain.from_iterable(combinations(fact.words, size) for size in range(len(fact.words) + 1)):
            yield from (
                ListValue(frozenset(some), whole) for whole in ((False,) if UNRECOGNISED in some else (True, False))
            )
    else:
        numbers = [Decimal(number) for number in range(HIGHEST + 1)]
        yield from numbers
        if fact.kind is Kind.SINCE:
            yield from (Span(low, high) for low, high in combinations(numbers, 2))


def patients(facts: Vocabulary) -> Iterator[dict[str, Value]]:
    """Everybody who is accepted, as screening holds contradictions: the answer that each is about must be known."""
    for chosen in product(*([None, *everything(fact)] for fact in facts.values())):
        answers = {name: value for name, value in zip(facts, chosen, strict=True) if value is not None}
        if not any(one.about in answers and contradicts(one, answers) for one in facts.contradictions):
            yield answers


def spread_out(answers: Mapping[str, Value], facts: Vocabulary) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, answer in answers.items():
        if not isinstance(answer, ListValue):
            found[name] = answer
            continue
        found |= {f"{name} {word}": PRESENT for word in answer.present}
        if answer.complete:
            found |= {f"{name} {word}": ABSENT for word in facts[name].words if word not in answer.present}
    return found


@often_reached
@SOME
@given(rng=rngs)
def test_a_search_finds_truths_exactly_where_an_accepted_patient_has_them(rng: Random) -> None:
    facts = small(rng)
    one, other = (asked(rng, facts) for _ in range(2))
    everybody = list(patients(facts))
    seen = {(evaluate(one, answers), evaluate(other, answers)) for answers in everybody}
    for wanted in product(Truth, repeat=2):
        found = find([one, other], facts, lambda truths, wanted=wanted: truths == wanted)  # type: ignore[misc]
        assert found.whole
        assert (found.answers is not None) == (wanted in seen), wanted
        if found.answers is not None:
            assert accepted(found.answers, facts.contradictions)
            assert (evaluate(spread(one), found.answers), evaluate(spread(other), found.answers)) == wanted
        elif wanted in seen_without(facts, one, other):
            reached("truths that only contradicting answers give")
    for truth in (TRUE, FALSE):
        assert can_be(one, truth, facts) == any(first is truth for first, _ in seen)
    met = met_by(one, facts)
    if met is not None:
        assert accepted(met, facts.contradictions)
        assert evaluate(spread(one), met) is TRUE


def seen_without(facts: Vocabulary, one: Condition, other: Condition) -> set[tuple[Truth, Truth]]:
    everybody = patients(Vocabulary(facts.values()))
    return {(evaluate(one, answers), evaluate(other, answers)) for answers in everybody}


@often_reached
@SOME
@given(rng=rngs)
def test_spread_answers_are_accepted_exactly_where_whole_ones_are(rng: Random) -> None:
    facts = small(rng)
    for answers in rng.sample(list(patients(Vocabulary(facts.values()))), 20):
        told = {name: answer for name, answer in answers.items() if answer != ListValue(frozenset(), complete=False)}
        refused = any(one.about in told and contradicts(one, told) for one in facts.contradictions)
        assert accepted(spread_out(told, facts), facts.contradictions) is not refused
        if refused:
            reached("answers that contradict each other")


NONE_LISTED = Compare("heart_conditions", "includes_none", ("stroke",))
RECENT = Compare("last_stroke", "at_most", Decimal(6))


def test_a_rule_that_only_contradicting_answers_meet_can_never_be_met() -> None:
    assert not can_be(AllOf((NONE_LISTED, RECENT)), TRUE, BUILT_IN)
    assert can_be(AllOf((NONE_LISTED, Not(RECENT))), TRUE, BUILT_IN)
    assert met_by(AllOf((NONE_LISTED, Not(RECENT))), BUILT_IN) == {
        "heart_conditions stroke": ABSENT,
        "last_stroke": Decimal(1200),
    }


def test_a_complete_list_of_other_words_says_the_stroke_that_has_a_date() -> None:
    no_aneurysm = Compare("heart_conditions", "includes_none", ("aneurysm",))
    met = met_by(AllOf((no_aneurysm, RECENT)), BUILT_IN)
    assert met is not None
    assert met["heart_conditions stroke"] == PRESENT


@pytest.mark.parametrize(("upper", "possible"), [(90, False), (91, True)])
def test_a_lower_pressure_stays_below_the_upper_one(upper: int, possible: bool) -> None:
    both = AllOf(
        (
            Compare("diastolic_bp", "at_least", Decimal(90)),
            Compare("systolic_bp", "is", Decimal(upper)),
        )
    )
    assert can_be(both, TRUE, BUILT_IN) is possible


def test_three_numbers_in_a_row_claim_nothing() -> None:
    numbers = [Fact(name, Kind.INTEGER, "n", "d", UNITS["points"], Decimal(0), Decimal(5)) for name in "abc"]
    ordered = [Contradiction(f"{x}{y}", NotBelow(x, y), x, "Say.") for x, y in ("ab", "bc")]
    every = AllOf(tuple(Compare(name, "at_least", Decimal(5)) for name in "abc"))
    found = find([every], Vocabulary(numbers, ordered), lambda truths: truths == (TRUE,))
    assert (found.answers, found.whole) == (None, False)


def test_answers_that_a_newer_one_lifts_are_found_where_there_are_no_others() -> None:
    positive, not_pregnant = Compare("pregnancy_test", "is", "positive"), Compare("pregnancy", "is", "not_pregnant")
    assert met_by(AllOf((positive, not_pregnant)), BUILT_IN) == {
        "pregnancy_test": "positive",
        "pregnancy": "not_pregnant",
    }
    either = AnyOf((AllOf((positive, not_pregnant)), AllOf((positive, Not(not_pregnant)))))
    assert met_by(either, BUILT_IN) == {"pregnancy_test": "positive", "pregnancy": "pregnant"}


def test_an_alert_reads_answers_of_different_times_which_do_not_contradict() -> None:
    alert, review = (
        generate.rule("one", AllOf((NONE_LISTED, RECENT)), effect) for effect in (Effect.ALERT, Effect.REVIEW)
    )
    assert can_be(alert.when, TRUE, vocabulary_for(alert, BUILT_IN))
    assert not can_be(review.when, TRUE, vocabulary_for(review, BUILT_IN))


def test_spans_tell_two_rules_apart_that_no_number_does() -> None:
    later = Compare("last_stroke", "at_least", Decimal(6))
    earlier = Compare("last_stroke", "at_least", Decimal(3))
    found = find([later, earlier], BUILT_IN, lambda truths: truths == (UNKNOWN, TRUE))
    assert found.answers == {"last_stroke": Span(Decimal(3), Decimal(6))}
