"""Rules for tests: one with nothing to read in it, and those that a rulebook must have to load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from ketascreen.diagnostic import Place
from ketascreen.language.condition import Compare, Condition, facts_of
from ketascreen.language.documents import Citation
from ketascreen.language.effects import EFFECTS, usual_decider
from ketascreen.language.rule import Rule, RuleStage
from ketascreen.language.terms import BUILT_IN_ROUTES, DecidedBy, Effect, Route, Weight
from ketascreen.language.vocabulary import UNRECOGNISED, Kind, Vocabulary

PLACE = Place("rules.yaml")
_SOURCES = (Citation("inform", outside="S1"),)


def rule(
    rule_id: str,
    when: Condition,
    effect: Effect = Effect.EXCLUDE,
    routes: Sequence[Route] = BUILT_IN_ROUTES,
    stage: RuleStage | None = None,
    decided_by: DecidedBy | None = None,
    weight: Weight = Weight.USUAL,
) -> Rule:
    """A rule with nothing to read in it but its condition."""
    head = rule_id, rule_id, stage or EFFECTS[effect].stages[0], effect, tuple(routes), when, "Say.", _SOURCES, PLACE
    return Rule(*head, decided_by=decided_by or usual_decider(effect), weight=weight)


def lasting_exclusions(asked: Vocabulary, routes: tuple[Route, ...]) -> Iterator[Rule]:
    """For each lasting choice an exclusion that it meets alone."""
    for fact in asked.values():
        operator = "includes" if fact.kind is Kind.LIST else "is"
        for word in sorted(fact.freshness.lasting if fact.freshness else ()):
            name = f"lasting-{fact.name}-{word}".replace("_", "-")
            yield rule(name, Compare(fact.name, operator, word), Effect.EXCLUDE, routes)


def for_unrecognised(rng: Random, rules: Sequence[Rule], asked: Vocabulary) -> Iterator[Rule]:
    """For each list a review where an exclusion or a review asks it; where cautions alone ask it, often a caution."""
    for name in sorted(fact.name for fact in asked.values() if fact.kind is Kind.LIST):
        asking = [one for one in rules if name in facts_of(one.when)]
        strong = {to for one in asking if one.effect in (Effect.EXCLUDE, Effect.REVIEW) for to in one.routes}
        weak = {to for one in asking if one.effect is Effect.CAUTION for to in one.routes} - strong
        milder = Effect.CAUTION if rng.random() < 0.7 else Effect.REVIEW
        for effect, routes, ending in ((Effect.REVIEW, strong, ""), (milder, weak, "-too")):
            if routes:
                rule_id = f"unrecognised-{name}{ending}".replace("_", "-")
                yield rule(rule_id, Compare(name, "includes", UNRECOGNISED), effect, tuple(sorted(routes)))
