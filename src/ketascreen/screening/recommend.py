"""Makes a recommendation for each route from the answers of the channels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ketascreen.language.rule import Rule
from ketascreen.language.terms import Effect, Outcome, Route
from ketascreen.screening.agreement import ChannelResults
from ketascreen.screening.request import Request
from ketascreen.screening.scope import Scope
from ketascreen.verdict.decision import Found, Kind, combine
from ketascreen.verdict.finding import Fault
from ketascreen.verdict.recommendation import Recommendation


def recommend(
    request: Request, scope: Scope, results: ChannelResults, decided: Collection[str], faults: tuple[Fault, ...]
) -> Recommendation:
    """The recommendation that the channels' answers give. `decided`: reviews to go ahead with.

    The most cautious outcome of each rule counts. A fault puts every route in doubt; a disagreement on a rule puts the
    routes of this rule in doubt.
    """
    outcomes = results.outcomes(scope.rules)
    findings = ((rule.id, rule.effect, rule.routes, outcomes[rule.id]) for rule in scope.rules)
    found = found_by_route(findings, request.routes)
    doubted = request.routes if faults else _routes_of(scope.rules, results.disagreements)
    return Recommendation(
        request.stage,
        request.as_of,
        {
            route: combine(here, request.stage, decided=decided, in_doubt=route in doubted)
            for route, here in found.items()
        },
        outcomes,
        results.agreement(scope.ids),
        faults,
    )


def found_by_route(
    findings: Iterable[tuple[str, Effect, Iterable[Route], Outcome]], routes: Iterable[Route]
) -> Mapping[Route, Found]:
    """For each of `routes` the rules that are met or unknown. A finding: rule, effect, its routes, outcome."""
    found: dict[Route, dict[Kind, list[str]]] = {route: {} for route in routes}
    for rule, effect, of_rule, outcome in findings:
        if outcome is Outcome.NOT_MET:
            continue
        for route in of_rule:
            if route in found:
                found[route].setdefault((effect, outcome), []).append(rule)
    return found


def _routes_of(rules: Iterable[Rule], ids: Collection[str]) -> frozenset[Route]:
    return frozenset(route for rule in rules if rule.id in ids for route in rule.routes) if ids else frozenset()
