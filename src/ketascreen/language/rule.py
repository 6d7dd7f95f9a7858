"""Rules, and what they refer to: parameters, definitions, routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ketascreen.diagnostic import Place
from ketascreen.language.condition import Condition
from ketascreen.language.documents import Citation
from ketascreen.language.quantity import Quantity
from ketascreen.language.terms import DecidedBy, Effect, Route, Stage, Weight


class RuleStage(StrEnum):
    """When a rule is asked. A session also asks the rules of candidacy."""

    CANDIDACY = "candidacy"
    SESSION = "session"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Allowance:
    """A check finding that the authors accept, and why.

    `about` names what the finding is about, if that is not the rule with this entry.
    """

    check: str
    reason: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Retirement:
    """That a rule is not asked any more: since which day, by whom, why, and which rules replace it."""

    day: date
    by: str
    reason: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One claim: if this condition is met, this effect follows, for these routes, because of these sources.

    `decided_by` is who may decide to go ahead although it is met. `do_if_old` replaces `do` where an alert rests on
    an answer that is not of today. `named` are the parameters that its texts name. `weight` orders it among the rules
    with its effect. `was` are the ids that it had before, the oldest first. A `retired` rule is kept to be read, and
    asked of nobody.
    """

    id: str
    title: str
    stage: RuleStage
    effect: Effect
    routes: tuple[Route, ...]
    when: Condition
    say: str
    sources: tuple[Citation, ...]
    place: Place
    do: str = ""
    conflicts: tuple[str, ...] = ()
    interpretation: str = ""
    allow: tuple[Allowance, ...] = ()
    decided_by: DecidedBy = DecidedBy.NOBODY
    do_if_old: str = ""
    named: tuple[str, ...] = ()
    weight: Weight = Weight.USUAL
    was: tuple[str, ...] = ()
    retired: Retirement | None = None

    def asked_at(self, stage: Stage) -> bool:
        """Whether a screening at `stage` asks this rule."""
        return stage is Stage.SESSION or self.stage is not RuleStage.SESSION


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named threshold, with its basis (`source` or `policy`) and the stricter direction.

    `was` are the names that it had before, the oldest first.
    """

    name: str
    value: Quantity
    stricter: str
    basis: str
    place: Place
    reason: str = ""
    sources: tuple[Citation, ...] = ()
    was: tuple[str, ...] = ()

    @property
    def number(self) -> Decimal:
        """The number in its own unit."""
        return self.value.value


@dataclass(frozen=True, slots=True)
class Definition:
    """A named condition that rules can share. `was` are the names that it had before, the oldest first."""

    name: str
    title: str
    when: Condition
    place: Place
    sources: tuple[Citation, ...] = ()
    was: tuple[str, ...] = ()


def renamed_in(things: Mapping[str, Rule] | Mapping[str, Parameter]) -> dict[str, str]:
    """The name of today of each name that one of these things had before; `things` are by their names of today."""
    return {old: name for name, one in things.items() for old in one.was}


@dataclass(frozen=True, slots=True)
class Statement:
    """What the sources say of one attribute of a route."""

    says: str
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class RouteSheet:
    """What a route of administration is like; shown beside a verdict, never part of a decision."""

    route: Route
    title: str
    attributes: tuple[tuple[str, tuple[Statement, ...]], ...]
