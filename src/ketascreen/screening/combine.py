"""What the outcomes of rules come to for each route of administration, all routes at once.

What was found among the rules of a route is one number, with a bit for each effect and outcome; those of all routes
stand side by side in one more. So each rule is looked at once, however many routes are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Self

from ketascreen.language.logic import Truth
from ketascreen.language.terms import Decision, Effect, Outcome, Readiness, Route
from ketascreen.screening.agreement import ChannelResults
from ketascreen.verdict.decision import combine, combine_readiness

_FOUND = tuple(product(Effect, (Outcome.MET, Outcome.UNKNOWN)))
"""What each bit of a route's number says."""
_WIDTH = len(_FOUND)
_WHOLE = (1 << _WIDTH) - 1
_REVIEW_MET = 1 << _FOUND.index((Effect.REVIEW, Outcome.MET))
_TRUE, _FALSE = Truth.TRUE, Truth.FALSE


@dataclass(frozen=True, slots=True)
class Weighing:
    """The rules of some routes, by what it says of each route when one is met, and when it is unknown."""

    routes: tuple[Route, ...]
    met: Mapping[str, int]
    unknown: Mapping[str, int]

    @classmethod
    def of(cls, rules: Mapping[str, tuple[Effect, Collection[Route]]], routes: Iterable[Route]) -> Self:
        """For `routes`, of rules by id, each with its effect and the routes that it is for."""
        asked = tuple(routes)
        met, unknown = (
            {rule: _number(asked, routes, (effect, outcome)) for rule, (effect, routes) in rules.items()}
            for outcome in (Outcome.MET, Outcome.UNKNOWN)
        )
        return cls(asked, met, unknown)

    def weigh(
        self, results: ChannelResults, decided: frozenset[str], *, faulty: bool
    ) -> dict[Route, tuple[Decision, Readiness]]:
        """For each route the most cautious of what each channel gives, and of insufficient data in doubt (P4).

        `decided`: reviews to go ahead with. `faulty`: a fault lies over all routes.
        """
        sides = [self._side(answer, decided) for answer in results.by_channel.values()]
        doubt = _union(map(self.met.__getitem__, results.disagreements))
        weighed = {}
        for place, route in enumerate(self.routes):
            shift = place * _WIDTH
            given = [
                _given(found >> shift & _WHOLE, bool(undecided >> shift & _REVIEW_MET)) for found, undecided in sides
            ]
            if faulty or doubt >> shift & _WHOLE:
                given.append((Decision.INSUFFICIENT_DATA, Readiness.INSUFFICIENT_DATA))
            weighed[route] = _most_cautious(given)
        return weighed

    def _side(self, answer: Mapping[str, Truth], decided: frozenset[str]) -> tuple[int, int]:
        """What one channel found, and what of it rests on rules that nobody has decided to go ahead with."""
        found = undecided = 0
        for rule, truth in answer.items():
            if truth is not _FALSE:
                says = self.met[rule] if truth is _TRUE else self.unknown[rule]
                found |= says
                if rule not in decided:
                    undecided |= says
        return found, undecided


def _number(asked: tuple[Route, ...], routes: Collection[Route], found: tuple[Effect, Outcome]) -> int:
    bit = 1 << _FOUND.index(found)
    return _union(bit << place * _WIDTH for place, route in enumerate(asked) if route in routes)


def _union(numbers: Iterable[int]) -> int:
    union = 0
    for number in numbers:
        union |= number
    return union


@cache  # at most as many as a route's number has values
def _given(number: int, undecided_review: bool) -> tuple[Decision, Readiness]:
    found = [found for bit, found in enumerate(_FOUND) if number >> bit & 1]
    decision = combine(found)
    return decision, combine_readiness(decision, found, undecided_review=undecided_review)


def _most_cautious(given: list[tuple[Decision, Readiness]]) -> tuple[Decision, Readiness]:
    """Of at least one; no answer at all is an error, and never eligible."""
    if given.count(given[0]) == len(given):
        return given[0]
    decisions, readinesses = zip(*given, strict=True)
    return Decision.most_cautious(decisions), Readiness.most_cautious(readinesses)
