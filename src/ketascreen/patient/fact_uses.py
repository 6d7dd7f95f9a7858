"""What each built-in fact tells of a person, for source attributes 5 to 13, and why. In doubt it counts as used.

The kinds of data are those of USCDI: https://www.healthit.gov/isp/uscdi-data-class/health-status-assessments has the
class of health status assessments. docs/attributes.md shows this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ketascreen.language.vocabulary import DataKind

_BORN, _SOCIAL, _STATUS = DataKind.DATE_OF_BIRTH, DataKind.SOCIAL_DETERMINANTS, DataKind.HEALTH_STATUS_ASSESSMENTS

_PLAN = "What is planned or prepared, and nothing of the person."
_MEASURED = "A vital sign."
_PROBLEM = "A diagnosis or an event in the history, and no assessment."
_WHETHER_DONE = "Whether it was done or is in place, not what it found."
_TOLD = "Whether the person was told or agreed."


class FactUse(NamedTuple):
    """The kinds of data that a fact tells, and why these and no others."""

    uses: frozenset[DataKind]
    because: str


def _told(because: str, *uses: DataKind) -> FactUse:
    return FactUse(frozenset(uses), because)


FACT_USES: Mapping[str, FactUse] = {
    "setting": _told(_PLAN),
    "product_source": _told(_PLAN),
    "age": _told("Counted from the date of birth, or told instead of it.", _BORN),
    "systolic_bp": _told(_MEASURED),
    "diastolic_bp": _told(_MEASURED),
    "hypertension": _told(_PROBLEM),
    "antihypertensive_treatment": _told("A treatment."),
    "heart_conditions": _told(_PROBLEM),
    "last_heart_attack": _told(_PROBLEM),
    "last_stroke": _told(_PROBLEM),
    "months_since_heart_attack_or_stroke": _told(_PROBLEM),
    "psychosis": _told(_PROBLEM),
    "schizophrenia": _told(_PROBLEM),
    "bipolar": _told(_PROBLEM),
    "mood_state": _told("The present state of the mind, as somebody assessed it.", _STATUS),
    "suicidality": _told("The result of a screen.", _STATUS),
    "current_diagnoses": _told(_PROBLEM),
    "failed_antidepressant_trials": _told("Treatments of before."),
    "substance_use_disorder": _told(_PROBLEM),
    "substance_use": _told("Substance use as asked, which USCDI counts as such an assessment.", _STATUS),
    "verified_abstinence_months": _told("Substance use as a test and a clinician assessed it.", _STATUS),
    "ketamine_use_disorder": _told(_PROBLEM),
    "pregnancy": _told(
        "Not sex: it is recorded, and never inferred from sex. USCDI counts pregnancy status as such an assessment.",
        _STATUS,
    ),
    "breastfeeding": _told(
        "Not sex: it is recorded, and never inferred from sex. Asked as pregnancy is, so in doubt it counts.", _STATUS
    ),
    "interaction_review": _told("What a review of medicines found, and nothing of the person."),
    "medical_evaluation": _told(_WHETHER_DONE),
    "psychiatric_evaluation": _told(_WHETHER_DONE),
    "older_adult_checkup": _told(_WHETHER_DONE),
    "screening_complete": _told(_WHETHER_DONE),
    "home_protocol": _told(_PLAN),
    "home_adult_present": _told("Whether another adult is at home: support.", _SOCIAL),
    "home_bp_monitor": _told(_PLAN),
    "emergency_contact": _told("Whether there is somebody to call: support, in doubt.", _SOCIAL),
    "informed_consent": _told(_TOLD),
    "off_label_consent": _told(_TOLD),
    "predose_systolic_bp": _told(_MEASURED),
    "predose_diastolic_bp": _told(_MEASURED),
    "pregnancy_test": _told(
        "Not sex. A laboratory result that tells pregnancy status, so in doubt it counts.", _STATUS
    ),
    "change_since_screening": _told("Mood and symptoms as asked again, so in doubt it counts.", _STATUS),
    "medications_reconciled": _told(_WHETHER_DONE),
    "preparation_instructions": _told(_TOLD),
    "ride_home": _told("Whether there is transport.", _SOCIAL),
    "companion": _told("Whether an adult comes along: support.", _SOCIAL),
    "driving_restriction": _told(_TOLD),
    "supervising_prescriber": _told(_PLAN),
    "trained_practitioner": _told(_PLAN),
    "clinic_licensed": _told(_PLAN),
    "vital_signs_monitoring": _told(_PLAN),
    "emergency_plan": _told(_PLAN),
    "rescue_medication": _told(_PLAN),
    "planned_observation_minutes": _told(_PLAN),
    "treatment_plan": _told(_PLAN),
    "rest_place": _told("Whether there is a quiet place, at home too: the home, in doubt.", _SOCIAL),
    "follow_up": _told(_PLAN),
    "sessions_given": _told("Treatments of before."),
    "response_review": _told(_WHETHER_DONE),
    "nasal_product": _told(_PLAN),
}
"""Each built-in fact, in the order of the profile."""


def uses_of(name: str) -> frozenset[DataKind] | None:
    """What a built-in fact tells of a person; None for a name that the table lacks."""
    told = FACT_USES.get(name)
    return None if told is None else told.uses
