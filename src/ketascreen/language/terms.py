"""The closed lists of words in a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Self

from ketascreen.language.logic import Truth

ENGINE_CHANNEL = "production"
"""The name of the channel that asks the rule engine durable-rules."""


class Route(StrEnum):
    """Route of administration. `intranasal` is esketamine, `sublingual` a lozenge or troche, `oral` swallowed."""

    IV = "iv"
    IM = "im"
    INTRANASAL = "intranasal"
    SUBLINGUAL = "sublingual"
    ORAL = "oral"


class Stage(StrEnum):
    """What is asked: may this person have it at all, or may it be given today."""

    CANDIDACY = "candidacy"
    SESSION = "session"


class Effect(StrEnum):
    """What follows when a rule is met."""

    EXCLUDE = "exclude"
    REVIEW = "review"
    CAUTION = "caution"
    HOLD = "hold"
    ALERT = "alert"
    ADVISE = "advise"


class Weight(StrEnum):
    """How much a rule matters among those with its effect, the most first. It orders lists, and decides nothing."""

    VITAL = "vital"
    SERIOUS = "serious"
    USUAL = "usual"


class DecidedBy(StrEnum):
    """Who may decide to go ahead although a rule is met."""

    CLINICIAN = "clinician"
    NOBODY = "nobody"


_EFFECTS = {effect: place for place, effect in enumerate(Effect)}
_WEIGHTS = {weight: place for place, weight in enumerate(Weight)}


def listing_order(effect: Effect, weight: Weight, rule: str) -> tuple[int, int, str]:
    """Where a rule stands wherever rules are listed: by effect, then by weight, then by id."""
    return _EFFECTS[effect], _WEIGHTS[weight], rule


class _Ranked(StrEnum):
    """Words listed from the least to the most cautious."""

    @cached_property
    def rank(self) -> int:
        """Position in the list; a higher one is more cautious."""
        return list(type(self)).index(self)

    @classmethod
    def most_cautious(cls, values: Iterable[Self]) -> Self:
        """The most cautious of `values`; if there are none, the least cautious word of the list."""
        return max(values, key=attrgetter("rank"), default=None) or next(iter(cls))


class Outcome(_Ranked):
    """The outcome of one rule for one patient, the least cautious first."""

    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    MET = "met"


OUTCOME = {Truth.TRUE: Outcome.MET, Truth.FALSE: Outcome.NOT_MET, Truth.UNKNOWN: Outcome.UNKNOWN}
"""The outcome of a rule, by the truth of its condition."""


class Decision(_Ranked):
    """The recommendation for a route, the least cautious first."""

    ELIGIBLE = "eligible"
    CAUTION = "caution"
    REVIEW = "review"
    INSUFFICIENT_DATA = "insufficient_data"
    NOT_ELIGIBLE = "not_eligible"


class Readiness(_Ranked):
    """Whether it may be given today, the least cautious first."""

    READY = "ready"
    INSUFFICIENT_DATA = "insufficient_data"
    NOT_READY = "not_ready"
