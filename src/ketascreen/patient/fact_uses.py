"""What each built-in fact says of a person, for source attributes 5 to 13, and why. In doubt it counts as used.

The kinds of data are as in USCDI: https://www.healthit.gov/isp/uscdi-data-class/health-status-assessments has the
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
_AGREED = "Whether the person was informed or agreed."


class FactUse(NamedTuple):
    """The kinds of data that the answer to a fact gives, and why these and no others."""

    uses: frozenset[DataKind]
    because: str


def _row(because: str, *uses: DataKind) -> FactUse:
    return FactUse(frozenset(uses), because)


FACT_USES: Mapping[str, FactUse] = {
    "setting": _row(_PLAN),
    "product_source": _row(_PLAN),
    "age": _row("Counted from the date of birth, or given instead of it.", _BORN),
    "systolic_bp": _row(_MEASURED),
    "diastolic_bp": _row(_MEASURED),
    "hypertension": _row(_PROBLEM),
    "antihypertensive_treatment": _row("A treatment."),
    "heart_conditions": _row(_PROBLEM),
    "last_heart_attack": _row(_PROBLEM),
    "last_stroke": _row(_PROBLEM),
    "months_since_heart_attack_or_stroke": _row(_PROBLEM),
    "psychosis": _row(_PROBLEM),
    "schizophrenia": _row(_PROBLEM),
    "bipolar": _row(_PROBLEM),
    "mood_state": _row("The present state of the mind, as somebody assessed it.", _STATUS),
    "suicidality": _row("The result of a screen.", _STATUS),
    "current_diagnoses": _row(_PROBLEM),
    "failed_antidepressant_trials": _row("Treatments of before."),
    "substance_use_disorder": _row(_PROBLEM),
    "substance_use": _row("Substance use as asked, which USCDI v4 counts as such an assessment.", _STATUS),
    "verified_abstinence_months": _row("Substance use as a test and a clinician assessed it.", _STATUS),
    "ketamine_use_disorder": _row(_PROBLEM),
    "pregnancy": _row(
        "Not sex: it is recorded, and never inferred from sex. USCDI v3 counts pregnancy status as such an assessment.",
        _STATUS,
    ),
    "breastfeeding": _row(
        "Not sex: it is recorded, and never inferred from sex. Asked as pregnancy is, so in doubt it counts.", _STATUS
    ),
    "interaction_review": _row("What a review of medicines found, and nothing of the person."),
    "medical_evaluation": _row(_WHETHER_DONE),
    "psychiatric_evaluation": _row(_WHETHER_DONE),
    "older_adult_checkup": _row(_WHETHER_DONE),
    "screening_complete": _row(_WHETHER_DONE),
    "home_protocol": _row(_PLAN),
    "home_adult_present": _row("Whether another adult is at home: support.", _SOCIAL),
    "home_bp_monitor": _row(_PLAN),
    "emergency_contact": _row("Whether there is somebody to call: support, in doubt.", _SOCIAL),
    "informed_consent": _row(_AGREED),
    "off_label_consent": _row(_AGREED),
    "predose_systolic_bp": _row(_MEASURED),
    "predose_diastolic_bp": _row(_MEASURED),
    "pregnancy_test": _row("Not sex. A laboratory result that shows pregnancy status, so in doubt it counts.", _STATUS),
    "change_since_screening": _row("Mood and symptoms as asked again, so in doubt it counts.", _STATUS),
    "medications_reconciled": _row(_WHETHER_DONE),
    "preparation_instructions": _row(_AGREED),
    "ride_home": _row("Whether there is transport.", _SOCIAL),
    "companion": _row("Whether an adult comes along: support.", _SOCIAL),
    "driving_restriction": _row(_AGREED),
    "supervising_prescriber": _row(_PLAN),
    "trained_practitioner": _row(_PLAN),
    "clinic_licensed": _row(_PLAN),
    "vital_signs_monitoring": _row(_PLAN),
    "emergency_plan": _row(_PLAN),
    "rescue_medication": _row(_PLAN),
    "planned_observation_minutes": _row(_PLAN),
    "treatment_plan": _row(_PLAN),
    "rest_place": _row("Whether there is a quiet place, at home too: the home, in doubt.", _SOCIAL),
    "follow_up": _row(_PLAN),
    "sessions_given": _row("Treatments of before."),
    "response_review": _row(_WHETHER_DONE),
    "nasal_product": _row(_PLAN),
}
"""Each built-in fact, in the order of the profile."""


def uses_of(name: str) -> frozenset[DataKind] | None:
    """What a built-in fact says of a person; None for a name that the table lacks."""
    found = FACT_USES.get(name)
    return None if found is None else found.uses
