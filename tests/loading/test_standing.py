"""A choice may stand only if no other choice of its fact is more cautious."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, Not
from ketascreen.language.rule import Rule
from ketascreen.language.terms import BUILT_IN_ROUTES, Effect, Route
from ketascreen.language.vocabulary import Fact, Freshness, Kind, Vocabulary, Window
from ketascreen.loading.standing import standing_choices
from ketascreen.patient.profile import BUILT_IN
from tests.helpers import generate

OLD = Compare("age", "at_least", Decimal(65))
EXCLUDE, REVIEW, CAUTION, HOLD, ADVISE, ALERT = (
    Effect.EXCLUDE,
    Effect.REVIEW,
    Effect.CAUTION,
    Effect.HOLD,
    Effect.ADVISE,
    Effect.ALERT,
)


def choice(word: str, operator: str = "is") -> Condition:
    return Compare("mood", operator, word)


def refusals(*rules: Rule, stands: str = "low", kind: Kind = Kind.CHOICE) -> list[str]:
    """What is said of a fact with three choices, of which one stands."""
    freshness = Freshness(Window(30), stands=frozenset([stands]))
    fact = Fact("mood", kind, "Mood", "d", choices=("well", "low", "high"), freshness=freshness)
    vocabulary = Vocabulary([fact, *BUILT_IN.values()])
    return [problem.message for problem in standing_choices(fact, rules, vocabulary)]


def one(effect: Effect, when: Condition, name: str = "one", *routes: Route) -> Rule:
    return generate.rule(name, when, effect, routes or BUILT_IN_ROUTES)


MORE = ["`low` of `mood` stands, but `high` can be more cautious, by `other`"]


def test_the_only_choice_that_meets_a_rule_may_stand() -> None:
    assert refusals(one(REVIEW, choice("low"))) == []


@pytest.mark.parametrize("effect", [EXCLUDE, REVIEW, HOLD])
def test_a_choice_that_another_exceeds_may_not(effect: Effect) -> None:
    assert refusals(one(CAUTION, choice("low")), one(effect, choice("high"), "other")) == MORE


@pytest.mark.parametrize("effect", [EXCLUDE, REVIEW, CAUTION, HOLD])
def test_a_choice_that_is_as_cautious_as_every_other_may(effect: Effect) -> None:
    assert refusals(one(effect, choice("low")), one(effect, choice("high"), "other")) == []


@pytest.mark.parametrize("effect", [ADVISE, ALERT])
def test_what_changes_no_decision_and_no_readiness_does_not_matter(effect: Effect) -> None:
    assert refusals(one(CAUTION, choice("low")), one(effect, choice("high"), "other")) == []


def test_a_hold_is_not_made_up_for_by_a_review_but_by_an_exclusion() -> None:
    hold = one(HOLD, choice("high"), "other")
    assert refusals(one(REVIEW, choice("low")), hold) == MORE
    assert refusals(one(EXCLUDE, choice("low")), hold) == []


def test_an_exclusion_for_another_route_makes_up_for_nothing() -> None:
    rules = one(EXCLUDE, choice("low"), "one", Route.IV), one(EXCLUDE, choice("high"), "other", Route.IV, Route.IM)
    assert refusals(*rules) == MORE


def test_answers_to_other_facts_are_tried() -> None:
    with_age = one(EXCLUDE, AllOf((choice("high"), OLD)), "other")
    (said,) = refusals(one(REVIEW, choice("low")), with_age)
    assert said == f"{MORE[0]}: with `age: 65 years`, and `low`, no rule as strong is met"
    covered = one(EXCLUDE, AllOf((AnyOf((choice("low"), choice("high"))), OLD)), "other")
    assert refusals(one(REVIEW, choice("low")), covered) == []


def test_a_rule_that_is_met_by_not_being_it_counts() -> None:
    assert refusals(one(REVIEW, Not(choice("low")), "other")) == [
        "`low` of `mood` stands, but `well` can be more cautious, by `other`"
    ]


@pytest.mark.parametrize(
    ("when", "may"),
    [
        (Compare("mood", "includes", "low"), True),
        (Compare("mood", "includes_any", ("low", "high")), True),
        (Not(Compare("mood", "includes_none", ("low",))), True),
        (Not(Compare("mood", "includes", "low")), False),
        (Compare("mood", "includes_none", ("low", "high")), False),
        (AllOf((OLD, AnyOf((OLD, Not(Compare("mood", "includes_any", ("low",))))))), False),
        (Compare("mood", "includes_none", ("high",)), True),
    ],
)
def test_a_word_of_a_list_may_stand_if_no_rule_asks_that_it_is_absent(when: Condition, may: bool) -> None:
    expected = [] if may else ["`low` of `mood` stands, but makes `one` not met"]
    assert refusals(one(CAUTION, when), kind=Kind.LIST) == expected
    assert refusals(one(ADVISE, when), kind=Kind.LIST) == []
