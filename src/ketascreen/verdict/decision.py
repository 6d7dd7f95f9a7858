"""How the findings of one route combine: its recommendation, and the rules that are the reasons for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ketascreen.language.effects import giving
from ketascreen.language.terms import Decision, Effect, Outcome, Readiness, Route, Stage, Weight, listing_order
from ketascreen.verdict.base_model import EXACT

Kind = tuple[Effect, Outcome]
_Rules = tuple[Effect, Collection[str]]
"""Rules with one effect."""
Found = Mapping[Kind, Collection[str]]
"""The ids of the rules of one route, by effect and outcome; a kind that no rule has is left out."""

DECIDING: Mapping[Decision, frozenset[Kind]] = {
    Decision.NOT_ELIGIBLE: frozenset({(Effect.EXCLUDE, Outcome.MET)}),
    Decision.INSUFFICIENT_DATA: frozenset({(Effect.EXCLUDE, Outcome.UNKNOWN), (Effect.REVIEW, Outcome.UNKNOWN)}),
    Decision.REVIEW: frozenset({(Effect.REVIEW, Outcome.MET)}),
    Decision.CAUTION: frozenset({(Effect.CAUTION, Outcome.MET), (Effect.CAUTION, Outcome.UNKNOWN)}),
    Decision.ELIGIBLE: frozenset(),
}
"""Which findings are the reasons for a decision, the most cautious decision first."""
_ALERTS, _HOLDS_MET = frozenset({(Effect.ALERT, Outcome.MET)}), frozenset({(Effect.HOLD, Outcome.MET)})
_UNKNOWN = DECIDING[Decision.INSUFFICIENT_DATA] | {(Effect.HOLD, Outcome.UNKNOWN)}

if {effect for kinds in DECIDING.values() for effect, _ in kinds} != set(giving(Decision)):
    raise ImportError("`DECIDING` must name the effects that give a decision in the table of effects, and no other")
if {Effect.HOLD} != set(giving(Readiness)):
    raise ImportError("`_readiness` must handle each effect that gives readiness in the table of effects")


@dataclass(frozen=True, slots=True)
class RouteRecommendation:
    """The recommendation for one route, without its words.

    `readiness` is None where it is not asked (candidacy). `reasons` and `readiness_reasons` are ids of rules, as in
    `RouteVerdict`; `alerts` are the alert rules of the route that are met. Each is in the order of `listing_order`.
    """

    __pydantic_config__ = EXACT

    decision: Decision
    readiness: Readiness | None
    reasons: tuple[str, ...]
    readiness_reasons: tuple[str, ...]
    alerts: tuple[str, ...]


def by_kind(
    findings: Iterable[tuple[str, Effect, Iterable[Route], Outcome]], routes: Iterable[Route]
) -> dict[Route, Found]:
    """The findings of each of `routes`. A finding: rule, effect, its routes, outcome. Findings that are not met
    may be left out for `combine`.
    """
    found: dict[Route, dict[Kind, list[str]]] = {route: {} for route in routes}
    for rule, effect, of_rule, outcome in findings:
        kind = effect, outcome
        for route in of_rule:
            if route in found:
                found[route].setdefault(kind, []).append(rule)
    return {**found}


def combine(
    found: Found,
    stage: Stage,
    *,
    decided: Collection[str] = (),
    in_doubt: bool = False,
    weights: Mapping[str, Weight] = MappingProxyType({}),
) -> RouteRecommendation:
    """The recommendation that the findings of one route give: the worst finding counts, and unknown is never no.

    `decided`: the rules that a clinician decided to go ahead with; they count for readiness alone. Only a met review or
    a met hold can be decided: an exclusion, and what is not known, cannot. `in_doubt`: a fault or a disagreement
    concerns this route, so that it is at least insufficient data (P4). `weights`, of rules that have
    another than the usual one, order what is listed, and change nothing else.
    """
    decision = _decision(found, in_doubt)
    reasons, alerts = (_listed(_rules(found, kinds), weights) for kinds in (DECIDING[decision], _ALERTS))
    if stage is Stage.CANDIDACY:
        return RouteRecommendation(decision, None, reasons, (), alerts)
    readiness, waiting = _readiness(found, decided, in_doubt)
    return RouteRecommendation(decision, readiness, reasons, _listed(waiting, weights), alerts)


def alone(effect: Effect, outcome: Outcome, *, decided: bool = True) -> tuple[Decision, Readiness]:
    """What a finding gives where it is the only one; a review counts as `decided`, or as not, and a hold as not."""
    found = {(effect, outcome): ("it",)}
    readiness, _ = _readiness(found, decided=("it",) if decided and effect is Effect.REVIEW else (), in_doubt=False)
    return _decision(found, in_doubt=False), readiness


def _decision(found: Found, in_doubt: bool) -> Decision:
    for decision, deciding in DECIDING.items():
        if not deciding.isdisjoint(found) or (in_doubt and decision is Decision.INSUFFICIENT_DATA):
            return decision
    return Decision.ELIGIBLE


def _readiness(found: Found, decided: Collection[str], in_doubt: bool) -> tuple[Readiness, list[_Rules]]:
    """Whether it may be given today: candidacy, then holds and reviews that no clinician has decided."""
    undecided_hold = _without(decided, _rules(found, _HOLDS_MET))
    if stopping := [*_rules(found, DECIDING[Decision.NOT_ELIGIBLE]), *undecided_hold]:
        return Readiness.NOT_READY, stopping
    undecided_review = _without(decided, _rules(found, DECIDING[Decision.REVIEW]))
    waiting = [*_rules(found, _UNKNOWN), *undecided_review]
    return Readiness.INSUFFICIENT_DATA if waiting or in_doubt else Readiness.READY, waiting


def _rules(found: Found, kinds: frozenset[Kind]) -> list[_Rules]:
    """The rules of these kinds; no group is empty."""
    return [(kind[0], rules) for kind in kinds if (rules := found.get(kind))]


def _without(decided: Collection[str], groups: Iterable[_Rules]) -> list[_Rules]:
    """The rules that are not decided; no group is empty."""
    return [(effect, left) for effect, rules in groups if (left := [rule for rule in rules if rule not in decided])]


def _listed(groups: Iterable[_Rules], weights: Mapping[str, Weight]) -> tuple[str, ...]:
    """The rules in the order in which rules are listed."""
    by_effect: dict[Effect, list[str]] = {}
    for effect, rules in groups:
        by_effect.setdefault(effect, []).extend(rules)
    if weights:
        weighed = ((effect, rule) for effect, rules in by_effect.items() for rule in rules)
        placed = sorted([listing_order(effect, weights.get(rule, Weight.USUAL), rule) for effect, rule in weighed])
        return tuple([rule for *_, rule in placed])
    # The same where all have the usual weight, but by effect: it takes a quarter of the time.
    return tuple([rule for effect in sorted(by_effect, key=_place) for rule in sorted(by_effect[effect])])


def _place(effect: Effect) -> tuple[int, int, str]:
    return listing_order(effect, Weight.USUAL, "")
