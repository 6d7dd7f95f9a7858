"""P1: taking anything away from a profile never makes a verdict better."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given

from ketascreen import ClinicianDecision, Finding, Rulebook, Stage
from ketascreen.language.effects import DECIDABLE
from ketascreen.language.terms import DecidedBy, Outcome
from ketascreen.verdict.override import Override, OverrideReason
from ketascreen.verdict.standing import Standing
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import (
    AS_OF,
    MANY,
    assert_no_better,
    baseline,
    known,
    profile_of,
    rngs,
    screener_for,
    screening,
    screening_with_a_met_review,
    shipped_screener,
    take_something_away,
)

DAY = timedelta(days=1)


@often_reached
@MANY
@given(rngs)
def test_taking_something_away_never_makes_a_verdict_better(rng: Random) -> None:
    rulebook, answers = screening(rng)
    assume(list(known(answers)))
    screener = screener_for(rulebook)
    decidable = [rule.id for rule in rulebook.rules if rule.decided_by is DecidedBy.CLINICIAN]
    decided = [
        ClinicianDecision(rule=rule, by="dr", at=rng.choice((AS_OF, AS_OF, AS_OF - DAY)))
        for rule in decidable
        if rng.random() < 0.5
    ]
    stage = rng.choice(tuple(Stage))
    before = screener.screen(profile_of(answers), as_of=AS_OF, stage=stage, decisions=decided)
    after = screener.screen(profile_of(take_something_away(rng, answers)), as_of=AS_OF, stage=stage, decisions=decided)
    assert not before.faults
    assert not after.faults
    for route, verdict in before.routes.items():
        assert_no_better(verdict, after.routes[route])
    for whole, part in zip(before.decisions, after.decisions, strict=True):
        if part.standing is Standing.IN_FORCE:
            assert whole.standing is Standing.IN_FORCE, "knowing less has made a decision count"
    reached("a profile with something less")


@often_reached
@MANY
@given(rngs)
def test_nor_does_it_with_decisions_on_record_that_rest_on_what_was_known_then(rng: Random) -> None:
    rulebook, answers = screening_with_a_met_review(rng)
    screener = screener_for(rulebook)
    less = take_something_away(rng, answers)
    # What was known when it was decided: what is known now, or less, so that it could come back by leaving more out.
    then = screener.screen(profile_of(rng.choice((answers, less))), as_of=AS_OF, stage=Stage.SESSION)
    made = [
        override_of(one, rulebook, rng, answers)
        for one in then.findings
        if one.effect in DECIDABLE and rng.random() < 0.8
    ]
    before = screener.screen(profile_of(answers), as_of=AS_OF, stage=Stage.SESSION, overrides=made)
    after = screener.screen(profile_of(less), as_of=AS_OF, stage=Stage.SESSION, overrides=made)
    for route, verdict in before.routes.items():
        assert_no_better(verdict, after.routes[route])
    for whole, part in zip(before.overrides, after.overrides, strict=True):
        counts = part.kind == "decision" and part.standing is Standing.IN_FORCE
        if counts and before.finding(part.override.rule).outcome is Outcome.MET:
            assert whole.standing is Standing.IN_FORCE, "knowing less has brought a decision back"
            reached("a decision in force")


def override_of(finding: Finding, rulebook: Rulebook, rng: Random, answers: dict[str, Any]) -> Override:
    """A clinician's going ahead against a finding, as it is on record: today or before, with a birth date or without.

    Lists that were not complete are among what it rests on: an older version put such decisions on record.
    """
    rule = rulebook.rule(finding.rule)
    assert rule is not None
    born = answers.get("birth_date")
    return Override(
        rule=finding.rule, rule_digest=rulebook.rule_digests[finding.rule], effect=finding.effect,
        decided_by=rule.decided_by, outcome=finding.outcome, rests_on=finding.rests_on, reason=OverrideReason.OTHER,
        text="", by="dr", at=rng.choice((AS_OF, AS_OF, AS_OF - DAY)),
        birth_date=rng.choice((None, born, born and born[:7], born and born[:4], "1970-01-01" if born else None)),
        screening=1,
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(baseline()))
def test_each_fact_of_the_baseline_left_out_or_undated_leaves_no_route_better(name: str) -> None:
    before = shipped_screener().screen(profile_of(baseline()), as_of=AS_OF, stage=Stage.SESSION)
    without = {key: answer for key, answer in baseline().items() if key != name}
    undated = (
        {**without, name: {k: v for k, v in dict(baseline()[name]).items() if k != "at"}}
        if name != "extra"
        else without
    )
    for less in (without, undated):
        after = shipped_screener().screen(profile_of(less), as_of=AS_OF, stage=Stage.SESSION)
        for route, verdict in before.routes.items():
            assert_no_better(verdict, after.routes[route])


def test_an_empty_profile_is_insufficient_data_on_every_route_and_asks_for_what_it_lacks() -> None:
    verdict = shipped_screener().screen(profile_of({}), as_of=AS_OF)
    for route in verdict.routes.values():
        assert route.decision == "insufficient_data"
        assert {"pregnancy", "psychosis", "systolic_bp", "heart_conditions"} <= {ask.fact for ask in route.asks}
        assert route.alerts_not_ruled_out == ("hypertensive-crisis", "suicidal-crisis", "suicidal-thoughts")
