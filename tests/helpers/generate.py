"""Random vocabularies, conditions, rulebooks and patients, for properties and for fuzzing.

All take a `random.Random`, or what hypothesis gives in its place. The rulebooks are such as would load: every route has
an exclude rule, every lasting choice excludes by itself, unrecognised entries of a list meet a rule as strong as those
that ask the list, and rule nothing out but advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from types import MappingProxyType
from typing import Any

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
    Span,
    Value,
    facts_of,
)
from ketascreen.language.documents import OutsideSource
from ketascreen.language.effects import DECIDABLE, EFFECTS, MAY_BE_ALWAYS
from ketascreen.language.operators import OPERATORS, Takes
from ketascreen.language.partial_date import MONTHS_OF
from ketascreen.language.quantity import NO_UNIT, UNITS, Quantity
from ketascreen.language.rule import Definition, RouteSheet, Rule
from ketascreen.language.rulebook import Identity, Rulebook
from ketascreen.language.terms import BUILT_IN_ROUTES, DecidedBy, Effect, Route, Weight, in_order
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Freshness, Kind, Vocabulary, Window
from ketascreen.patient.facts import Facts
from ketascreen.patient.profile import BUILT_IN
from tests.helpers.required_rules import PLACE, for_unrecognised, lasting_exclusions
from tests.helpers.required_rules import rule as rule
from tests.helpers.route_names import some_routes

SMALLEST = Decimal("0.000001")
"""The least step between two numbers."""

_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath")
MAY_CONTRADICT = frozenset(one.about for one in BUILT_IN.contradictions) - {"heart_conditions", "pregnancy"}
"""One fact of each pair that may contradict each other; a profile without them is never refused for that."""


def vocabulary(rng: Random) -> Vocabulary:
    """Two to six facts of all kinds, some with a freshness window."""
    return Vocabulary(_fact(rng, f"fact_{index}") for index in range(rng.randint(2, 6)))


def condition(rng: Random, asked: Vocabulary, definitions: Mapping[str, Condition], depth: int) -> Condition:
    """A condition over the facts of `asked`, at most `depth` levels deep. Never Always, which stands alone."""
    if depth <= 0 or rng.random() < 0.25:
        return _leaf(rng, asked, definitions)
    if rng.random() < 0.2:
        return Not(condition(rng, asked, definitions, depth - 1))
    width = rng.choice((1, 2, 2, 2, 3, 3, 4)) if rng.random() < 0.97 else rng.randint(9, 20)
    depth = depth if width < 9 else 1
    members = tuple(condition(rng, asked, definitions, depth - 1) for _ in range(width))
    return rng.choice((AllOf, AnyOf))(members)


def rulebook(rng: Random) -> Rulebook:
    """Three to twelve rules and up to three definitions, over facts of its own and now and then built-in ones."""
    own = vocabulary(rng)
    asked = Vocabulary((*own.values(), *_built_in(rng)))
    routes, definitions = some_routes(rng), _definitions(rng, asked)
    rules = [rule("excludes", _when_for(rng, Effect.EXCLUDE, asked, definitions), Effect.EXCLUDE, routes)]
    rules += lasting_exclusions(asked, routes)
    rules += [random_rule(rng, f"rule-{n}", routes, asked, definitions) for n in range(rng.randint(2, 5))]
    rules += list(for_unrecognised(rng, rules, asked))
    rng.shuffle(rules)
    return bare(rules, asked.values(), routes, definitions)


def bare(
    rules: Iterable[Rule],
    facts: Iterable[Fact],
    routes: Sequence[Route] = BUILT_IN_ROUTES,
    definitions: Mapping[str, Condition] = MappingProxyType({}),
) -> Rulebook:
    """A rulebook of these rules and of facts besides the built-in ones."""
    return Rulebook(
        identity=Identity("random", "Random", "1", 1, "2026-11-22", "0.1.0", "nobody", "tests", "none"),
        rules=tuple(rules),
        vocabulary=BUILT_IN.extended(facts, {}),
        routes={route: RouteSheet(route, route.value, ()) for route in routes},
        definitions={name: Definition(name, name, when, PLACE) for name, when in definitions.items()},
        outside_sources={"S1": OutsideSource("S1", "A source", "example.org", "made up", "copy")},
    )


def facts(rng: Random, rulebook: Rulebook) -> Facts:
    """What might be known of a patient: each fact that a rule asks missing, stale or current."""
    current: dict[str, Value] = {}
    last: dict[str, Value] = {}
    stale = set()
    missing, old = rng.choice((0.0, 0.1, 0.3, 0.6)), rng.choice((0.0, 0.2))
    for fact in asked(rulebook):
        if rng.random() < missing:
            continue
        last[fact.name] = value(rng, fact)
        if rng.random() < old:
            stale.add(fact.name)
        else:
            current[fact.name] = last[fact.name]
    return Facts(current, last, {}, {}, frozenset(stale))


def raw_profile(rng: Random, rulebook: Rulebook, as_of: datetime) -> dict[str, Any]:
    """The arguments of a PatientProfile: facts missing, undated, stale or fresh; the rulebook's own in `extra`."""
    missing = rng.choice((0.0, 0.1, 0.3, 0.6))
    answers: dict[str, Any] = {"extra": {}}
    for fact in asked(rulebook):
        if rng.random() < missing or fact.name in MAY_CONTRADICT:
            continue
        target = answers if fact.name in BUILT_IN else answers["extra"]
        target[fact.name] = _raw_answer(rng, fact, as_of)
    return answers


def value(rng: Random, fact: Fact) -> Value:
    """An answer to a fact, near the constants that conditions compare it with; a time since an event may be a span."""
    if fact.kind is Kind.SINCE and rng.random() < 0.4:
        low, high = sorted(number(rng, fact) for _ in range(2))
        return Span(low, high) if low < high else low
    if fact.kind is Kind.CHOICE:
        return rng.choice(fact.choices)
    if fact.kind is Kind.LIST:
        present = frozenset(word for word in fact.words if rng.random() < 0.2)
        return ListValue(present, UNRECOGNISED not in present and rng.random() < 0.6)
    return number(rng, fact)


def number(rng: Random, fact: Fact) -> Decimal:
    """A number that answers a fact, at or beside a constant."""
    step = Decimal(1) if fact.is_whole else rng.choice((Decimal(1), SMALLEST))
    near = rng.choice(constants(fact)) + rng.choice((-step, Decimal(0), step))
    assert fact.minimum is not None
    assert fact.maximum is not None
    return min(max(near, fact.minimum), fact.maximum)


def constants(fact: Fact) -> Sequence[Decimal]:
    """The numbers that conditions compare a fact with, near each other."""
    assert fact.minimum is not None
    assert fact.maximum is not None
    middle = (fact.minimum + fact.maximum) // 2
    steps = (Decimal(-2), Decimal(-1), Decimal(0), Decimal(1))
    fine = (-SMALLEST, SMALLEST, Decimal("0.5")) if fact.kind is Kind.NUMBER else ()
    return [middle + step for step in (*steps, *fine)]


def _fact(rng: Random, name: str) -> Fact:
    kind = rng.choice(tuple(Kind))
    freshness = _freshness(rng) if rng.random() < 0.5 else None
    if kind in (Kind.NUMBER, Kind.INTEGER, Kind.SINCE):
        low = 0 if kind is Kind.SINCE else rng.choice((0, -50))
        unit = UNITS["months"] if kind is Kind.SINCE else rng.choice((UNITS["points"], NO_UNIT))
        ends = Decimal(low), Decimal(100)
        return Fact(name, kind, name, "d", unit, *ends, freshness=freshness, is_added=True)
    choices = tuple(rng.sample(_WORDS, rng.randint(2, len(_WORDS))))
    if freshness and rng.random() < 0.5:
        lasting, permanent = frozenset(choices[:1]), frozenset(choices[1 : rng.choice((1, 2))])
        freshness = Freshness(freshness.window, lasting, permanent)
    opaque = frozenset(word for word in choices if rng.random() < 0.1)
    return Fact(name, kind, name, "d", choices=choices, freshness=freshness, opaque=opaque, is_added=True)


def _freshness(rng: Random) -> Freshness:
    return Freshness(Window(rng.choice((0, 1, 30))))


def _built_in(rng: Random) -> Iterator[Fact]:
    if rng.random() < 0.3:
        for name in rng.sample(sorted(BUILT_IN), 4):
            yield BUILT_IN[name]


def _definitions(rng: Random, asked: Vocabulary) -> dict[str, Condition]:
    definitions: dict[str, Condition] = {}
    for index in range(rng.randint(0, 3)):
        definitions[f"definition_{index}"] = condition(rng, asked, definitions, rng.randint(0, 3))
    return definitions


def _leaf(rng: Random, asked: Vocabulary, definitions: Mapping[str, Condition]) -> Condition:
    if definitions and rng.random() < 0.2:
        name = rng.choice(sorted(definitions))
        return DefinitionRef(name, definitions[name])
    fact = asked[rng.choice(sorted(asked))]
    operator = rng.choice([operator for operator in OPERATORS.values() if fact.kind in operator.kinds])
    return Compare(fact.name, operator.name, _constant(rng, fact, operator.takes))


def _constant(rng: Random, fact: Fact, takes: Takes) -> Constant:
    if takes is Takes.WORDS:
        return tuple(rng.sample(fact.words, rng.randint(1, len(fact.words))))
    if not fact.is_number:
        return rng.choice(fact.words)
    if takes is Takes.PAIR:
        low, high = sorted(rng.choice(constants(fact)) for _ in range(2))
        return (low, high)
    return rng.choice(constants(fact))


def _when(rng: Random, asked: Vocabulary, definitions: Mapping[str, Condition]) -> Condition:
    depth = rng.choice((0, 1, 1, 2, 2, 3, 4))
    when = condition(rng, asked, definitions, depth)
    if rng.random() < 0.03:
        for level in range(rng.randint(8, 24)):
            when = (AllOf, AnyOf)[level % 2]((when, _leaf(rng, asked, definitions)))
    return when


def _when_for(rng: Random, effect: Effect, asked: Vocabulary, definitions: Mapping[str, Condition]) -> Condition:
    """A condition that a rule with this effect may have: an unrecognised entry makes none false but advice."""
    while True:
        when = _when(rng, asked, definitions)
        if effect is Effect.ADVISE or not rules_out_unread(when):
            return when


def rules_out_unread(when: Condition, negated: bool = False) -> bool:
    """Whether an unrecognised entry can make a condition false, or true if `negated`."""
    match when:
        case Compare(_, operator, constant):
            named = UNRECOGNISED in constant if isinstance(constant, tuple) else constant == UNRECOGNISED
            return named and (operator == "includes_none") is not negated
        case AllOf(members) | AnyOf(members):
            return any(rules_out_unread(member, negated) for member in members)
        case Not(member):
            return rules_out_unread(member, not negated)
        case DefinitionRef(_, member):
            return rules_out_unread(member, negated)
    return False


def random_rule(
    rng: Random,
    rule_id: str,
    routes: tuple[Route, ...],
    asked: Vocabulary,
    definitions: Mapping[str, Condition],
) -> Rule:
    effect = rng.choice(tuple(Effect))
    some = in_order(rng.sample(routes, rng.randint(1, len(routes))))
    always = effect in MAY_BE_ALWAYS and rng.random() < 0.1
    when = Always() if always else _when_for(rng, effect, asked, definitions)
    decider = rng.choice(tuple(DecidedBy)) if effect in DECIDABLE and rng.random() < 0.5 else None
    weight = rng.choice(tuple(Weight)) if rng.random() < 0.5 else Weight.USUAL
    return rule(rule_id, when, effect, some, rng.choice(EFFECTS[effect].stages), decider, weight)


def asked(rulebook: Rulebook) -> list[Fact]:
    """The facts that the rules ask."""
    names = frozenset[str]().union(*(facts_of(one.when) for one in rulebook.rules))
    return [rulebook.vocabulary[name] for name in sorted(names)]


def _raw_event(rng: Random, fact: Fact, as_of: datetime) -> str:
    """When an event was: a day, a month or a year, or `none` if there may have been none."""
    if fact.changeable and rng.random() < 0.2:
        return "none"
    days = number(rng, fact) * MONTHS_OF[str(fact.unit and fact.unit.name)] * Decimal("30.4")
    return (as_of.date() - timedelta(days=int(days))).isoformat()[: rng.choice((4, 7, 10))]


def _raw_answer(rng: Random, fact: Fact, as_of: datetime) -> Any:
    if fact.kind is Kind.SINCE and rng.random() < 0.6:
        return {"value": _raw_event(rng, fact, as_of), "at": as_of.isoformat()}
    answer = number(rng, fact) if fact.kind is Kind.SINCE else value(rng, fact)
    raw: dict[str, Any]
    if isinstance(answer, ListValue):
        entries = sorted(answer.present - {UNRECOGNISED})
        raw = {"present": [*entries, "zephyr"] if UNRECOGNISED in answer.present else entries}
        raw["complete"] = rng.random() < 0.6
    elif isinstance(answer, Decimal):
        assert fact.unit is not None
        raw = {"value": str(Quantity(answer, fact.unit))}
    else:
        raw = {"value": answer}
    if rng.random() < 0.85:
        raw["at"] = (as_of - rng.choice((timedelta(0), timedelta(days=1), timedelta(days=400)))).isoformat()
    return raw
