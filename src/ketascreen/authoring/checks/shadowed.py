"""A rule that never changes a decision: whenever it is met or unknown, others decide at least as cautiously."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from ketascreen.authoring.checks.same_condition import mean_the_same
from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import Condition
from ketascreen.language.effects import EFFECTS, giving
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.terms import OUTCOME, Decision, Effect, Readiness
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.reasoning.rule_pairs import Pairs
from ketascreen.reasoning.witness import find
from ketascreen.verdict.decision import alone

CODE = "shadowed"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Rules that are shadowed on each of their routes.

    `always` asks no fact and shadows nothing: it is the least that a route gives, and other rules say more.
    """
    vocabulary = subject.rulebook.vocabulary
    pairs = Pairs(subject.rulebook.with_effect(*giving(Decision, Readiness)), vocabulary)

    @cache
    def is_shadowed(effect: Effect, when: Condition, by_effect: Effect, by: Condition) -> bool:
        return _is_shadowed(effect, when, by_effect, by, vocabulary)

    for rule in pairs.rules:
        others = [other for other in pairs.beside(rule) if _may_shadow(other, rule, pairs)]
        if shadows := _shadows(rule, others, is_shadowed):
            decide = f"`{shadows[0]}` decides" if len(shadows) == 1 else f"{_listed(shadows)} decide"
            yield Diagnostic(
                CODE,
                f"`{rule.id}` never changes a decision: whenever it is met or unknown, {decide} at least as cautiously",
                "delete it, narrow the other rule, or give this one a stronger effect",
                rule.place,
            )


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _may_shadow(other: Rule, rule: Rule, pairs: Pairs) -> bool:
    """Whether a search is worth its time: both are on a route, `other` is as strong, and no known answers refute it.

    Stages need no check: a hold changes no decision, and a session also asks the rules of candidacy.
    """
    if not set(rule.routes) & set(other.routes):
        return False
    as_strong = _caution(rule.effect, other.effect, Truth.TRUE) >= _caution(rule.effect, rule.effect, Truth.TRUE)
    return as_strong and pairs.meets_too(rule, other)


def _shadows(
    rule: Rule, others: list[Rule], is_shadowed: Callable[[Effect, Condition, Effect, Condition], bool]
) -> tuple[str, ...]:
    """The rules that shadow it, the first for each route; empty if no rule shadows it on one of its routes."""
    open_routes = set(rule.routes)
    names = []
    if open_routes - {route for other in others for route in other.routes}:
        return ()
    for other in others:
        if open_routes & set(other.routes) and is_shadowed(rule.effect, rule.when, other.effect, other.when):
            open_routes -= set(other.routes)
            names.append(other.id)
    return () if open_routes else tuple(names)


def _is_shadowed(effect: Effect, when: Condition, by_effect: Effect, by: Condition, vocabulary: Vocabulary) -> bool:
    if effect is by_effect and mean_the_same(when, by, vocabulary):
        return False  # `same-condition` reports both
    own = {truth: _caution(effect, effect, truth) for truth in Truth}
    other = {truth: _caution(effect, by_effect, truth) for truth in Truth}
    has_a_say = find([when, by], vocabulary, lambda truths: own[truths[0]] > other[truths[1]])
    return has_a_say.shows_none


@cache
def _caution(asked: Effect, effect: Effect, truth: Truth) -> int:
    """How cautious a rule of `effect` alone makes what `asked` can change: for a hold the readiness, else the decision.

    A hold changes no decision.
    """
    decision, readiness = alone(effect, OUTCOME[truth])
    return readiness.rank if EFFECTS[asked].gives is Readiness else decision.rank
