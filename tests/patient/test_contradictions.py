"""Answers that cannot both be right are refused by name, and each alone is accepted."""

from __future__ import annotations

from typing import Any

import pytest

from ketascreen import PatientProfile, ProfileError

MONTHS = "months_since_heart_attack_or_stroke"


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"systolic_bp": 120, "diastolic_bp": 120}, "/diastolic_bp"),
        ({"predose_systolic_bp": 80, "predose_diastolic_bp": 90}, "/predose_diastolic_bp"),
        ({"pregnancy": "not_possible", "pregnancy_test": "positive"}, "/pregnancy_test"),
        ({"hypertension": "none", "antihypertensive_treatment": "treated"}, "/antihypertensive_treatment"),
        ({MONTHS: 2, "heart_conditions": {"present": ["arrhythmia"], "complete": True}}, f"/{MONTHS}"),
        ({MONTHS: 2, "heart_conditions": {"present": [], "complete": True}}, f"/{MONTHS}"),
    ],
)
def test_answers_that_contradict_each_other_are_refused_and_each_alone_is_accepted(
    answers: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(ProfileError) as caught:
        PatientProfile(**answers)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.pointer, problem.hint) == ("contradiction", pointer, "check both")
    for name, answer in answers.items():
        PatientProfile(**{name: answer})


@pytest.mark.parametrize(
    "answers",
    [
        {"systolic_bp": 121, "diastolic_bp": 120},
        {"pregnancy": "not_pregnant", "pregnancy_test": "positive"},  # a hold of the day, not a slip
        {"pregnancy": "not_possible", "pregnancy_test": "negative"},
        {"hypertension": "none", "antihypertensive_treatment": "not_treated"},
        {"hypertension": "diagnosed", "antihypertensive_treatment": "treated"},
        {MONTHS: 2, "heart_conditions": {"present": ["stroke"], "complete": True}},
        {MONTHS: 2, "heart_conditions": {"present": [], "complete": False}},
        {MONTHS: 2, "heart_conditions": {"present": ["something_else"], "complete": True}},
    ],
)
def test_answers_that_can_both_be_right_are_accepted(answers: dict[str, Any]) -> None:
    PatientProfile(**answers)
