"""The exit statuses of the command line, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

from ketascreen.language.complete import complete
from ketascreen.language.terms import Decision, Readiness

if TYPE_CHECKING:
    from ketascreen.verdict.verdict import RouteVerdict, Verdict


class ExitStatus(IntEnum):
    """The exit status of `ketascreen screen`. With several routes the most cautious one counts."""

    ELIGIBLE = 0
    BAD_INPUT = 2
    CAUTION = 3
    REVIEW = 4
    INSUFFICIENT_DATA = 5
    NOT_ELIGIBLE = 6
    NOT_TODAY = 7
    FAULT = 70


MEANING = {
    ExitStatus.ELIGIBLE: "eligible (at a session: and ready)",
    ExitStatus.BAD_INPUT: "the input or the call was refused",
    ExitStatus.CAUTION: "caution",
    ExitStatus.REVIEW: "review by a clinician",
    ExitStatus.INSUFFICIENT_DATA: "insufficient data, for the recommendation or for today",
    ExitStatus.NOT_ELIGIBLE: "not eligible",
    ExitStatus.NOT_TODAY: "not ready today, although candidacy allows it",
    ExitStatus.FAULT: "an internal fault, or channels that disagree",
}


class Stopped(IntEnum):
    """The exit status of any command that was stopped from outside: 128 and the signal's number, as shells count."""

    INTERRUPTED = 130
    NO_READER = 141


class AuthoringStatus(IntEnum):
    """The exit status of the commands for authors: check, test, coverage, mutate and others."""

    WELL = 0
    FINDINGS = 1
    BAD_INPUT = 2
    FAULT = 70


AUTHORING_MEANING = {
    AuthoringStatus.WELL: "all is well",
    AuthoringStatus.FINDINGS: "something was found",
    AuthoringStatus.BAD_INPUT: "the input or the call was refused",
    AuthoringStatus.FAULT: "an internal fault",
}


def epilog(meaning: Mapping[AuthoringStatus, str] = AUTHORING_MEANING) -> str:
    """The exit statuses for the end of a command's help."""
    return "\b\nExit status:\n" + "\n".join(f"  {status:>2}  {text}" for status, text in meaning.items())


_OF_DECISION = complete(
    "the exit statuses of decisions",
    {
        Decision.ELIGIBLE: ExitStatus.ELIGIBLE,
        Decision.CAUTION: ExitStatus.CAUTION,
        Decision.REVIEW: ExitStatus.REVIEW,
        Decision.INSUFFICIENT_DATA: ExitStatus.INSUFFICIENT_DATA,
        Decision.NOT_ELIGIBLE: ExitStatus.NOT_ELIGIBLE,
    },
    Decision,
)
_CAUTIOUS = (
    ExitStatus.ELIGIBLE,
    ExitStatus.CAUTION,
    ExitStatus.REVIEW,
    ExitStatus.INSUFFICIENT_DATA,
    ExitStatus.NOT_TODAY,
    ExitStatus.NOT_ELIGIBLE,
)


def of_verdict(verdict: Verdict) -> ExitStatus:
    """The exit status of a screening: a fault first, else the most cautious route."""
    from ketascreen.verdict.recommendation import in_doubt  # other commands need no verdict

    if in_doubt(verdict):
        return ExitStatus.FAULT
    return max(map(_of_route, verdict.routes.values()), key=_CAUTIOUS.index)


def _of_route(route: RouteVerdict) -> ExitStatus:
    """The status of one route. A candidacy that is not eligible or unknown is more important than readiness."""
    if route.decision in (Decision.NOT_ELIGIBLE, Decision.INSUFFICIENT_DATA):
        return _OF_DECISION[route.decision]
    if route.readiness is Readiness.NOT_READY:
        return ExitStatus.NOT_TODAY
    if route.readiness is Readiness.INSUFFICIENT_DATA:
        return ExitStatus.INSUFFICIENT_DATA
    return _OF_DECISION[route.decision]
