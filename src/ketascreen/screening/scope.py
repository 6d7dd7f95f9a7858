"""What a screening asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Route, Stage
from ketascreen.screening.combine import Weighing


@dataclass(frozen=True, slots=True)
class Scope:
    """The rules of a screening.

    `at_stage`: the ids of all rules that channels answer for. `rules`: those among them that concern a route asked
    for, `ids` theirs. `weighing`: of all of them, for the routes asked for.
    """

    at_stage: frozenset[str]
    rules: tuple[Rule, ...]
    ids: frozenset[str]
    weighing: Weighing

    @classmethod
    def of(cls, rulebook: Rulebook, stage: Stage, asked: Iterable[Route]) -> Self:
        """What a screening at `stage` asks for the routes `asked`."""
        at_stage, routes = rulebook.asked_at(stage), frozenset(asked)
        rules = tuple(rule for rule in at_stage if not routes.isdisjoint(rule.routes))
        weighing = Weighing.of({rule.id: (rule.effect, rule.routes) for rule in at_stage}, asked)
        return cls(frozenset(rule.id for rule in at_stage), rules, frozenset(rule.id for rule in rules), weighing)
