"""What a trial claims holds of every patient that is tried at random, and what it finds is so."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given

from ketascreen.language.condition import AnyOf, Compare, Condition, Not
from ketascreen.language.logic import Truth
from ketascreen.language.semantics import evaluate
from ketascreen.language.vocabulary import Kind, Vocabulary
from ketascreen.patient.profile import BUILT_IN
from ketascreen.reasoning import witness
from ketascreen.reasoning.partitions import neighbours
from ketascreen.reasoning.spread import spread
from ketascreen.reasoning.witness import MAX_QUESTIONS, Truths, find, fixed, met_by
from tests.helpers import generate, related
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import SOME, rngs

PAIRS = [(one, other) for one in Truth for other in Truth]


def pair_of(rng: Random) -> tuple[Vocabulary, Condition, Condition]:
    """Two small conditions on the same few facts; often the second says what the first says, or almost."""
    vocabulary = generate.vocabulary(rng)
    one, other = (generate.condition(rng, vocabulary, {}, rng.randint(0, 2)) for _ in range(2))
    return vocabulary, one, rng.choice((other, related.equivalent(rng, one), related.almost(rng, one)))


@often_reached
@SOME
@given(rng=rngs)
def test_what_is_shown_not_to_be_is_never_seen(rng: Random) -> None:
    vocabulary, one, other = pair_of(rng)
    rulebook = generate.bare([generate.rule("one", one), generate.rule("other", other)], vocabulary.values())
    for wanted in rng.sample(PAIRS, 3):
        if find([one, other], vocabulary, lambda truths, wanted=wanted: truths == wanted).shows_none:  # type: ignore[misc]
            for _ in range(10):
                answers = generate.facts(rng, rulebook).current
                assert (evaluate(one, answers), evaluate(other, answers)) != wanted
                reached("truths that no patient has")


@often_reached
@SOME
@given(rng=rngs)
def test_what_is_seen_of_some_patient_is_found_and_is_so(rng: Random) -> None:
    vocabulary, one, other = pair_of(rng)
    rulebook = generate.bare([generate.rule("one", one), generate.rule("other", other)], vocabulary.values())
    answers = generate.facts(rng, rulebook).current
    seen = (evaluate(one, answers), evaluate(other, answers))
    found = find([one, other], vocabulary, lambda truths: truths == seen)
    assert found.answers is not None or not found.whole
    if found.answers is not None:
        assert (evaluate(spread(one), found.answers), evaluate(spread(other), found.answers)) == seen
        reached("answers that were found")


@often_reached
@SOME
@given(rng=rngs)
def test_answers_that_meet_a_condition_are_few(rng: Random) -> None:
    vocabulary, one, _ = pair_of(rng)
    answers = met_by(one, vocabulary)
    if answers is not None:
        assert evaluate(spread(one), answers) is Truth.TRUE
        fewer = [{name: value for name, value in answers.items() if name != left_out} for left_out in answers]
        assert all(evaluate(spread(one), some) is not Truth.TRUE for some in fewer)
        reached("answers that meet a condition")


@often_reached
@SOME
@given(rng=rngs)
def test_a_condition_with_an_answer_fixed_is_what_it_is_with_that_answer(rng: Random) -> None:
    vocabulary, one, _ = pair_of(rng)
    fact = vocabulary[rng.choice(sorted(vocabulary))]
    if fact.kind is not Kind.LIST:
        value = generate.value(rng, fact)
        rulebook = generate.bare([generate.rule("one", one)], vocabulary.values())
        answers = {**generate.facts(rng, rulebook).current, fact.name: value}
        known = {name: answer for name, answer in answers.items() if vocabulary[name].kind is not Kind.LIST}
        assert evaluate(fixed(spread(one), fact.name, value), known) is evaluate(spread(one), known)
        reached("a fixed answer")


def test_a_list_is_complete_or_leaves_what_it_does_not_name_unknown() -> None:
    stroke, aneurysm = (Compare("heart_conditions", "includes", word) for word in ("stroke", "aneurysm"))
    for wanted, possible in (
        ((Truth.TRUE, Truth.UNKNOWN), True),
        ((Truth.UNKNOWN, Truth.UNKNOWN), True),
        ((Truth.FALSE, Truth.UNKNOWN), False),
    ):
        found = find([stroke, aneurysm], BUILT_IN, lambda truths, wanted=wanted: truths == wanted)  # type: ignore[misc]
        assert (found.answers is not None, found.whole) == (possible, True)


def test_an_unrecognised_entry_leaves_no_list_complete() -> None:
    unrecognised, stroke = (Compare("heart_conditions", "includes", word) for word in ("unrecognised", "stroke"))
    absent = find([unrecognised, stroke], BUILT_IN, lambda truths: truths == (Truth.TRUE, Truth.FALSE))
    assert absent.shows_none


def test_whole_answers_leave_nothing_unknown() -> None:
    never = Not(AnyOf((Compare("psychosis", "is", "never"), Compare("psychosis", "is_not", "never"))))
    assert find([never], BUILT_IN, lambda truths: truths[0] is Truth.UNKNOWN, unknown=False).shows_none
    assert find([never], BUILT_IN, lambda truths: truths[0] is Truth.UNKNOWN).answers == {}


def test_where_there_is_too_much_to_try_nothing_is_claimed() -> None:
    many = [Compare("pressure " + str(number), "is", "present") for number in range(MAX_QUESTIONS)]

    def met(truths: Truths) -> bool:
        return truths == (Truth.TRUE,)

    impossible = AnyOf((*many, Compare("heart_conditions", "includes_any", ("stroke", "aneurysm"))))
    found = find([impossible], BUILT_IN, met)
    assert (found.answers, found.whole, found.shows_none) == (None, False, False)


def test_a_trial_that_was_broken_off_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "MAX_WORK", 4)
    active = Compare("psychosis", "is", "active")
    found = find([active], BUILT_IN, lambda truths: truths == (Truth.FALSE,))
    broken_off = find([active, Not(active)], BUILT_IN, lambda truths: truths == (Truth.TRUE, Truth.TRUE))
    assert (found.answers, found.whole) == ({"psychosis": "never"}, True)
    assert (broken_off.answers, broken_off.whole, broken_off.shows_none) == (None, False, False)


@pytest.mark.parametrize(
    ("fact", "number", "near"),
    [
        ("age", "18", ("17", "19")),
        ("age", "0", (None, "1")),
        ("age", "120", ("119", None)),
        ("age", "17.5", ("17", "18")),
        ("systolic_bp", "140", ("139.999999", "140.000001")),
    ],
)
def test_the_nearest_answers(fact: str, number: str, near: tuple[str | None, str | None]) -> None:
    found = neighbours(BUILT_IN[fact], Decimal(number))
    assert found == tuple(None if one is None else Decimal(one) for one in near)
