"""The table of effects: all that other modules know of each. How findings give a decision is in `verdict.decision`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ketascreen.language.complete import complete
from ketascreen.language.rule import RuleStage
from ketascreen.language.terms import DecidedBy, Decision, Effect, Readiness


@dataclass(frozen=True, slots=True)
class EffectRow:
    """The properties of one effect.

    `stages` are the stages that its rules may have; a new rule gets the first. `rank` orders the effects of one stage,
    the least cautious first; an effect with None is not in the order. `gives` is what its findings can change, if
    anything. `last_answers`: its rules read the last answers, whatever their age. `decided_by` is who decides on a met
    rule that does not say it; None: its rules cannot say it, and nobody decides on them.
    """

    stages: tuple[RuleStage, ...]
    rank: int | None
    gives: type[Decision] | type[Readiness] | None
    may_be_always: bool
    folder: str
    says: str
    last_answers: bool = False
    decided_by: DecidedBy | None = None


EFFECTS: Mapping[Effect, EffectRow] = complete(
    "the table of effects",
    {
        Effect.EXCLUDE: EffectRow(
            stages=(RuleStage.CANDIDACY,),
            rank=3,
            gives=Decision,
            may_be_always=False,
            folder="exclusions",
            says="An absolute contraindication: not eligible.",
        ),
        Effect.REVIEW: EffectRow(
            stages=(RuleStage.CANDIDACY,),
            rank=2,
            gives=Decision,
            may_be_always=True,
            folder="reviews",
            says="A relative contraindication, or anything that a clinician must decide.",
            decided_by=DecidedBy.CLINICIAN,
        ),
        Effect.CAUTION: EffectRow(
            stages=(RuleStage.CANDIDACY,),
            rank=1,
            gives=Decision,
            may_be_always=True,
            folder="cautions",
            says="May go ahead, with this in mind.",
        ),
        Effect.HOLD: EffectRow(
            stages=(RuleStage.SESSION,),
            rank=1,
            gives=Readiness,
            may_be_always=False,
            folder="holds",
            says="A requirement of the day is not met.",
            decided_by=DecidedBy.NOBODY,
        ),
        Effect.ADVISE: EffectRow(
            stages=(RuleStage.CANDIDACY, RuleStage.SESSION),
            rank=0,
            gives=None,
            may_be_always=True,
            folder="advice",
            says="Monitoring, consent and follow-up that go with the route.",
        ),
        Effect.ALERT: EffectRow(
            stages=(RuleStage.CANDIDACY, RuleStage.SESSION, RuleStage.BOTH),
            rank=None,
            gives=None,
            may_be_always=False,
            folder="alerts",
            says="Urgent; beside the decision and never part of it.",
            last_answers=True,
        ),
    },
    Effect,
)


def giving(*what: type[Decision] | type[Readiness]) -> tuple[Effect, ...]:
    """The effects whose findings can change one of these."""
    return tuple(effect for effect, row in EFFECTS.items() if row.gives in what)


RESTRICTING = giving(Decision, Readiness)
"""The effects whose findings can make a screening more cautious; alerts and advice cannot."""


def usual_decider(effect: Effect) -> DecidedBy:
    """Who decides on a met rule of an effect, if the rule does not say it."""
    return EFFECTS[effect].decided_by or DecidedBy.NOBODY


DECIDABLE = tuple(effect for effect, row in EFFECTS.items() if row.decided_by is not None)
"""The effects whose rules may say who decides."""
MAY_BE_ALWAYS = tuple(effect for effect, row in EFFECTS.items() if row.may_be_always)
"""The effects whose rules may say `when: always`."""
