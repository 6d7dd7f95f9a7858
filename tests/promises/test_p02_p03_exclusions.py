"""P2 and P3: no route without an exclusion; eligible only if all is known to be well; an exclusion beats everything."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given

from ketascreen import RulebookError, Screener
from ketascreen.authoring.cases.read import Case
from ketascreen.language.terms import Decision, Effect, Outcome
from tests.helpers import generate
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import (
    AS_OF,
    SOME,
    profile_of,
    rngs,
    screener_for,
    screening,
    shipped,
    shipped_cases,
    shipped_screener,
)

EXCLUDED = [
    case
    for case in shipped_cases()
    if case.rule
    and shipped().rule(case.rule) in shipped().with_effect(Effect.EXCLUDE)
    and case.expect["finding"] == "met"
]


@often_reached
@given(rngs)
@SOME
def test_eligible_means_every_exclusion_review_and_caution_is_known_to_be_not_met(rng: Random) -> None:
    rulebook, answers = screening(rng)
    verdict = screener_for(rulebook).screen(profile_of(answers), as_of=AS_OF)
    for route, one in verdict.routes.items():
        deciding = [
            finding.outcome
            for finding in verdict.findings
            if route in finding.routes and finding.effect in (Effect.EXCLUDE, Effect.REVIEW, Effect.CAUTION)
        ]
        assert (one.decision is Decision.ELIGIBLE) == all(outcome is Outcome.NOT_MET for outcome in deciding)
        assert (one.decision is Decision.NOT_ELIGIBLE) == any(
            finding.outcome is Outcome.MET and finding.effect is Effect.EXCLUDE and route in finding.routes
            for finding in verdict.findings
        )
    reached("a verdict")


@pytest.mark.parametrize("case", EXCLUDED, ids=str)
def test_an_exclusion_that_is_met_beats_everything_that_is_missing(case: Case) -> None:
    verdict = shipped_screener().screen(case.profile, as_of=case.as_of)
    assert case.rule is not None
    for route in verdict.finding(case.rule).routes:
        assert verdict.routes[route].decision is Decision.NOT_ELIGIBLE
        assert case.rule in verdict.routes[route].reasons


@given(rngs)
@SOME
def test_a_rulebook_that_loses_its_exclusions_for_a_route_is_refused(rng: Random) -> None:
    rulebook = generate.rulebook(rng)
    route = rng.choice(list(rulebook.routes))
    kept = tuple(
        replace(rule, routes=tuple(r for r in rule.routes if r != route)) if rule.effect is Effect.EXCLUDE else rule
        for rule in rulebook.rules
    )
    with pytest.raises(RulebookError, match=f"no exclusion for the route `{route}`"):
        Screener(replace(rulebook, rules=kept), channels=("reference",))
