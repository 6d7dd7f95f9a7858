"""Rules, and what they are made with: parameters, definitions, routes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ketascreen.diagnostic import Place
from ketascreen.language.condition import Condition
from ketascreen.language.documents import Citation
from ketascreen.language.quantity import Quantity
from ketascreen.language.terms import Effect, Route, Stage


class RuleStage(StrEnum):
    """When a rule is asked. A session asks those of candidacy too."""

    CANDIDACY = "candidacy"
    SESSION = "session"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class SignOff:
    """Whether a clinician has approved a rule, on which date, and by when it is to be reviewed again (ISO dates)."""

    status: str
    by: str | None = None
    date: str | None = None
    review_by: str | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """A finding of `ketascreen check` that the authors have looked at and let stand, and why.

    `about` names what it is about, where it is not the rule that holds it.
    """

    check: str
    reason: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One claim: when this condition holds, this effect follows, for these routes, because of these sources."""

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
    sign_off: SignOff = SignOff("draft")
    allow: tuple[Allowance, ...] = ()

    def asked_at(self, stage: Stage) -> bool:
        """Whether a screening at `stage` asks this rule."""
        return stage is Stage.SESSION or self.stage is not RuleStage.SESSION


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named threshold, with its basis (`source` or `policy`) and which direction is stricter."""

    name: str
    value: Quantity
    stricter: str
    basis: str
    place: Place
    reason: str = ""
    sources: tuple[Citation, ...] = ()

    @property
    def number(self) -> Decimal:
        """The number in its own unit."""
        return self.value.value


@dataclass(frozen=True, slots=True)
class Definition:
    """A named condition used by more than one rule."""

    name: str
    title: str
    when: Condition
    place: Place
    sources: tuple[Citation, ...] = ()


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
