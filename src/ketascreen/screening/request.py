"""Reads what a screening is asked: time, stage, routes, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from ketascreen.arguments import list_of, listed, refuse
from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.effects import EFFECTS
from ketascreen.language.retired import retired_in_words
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import DecidedBy, Route, Stage
from ketascreen.patient.profile import PatientProfile
from ketascreen.patient.refused import Refused
from ketascreen.patient.times import is_of_our_time, read_instant
from ketascreen.runtime.time_zones import time_zone
from ketascreen.verdict.decided import ClinicianDecision
from ketascreen.verdict.override import Override

_STAGES: Mapping[str, Stage] = {stage: stage for stage in Stage}
_SOME_ROUTES = "a list of routes, or None for all"
_NO_PROFILE = Diagnostic("profile", "`profile` must be a PatientProfile", "make one with PatientProfile(...)")


class Request(NamedTuple):
    """What is asked of a profile, and when at the clinic; `routes` are in the order of the rulebook's.

    `takes_effect` is the day on which the rulebook takes effect, if that is still to come.
    """

    clinic: ClinicTime
    stage: Stage
    routes: tuple[Route, ...]
    decisions: tuple[ClinicianDecision, ...] = ()
    takes_effect: str | None = None

    @property
    def as_of(self) -> datetime:
        """The time of the screening, at a fixed offset."""
        return self.clinic.as_of


def require_profile(profile: object) -> None:
    """Requires a PatientProfile.

    Raises:
        RequestError: it is something else.
    """
    if not isinstance(profile, PatientProfile):
        raise RequestError([_NO_PROFILE])


def read_time(text: str) -> datetime:
    """The time that an ISO 8601 text says, with its offset, such as `2026-11-22T09:00:00+01:00`.

    Raises:
        RequestError: another text, or one without an offset.
    """
    try:
        if not isinstance(text, str):
            refuse("text", "text", "write 2026-11-22T09:00:00+01:00", code="as-of")
        time = read_instant(text)
    except Refused as refused:
        problem = Diagnostic("as-of", refused.message, refused.hint)
    else:
        if isinstance(time, datetime):
            return time
        problem = Diagnostic("as-of", "a date without a time", "write 2026-11-22T09:00:00+01:00")
    raise RequestError([problem])


def read_request(
    rulebook: Rulebook,
    as_of: datetime,
    stage: Stage | str,
    routes: Iterable[Route | str] | None,
    decisions: Iterable[ClinicianDecision] = (),
    time_zone: str | None = None,
) -> Request:
    """The request, once it has a meaning for `rulebook`; `time_zone` is the clinic's, by a name that exists.

    Raises:
        RequestError: a time without an offset, an unknown route or stage, a decision on a rule that no clinician
            decides.
    """
    problems = list(_problems_of_time(as_of))
    if not isinstance(stage, str) or stage not in _STAGES:
        problems.append(Diagnostic("stage", "unknown stage", f"the stages are {', '.join(Stage)}"))
    given_routes = list(rulebook.routes if routes is None else listed(routes, "routes", _SOME_ROUTES, 'write ["iv"]'))
    if not given_routes or not all(isinstance(one, str) and one in rulebook.routes for one in given_routes):
        problems.append(_unknown_route(rulebook))
    given = tuple(listed(decisions, "decisions", "a list of decisions", "write [ClinicianDecision(...)]"))
    problems += _undecidable(given, rulebook)
    if problems:
        raise RequestError(problems)
    asked = tuple([route for route in rulebook.routes if route in given_routes])
    clinic = ClinicTime.at(as_of, time_zone)
    return Request(clinic, _STAGES[stage], asked, given, rulebook.identity.takes_effect(clinic.today))


def read_as_of(as_of: datetime) -> datetime:
    """The time of a screening itself.

    Raises:
        RequestError: not a time with its offset, between the years 1850 and 9000.
    """
    if problems := list(_problems_of_time(as_of)):
        raise RequestError(problems)
    return as_of


def _problems_of_time(as_of: object) -> Iterator[Diagnostic]:
    if not isinstance(as_of, datetime) or as_of != as_of:  # NaT of pandas is a datetime
        hint = 'write datetime(2026, 11, 22, 9, tzinfo=ZoneInfo("Europe/Berlin")), or read_time(text)'
        yield Diagnostic("as-of", "`as_of` must be a datetime with its offset from UTC", hint)
    elif as_of.utcoffset() is None:
        yield Diagnostic("as-of", "`as_of` has no offset from UTC", "give it one, such as +01:00")
    elif not is_of_our_time(as_of):
        yield Diagnostic("as-of", "`as_of` must be between the years 1850 and 9000", "check the year")


def overrides_of(given: Iterable[Override]) -> tuple[Override, ...]:
    """The overrides that a screening is given.

    Raises:
        RequestError: something else.
    """
    return list_of(given, Override, "overrides", "a list of overrides", "give the overrides of its record")


def zone_of(rulebook: Rulebook, given: str | None) -> str | None:
    """The clinic's time zone: the rulebook's, or the one that is given with the screening.

    Raises:
        RequestError: there is no such zone, or the two differ.
    """
    own = rulebook.identity.time_zone
    if given is not None and own is not None and given != own:
        message = "`time_zone` is not the time zone of the rulebook"
        raise RequestError([Diagnostic("time-zone", message, "give it in one of the two places")])
    require_zone(given)
    return own if given is None else given


def require_zone(given: object) -> None:
    """Requires the name of a time zone that exists, or None.

    Raises:
        RequestError: there is no such zone.
    """
    if given is not None and not _is_zone(given):
        hint = "write an IANA name, such as America/Los_Angeles"
        raise RequestError([Diagnostic("time-zone", "unknown time zone", hint)])


def _is_zone(name: object) -> bool:
    if not isinstance(name, str):
        return False
    try:
        time_zone(name)
    except LookupError:
        return False
    return True


def _unknown_route(rulebook: Rulebook) -> Diagnostic:
    message = f"`routes` is empty, or names a {rulebook.identity.options.one} that the rulebook does not have"
    return Diagnostic("route", message, f"it has {', '.join(rulebook.routes)}")


def _undecidable(decisions: Iterable[ClinicianDecision], rulebook: Rulebook) -> Iterator[Diagnostic]:
    for decision in decisions:
        if not isinstance(decision, ClinicianDecision):
            yield Diagnostic(
                "decision", "a decision must be a ClinicianDecision", "make one with ClinicianDecision(...)"
            )
            continue
        if (retired := rulebook.retired_rule(decision.rule)) is not None:
            hint = "leave the decision out; nobody is asked that rule any more"
            yield Diagnostic("decision", retired_in_words(retired), hint)
            continue
        rule = rulebook.rule(rulebook.id_of_today(decision.rule))
        if rule is None or EFFECTS[rule.effect].decided_by is None:
            message = f"`{decision.rule}` is not a review or a hold of this rulebook"
            by_nobody = "leave the decision out: nobody decides on a rule with the effect `{}`"
            yield Diagnostic("decision", message, by_nobody.format(rule.effect) if rule else "check its id")
        elif rule.decided_by is DecidedBy.NOBODY:
            message, what_to_do = f"`{rule.id}` is not for a clinician to decide", rule.do or "See to what it asks for."
            yield Diagnostic("not-decidable", message, f"{what_to_do} Then screen again.")
