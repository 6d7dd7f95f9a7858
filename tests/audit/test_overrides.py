"""A clinician's decision on record: what it counts for, when it lapses, and how later verdicts show it.

tests/verdict/test_standing.py has both sides of each boundary of the standings.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ketascreen import PatientProfile, Readiness, RequestError, Screener, Verdict
from ketascreen.audit import Ledger, LedgerError
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import DecidedBy, Decision, Effect, Outcome
from ketascreen.verdict.decided import ClinicianDecision
from ketascreen.verdict.override import Override, OverrideReason
from ketascreen.verdict.standing import Standing
from tests.helpers.ledgers import at, example, lozenge_today, new_ledger, screener
from tests.helpers.screening import AS_OF, shipped


def decide(ledger: Ledger, verdict: Verdict, rule: str = "home-use", **given: Any) -> Override:
    told = {"reason": "risk_reduced", "text": "an adult is there", "by": "dr-17", "at": AS_OF, **given}
    return ledger.override(verdict, rule=rule, **told)


def standing_in(verdict: Verdict) -> list[tuple[str, Standing]]:
    return [(one.kind, one.standing) for one in verdict.overrides]


def today(verdict: Verdict) -> Readiness | None:
    return verdict.routes["sublingual"].readiness  # type: ignore[index]


def test_a_decision_on_a_met_review_makes_the_session_ready_and_changes_no_recommendation(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    before = lozenge_today(ledger)
    assert today(before) is Readiness.INSUFFICIENT_DATA
    made = decide(ledger, before)
    after = lozenge_today(ledger, as_of=at(1))
    assert (made.kind, made.record, made.screening) == ("decision", 4, 3)
    assert standing_in(after) == [("decision", Standing.IN_FORCE)]
    assert today(after) is Readiness.READY
    assert after.routes["sublingual"].decision is before.routes["sublingual"].decision is Decision.REVIEW  # type: ignore[index]
    assert after.finding("home-use").outcome is Outcome.MET


def test_it_is_of_one_patient_alone(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger))
    other = lozenge_today(ledger, as_of=at(1), reference="p-18")
    assert standing_in(other) == []
    assert today(other) is Readiness.INSUFFICIENT_DATA


@pytest.mark.parametrize(("hours", "worth"), [(1.999, Standing.IN_FORCE), (2, Standing.LAPSED_BY_DATE)])
def test_it_lapses_on_its_date(tmp_path: Path, hours: float, worth: Standing) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger), until=at(2))
    later = lozenge_today(ledger, as_of=at(hours))
    assert standing_in(later) == [("decision", worth)]
    assert today(later) is (Readiness.READY if worth is Standing.IN_FORCE else Readiness.INSUFFICIENT_DATA)


def test_before_it_was_made_it_is_not_there(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger), at=at(2))
    assert standing_in(lozenge_today(ledger, as_of=at(1))) == []


def test_it_lapses_when_a_fact_that_it_rests_on_changes_and_does_not_come_back(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    profile = example("first-episode.yaml")
    screen = screener(ledger).screen

    def verdict(trials: int, hours: float) -> Verdict:
        patient = profile.model_copy(update={"failed_antidepressant_trials": trials})
        return screen(patient, as_of=at(hours), stage="session", reference="p-17")

    decide(ledger, verdict(0, 0), rule="too-few-prior-treatments")
    assert standing_in(verdict(0, 1)) == [("decision", Standing.IN_FORCE)]
    assert standing_in(verdict(1, 2)) == [("decision", Standing.FACT_CHANGED)]
    back = verdict(0, 3)
    assert standing_in(back) == [("decision", Standing.FACT_CHANGED)]
    assert back.overrides[0].override.lapsed_at == 6
    assert "too-few-prior-treatments" in back.routes["iv"].readiness_reasons  # type: ignore[index]


def test_a_fact_that_is_not_known_now_is_no_change_and_no_ground(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger))
    unknown = lozenge_today(ledger, as_of=at(1), setting=None)
    assert standing_in(unknown) == [("decision", Standing.FACT_NOT_KNOWN)]
    assert today(unknown) is not Readiness.READY
    assert standing_in(lozenge_today(ledger, as_of=at(2))) == [("decision", Standing.IN_FORCE)]


def test_the_newest_of_several_counts_and_an_older_one_does_not_revive(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    first = lozenge_today(ledger)
    decide(ledger, first)
    decide(ledger, first, at=at(1), until=at(2), by="dr-18")
    assert standing_in(lozenge_today(ledger, as_of=at(1.5))) == [
        ("decision", Standing.REPLACED),
        ("decision", Standing.IN_FORCE),
    ]
    lapsed = lozenge_today(ledger, as_of=at(3))
    assert standing_in(lapsed) == [("decision", Standing.REPLACED), ("decision", Standing.LAPSED_BY_DATE)]
    assert today(lapsed) is Readiness.INSUFFICIENT_DATA


def test_an_override_of_an_exclusion_changes_no_decision_and_no_readiness(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    profile = example("uncontrolled-hypertension.yaml")
    screen = screener(ledger).screen
    before = screen(profile, as_of=AS_OF, stage="session", reference="p-17")
    made = decide(ledger, before, rule="uncontrolled-hypertension", reason=OverrideReason.SPECIALIST_ADVICE)
    after = screen(profile, as_of=at(1), stage="session", reference="p-17")
    assert made.kind == "override"
    assert standing_in(after) == [("override", Standing.IN_FORCE)]
    for route, verdict in after.routes.items():
        assert (verdict.decision, verdict.readiness) == (Decision.NOT_ELIGIBLE, Readiness.NOT_READY)
        assert verdict.reasons == before.routes[route].reasons
        assert verdict.readiness_reasons == before.routes[route].readiness_reasons
    assert after.findings == before.findings or len(after.findings) == len(before.findings)
    assert after.finding("uncontrolled-hypertension").outcome is Outcome.MET


def test_an_override_of_what_is_not_known_is_on_record_and_leaves_it_unknown(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    screen = screener(ledger).screen
    before = screen(PatientProfile(), as_of=AS_OF, stage="session", reference="p-17")
    made = decide(ledger, before, rule="active-psychosis", reason="known_from_elsewhere")
    after = screen(PatientProfile(), as_of=at(1), stage="session", reference="p-17")
    assert (made.kind, made.outcome) == ("override", Outcome.UNKNOWN)
    assert standing_in(after) == [("override", Standing.IN_FORCE)]
    assert {route.decision for route in after.routes.values()} == {Decision.INSUFFICIENT_DATA}


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"rule": "homeuse"}, "did you mean `home-use`?"),
        ({"rule": "care-together"}, "nothing to override"),
        ({"rule": "active-psychosis"}, "nothing to override"),
        ({"until": AS_OF}, "`until` is not after `at`"),
        ({"at": datetime(2026, 11, 22, 9)}, "`at` is missing or wrong"),  # noqa: DTZ001
        ({"by": " "}, "`by` is missing or wrong"),
        ({"reason": "because"}, "`reason` is missing or wrong"),
        ({"text": "x" * 2001}, "`text` is missing or wrong"),
    ],
)
def test_what_says_too_little_is_refused_and_nothing_is_on_record(
    tmp_path: Path, changed: dict[str, Any], what: str
) -> None:
    ledger = new_ledger(tmp_path)
    verdict = lozenge_today(ledger)
    with pytest.raises(RequestError, match=None) as refused:
        decide(ledger, verdict, **changed)
    assert what in str(refused.value)
    assert ledger.head().number == 3


def test_a_verdict_that_is_not_on_record_cannot_be_decided_on(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    verdict = lozenge_today(ledger)
    unrecorded = Screener(shipped(), channels=("reference",)).screen(
        example("lozenge-at-home.yaml"), as_of=AS_OF, stage="session"
    )
    with pytest.raises(RequestError, match="not on record in this ledger"):
        decide(ledger, unrecorded)
    (tmp_path / "other").mkdir()
    with pytest.raises(RequestError, match="not on record in this ledger"):
        decide(new_ledger(tmp_path / "other", random=lambda n: b"x" * n), verdict)
    forged = verdict.model_copy(update={"as_of": at(5)})
    with pytest.raises(RequestError, match="not the one on record"):
        decide(ledger, forged)
    for changed in (
        {"effect": Effect.CAUTION},
        {"say": "Otherwise."},
        {"rests_on": (verdict.finding("home-use").rests_on[0].model_copy(update={"value": "clinic"}),)},
    ):
        findings = tuple(one.model_copy(update=changed) if one.rule == "home-use" else one for one in verdict.findings)
        with pytest.raises(RequestError, match="not the one on record"):
            decide(ledger, verdict.model_copy(update={"findings": findings}))
    with pytest.raises(LedgerError, match="no entry 99"):
        decide(ledger, verdict.model_copy(update={"receipt": verdict.receipt.model_copy(update={"record": 99})}))  # type: ignore[union-attr]


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
    route = verdict.routes["iv"]  # type: ignore[index]
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
    assert "other-heart-condition" in told.routes["iv"].readiness_reasons  # type: ignore[index]
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
    assert grown.routes["iv"].readiness_reasons == ("other-heart-condition",)  # type: ignore[index]
    back = session(ledger, hours=3, **heart("arrhythmia"))
    assert iv(back) == (Decision.REVIEW, LACKING, [Standing.FACT_CHANGED])


def test_a_recent_heart_attack_excludes_whatever_was_decided(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, session(ledger, **heart("arrhythmia")), rule="other-heart-condition")
    attack = heart("arrhythmia", "heart_failure", "myocardial_infarction", "stroke")
    decision, readiness, standings = iv(
        session(ledger, hours=1, **attack, months_since_heart_attack_or_stroke="1 months")
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
    assert "interaction-concern" in other.routes["iv"].readiness_reasons  # type: ignore[index]


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
    assert rule in after.routes["iv"].readiness_reasons  # type: ignore[index]


def test_a_hold_that_a_clinician_decides_is_ready_on_that_day_alone() -> None:
    rulebook = replace(
        shipped(),
        rules=tuple(
            replace(rule, decided_by=DecidedBy.CLINICIAN) if rule.id == "no-aftercare-plan" else rule
            for rule in shipped().rules
        ),
    )
    screen = Screener(rulebook, channels=("reference",)).screen
    plain = example("resistant-depression.json").model_copy(update={"follow_up": "not_scheduled"})

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
