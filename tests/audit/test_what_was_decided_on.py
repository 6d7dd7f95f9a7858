"""What a decision rests on, from screening to screening: lists, persons, words that hide much, and who may decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ketascreen import Readiness, RequestError, Route, Screener, Verdict
from ketascreen.audit import Ledger
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import DecidedBy, Decision, Effect, Outcome
from ketascreen.verdict.decided import ClinicianDecision
from ketascreen.verdict.override import Override, OverrideReason
from ketascreen.verdict.standing import Standing
from tests.helpers.ledgers import at, decide, example, new_ledger, screener
from tests.helpers.screening import AS_OF, shipped


def session(
    ledger: Ledger, *, hours: float = 0, decisions: tuple[ClinicianDecision, ...] = (), **changed: Any
) -> Verdict:
    """The session of the patient of the first example, by infusion, with some answers changed."""
    profile = example("resistant-depression.json").model_copy(update=changed)
    return screener(ledger).screen(
        profile, as_of=at(hours), stage="session", routes=["iv"], reference="p-17", decisions=decisions
    )


def heart(*words: str, complete: bool = True) -> dict[str, Any]:
    return {"heart_conditions": {"present": list(words), "complete": complete, "at": "2026-11-20"}}


def iv(verdict: Verdict) -> tuple[Decision, Readiness | None, list[Standing]]:
    route = verdict.routes["iv"]
    return route.decision, route.readiness, [one.standing for one in verdict.overrides]


READY, LACKING = Readiness.READY, Readiness.INSUFFICIENT_DATA
OTHERS = ("coronary_artery_disease", "heart_failure", "valve_disease", "congenital_heart_disease")


def test_nobody_decides_on_a_heart_list_that_was_not_gone_through_to_its_end(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    verdict = session(ledger, **heart("arrhythmia", complete=False))
    with pytest.raises(RequestError, match=r"go through `heart_conditions` to its end first") as refused:
        decide(ledger, verdict, rule="other-heart-condition")
    assert [one.code for one in refused.value.diagnostics] == ["incomplete-list"]
    assert ledger.head().number == 3
    given = ClinicianDecision(rule="other-heart-condition", by="dr-17", at=AS_OF)
    told = session(ledger, decisions=(given,), **heart("arrhythmia", complete=False))
    assert [one.standing for one in told.decisions] == [Standing.LIST_INCOMPLETE]
    assert "other-heart-condition" in told.routes["iv"].readiness_reasons
    whole = session(ledger, decisions=(given,), **heart("arrhythmia"))
    assert [one.standing for one in whole.decisions] == [Standing.IN_FORCE]
    assert iv(whole) == (Decision.REVIEW, READY, [])


def test_a_decision_on_one_heart_condition_covers_no_other_that_comes_later(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, session(ledger, **heart("arrhythmia")), rule="other-heart-condition", reason="specialist_advice")
    same = session(ledger, hours=1, **heart("arrhythmia"))
    assert iv(same) == (Decision.REVIEW, READY, [Standing.IN_FORCE])
    grown = session(ledger, hours=2, **heart("arrhythmia", *OTHERS))
    assert iv(grown) == (Decision.REVIEW, LACKING, [Standing.FACT_CHANGED])
    assert grown.routes["iv"].readiness_reasons == ("other-heart-condition",)
    back = session(ledger, hours=3, **heart("arrhythmia"))
    assert iv(back) == (Decision.REVIEW, LACKING, [Standing.FACT_CHANGED])


def test_a_recent_heart_attack_excludes_whatever_was_decided(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, session(ledger, **heart("arrhythmia")), rule="other-heart-condition")
    attack = heart("arrhythmia", "heart_failure", "myocardial_infarction", "stroke")
    decision, readiness, standings = iv(
        session(ledger, hours=1, **attack, last_heart_attack={"value": "1 month", "at": "2026-11-22"})
    )
    assert (decision, readiness) == (Decision.NOT_ELIGIBLE, Readiness.NOT_READY)
    assert standings == [Standing.FACT_CHANGED]


def test_a_list_sent_once_without_complete_ends_no_decision(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, session(ledger, **heart("arrhythmia")), rule="other-heart-condition")
    decision, readiness, standings = iv(session(ledger, hours=1, **heart("arrhythmia", complete=False)))
    assert (decision, readiness, standings) == (Decision.INSUFFICIENT_DATA, LACKING, [Standing.LIST_INCOMPLETE])
    assert iv(session(ledger, hours=2, **heart("arrhythmia")))[1:] == (READY, [Standing.IN_FORCE])


def test_another_birth_date_under_the_same_reference_ends_it_for_good_and_the_notice_says_so(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    made = decide(ledger, session(ledger, **heart("arrhythmia")), rule="other-heart-condition")
    assert made.birth_date == "1984-03-02"
    nobody = session(ledger, hours=1, birth_date=None, age="42 years", **heart("arrhythmia"))
    assert iv(nobody)[1:] == (LACKING, [Standing.FACT_NOT_KNOWN])
    same = session(ledger, hours=2, **heart("arrhythmia"))
    assert iv(same)[1:] == (READY, [Standing.IN_FORCE])
    assert "another birth date" not in same.notice
    other = session(ledger, hours=3, birth_date="1950-01-01", **heart("arrhythmia"))
    assert other.overrides[0].standing is Standing.OTHER_PERSON
    assert other.notice.startswith("A decision on record is about a person with another birth date")
    again = session(ledger, hours=4, **heart("arrhythmia"))
    assert iv(again)[1:] == (LACKING, [Standing.OTHER_PERSON])
    assert "1984" not in ledger.entry(made.record or 0).record.body, "the birth date is not sealed"


def test_a_decision_made_without_a_birth_date_is_held_against_none(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    unnamed = {"birth_date": None, "age": "42 years", **heart("arrhythmia")}
    made = decide(ledger, session(ledger, **unnamed), rule="other-heart-condition")
    assert made.birth_date is None
    assert iv(session(ledger, hours=1, **heart("arrhythmia")))[1:] == (READY, [Standing.IN_FORCE])


def concern(date: str) -> dict[str, Any]:
    return {"interaction_review": {"value": "concern", "at": date}}


def test_a_decision_on_a_concern_about_one_medicine_lets_no_concern_about_another_through(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, session(ledger, **concern("2026-11-20")), rule="interaction-concern")
    assert iv(session(ledger, hours=24, **concern("2026-11-20")))[2] == [Standing.IN_FORCE]
    other = session(ledger, hours=25, **concern("2026-11-23"))
    assert iv(other)[2] == [Standing.FACT_CHANGED]
    assert "interaction-concern" in other.routes["iv"].readiness_reasons


def other_diagnosis(date: str) -> dict[str, Any]:
    return {"current_diagnoses": {"present": ["major_depression", "other"], "complete": True, "at": date}}


def test_a_decision_on_one_diagnosis_recorded_as_other_lets_no_later_one_through(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, session(ledger, **other_diagnosis("2026-11-20")), rule="other-diagnosis")
    assert iv(session(ledger, hours=24, **other_diagnosis("2026-11-20")))[2] == [Standing.IN_FORCE]
    later = session(ledger, hours=25, **other_diagnosis("2026-11-23"))
    assert iv(later)[2] == [Standing.FACT_CHANGED]
    assert "other-diagnosis" in later.routes[Route.IV].readiness_reasons


def test_a_decision_of_2024_that_is_given_with_a_screening_does_not_count_and_says_so(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    old = ClinicianDecision(rule="other-heart-condition", by="dr-17", at=AS_OF.replace(year=2024))
    told = session(ledger, decisions=(old,), **heart("arrhythmia", *OTHERS))
    assert [one.standing for one in told.decisions] == [Standing.LAPSED_BY_DATE]
    assert iv(told) == (Decision.REVIEW, LACKING, [])


NOT_DONE: dict[str, dict[str, Any]] = {
    "medical-evaluation-not-done": {"medical_evaluation": {"value": "not_done", "at": "2026-11-20"}},
    "psychiatric-evaluation-not-done": {"psychiatric_evaluation": {"value": "not_done", "at": "2026-11-20"}},
    "interaction-review-not-done": {"interaction_review": {"value": "not_done", "at": "2026-11-20"}},
    "unrecognised-heart-condition": heart("long_qt_syndrome"),
    "unrecognised-diagnosis": {
        "current_diagnoses": {"present": ["major_depression", "grief"], "complete": True, "at": "2026-11-20"}
    },
}
"""What meets each review that nobody decides."""


def test_these_are_all_the_reviews_that_nobody_decides_and_no_hold_is_for_a_clinician() -> None:
    by_nobody = {rule.id for rule in shipped().with_effect(Effect.REVIEW) if rule.decided_by == "nobody"}
    assert by_nobody == NOT_DONE.keys()
    assert {rule.decided_by for rule in shipped().with_effect(Effect.HOLD)} == {"nobody"}


@pytest.mark.parametrize("rule", NOT_DONE)
def test_what_is_not_done_or_not_read_is_not_for_a_clinician_to_decide(tmp_path: Path, rule: str) -> None:
    ledger = new_ledger(tmp_path)
    decision = ClinicianDecision(rule=rule, by="dr-17", at=AS_OF)
    with pytest.raises(RequestError, match=f"`{rule}` is not for a clinician to decide") as refused:
        session(ledger, decisions=(decision,), **NOT_DONE[rule])
    (problem,) = refused.value.diagnostics
    asked = shipped().rule(rule)
    assert asked is not None
    assert (problem.code, problem.hint) == ("not-decidable", f"{asked.do} Then screen again.")
    before = session(ledger, **NOT_DONE[rule])
    made = decide(ledger, before, rule=rule)
    assert made.kind == "override"
    after = session(ledger, hours=1, **NOT_DONE[rule])
    assert [one.kind for one in after.overrides] == ["override"]
    assert (before.finding(rule).outcome, iv(before)[1], iv(after)[1]) == (Outcome.MET, LACKING, LACKING)
    assert rule in after.routes["iv"].readiness_reasons


def test_a_hold_that_a_clinician_decides_is_ready_on_that_day_alone() -> None:
    rulebook = replace(
        shipped(),
        rules=tuple(
            replace(rule, decided_by=DecidedBy.CLINICIAN) if rule.id == "no-aftercare-plan" else rule
            for rule in shipped().rules
        ),
    )
    screen = Screener(rulebook, channels=("reference",)).screen
    plain = example("resistant-depression.json").model_copy(
        update={"follow_up": {"value": "not_scheduled", "at": "2026-11-22T08:20:00+00:00"}}
    )

    def today(days: int, **given: Any) -> Verdict:
        fresh = {
            name: {**answer, "at": (AS_OF + timedelta(days=days)).isoformat()}
            for name, answer in plain.model_dump(exclude_none=True).items()
            if isinstance(answer, dict) and "T08:20" in str(answer.get("at"))
        }
        patient = plain.model_copy(update=fresh)
        return screen(patient, as_of=AS_OF + timedelta(days=days), stage="session", routes=["iv"], **given)

    assert iv(today(0))[1] is Readiness.NOT_READY
    decision = ClinicianDecision(rule="no-aftercare-plan", by="dr-17", at=AS_OF)
    assert iv(today(0, decisions=[decision]))[1] is READY
    assert iv(today(1, decisions=[decision]))[1] is Readiness.NOT_READY
    made = override_from_hold(today(0), rulebook)
    assert iv(today(0, overrides=[made]))[1:] == (READY, [Standing.IN_FORCE])
    assert iv(today(1, overrides=[made]))[1:] == (Readiness.NOT_READY, [Standing.LAPSED_BY_DATE])


def override_from_hold(verdict: Verdict, rulebook: Rulebook) -> Override:
    finding = verdict.finding("no-aftercare-plan")
    return Override(
        rule=finding.rule, rule_digest=rulebook.rule_digests[finding.rule], effect=finding.effect,
        decided_by=DecidedBy.CLINICIAN, outcome=finding.outcome, rests_on=finding.rests_on,
        reason=OverrideReason.OTHER, text="", by="dr-17", at=AS_OF, until=AS_OF + timedelta(days=30), screening=1,
        record=1,
    )  # fmt: skip
