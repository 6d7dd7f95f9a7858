"""Profiles for tests, and what the built-in rulebook says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from ketascreen.language.terms import Route, Stage
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.load import load_rulebook
from ketascreen.patient.profile import PatientProfile
from ketascreen.screen import Screener
from ketascreen.screening.request import read_as_of
from ketascreen.verdict.decided import ClinicianDecision
from ketascreen.verdict.verdict import Verdict

_ANSWERS: Mapping[str, Any] = MappingProxyType(
    {
        "setting": "clinic", "product_source": "pharmacy_or_clinic", "age": 42,
        "systolic_bp": 118, "diastolic_bp": 76, "hypertension": "none", "antihypertensive_treatment": "not_needed",
        "heart_conditions": {"present": [], "complete": True}, "last_heart_attack": "none", "last_stroke": "none",
        "psychosis": "never", "schizophrenia": "none", "bipolar": "none", "mood_state": "depressed",
        "suicidality": "none", "current_diagnoses": {"present": ["major_depression"], "complete": True},
        "failed_antidepressant_trials": 2,
        "substance_use_disorder": "never", "substance_use": "none", "ketamine_use_disorder": "never",
        "pregnancy": "not_pregnant", "breastfeeding": "not_breastfeeding",
        "interaction_review": "no_concern", "medical_evaluation": "done", "psychiatric_evaluation": "by_psychiatrist",
        "older_adult_checkup": "complete",
        "screening_complete": "complete", "home_protocol": "written", "home_adult_present": "present",
        "home_bp_monitor": "present", "emergency_contact": "given",
        "informed_consent": "signed", "off_label_consent": "signed", "predose_systolic_bp": 118,
        "predose_diastolic_bp": 76, "pregnancy_test": "negative", "change_since_screening": "unchanged",
        "medications_reconciled": "reconciled", "preparation_instructions": "given", "ride_home": "arranged",
        "companion": "named", "driving_restriction": "acknowledged", "supervising_prescriber": "present",
        "trained_practitioner": "present", "clinic_licensed": "licensed", "vital_signs_monitoring": "ready",
        "emergency_plan": "in_place", "rescue_medication": "on_hand", "planned_observation_minutes": 120,
        "treatment_plan": "recorded", "rest_place": "arranged", "follow_up": "scheduled", "sessions_given": 0,
        "response_review": "done", "nasal_product": "esketamine",
    }
)  # fmt: skip
"""A patient of 42 with resistant depression, at a clinic, on the day of a session: nothing is against it."""


def eligible_profile(*, as_of: datetime, **answers: Any) -> PatientProfile:
    """A made-up patient who is eligible and ready by iv: every answer that the rules ask for, of the time `as_of`.

    `answers` replace answers, as in `PatientProfile`; None leaves one out (`pregnancy=None`).

    Raises:
        RequestError: `as_of` is not a time with an offset.
        ProfileError: as for `PatientProfile`.
    """
    return PatientProfile(**{"observed_at": read_as_of(as_of), **_ANSWERS, **answers})


def screened(
    profile: PatientProfile,
    *,
    as_of: datetime,
    stage: Stage | str = Stage.CANDIDACY,
    routes: Iterable[Route | str] | None = None,
    decisions: Iterable[ClinicianDecision] = (),
) -> Verdict:
    """What the built-in rulebook says of a profile: a real verdict, by the reference channel alone.

    Raises:
        ProfileError, RequestError: as for `Screener.screen`.
    """
    return built_in_screener().screen(profile, as_of=as_of, stage=stage, routes=routes, decisions=decisions)


@cache
def built_in_screener() -> Screener:
    """A screener by the built-in rulebook that needs no engine; it is made once."""
    return Screener(load_rulebook(built_in_rules()), channels=("reference",))
