"""The answers of patients whom no rule restricts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

REASSURING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "setting": ("clinic",), "product_source": ("pharmacy_or_clinic",), "hypertension": ("none",),
        "antihypertensive_treatment": ("not_needed",), "psychosis": ("never",), "schizophrenia": ("none",),
        "bipolar": ("none",), "mood_state": ("euthymic", "depressed"), "suicidality": ("none",),
        "substance_use_disorder": ("never",), "substance_use": ("none", "none", "past"),
        "ketamine_use_disorder": ("never",),
        "pregnancy": ("not_pregnant", "not_possible"), "breastfeeding": ("not_breastfeeding",),
        "interaction_review": ("no_concern",), "medical_evaluation": ("done",),
        "psychiatric_evaluation": ("by_psychiatrist",), "older_adult_checkup": ("complete",),
        "screening_complete": ("complete",), "home_protocol": ("written",), "home_adult_present": ("present",),
        "home_bp_monitor": ("present",), "emergency_contact": ("given",), "informed_consent": ("signed",),
        "off_label_consent": ("signed",), "pregnancy_test": ("negative",), "change_since_screening": ("unchanged",),
        "medications_reconciled": ("reconciled",), "preparation_instructions": ("given",), "ride_home": ("arranged",),
        "companion": ("named",), "driving_restriction": ("acknowledged",), "supervising_prescriber": ("present",),
        "trained_practitioner": ("present",), "clinic_licensed": ("licensed",), "vital_signs_monitoring": ("ready",),
        "emergency_plan": ("in_place",), "rescue_medication": ("on_hand",), "treatment_plan": ("recorded",),
        "rest_place": ("arranged",), "follow_up": ("scheduled",), "response_review": ("done",),
        "nasal_product": ("esketamine",),
    }
)  # fmt: skip
"""The choices that stand against nothing."""
SPANS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "age": (18, 64),
        "systolic_bp": (91, 139),
        "diastolic_bp": (50, 89),
        "last_heart_attack": (7, 240),
        "last_stroke": (7, 240),
        "failed_antidepressant_trials": (2, 9),
        "verified_abstinence_months": (12, 240),
        "predose_systolic_bp": (91, 139),
        "predose_diastolic_bp": (50, 89),
        "planned_observation_minutes": (120, 300),
        "sessions_given": (0, 14),
    }
)
"""The numbers that stand against nothing, both ends in."""
WORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "heart_conditions": ((), ()),
        "current_diagnoses": (("major_depression",), ("ptsd", "generalized_anxiety", "chronic_pain")),
    }
)
"""The list entries that stand against nothing: those always there, and those that may be there as well."""
EVENTS: Mapping[str, str] = MappingProxyType({"last_heart_attack": "myocardial_infarction", "last_stroke": "stroke"})
"""Who does not have a condition has no time since it."""
