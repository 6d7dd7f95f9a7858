"""A clinician's decision on record to go ahead against a rule, and whether it still applies at a later screening."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from ketascreen.language.effects import giving
from ketascreen.language.terms import Decision, Effect, Outcome, Readiness
from ketascreen.verdict.base_model import Reported, WrittenTime
from ketascreen.verdict.finding import FactUsed, Finding

OVERRIDABLE = frozenset(giving(Decision, Readiness))
"""Effects that restrict a screening. Alerts and advice do not, so there is nothing to override."""


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
    """Whether an override on record applies at a later screening, and if not, why."""

    IN_FORCE = "in_force"
    LAPSED_BY_DATE = "lapsed_by_date"
    FACT_CHANGED = "fact_changed"
    FACT_NOT_KNOWN = "fact_not_known"
    RULE_CHANGED = "rule_changed"
    REPLACED = "replaced"
    NOT_ASKED = "not_asked"


LASTING = frozenset({Standing.FACT_CHANGED, Standing.RULE_CHANGED})
"""After a screening on record has found one of these, the override never applies again."""


class Override(Reported):
    """A clinician goes ahead against a rule: why, who, when, until when, and what it rests on.

    `rests_on` and `outcome` come from the finding that it overrides; `rule_digest` is the digest of the rule
    then. `record`, `screening` and `lapsed_at` are numbers of entries in the ledger: its own, the screening that it is
    about, and the first later screening that found it lapsed permanently, as `lapsed_as`.
    """

    rule: str
    rule_digest: str
    effect: Effect
    outcome: Outcome
    rests_on: tuple[FactUsed, ...]
    reason: OverrideReason
    text: str = Field(max_length=2000)
    by: str = Field(pattern=r"\S", max_length=200)
    at: WrittenTime
    until: WrittenTime | None = None
    screening: int
    record: int | None = None
    lapsed_at: int | None = None
    lapsed_as: Standing | None = None

    @property
    def kind(self) -> Literal["decision", "override"]:
        """A decision on a met review counts for readiness; an override of anything else is on record beside it."""
        return "decision" if (self.effect, self.outcome) == (Effect.REVIEW, Outcome.MET) else "override"


class OverrideShown(Reported):
    """An override as a later verdict shows it. It never replaces a finding."""

    override: Override
    kind: Literal["decision", "override"]
    standing: Standing


def overrides_at(
    overrides: Iterable[Override],
    findings: Iterable[Finding],
    rule_digests: Mapping[str, str],
    as_of: datetime,
) -> tuple[OverrideShown, ...]:
    """The overrides made by `as_of`, in the order of their records, each with its standing then.

    `findings` come from the present screening; `rule_digests` are the digests of its rules, by id.
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
    """The standing of an override for the present finding of its rule (None: the rule is not in scope).

    It lapses when a fact that it rests on is contradicted. To know more does not end it. Otherwise, to omit the new
    fact next time would revive it, and the patient would look ready because less is known (P1).
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
        # A fact that is not known this time has not changed, but the override cannot rest on it either.
        return Standing.FACT_NOT_KNOWN if gone <= {fact.fact for fact in finding.lacks} else Standing.FACT_CHANGED
    return Standing.IN_FORCE if finding.outcome is override.outcome else Standing.FACT_CHANGED


def _still_so(then: FactUsed, now: FactUsed) -> bool:
    """Whether an answer is still what it was; when it was observed does not matter.

    A list that nobody had gone through said what is present and nothing of the rest: it may have grown.
    """
    if then.complete is False:
        return set(then.value) <= set(now.value)
    return (then.value, then.unit, then.complete) == (now.value, now.unit, now.complete)
