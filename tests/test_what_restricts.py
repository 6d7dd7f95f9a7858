"""Which answers restrict, and by which rule; the shipped rulebook's substances, diagnoses and consents by example.

All profiles are the complete one of a woman of 42 with resistant depression, eligible and ready, with some changes.
"""

from __future__ import annotations

from typing import Any

import pytest

from ketascreen import Decision
from tests.helpers.fault_inputs import TODAY, at, told

ELIGIBLE, REVIEW = Decision.ELIGIBLE, Decision.REVIEW
MISSING, EXCLUDED = Decision.INSUFFICIENT_DATA, Decision.NOT_ELIGIBLE


def test_a_label_that_covers_the_use_replaces_no_consent_but_that_to_esketamine() -> None:
    once = {"failed_antidepressant_trials": at(1, TODAY), "off_label_consent": at("not_needed", TODAY)}
    rules = {
        route: [one for one in told("session", route=route, **once).readiness_reasons if "consent" in one]
        for route in ("iv", "im", "intranasal", "sublingual", "oral")
    }
    held = ["off-label-consent-not-signed"]
    assert rules == {"iv": held, "im": held, "intranasal": [], "sublingual": held, "oral": held}
    unsigned = told("session", route="intranasal", **{**once, "off_label_consent": at("not_signed", TODAY)})
    assert "esketamine-off-label-consent-not-signed" in unsigned.readiness_reasons


# Substances and diagnoses


@pytest.mark.parametrize(
    ("months", "decision", "reasons"),
    [
        (2, EXCLUDED, ("unstable-substance-use",)),
        (11, REVIEW, ("early-remission", "maintenance-therapy")),
        (12, REVIEW, ("maintenance-therapy",)),
        (None, MISSING, ("unstable-substance-use", "early-remission")),
    ],
)
def test_maintenance_treatment_hides_no_other_substance(
    months: int | None, decision: Decision, reasons: tuple[str, ...]
) -> None:
    found = told(
        substance_use_disorder=at("on_maintenance", TODAY),
        substance_use=at("past", TODAY),
        verified_abstinence_months=None if months is None else at(months, TODAY),
    )
    assert (found.decision, found.reasons) == (decision, reasons)
    assert found.asks == (() if months is not None else ("verified_abstinence_months",))


def test_another_diagnosis_beside_a_depression_is_for_a_clinician() -> None:
    def with_diagnoses(*words: str) -> Any:
        return told(current_diagnoses={"present": list(words), "complete": True, "at": TODAY})

    assert with_diagnoses("major_depression", "other").reasons == ("other-diagnosis",)
    assert with_diagnoses("other").reasons == ("no-listed-indication", "other-diagnosis")
    assert with_diagnoses("major_depression", "ptsd").decision is ELIGIBLE


def test_antidepressants_are_counted_for_a_depression_alone() -> None:
    def tried_once(diagnosis: str) -> Any:
        listed = {"present": [diagnosis], "complete": True, "at": TODAY}
        return told(current_diagnoses=listed, failed_antidepressant_trials=at(1, TODAY)).reasons

    assert tried_once("major_depression") == ("too-few-prior-treatments",)
    assert tried_once("bipolar_depression") == ("bipolar-disorder", "too-few-prior-treatments")
    assert tried_once("chronic_pain") == ("indication-other-than-depression",)
