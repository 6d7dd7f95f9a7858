"""A clinician's decision on record to go ahead against a rule, and whether it still stands at a later screening."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field, field_validator

from ketascreen.language.effects import giving
from ketascreen.language.terms import Decision, Effect, Outcome, Readiness
from ketascreen.patient.observation import at_fixed_offset
from ketascreen.verdict.base_model import Reported
from ketascreen.verdict.finding import FactUsed, Finding

OVERRIDABLE = frozenset(giving(Decision, Readiness))
"""Effects that make a recommendation; an alert or an advice is beside it, so there is nothing to go against."""


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


class Standing(StrEnum):
    """What an override on record is worth at a later screening."""

    IN_FORCE = "in_force"
    LAPSED_BY_DATE = "lapsed_by_date"
    FACT_CHANGED = "fact_changed"
    FACT_NOT_KNOWN = "fact_not_known"
    RULE_CHANGED = "rule_changed"
    REPLACED = "replaced"
    NOT_ASKED = "not_asked"


LASTING = frozenset({Standing.FACT_CHANGED, Standing.RULE_CHANGED})
"""Once a screening on record has found one of these, the override does not come back to life."""


class Override(Reported):
    """A clinician goes ahead against a rule: why, who, when, until when, and what it rests on.

    `rests_on` and `outcome` are those of the finding that was decided on, `rule_digest` of what the rule then meant.
    `record` is its number in the ledger, `screening` that of the screening that it is about, `lapsed_at` that of the
    first later screening that found it lapsed for good, with `lapsed_as`.
    """

    rule: str
    rule_digest: str
    effect: Effect
    outcome: Outcome
    rests_on: tuple[FactUsed, ...]
    reason: OverrideReason
    text: str = Field(max_length=2000)
    by: str = Field(pattern=r"\S", max_length=200)
    at: AwareDatetime
    until: AwareDatetime | None = None
    screening: int
    record: int | None = None
    lapsed_at: int | None = None
    lapsed_as: Standing | None = None

    @field_validator("at", "until")
    @classmethod
    def _as_written_down(cls, time: datetime | None) -> datetime | None:
        return at_fixed_offset(time) if time else None

    @property
    def kind(self) -> Literal["decision", "override"]:
        """A decision on a met review counts for readiness; an override of anything else is on record beside it."""
        return "decision" if (self.effect, self.outcome) == (Effect.REVIEW, Outcome.MET) else "override"


class OverrideShown(Reported):
    """An override as a later verdict shows it; it stands beside the findings and never in a finding's place."""

    override: Override
    kind: Literal["decision", "override"]
    standing: Standing


def shown(
    overrides: Iterable[Override],
    findings: Iterable[Finding],
    rule_digests: Mapping[str, str],
    as_of: datetime,
) -> tuple[OverrideShown, ...]:
    """The overrides made by `as_of`, in the order of their records, each with what it is worth then.

    `findings` are those of the present screening, `rule_digests` what its rules mean.
    """
    made = sorted((one for one in overrides if one.at <= as_of), key=lambda one: (one.at, one.record or 0))
    newest = {one.rule: one for one in made}
    by_rule = {finding.rule: finding for finding in findings}
    return tuple(
        OverrideShown(
            override=one,
            kind=one.kind,
            standing=Standing.REPLACED
            if newest[one.rule] is not one
            else standing(one, by_rule.get(one.rule), rule_digests.get(one.rule), as_of),
        )
        for one in sorted(made, key=lambda one: one.record or 0)
    )


def standing(override: Override, finding: Finding | None, rule_digest: str | None, as_of: datetime) -> Standing:
    """What an override is worth for the present finding of its rule (None: the rule is not in scope).

    It lapses when what it rests on is contradicted. To know more than it rests on is no change, or else to know less
    could bring it back, and readiness would be better for something left out (P1).
    """
    if override.lapsed_as is not None:
        return override.lapsed_as
    if override.until is not None and as_of >= override.until:
        return Standing.LAPSED_BY_DATE
    if rule_digest != override.rule_digest:
        return Standing.RULE_CHANGED
    if finding is None:
        return Standing.NOT_ASKED
    now = {fact.fact: fact for fact in finding.rests_on}
    gone = {then.fact for then in override.rests_on if then.fact not in now}
    if any(not _still_so(then, now[then.fact]) for then in override.rests_on if then.fact in now):
        return Standing.FACT_CHANGED
    if gone:
        # What is not known this time has not changed; it is no ground to stand on either.
        return Standing.FACT_NOT_KNOWN if gone <= {fact.fact for fact in finding.lacks} else Standing.FACT_CHANGED
    return Standing.IN_FORCE if finding.outcome is override.outcome else Standing.FACT_CHANGED


def _still_so(then: FactUsed, now: FactUsed) -> bool:
    """Whether an answer is still what it was; when it was observed does not matter.

    A list that nobody had gone through said what is present and nothing of the rest: it may have grown.
    """
    if then.complete is False:
        return set(then.value) <= set(now.value)
    return (then.value, then.unit, then.complete) == (now.value, now.unit, now.complete)
