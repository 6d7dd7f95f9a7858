"""A clinician's decision on record: what it counts for, when it lapses, and how later verdicts show it.

tests/verdict/test_standing.py has both sides of each boundary of the standings.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ketascreen import PatientProfile, Readiness, RequestError, Screener, Verdict
from ketascreen.audit import LedgerError
from ketascreen.language.terms import Decision, Effect, Outcome
from ketascreen.verdict.override import OverrideReason
from ketascreen.verdict.standing import Standing
from tests.helpers.ledgers import at, decide, example, lozenge_today, new_ledger, screener
from tests.helpers.screening import AS_OF, shipped


def standing_in(verdict: Verdict) -> list[tuple[str, Standing]]:
    return [(one.kind, one.standing) for one in verdict.overrides]


def today(verdict: Verdict) -> Readiness | None:
    return verdict.routes["sublingual"].readiness


def test_a_decision_on_a_met_review_makes_the_session_ready_and_changes_no_recommendation(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    before = lozenge_today(ledger)
    assert today(before) is Readiness.INSUFFICIENT_DATA
    made = decide(ledger, before)
    after = lozenge_today(ledger, as_of=at(1))
    assert (made.kind, made.record, made.screening) == ("decision", 4, 3)
    assert standing_in(after) == [("decision", Standing.IN_FORCE)]
    assert today(after) is Readiness.READY
    assert after.routes["sublingual"].decision is before.routes["sublingual"].decision is Decision.REVIEW
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
    assert "too-few-prior-treatments" in back.routes["iv"].readiness_reasons


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
