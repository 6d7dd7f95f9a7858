"""What a verdict says beside its findings: why a fact is not known, what is accepted, and what no rule asks."""

from __future__ import annotations

from typing import Any

import pytest

from ketascreen import ClinicianDecision, LeanVerdict, Route, Verdict
from ketascreen.rendering.verdict import render
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped, shipped_screener


@pytest.mark.parametrize(
    ("fact", "answer", "why"),
    [
        ("systolic_bp", None, "not_recorded"),
        ("systolic_bp", {"value": "120 mmHg"}, "undated"),
        ("systolic_bp", {"value": "120 mmHg", "at": "2020-01-01"}, "too_old"),
        ("heart_conditions", {"present": [], "complete": False, "at": "2026-11-20"}, "list_incomplete"),
    ],
)
def test_a_fact_that_is_lacking_says_why(fact: str, answer: Any, why: str) -> None:
    verdict = shipped_screener().screen(profile_of({fact: answer} if answer else {}), as_of=AS_OF)
    asks = {ask.fact: ask.why for route in verdict.routes.values() for ask in route.asks}
    lacks = {lacking.why for finding in verdict.findings for lacking in finding.lacks if lacking.fact == fact}
    assert asks[fact] == why
    assert lacks == {why}


def test_a_list_with_an_entry_that_is_not_known_names_it_where_it_is_asked() -> None:
    listed = {"present": ["major_depression", "schizoaffective"], "complete": True, "at": "2026-11-20"}
    verdict = shipped_screener().screen(profile_of({"current_diagnoses": listed}), as_of=AS_OF)
    asks = [ask for route in verdict.routes.values() for ask in route.asks if ask.fact == "current_diagnoses"]
    assert {(ask.why, ask.unrecognised) for ask in asks} == {("list_incomplete", ("schizoaffective",))}
    assert "not known to be complete; these rules do not know what it has as: schizoaffective" in _page(verdict)
    assert LeanVerdict.of(verdict).whole(shipped()) == verdict


def test_a_list_that_is_only_not_complete_names_no_entry() -> None:
    listed = {"present": ["major_depression"], "complete": False, "at": "2026-11-20"}
    verdict = shipped_screener().screen(profile_of({"current_diagnoses": listed}), as_of=AS_OF)
    asks = [ask for route in verdict.routes.values() for ask in route.asks if ask.fact == "current_diagnoses"]
    assert {ask.unrecognised for ask in asks} == {()}
    assert "the list is not known to be complete" in _page(verdict)


def test_an_undated_answer_that_counts_says_that_undated_answers_are_accepted() -> None:
    answers = {"failed_antidepressant_trials": {"value": 1}, "suicidality": {"value": "thoughts"}}
    page = _page(shipped_screener().screen(profile_of({**baseline(), **answers}), as_of=AS_OF))
    assert "1 trials, undated; undated answers are accepted for this fact" in page
    assert "thoughts, undated; it does not count, but it can still meet a rule" in page


@pytest.mark.parametrize(
    ("changes", "decision", "told"),
    [
        ({}, "eligible", True),
        ({"hypertension": "diagnosed", "antihypertensive_treatment": "treated"}, "caution", True),
        ({"bipolar": "bipolar_i"}, "review", False),
        ({"bipolar": None}, "insufficient_data", False),
        ({"psychosis": "active"}, "not_eligible", False),
    ],
)
def test_what_no_rule_asks_stands_under_each_eligible_and_each_caution(
    changes: dict[str, Any], decision: str, told: bool
) -> None:
    answers = {**baseline(), **{name: {"value": value, "at": "2026-11-20"} for name, value in changes.items() if value}}
    known = {name: answer for name, answer in answers.items() if changes.get(name, answer) is not None}
    verdict = shipped_screener().screen(profile_of(known), as_of=AS_OF, routes=["iv"])
    assert verdict.routes[Route.IV].decision == decision
    assert verdict.not_asked == shipped().identity.not_asked != ()
    assert (f"Not asked: {verdict.not_asked[0]}; {verdict.not_asked[1]}; " in _page(verdict)) is told


@pytest.mark.parametrize("is_decided", [True, False])
def test_what_no_rule_asks_stands_under_a_session_that_is_ready_by_a_decision(is_decided: bool) -> None:
    decisions = [ClinicianDecision(rule="bipolar-disorder", by="dr-17", at=AS_OF)] if is_decided else []
    profile = profile_of({**baseline(), "bipolar": {"value": "bipolar_i", "at": "2026-11-20"}})
    verdict = shipped_screener().screen(profile, as_of=AS_OF, stage="session", routes=["iv"], decisions=decisions)
    route = verdict.routes[Route.IV]
    assert (route.decision, route.readiness == "ready") == ("review", is_decided)
    assert (f"Not asked: {verdict.not_asked[0]}" in _page(verdict)) is is_decided


def test_an_answer_that_counts_until_it_is_replaced_has_no_last_day() -> None:
    for answer, last in (("pregnant", None), ("not_pregnant", "2026-12-10")):
        profile = profile_of({"pregnancy": {"value": answer, "at": "2026-11-10"}})
        (used,) = shipped_screener().screen(profile, as_of=AS_OF).finding("pregnancy").rests_on
        assert (used.value, used.counts_through) == (answer, last)


@pytest.mark.parametrize(
    ("fact", "answer", "who"),
    [
        ("bipolar", "bipolar_i", "Decided by: a clinician, who may go ahead although it is met"),
        ("medical_evaluation", "not_done", "Decided by: nobody: while it is met, nobody may go ahead"),
    ],
)
def test_a_met_review_says_who_decides_on_it(fact: str, answer: str, who: str) -> None:
    profile = profile_of({**baseline(), fact: {"value": answer, "at": "2026-11-20"}})
    assert who in _page(shipped_screener().screen(profile, as_of=AS_OF, routes=["iv"]))


def _page(verdict: Verdict) -> str:
    return " ".join(line.text.strip() for line in render(verdict))
