"""`decide` gives what `screen` recommends, without its words, and never an answer that should be on record."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from ketascreen import (
    ClinicianDecision,
    Outcome,
    Override,
    Readiness,
    Recommendation,
    RequestError,
    Screener,
    Stage,
    Verdict,
)
from ketascreen.audit import Ledger
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.diagnostic import ChannelFault
from ketascreen.language.terms import DecidedBy
from ketascreen.screening import explanation
from tests.helpers.patients import cohort
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, SOME, baseline, profile_of, rngs, screening_with_a_met_review, shipped

COMPILED = Screener(shipped(), channels=("compiled",))
PATIENTS = cohort(17, 60)


def assert_says_the_same(decided: Recommendation, verdict: Verdict) -> None:
    assert decided.stage is verdict.stage
    assert decided.as_of == verdict.as_of
    assert decided.outcomes == {finding.rule: finding.outcome for finding in verdict.findings}
    assert decided.agreement == verdict.agreement
    assert decided.faults == verdict.faults
    assert list(decided.routes) == list(verdict.routes)
    for route, said in decided.routes.items():
        for field in dataclasses.fields(said):
            assert getattr(said, field.name) == getattr(verdict.routes[route], field.name), field.name


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("routes", [None, ["iv"], ["oral", "im"]])
def test_it_says_what_the_verdict_says_for_generated_patients(stage: Stage, routes: list[str] | None) -> None:
    for patient in PATIENTS:
        asked: dict[str, Any] = {"as_of": AS_OF, "stage": stage, "routes": routes}
        assert_says_the_same(COMPILED.decide(patient.profile, **asked), COMPILED.screen(patient.profile, **asked))


@often_reached
@given(rngs)
@SOME
def test_it_says_what_the_verdict_says_by_any_rulebook_with_decisions(rng: Random) -> None:
    rulebook, answers = screening_with_a_met_review(rng)
    screener, profile = Screener(rulebook, channels=("reference", "compiled")), profile_of(answers)
    first = screener.screen(profile, as_of=AS_OF, stage=Stage.SESSION)
    decidable = [one.id for one in rulebook.rules if one.decided_by is DecidedBy.CLINICIAN]
    met = [one.rule for one in first.findings if one.rule in decidable and one.outcome is Outcome.MET]
    decisions = [ClinicianDecision(rule=rule, by="dr", at=AS_OF) for rule in met]
    asked: dict[str, Any] = {"as_of": AS_OF, "stage": Stage.SESSION, "decisions": decisions}
    assert_says_the_same(screener.decide(profile, **asked), screener.screen(profile, **asked))
    if met:
        reached("a decided rule")


def test_it_explains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanation, "explain", lambda *_: pytest.fail("a rule was explained"))
    said = COMPILED.decide(profile_of(baseline()), as_of=AS_OF)
    assert said.routes["iv"].decision == "eligible"


def test_a_channel_that_fails_makes_it_cautious_and_is_named() -> None:
    class Failing(ReferenceChannel):
        name = "failing"

        def evaluate(self, *_: Any) -> Any:
            raise ChannelFault("failed as it was told")

    screener = Screener(shipped(), channels=("reference", Failing(shipped())))
    said = screener.decide(profile_of(baseline()), as_of=AS_OF, stage=Stage.SESSION)
    assert [fault.message for fault in said.faults] == ["failed as it was told"]
    assert {route.decision for route in said.routes.values()} == {"insufficient_data"}
    assert {route.readiness for route in said.routes.values()} == {Readiness.INSUFFICIENT_DATA}


def test_it_names_the_alerts_of_a_route() -> None:
    said = COMPILED.decide(profile_of({**baseline(), "suicidality": "thoughts"}), as_of=AS_OF)
    assert {route.alerts for route in said.routes.values()} == {("suicidal-thoughts",)}


OVERRIDE = Override.model_construct()


@pytest.mark.parametrize(
    "ask",
    [
        lambda screener: screener.decide(profile_of(baseline()), as_of=AS_OF),
        lambda screener: screener.decide_many([profile_of(baseline())], as_of=AS_OF),
        lambda screener: list(screener.screen_many([profile_of(baseline())], as_of=AS_OF)),
        lambda screener: screener.screen(profile_of(baseline()), as_of=AS_OF, reference="p-17", overrides=[OVERRIDE]),
        lambda screener: screener.screen(profile_of(baseline()), as_of=AS_OF),
    ],
    ids=["decide", "decide_many", "screen_many", "overrides from elsewhere", "no reference"],
)
def test_a_screener_with_a_ledger_gives_no_answer_without_its_record(
    ask: Callable[[Screener], object], tmp_path: Path
) -> None:
    with Ledger(tmp_path / "clinic.db") as ledger:
        screener = Screener(shipped(), channels=("reference",), ledger=ledger)
        with pytest.raises(RequestError) as refused:
            ask(screener)
        assert [problem.code for problem in refused.value.diagnostics] == ["reference"]
        assert {entry.record.kind for entry in ledger.entries()} <= {"ledger", "batch"}


def test_many_are_decided_in_their_order_over_any_number_of_workers() -> None:
    profiles = [patient.profile for patient in PATIENTS]
    alone = [COMPILED.decide(profile, as_of=AS_OF) for profile in profiles]
    for workers in (1, 2):
        assert list(COMPILED.decide_many(profiles, as_of=AS_OF, workers=workers)) == alone
