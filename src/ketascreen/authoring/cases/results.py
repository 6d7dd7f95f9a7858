"""The results of a rule, a route and a patient, as far as a case can expect them: from a verdict, or from grounds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from ketascreen.language.effects import EFFECTS
from ketascreen.language.rule import Rule
from ketascreen.language.terms import OUTCOME, DecidedBy, Decision, Effect, Outcome, Readiness, Route, Stage, Weight
from ketascreen.patient.facts import Facts, grounds_of
from ketascreen.verdict.decision import RouteRecommendation, alone, by_kind, combine
from ketascreen.verdict.finding import Finding
from ketascreen.verdict.lean import recommendation_of
from ketascreen.verdict.verdict import Verdict


def gives(effect: Effect, outcome: Outcome) -> Decision | Readiness:
    """The word that a case's `gives` names: what a finding gives if its rule is the only one."""
    decision, readiness = alone(effect, outcome)
    return readiness if EFFECTS[effect].gives is Readiness else decision


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The outcome of one rule, with the names of the facts that it rests on and lacks."""

    rule: str
    effect: Effect
    routes: tuple[Route, ...]
    outcome: Outcome
    rests_on: tuple[str, ...]
    lacks: tuple[str, ...]
    weight: Weight = Weight.USUAL

    @classmethod
    def of_finding(cls, finding: Finding) -> Self:
        """As a screening reports it."""
        rests_on, lacks = tuple(used.fact for used in finding.rests_on), tuple(one.fact for one in finding.lacks)
        return cls(finding.rule, finding.effect, finding.routes, finding.outcome, rests_on, lacks, finding.weight)

    @classmethod
    def of_facts(cls, rule: Rule, facts: Facts) -> Self:
        """As the reference channel alone gives it."""
        grounds = grounds_of(rule, facts)
        rests_on, lacks = tuple(sorted(grounds.rests_on)), tuple(sorted(grounds.lacks))
        return cls(rule.id, rule.effect, rule.routes, OUTCOME[grounds.truth], rests_on, lacks, rule.weight)


@dataclass(frozen=True, slots=True)
class PatientResult:
    """The results of a patient: by route, by rule, the alerts that are met, and the facts that are asked for.

    `not_decidable` are the rules of decisions that are refused, since nobody decides on them.
    """

    routes: Mapping[Route, RouteRecommendation]
    outcomes: Mapping[str, Outcome]
    alerts: frozenset[str]
    asks: frozenset[str]
    not_decidable: frozenset[str]

    @classmethod
    def of_verdict(cls, verdict: Verdict, not_decidable: frozenset[str]) -> Self:
        """As a screening reports it; `not_decidable` are the decisions that it was not given."""
        routes = verdict.routes
        return cls(
            {route: recommendation_of(one) for route, one in routes.items()},
            {finding.rule: finding.outcome for finding in verdict.findings},
            frozenset(alert for one in routes.values() for alert in one.alerts),
            frozenset(ask.fact for one in routes.values() for ask in one.asks),
            not_decidable,
        )

    @classmethod
    def of_rules(
        cls,
        rules: Collection[RuleResult],
        routes: Iterable[Route],
        stage: Stage,
        decided: Collection[str],
        not_decidable: frozenset[str],
    ) -> Self:
        """As the reference channel alone gives it; `decided` are the rules that a clinician goes ahead with."""
        met = [one for one in rules if one.outcome is Outcome.MET]
        weights = {one.rule: one.weight for one in rules if one.weight is not Weight.USUAL}
        found = by_kind(((one.rule, one.effect, one.routes, one.outcome) for one in rules), routes)
        return cls(
            {route: combine(here, stage, decided=decided, weights=weights) for route, here in found.items()},
            {one.rule: one.outcome for one in rules},
            frozenset(one.rule for one in met if one.effect is Effect.ALERT),
            frozenset(fact for one in rules for fact in one.lacks),
            not_decidable,
        )


def undecidable(decided: Iterable[str], rule: Callable[[str], Rule | None]) -> frozenset[str]:
    """The rules among `decided` on which nobody decides; `rule` finds a rule by its id."""
    found = [one for name in decided if (one := rule(name)) is not None]
    return frozenset(one.id for one in found if one.decided_by is DecidedBy.NOBODY)
