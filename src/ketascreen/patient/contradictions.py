"""Answers of one profile that cannot both be right. Such a profile is refused, because either answer may be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ketascreen.diagnostic import Diagnostic
from ketascreen.patient.observation import AnyObservation, ListObservation, Observation

Observations = Mapping[str, AnyObservation]


def contradictions(observations: Observations) -> Iterator[Diagnostic]:
    """Each pair of facts that contradict each other, by name and without a value.

    Without one of its answers a profile never has a new contradiction.
    """
    for prefix in ("", "predose_"):
        systolic, diastolic = (_number(observations, f"{prefix}{end}_bp") for end in ("systolic", "diastolic"))
        if systolic is not None and diastolic is not None and diastolic >= systolic:
            yield _contradiction(f"{prefix}diastolic_bp", "is not below", f"{prefix}systolic_bp")
    if _says(observations, "pregnancy", "not_possible") and _says(observations, "pregnancy_test", "positive"):
        yield _contradiction("pregnancy_test", "contradicts", "pregnancy")
    if _says(observations, "hypertension", "none") and _says(observations, "antihypertensive_treatment", "treated"):
        yield _contradiction("antihypertensive_treatment", "contradicts", "hypertension")
    heart, event = observations.get("heart_conditions"), "months_since_heart_attack_or_stroke"
    if isinstance(heart, ListObservation) and event in observations and _rules_out_an_event(heart):
        yield _contradiction(event, "has an answer, but neither is in the complete list of", "heart_conditions")


def _contradiction(fact: str, how: str, other: str) -> Diagnostic:
    return Diagnostic("contradiction", f"`{fact}` {how} `{other}`", "check both", pointer=f"/{fact}")


def _number(observations: Observations, name: str) -> Decimal | None:
    observation = observations.get(name)
    value = observation.value if isinstance(observation, Observation) else None
    return value if isinstance(value, Decimal) else None


def _says(observations: Observations, name: str, word: str) -> bool:
    observation = observations.get(name)
    return isinstance(observation, Observation) and observation.value == word


def _rules_out_an_event(heart: ListObservation) -> bool:
    events = {"myocardial_infarction", "stroke"}
    return heart.complete and not heart.unrecognised and not heart.present & events
