"""The complete profile with a change, and what its screening for an infusion says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ketascreen import Decision, PatientProfile, ProfileError, Readiness, Screener, Stage
from tests.helpers.profiles import known
from tests.helpers.screening import shipped

TODAY = "2026-11-22"
AS_OF = "2026-11-22T10:00:00+01:00"
BERLIN = "Europe/Berlin"


def at(value: object, day: str | None) -> Any:
    """An answer of a day."""
    return {"value": value, "at": day}


@dataclass(frozen=True)
class Told:
    """What a clinician is told: the decision, how ready a session is, why, and what is asked."""

    decision: Decision
    readiness: Readiness | None
    reasons: tuple[str, ...]
    readiness_reasons: tuple[str, ...]
    asks: tuple[str, ...]
    alerts: tuple[str, ...]


def told(
    stage: Literal["candidacy", "session"] = "candidacy",
    *,
    as_of: str = AS_OF,
    time_zone: str | None = BERLIN,
    **changes: Any,
) -> Told:
    """The screening of the complete profile with some facts answered otherwise, or left out where they are None."""
    profile = PatientProfile(**known(**changes))
    screener = Screener(shipped(), channels=("reference",), time_zone=time_zone)
    verdict = screener.screen(profile, as_of=datetime.fromisoformat(as_of), stage=Stage(stage), routes=["iv"])
    (route,) = verdict.routes.values()
    asks = tuple(ask.fact for ask in route.asks)
    return Told(route.decision, route.readiness, route.reasons, route.readiness_reasons, asks, route.alerts)


def refusals(**given: Any) -> list[tuple[str, str | None]]:
    """The code and the pointer of each problem for which `told` is refused; empty if it is not."""
    try:
        told(**given)
    except ProfileError as error:
        return [(problem.code, problem.pointer) for problem in error.diagnostics]
    return []
