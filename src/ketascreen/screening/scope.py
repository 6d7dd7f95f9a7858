"""Which rules a screening asks, and how many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Effect, Route, Stage, Weight
from ketascreen.screening.agreement import ChannelResults
from ketascreen.verdict.verdict import Counts


@dataclass(frozen=True, slots=True)
class Scope:
    """The rules of a screening.

    `at_stage`: the ids of all rules that channels answer for. `rules`: those among them that concern a route asked
    for, `ids` theirs; `deciding` all of these but advice, which no recommendation reads. `weights`
    are the rulebook's.
    """

    at_stage: frozenset[str]
    rules: tuple[Rule, ...]
    ids: frozenset[str]
    deciding: tuple[Rule, ...]
    weights: Mapping[str, Weight] = field(default_factory=dict)

    @classmethod
    def of(cls, rulebook: Rulebook, stage: Stage, asked: Iterable[Route]) -> Self:
        """What a screening at `stage` asks for the routes `asked`."""
        at_stage, routes = rulebook.asked_at(stage), frozenset(asked)
        rules = tuple(rule for rule in at_stage if not routes.isdisjoint(rule.routes))
        deciding = tuple(rule for rule in rules if rule.effect is not Effect.ADVISE)
        ids = frozenset(rule.id for rule in rules)
        return cls(frozenset(rule.id for rule in at_stage), rules, ids, deciding, rulebook.weights)


def counts(rulebook: Rulebook, scope: Scope, results: ChannelResults) -> Counts:
    """How many rules there are, how many concern a screening, and how many of these each channel answered."""
    loaded, at_stage, in_scope = len(rulebook.rules), len(scope.at_stage), len(scope.rules)
    return Counts(
        loaded=loaded,
        in_scope=in_scope,
        out_of_scope_stage=loaded - at_stage,
        out_of_scope_route=at_stage - in_scope,
        evaluated={name: len(scope.ids & answer.keys()) for name, answer in results.by_channel.items()},
        reported=in_scope,
    )
