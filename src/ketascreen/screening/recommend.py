"""Makes a recommendation for each route from the answers of the channels."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable

from ketascreen.language.rule import Rule
from ketascreen.language.terms import Outcome, Route
from ketascreen.screening.agreement import ChannelResults
from ketascreen.screening.request import Request
from ketascreen.screening.scope import Scope
from ketascreen.verdict.by_word import ByWord
from ketascreen.verdict.decision import by_kind, combine
from ketascreen.verdict.finding import Fault
from ketascreen.verdict.read_as import ReadAs
from ketascreen.verdict.recommendation import Recommendation

log = logging.getLogger(__name__)


def recommend(
    request: Request,
    scope: Scope,
    results: ChannelResults,
    decided: Collection[str],
    unexplained: tuple[Fault, ...] = (),
    read_as: tuple[ReadAs, ...] = (),
) -> Recommendation:
    """The recommendation that the channels' answers give.

    `decided` are the rules that a clinician goes ahead with; `unexplained` are faults of rules that could not be
    explained; `read_as` is what was given under a name of before.

    The most cautious outcome of each rule counts. A fault puts every route in doubt; a disagreement on a rule puts the
    routes of this rule in doubt.
    """
    faults = results.faults + unexplained
    for fault in faults:
        log.warning("%s: %s", fault.where, fault.message)
    if results.disagreements:
        log.warning("the channels disagree on %s", ", ".join(results.disagreements))
    outcomes = results.outcomes(scope.rules)
    found = by_kind(
        [
            (rule.id, rule.effect, rule.routes, outcome)
            for rule in scope.deciding
            if (outcome := outcomes[rule.id]) is not Outcome.NOT_MET
        ],
        request.routes,
    )
    doubted = request.routes if faults else _routes_of(scope.rules, results.disagreements)
    return Recommendation(
        request.stage,
        request.as_of,
        request.clinic.name,
        ByWord(
            (
                route,
                combine(here, request.stage, decided=decided, in_doubt=route in doubted, weights=scope.weights),
            )
            for route, here in found.items()
        ),
        outcomes,
        results.agreement(scope.ids),
        faults,
        request.takes_effect,
        read_as,
    )


def _routes_of(rules: Iterable[Rule], ids: Collection[str]) -> frozenset[Route]:
    return frozenset(route for rule in rules if rule.id in ids for route in rule.routes) if ids else frozenset()
