"""The words in a verdict: the closed lists, and the routes, which each rulebook has of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ketascreen.language.logic import Truth

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

ENGINE_CHANNEL = "production"
"""The name of the channel that asks the rule engine durable-rules."""


MAX_ROUTE = 40
"""The most letters that the name of a route may have."""
MAX_ROUTES = 40
"""The most routes that a rulebook may have."""
ROUTE_PATTERN = rf"^[a-z][a-z0-9_]{{0,{MAX_ROUTE - 1}}}$"
"""The form of the name of a route."""
ROUTE_FORM = f"write a word of small letters, digits and `_` that begins with a letter, at most {MAX_ROUTE} long"
"""The same for people."""


class Route(str):
    """A route of administration, or another option that a rulebook decides on: a plain word of its routes.yaml.

    Any word of small letters, digits and `_` that begins with a letter is one, of at most 40 characters. It is text:
    `Route("iv") == "iv"`. The constants are the routes of the built-in rulebook: `intranasal` is esketamine,
    `sublingual` a lozenge or troche, `oral` swallowed. Compare with `==`.

    Raises:
        ValueError: other text.
    """

    __slots__ = ()

    IV: ClassVar[Route]
    IM: ClassVar[Route]
    INTRANASAL: ClassVar[Route]
    SUBLINGUAL: ClassVar[Route]
    ORAL: ClassVar[Route]

    def __new__(cls, word: str) -> Route:
        if isinstance(word, str) and word in _KNOWN:
            return _KNOWN[word]
        if not is_route(word):
            raise ValueError(f"not a route: {ROUTE_FORM}")
        return super().__new__(cls, word)

    @property
    def value(self) -> str:
        """The word as plain text."""
        return str(self)

    def __repr__(self) -> str:
        return f"Route({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        from pydantic_core import core_schema  # most that use routes read none from outside

        word = core_schema.str_schema(pattern=ROUTE_PATTERN, strict=True)
        made = core_schema.no_info_after_validator_function(_read, word)
        either = core_schema.union_schema(
            [core_schema.is_instance_schema(cls), made],
            mode="left_to_right",
            custom_error_type="route",
            custom_error_message=f"not a route: {ROUTE_FORM}",
        )
        return core_schema.json_or_python_schema(made, either)


_ROUTE = re.compile(ROUTE_PATTERN)
_KNOWN: dict[str, Route] = {}


def _read(word: str) -> Route:
    """The route of a word whose form is already known to be right."""
    known = _KNOWN.get(word)
    return str.__new__(Route, word) if known is None else known


def is_route(word: object) -> bool:
    """Whether this is text that can name a route."""
    return isinstance(word, str) and _ROUTE.fullmatch(word) is not None


BUILT_IN_ROUTES = tuple(map(Route, ("iv", "im", "intranasal", "sublingual", "oral")))
"""The routes of the built-in rulebook. What is asked of a rulebook goes by its own `routes` alone."""
_KNOWN |= {route: route for route in BUILT_IN_ROUTES}  # one object for each of these: `is` holds too
Route.IV, Route.IM, Route.INTRANASAL, Route.SUBLINGUAL, Route.ORAL = BUILT_IN_ROUTES
_PLACES = {route: place for place, route in enumerate(BUILT_IN_ROUTES)}


def in_order(routes: Iterable[str]) -> tuple[Route, ...]:
    """Routes, each once, in the order in which all lists have them: the built-in ones, then the others by name."""
    return tuple(sorted(map(Route, {*routes}), key=lambda route: (_PLACES.get(route, len(_PLACES)), route)))


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
