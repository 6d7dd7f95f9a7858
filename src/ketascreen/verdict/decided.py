"""Decisions that clinicians give with a screening, and the rules that they and those on record decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Self

from pydantic import Field, ValidationError, ValidationInfo, model_validator

from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.terms import Outcome
from ketascreen.verdict.base_model import Reported, WrittenTime
from ketascreen.verdict.override import OverrideShown
from ketascreen.verdict.standing import Situation, Standing

_NONE: Mapping[str, str] = MappingProxyType({})


class ClinicianDecision(Reported):
    """A clinician's decision to go ahead although a rule is met: which rule, who, and when.

    It counts on the clinic's day on which it was made. `until` can end it sooner, never later: a decision that lasts is
    put on record in a ledger.
    """

    SHOWN = ("rule",)

    rule: str
    by: str = Field(pattern=r"\S")
    at: WrittenTime
    until: WrittenTime | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _speak_plainly(cls, raw: Any, handler: Any, info: ValidationInfo) -> Self:
        """A RequestError for a wrong part. Not in the docstring of the class, whose words the JSON Schema has."""
        try:
            decision: Self = handler(raw)
        except ValidationError as error:
            if info.mode == "json":  # a part of a verdict that is read, which has its own error
                raise
            names = dict.fromkeys(str(detail["loc"][0]) if detail["loc"] else "" for detail in error.errors())
        else:
            return decision
        raise RequestError([_problem_of(name) for name in names])

    def is_of_the_day(self, clinic: ClinicTime) -> bool:
        """Whether it was made on the clinic's day of the screening, and has not ended."""
        return clinic.day_of(self.at) == clinic.today and (self.until is None or clinic.as_of < self.until)


_WANTED = {
    "rule": "write the id of a rule, as text",
    "by": "write who decides, as an opaque token of at least one letter",
    "at": "write a datetime with its offset, such as read_time(text)",
    "until": "write a datetime with its offset, or leave it out",
}


def _problem_of(name: str) -> Diagnostic:
    if name not in _WANTED:
        return Diagnostic("decision", "a decision has `rule`, `by`, `at`, `until` and nothing else", "check its names")
    message = f"`{name}` of a decision is missing or of a wrong form"
    return Diagnostic("decision", message, _WANTED[name], pointer=f"/{name}")


class DecisionShown(Reported):
    """A decision given with a screening, and whether it counts there."""

    SHOWN = ("decision", "standing")

    decision: ClinicianDecision
    standing: Standing


def decisions_at(
    given: Iterable[ClinicianDecision], on_record: Iterable[OverrideShown], situation: Situation
) -> tuple[DecisionShown, ...]:
    """The decisions given with a screening, in their order, each with its standing there."""
    listed = tuple(given)
    made = [(situation.rule(one.rule), one.at) for one in listed if one.at <= situation.clinic.as_of]
    newest = _newest([*made, *((situation.rule(rule), at) for rule, at, _ in _decisions(on_record))])
    return tuple(DecisionShown(decision=one, standing=_standing(one, newest, situation)) for one in listed)


def _standing(decision: ClinicianDecision, newest: dict[str, datetime], situation: Situation) -> Standing:
    rule = situation.rule(decision.rule)
    if decision.at > situation.clinic.as_of:
        return Standing.NOT_YET
    if decision.at < newest[rule]:
        return Standing.REPLACED
    if not decision.is_of_the_day(situation.clinic):
        return Standing.LAPSED_BY_DATE
    if (outcome := situation.outcomes.get(rule)) is None:
        return Standing.NOT_ASKED
    if outcome is not Outcome.MET:
        return Standing.NOTHING_TO_DECIDE
    return Standing.LIST_INCOMPLETE if rule in situation.open_lists else Standing.IN_FORCE


def rules_decided(
    given: Iterable[DecisionShown], on_record: Iterable[OverrideShown], renamed: Mapping[str, str] = _NONE
) -> frozenset[str]:
    """The rules that a clinician has decided to go ahead with; the newest decision on a rule holds.

    `renamed` has the id of today of each id that a rule had before.
    """
    made = [(renamed.get(rule, rule), at, standing) for rule, at, standing in (*_given(given), *_decisions(on_record))]
    standings: dict[str, set[Standing]] = {}
    newest = _newest((rule, at) for rule, at, _ in made)
    for rule, at, standing in made:
        if at == newest[rule]:
            standings.setdefault(rule, set()).add(standing)
    return frozenset(rule for rule, found in standings.items() if found - {Standing.REPLACED} == {Standing.IN_FORCE})


def _given(given: Iterable[DecisionShown]) -> Iterator[tuple[str, datetime, Standing]]:
    for one in given:
        if one.standing is not Standing.NOT_YET:
            yield one.decision.rule, one.decision.at, one.standing


def _decisions(on_record: Iterable[OverrideShown]) -> Iterator[tuple[str, datetime, Standing]]:
    for one in on_record:
        if one.kind == "decision":
            yield one.override.rule, one.override.at, one.standing


def _newest(made: Iterable[tuple[str, datetime]]) -> dict[str, datetime]:
    newest: dict[str, datetime] = {}
    for rule, at in made:
        newest[rule] = max(at, newest.get(rule, at))
    return newest
