"""The complete profile with a change, and what its screening for an infusion says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ketascreen import Decision, Finding, PatientProfile, ProfileError, Readiness, Screener, Stage, Verdict
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
    route: str = "iv",
    **changes: Any,
) -> Told:
    """The screening of the complete profile with some facts answered otherwise, or left out where they are None."""
    (here,) = _verdict(stage, as_of, time_zone, route, **changes).routes.values()
    asks = tuple(ask.fact for ask in here.asks)
    return Told(here.decision, here.readiness, here.reasons, here.readiness_reasons, asks, here.alerts)


def finding_of(rule: str, stage: Literal["candidacy", "session"] = "candidacy", **changes: Any) -> Finding:
    """What one rule gives at the screening that `told` makes."""
    return _verdict(stage, AS_OF, BERLIN, "iv", **changes).finding(rule)


def _verdict(stage: str, as_of: str, time_zone: str | None, route: str, **changes: Any) -> Verdict:
    screener = Screener(shipped(), channels=("reference",), time_zone=time_zone)
    profile, when = PatientProfile(**known(**changes)), datetime.fromisoformat(as_of)
    return screener.screen(profile, as_of=when, stage=Stage(stage), routes=[route])


def refusals(**given: Any) -> list[tuple[str, str | None]]:
    """The code and the pointer of each problem for which `told` is refused; empty if it is not."""
    try:
        told(**given)
    except ProfileError as error:
        return [(problem.code, problem.pointer) for problem in error.diagnostics]
    return []
