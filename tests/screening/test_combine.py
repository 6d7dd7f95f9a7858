"""All routes weighed at once come to what each comes to by itself."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen.language.logic import Truth
from ketascreen.language.terms import OUTCOME, Decision, Effect, Outcome, Readiness, Route
from ketascreen.screening.agreement import ChannelResults
from ketascreen.screening.combine import Weighing
from ketascreen.verdict.decision import combine, combine_readiness
from ketascreen.verdict.finding import Fault

IDS = [f"rule-{number}" for number in range(6)]
Rules = Mapping[str, tuple[Effect, frozenset[Route]]]

rulebooks = st.fixed_dictionaries(
    {rule: st.tuples(st.sampled_from(Effect), st.frozensets(st.sampled_from(Route), min_size=1)) for rule in IDS}
)
answers = st.fixed_dictionaries({rule: st.sampled_from(Truth) for rule in IDS})
routes_asked = st.lists(st.sampled_from(Route), min_size=1, unique=True)
reviews_decided = st.frozensets(st.sampled_from(IDS))


def alone(
    rules: Rules, route: Route, answer: Mapping[str, Truth], decided: frozenset[str]
) -> tuple[Decision, Readiness]:
    """One route by one channel, as docs/decisions.md has it."""
    here = {rule: (effect, OUTCOME[answer[rule]]) for rule, (effect, routes) in rules.items() if route in routes}
    undecided = any(found == (Effect.REVIEW, Outcome.MET) and rule not in decided for rule, found in here.items())
    decision = combine(here.values())
    return decision, combine_readiness(decision, here.values(), undecided_review=undecided)


@given(rulebooks, routes_asked, answers, reviews_decided)
def test_one_channel_gives_each_route_what_it_gives_alone(
    rules: Rules, routes: list[Route], answer: Mapping[str, Truth], decided: frozenset[str]
) -> None:
    weighed = Weighing.of(rules, routes).weigh(ChannelResults({"one": answer}, {}, ()), decided, faulty=False)
    assert weighed == {route: alone(rules, route, answer, decided) for route in routes}


@given(rulebooks, answers, answers, reviews_decided)
def test_of_two_channels_the_more_cautious_one_holds_and_doubt_touches_the_routes_of_the_rule_alone(
    rules: Rules, one: Mapping[str, Truth], other: Mapping[str, Truth], decided: frozenset[str]
) -> None:
    differing = {rule: {"one": OUTCOME[one[rule]], "other": OUTCOME[other[rule]]} for rule in IDS}
    differing = {rule: outcomes for rule, outcomes in differing.items() if len(set(outcomes.values())) > 1}
    weighed = Weighing.of(rules, Route).weigh(
        ChannelResults({"one": one, "other": other}, differing, ()), decided, faulty=False
    )
    for route, came in weighed.items():
        given_ = [alone(rules, route, answer, decided) for answer in (one, other)]
        if any(route in rules[rule][1] for rule in differing):
            given_.append((Decision.INSUFFICIENT_DATA, Readiness.INSUFFICIENT_DATA))
        decisions, readinesses = zip(*given_, strict=True)
        assert came == (Decision.most_cautious(decisions), Readiness.most_cautious(readinesses))


@given(rulebooks, answers)
def test_a_fault_leaves_no_route_better_than_insufficient_data(rules: Rules, answer: Mapping[str, Truth]) -> None:
    weighed = Weighing.of(rules, Route).weigh(ChannelResults({"one": answer}, {}, ()), frozenset(), faulty=True)
    for decision, readiness in weighed.values():
        assert decision in (Decision.INSUFFICIENT_DATA, Decision.NOT_ELIGIBLE)
        assert readiness in (Readiness.INSUFFICIENT_DATA, Readiness.NOT_READY)


def test_where_no_channel_answered_every_route_is_insufficient_data() -> None:
    rules = {"rule": (Effect.EXCLUDE, frozenset(Route))}
    fault = Fault(where="one channel", message="failed")
    weighed = Weighing.of(rules, Route).weigh(ChannelResults({}, {}, (fault,)), frozenset(), faulty=True)
    assert set(weighed.values()) == {(Decision.INSUFFICIENT_DATA, Readiness.INSUFFICIENT_DATA)}


def test_no_answer_without_a_fault_is_an_error_and_never_eligible() -> None:
    with pytest.raises(IndexError):
        Weighing.of({}, Route).weigh(ChannelResults({}, {}, ()), frozenset(), faulty=False)
