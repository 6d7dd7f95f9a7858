"""A clinician's decision on record to go ahead against a rule, and whether it still applies at a later screening."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from pydantic import Field, field_validator

from ketascreen.language.effects import usual_decider
from ketascreen.language.partial_date import PartialDate
from ketascreen.language.terms import DecidedBy, Effect, Outcome
from ketascreen.verdict.base_model import Reported, WrittenTime
from ketascreen.verdict.finding import FactUsed
from ketascreen.verdict.standing import Situation, Standing, of_answer, of_person


class OverrideReason(StrEnum):
    """Why a clinician goes ahead. The list is a policy of this project: no source gives one."""

    BENEFIT_OUTWEIGHS_RISK = "benefit_outweighs_risk"
    RISK_REDUCED = "risk_reduced"
    SPECIALIST_ADVICE = "specialist_advice"
    KNOWN_FROM_ELSEWHERE = "known_from_elsewhere"
    DOES_NOT_APPLY = "does_not_apply"
    PATIENT_CHOICE = "patient_choice"
    NO_ALTERNATIVE = "no_alternative"
    OTHER = "other"


def is_decision(outcome: Outcome, decided_by: DecidedBy) -> bool:
    """Whether going ahead against a rule counts for readiness: the rule is met, and a clinician decides on it."""
    return outcome is Outcome.MET and decided_by is DecidedBy.CLINICIAN


class Override(Reported):
    """A clinician goes ahead against a rule: why, who, when, until when, and what it rests on.

    `rests_on` and `outcome` come from the finding that it overrides; `rule_digest` is the digest of the rule then, and
    `decided_by` who may decide on it (None in older records: as usual for its effect). `birth_date` (a year, a month or
    a day) shows later whether the reference still means the same person. `record`, `screening` and `lapsed_at` are
    numbers of entries in the ledger: its own, the screening that it is about, and the first later screening that found
    it lapsed permanently, as `lapsed_as`.
    """

    SHOWN = ("rule", "record")

    rule: str
    rule_digest: str
    effect: Effect
    decided_by: DecidedBy | None = None
    outcome: Outcome
    rests_on: tuple[FactUsed, ...]
    reason: OverrideReason
    text: str = Field(max_length=2000)
    by: str = Field(pattern=r"\S", max_length=200)
    at: WrittenTime
    until: WrittenTime | None = None
    birth_date: str | None = None
    screening: int
    record: int | None = None
    lapsed_at: int | None = None
    lapsed_as: Standing | None = None

    @property
    def kind(self) -> Literal["decision", "override"]:
        """A decision on a met rule that a clinician decides counts for readiness.

        An override of anything else counts for nothing: it is on record that somebody went ahead.
        """
        return "decision" if is_decision(self.outcome, self.decider) else "override"

    @property
    def decider(self) -> DecidedBy:
        """Who may decide on the rule, as this override says."""
        return self.decided_by or usual_decider(self.effect)

    @field_validator("birth_date")
    @classmethod
    def _is_a_date(cls, text: str | None) -> str | None:
        return None if text is None else str(PartialDate.parse(text))


class OverrideShown(Reported):
    """An override as a later verdict shows it. It never replaces a finding."""

    SHOWN = ("override", "standing")

    override: Override
    kind: Literal["decision", "override"]
    standing: Standing


def overrides_at(overrides: Iterable[Override], situation: Situation) -> tuple[OverrideShown, ...]:
    """The overrides made by the time of a screening, in the order of their records, each with its standing then."""
    as_of = situation.clinic.as_of
    made = sorted((one for one in overrides if one.at <= as_of), key=lambda one: (one.at, one.record or 0))
    newest = {situation.rule(one.rule): one for one in made}
    return tuple(
        OverrideShown(
            override=one,
            kind=one.kind,
            standing=standing(one, situation) if newest[situation.rule(one.rule)] is one else Standing.REPLACED,
        )
        for one in sorted(made, key=lambda one: one.record or 0)
    )


_WORST_FIRST = (
    Standing.FACT_CHANGED,
    Standing.LIST_INCOMPLETE,
    Standing.LAPSED_BY_DATE,
    Standing.FACT_NOT_KNOWN,
    Standing.IN_FORCE,
)


def standing(override: Override, situation: Situation) -> Standing:
    """The standing of an override at a screening.

    It lapses when a fact that it rests on is contradicted. To know more does not end it. Otherwise, to omit the new
    fact next time would revive it, and the patient would look ready because less is known (P1). For the same reason a
    decision does not count while a list that its rule asks may be longer.
    """
    clinic, is_decision, rule = situation.clinic, override.kind == "decision", situation.rule(override.rule)
    if override.lapsed_as is not None:
        return override.lapsed_as
    if override.until is not None and clinic.as_of >= override.until:
        return Standing.LAPSED_BY_DATE
    if override.rule in situation.retired:
        return Standing.RULE_RETIRED
    if situation.rule_digests.get(rule) != override.rule_digest:
        return Standing.RULE_CHANGED
    if situation.deciders.get(rule) != (override.effect, override.decider):
        return Standing.RULE_CHANGED  # only the rulebook says what its rule does and who decides on it
    person = of_person(override.birth_date, situation.birth_date)
    if person is Standing.OTHER_PERSON:
        return person
    if (outcome := situation.outcomes.get(rule)) is None:
        return Standing.NOT_ASKED
    if is_decision and override.effect is Effect.HOLD and clinic.day_of(override.at) != clinic.today:
        return Standing.LAPSED_BY_DATE  # a hold is a requirement of the day
    found = {person, *(of_answer(then, situation, override.at) for then in override.rests_on)}
    if is_decision and rule in situation.open_lists:
        found.add(Standing.LIST_INCOMPLETE)
    worst = next(one for one in _WORST_FIRST if one in found)
    if worst is not Standing.IN_FORCE or outcome is override.outcome:
        return worst
    return Standing.FACT_NOT_KNOWN if outcome is Outcome.UNKNOWN else Standing.FACT_CHANGED
