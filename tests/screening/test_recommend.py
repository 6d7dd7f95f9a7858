"""A recommendation holds what each channel gives alone, the most cautious of them, and doubt where there is any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen.diagnostic import Place
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import Always
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule, RuleStage
from ketascreen.language.terms import BUILT_IN_ROUTES, OUTCOME, Decision, Effect, Outcome, Readiness, Route, Stage
from ketascreen.screening.agreement import ChannelResults
from ketascreen.screening.recommend import recommend
from ketascreen.screening.request import Request
from ketascreen.screening.scope import Scope
from ketascreen.verdict.decision import RouteRecommendation, combine
from ketascreen.verdict.finding import Fault
from ketascreen.verdict.recommendation import Recommendation
from tests.helpers.screening import shipped

IDS = [f"rule-{number}" for number in range(6)]
FAULT = Fault(where="one channel", message="failed")
Rules = tuple[Rule, ...]
Answer = Mapping[str, Truth]


def rule_of(name: str, effect: Effect, routes: frozenset[Route]) -> Rule:
    return Rule(
        name, "A rule", RuleStage.BOTH, effect, tuple(sorted(routes)), Always(), "It is so.", (), Place("rule.yaml")
    )


rulebooks = st.tuples(
    *[
        st.builds(
            rule_of, st.just(name), st.sampled_from(Effect), st.frozensets(st.sampled_from(BUILT_IN_ROUTES), min_size=1)
        )
        for name in IDS
    ]
)
answers = st.fixed_dictionaries({rule: st.sampled_from(Truth) for rule in IDS})
routes_asked = st.lists(st.sampled_from(BUILT_IN_ROUTES), min_size=1, unique=True).map(tuple)
reviews_decided = st.frozensets(st.sampled_from(IDS))


def recommended(
    rules: Rules,
    results: ChannelResults,
    routes: tuple[Route, ...] = BUILT_IN_ROUTES,
    decided: frozenset[str] = frozenset(),
    unexplained: tuple[Fault, ...] = (),
) -> Recommendation:
    asked = tuple(rule for rule in rules if not set(rule.routes).isdisjoint(routes))
    deciding = tuple(rule for rule in asked if rule.effect is not Effect.ADVISE)
    scope = Scope(frozenset(IDS), asked, frozenset(rule.id for rule in asked), deciding)
    request = Request(ClinicTime.at(datetime(2026, 11, 22, tzinfo=UTC)), Stage.SESSION, routes)
    return recommend(request, scope, results, decided, unexplained)


def results_of(**by_channel: Answer) -> ChannelResults:
    told = {
        rule: {name: OUTCOME[answer[rule]] for name, answer in by_channel.items()}
        for rule in (IDS if by_channel else ())
    }
    differing = {rule: outcomes for rule, outcomes in told.items() if len(set(outcomes.values())) > 1}
    return ChannelResults(tuple(by_channel), by_channel, differing, ())


def alone(rules: Rules, route: str, answer: Answer, decided: frozenset[str]) -> RouteRecommendation:
    """One route by one channel, as docs/decisions.md has it."""
    found: dict[tuple[Effect, Outcome], list[str]] = {}
    for rule in rules:
        if route in rule.routes:
            found.setdefault((rule.effect, OUTCOME[answer[rule.id]]), []).append(rule.id)
    return combine(found, Stage.SESSION, decided=decided)


@pytest.mark.parametrize("stage", Stage)
def test_a_recommendation_reads_every_rule_in_scope_but_advice(stage: Stage) -> None:
    scope = Scope.of(shipped(), stage, BUILT_IN_ROUTES)
    advice = {rule for rule in scope.rules if rule.effect is Effect.ADVISE}
    assert advice
    assert set(scope.deciding) == set(scope.rules) - advice


@given(rulebooks, routes_asked, answers, reviews_decided)
def test_one_channel_gives_each_route_what_it_gives_alone(
    rules: Rules, routes: tuple[Route, ...], answer: Answer, decided: frozenset[str]
) -> None:
    said = recommended(rules, results_of(one=answer), routes, decided)
    assert said.routes == {route: alone(rules, route, answer, decided) for route in routes}
    assert said.outcomes == {
        rule.id: OUTCOME[answer[rule.id]] for rule in rules if not set(rule.routes).isdisjoint(routes)
    }
    assert said.agreement.agreed


@given(rulebooks, answers, answers, reviews_decided)
def test_of_two_channels_the_more_cautious_one_holds_and_doubt_touches_the_routes_of_the_rule_alone(
    rules: Rules, one: Answer, other: Answer, decided: frozenset[str]
) -> None:
    results = results_of(one=one, other=other)
    for route, said in recommended(rules, results, decided=decided).routes.items():
        sides = [alone(rules, route, answer, decided) for answer in (one, other)]
        decisions = [side.decision for side in sides]
        readinesses = [side.readiness for side in sides if side.readiness]
        if any(route in rule.routes for rule in rules if rule.id in results.disagreements):
            decisions.append(Decision.INSUFFICIENT_DATA)
            readinesses.append(Readiness.INSUFFICIENT_DATA)
        assert said.decision is Decision.most_cautious(decisions)
        assert said.readiness is Readiness.most_cautious(readinesses)


@given(answers, answers)
def test_the_outcome_of_a_rule_is_the_most_cautious_that_any_channel_gives(one: Answer, other: Answer) -> None:
    rules = tuple(rule_of(name, Effect.CAUTION, frozenset(BUILT_IN_ROUTES)) for name in IDS)
    said = recommended(rules, results_of(one=one, other=other))
    order = [Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.MET]
    for rule in IDS:
        assert said.outcomes[rule] is max((OUTCOME[one[rule]], OUTCOME[other[rule]]), key=order.index)
    assert said.agreement.agreed is (one == other)
    assert {one.rule for one in said.agreement.disagreements} == {rule for rule in IDS if one[rule] is not other[rule]}


@given(rulebooks, answers)
def test_a_fault_leaves_no_route_better_than_insufficient_data(rules: Rules, answer: Answer) -> None:
    results = ChannelResults(("one", "other"), {"one": answer}, {}, (FAULT,))
    said = recommended(rules, results)
    for route in said.routes.values():
        assert route.decision in (Decision.INSUFFICIENT_DATA, Decision.NOT_ELIGIBLE)
        assert route.readiness in (Readiness.INSUFFICIENT_DATA, Readiness.NOT_READY)
    assert (said.faults, said.agreement.agreed) == ((FAULT,), False)


@given(rulebooks, answers)
def test_a_rule_that_cannot_be_explained_puts_every_route_in_doubt_beside_the_faults_of_channels(
    rules: Rules, answer: Answer
) -> None:
    results = ChannelResults(("one", "other"), {"one": answer}, {}, (FAULT,))
    unexplained = Fault(where="explanation", message="failed")
    assert recommended(rules, results, unexplained=(unexplained,)).faults == (FAULT, unexplained)
    alone_ = recommended(rules, results_of(one=answer), unexplained=(unexplained,))
    assert alone_.faults == (unexplained,)
    assert {route.decision for route in alone_.routes.values()} <= {Decision.INSUFFICIENT_DATA, Decision.NOT_ELIGIBLE}


@given(rulebooks)
def test_where_no_channel_answered_every_rule_is_unknown_and_no_route_is_better_than_that(rules: Rules) -> None:
    said = recommended(rules, ChannelResults(("one",), {}, {}, (FAULT,)))
    assert set(said.outcomes.values()) == {Outcome.UNKNOWN}
    assert {route.decision for route in said.routes.values()} == {Decision.INSUFFICIENT_DATA}


def test_no_answer_without_a_fault_is_never_eligible() -> None:
    exclusion = rule_of("rule-0", Effect.EXCLUDE, frozenset(BUILT_IN_ROUTES))
    said = recommended((exclusion,), results_of())
    assert {route.decision for route in said.routes.values()} == {Decision.INSUFFICIENT_DATA}
    assert {route.reasons for route in said.routes.values()} == {("rule-0",)}
