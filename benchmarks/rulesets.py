"""Rules and patients to measure on: drawn from a seed, and built like the shipped rules.

Each rule has the tree of a shipped one, its operators kept, over other facts and with other constants. Shipped rules
that always hold are left out: every engine is equally fast at those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import sqrt
from random import Random

from tests.helpers import generate

from ketascreen import load_rulebook
from ketascreen.language.condition import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Constant,
    DefinitionRef,
    ListValue,
    Not,
    Value,
    facts_of,
)
from ketascreen.language.operators import OPERATORS
from ketascreen.language.quantity import UNITS
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Effect
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.loading.built_in import built_in_rules

Answers = Mapping[str, Value]
"""A patient: what is known, by the name of the fact."""

_REASSURING, _ALARMING = 0.7, 0.03
_LOW, _HIGH = 40, 160


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rulebook, the facts that its rules ask, and patients of whom everything is known, and of whom not."""

    rulebook: Rulebook
    facts: Sequence[Fact]
    complete: Sequence[Answers]
    incomplete: Sequence[Answers]


def rule_set(rules: int, patients: int, seed: int = 0) -> RuleSet:
    """So many rules and patients. The number of facts grows as the root of the rules; shipped rules ask about as many.

    Of an incomplete patient, three answers in ten are missing, and half of the lists were not gone through.
    """
    rng = Random(f"{rules} {seed}")
    shipped = [rule for rule in load_rulebook(built_in_rules()).rules if not isinstance(rule.when, Always)]
    asked = frozenset[str]().union(*(facts_of(rule.when) for rule in shipped))
    vocabulary = load_rulebook(built_in_rules()).vocabulary
    kinds = sorted(vocabulary[name].kind for name in asked)
    number = max(len(Kind), round(len(asked) * sqrt(rules / len(shipped))))
    facts = [_fact(f"fact_{n}", kinds[n * len(kinds) // number], rng) for n in range(number)]
    by_kind = {kind: [fact for fact in facts if fact.kind is kind] for kind in Kind}
    made = []
    for n in range(rules):
        like = rng.choice(shipped)
        effect = like.effect if like.effect is Effect.ALERT else Effect.EXCLUDE
        made.append(generate.rule(f"rule-{n}", _like(like.when, by_kind, rng), effect))
    complete = [{fact.name: _answer(fact, rng) for fact in facts} for _ in range(patients)]
    return RuleSet(generate.bare(made, facts), facts, complete, [_less(answers, rng) for answers in complete])


def _fact(name: str, kind: Kind, rng: Random) -> Fact:
    if kind in (Kind.NUMBER, Kind.INTEGER):
        return Fact(name, kind, name, "d", UNITS["points"], Decimal(0), Decimal(200))
    words = rng.randint(3, 6) if kind is Kind.CHOICE else 20
    return Fact(name, kind, name, "d", choices=tuple(f"{name}_word_{n}" for n in range(words)))


def _like(condition: Condition, facts: Mapping[Kind, Sequence[Fact]], rng: Random) -> Condition:
    """The same tree over other facts, each of a kind that the operator takes."""
    match condition:
        case AllOf(members):
            return AllOf(tuple(_like(member, facts, rng) for member in members))
        case AnyOf(members):
            return AnyOf(tuple(_like(member, facts, rng) for member in members))
        case Not(member):
            return Not(_like(member, facts, rng))
        case DefinitionRef(_, member):
            # A definition of its own for each, since its facts are other ones.
            return _like(member, facts, rng)
        case Compare():
            return _compare(condition, facts, rng)
        case Always():
            return condition


def _compare(like: Compare, facts: Mapping[Kind, Sequence[Fact]], rng: Random) -> Compare:
    wanted = Kind.NUMBER if isinstance(like.constant, Decimal) else None
    kinds = {Kind.NUMBER, Kind.INTEGER} if wanted else OPERATORS[like.operator].kinds & {Kind.CHOICE, Kind.LIST}
    fact = rng.choice([fact for kind in sorted(kinds) for fact in facts[kind]])
    return Compare(fact.name, like.operator, _constant(like, fact, rng))


def _constant(like: Compare, fact: Fact, rng: Random) -> Constant:
    """A constant that few patients meet."""
    if isinstance(like.constant, Decimal):
        low = like.operator in ("below", "at_most")
        number = rng.randint(_LOW - 20, _LOW + 15) if low else rng.randint(_HIGH - 15, _HIGH + 20)
        return Decimal(number) + (Decimal("0.5") if fact.kind is Kind.NUMBER and rng.random() < 0.3 else 0)
    if like.operator in ("is_not", "none_of"):
        return fact.choices[0] if like.operator == "is_not" else fact.choices[:2]
    if isinstance(like.constant, tuple):
        return tuple(sorted(rng.sample(fact.choices[1:], min(len(like.constant), len(fact.choices) - 1))))
    return rng.choice(fact.choices[1:])


def _answer(fact: Fact, rng: Random) -> Value:
    """An answer of a patient: mostly the first choice, a number in the middle, an empty list."""
    if fact.kind is Kind.CHOICE:
        return fact.choices[0] if rng.random() < _REASSURING else rng.choice(fact.choices[1:])
    if fact.kind is Kind.LIST:
        return ListValue(frozenset(word for word in fact.choices if rng.random() < _ALARMING), complete=True)
    number = Decimal(round(min(max(rng.gauss(100, 45), 0), 200)))
    return number + Decimal("0.5") if fact.kind is Kind.NUMBER and rng.random() < 0.3 and number < 200 else number


def _less(answers: Answers, rng: Random) -> Answers:
    """A patient of whom less is known."""
    return dict(_some(answers, rng))


def _some(answers: Answers, rng: Random) -> Iterator[tuple[str, Value]]:
    for name, answer in answers.items():
        if rng.random() < 0.7:
            half = isinstance(answer, ListValue) and rng.random() < 0.5
            yield name, replace(answer, complete=False) if half and isinstance(answer, ListValue) else answer
