"""Reads what a screening is asked: time, stage, routes, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.effects import EFFECTS
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import DecidedBy, Route, Stage
from ketascreen.patient.observation import at_fixed_offset, is_of_our_time
from ketascreen.patient.profile import PatientProfile
from ketascreen.verdict.decided import ClinicianDecision

_ROUTES = tuple(Route)
_STAGES: Mapping[str, Stage] = {stage: stage for stage in Stage}
_NO_PROFILE = Diagnostic("profile", "`profile` must be a PatientProfile", "make one with PatientProfile(...)")


class Request(NamedTuple):
    """What is asked of a profile: `as_of` has a fixed offset, `routes` are in the order of `Route`."""

    as_of: datetime
    stage: Stage
    routes: tuple[Route, ...]
    decisions: tuple[ClinicianDecision, ...] = ()


def require_profile(profile: object) -> None:
    """Requires a PatientProfile.

    Raises:
        RequestError: it is something else.
    """
    if not isinstance(profile, PatientProfile):
        raise RequestError([_NO_PROFILE])


def read_request(
    rulebook: Rulebook,
    as_of: datetime,
    stage: Stage | str,
    routes: Iterable[Route | str] | None,
    decisions: Iterable[ClinicianDecision] = (),
) -> Request:
    """The request, once it has a meaning for `rulebook`.

    Raises:
        RequestError: a time without an offset, an unknown route or stage, a decision on a rule that no clinician
            decides.
    """
    problems = []
    if not isinstance(as_of, datetime) or as_of.utcoffset() is None:
        problems.append(Diagnostic("as-of", "`as_of` has no offset from UTC", "give it one, such as +01:00"))
    elif not is_of_our_time(as_of):
        problems.append(Diagnostic("as-of", "`as_of` must be between the years 1850 and 9000", "check the year"))
    if stage not in _STAGES:
        problems.append(Diagnostic("stage", "unknown stage", f"the stages are {', '.join(Stage)}"))
    listed = rulebook.routes.keys() if routes is None else set(routes)
    if not listed or not listed <= rulebook.routes.keys():
        names = ", ".join(rulebook.routes)
        problems.append(
            Diagnostic(
                "route", "`routes` is empty, or names a route that the rulebook does not have", f"it has {names}"
            )
        )
    given = tuple(decisions)
    problems += _undecidable(given, rulebook)
    if problems:
        raise RequestError(problems)
    # A fixed offset: in a named zone, the difference of two times leaves out its clock changes.
    return Request(
        at_fixed_offset(as_of), _STAGES[stage], tuple([route for route in _ROUTES if route in listed]), given
    )


def _undecidable(decisions: Iterable[ClinicianDecision], rulebook: Rulebook) -> Iterator[Diagnostic]:
    for decision in decisions:
        if not isinstance(decision, ClinicianDecision):
            yield Diagnostic(
                "decision", "a decision must be a ClinicianDecision", "make one with ClinicianDecision(...)"
            )
            continue
        rule = rulebook.rule(decision.rule)
        if rule is None or EFFECTS[rule.effect].decided_by is None:
            yield Diagnostic(
                "decision", f"`{decision.rule}` is not a review or a hold of this rulebook", "check its id"
            )
        elif rule.decided_by is DecidedBy.NOBODY:
            message, what_to_do = f"`{rule.id}` is not for a clinician to decide", rule.do or "See to what it asks for."
            yield Diagnostic("not-decidable", message, f"{what_to_do} Then screen again.")
