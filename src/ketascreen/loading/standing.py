"""Choices that stand: an old answer may still meet rules only if no other choice of its fact is more cautious.

An old answer that stands can turn what is not known into a review or a caution. This must never be milder than what the
answer of today could give.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, DefinitionRef, Not
from ketascreen.language.effects import RESTRICTING
from ketascreen.language.logic import FALSE, TRUE
from ketascreen.language.operators import Overlap, shape_of
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import Known
from ketascreen.language.terms import Effect, in_order
from ketascreen.language.vocabulary import Fact, Kind, Vocabulary
from ketascreen.reasoning.near_miss import in_words, near_miss
from ketascreen.reasoning.spread import spread
from ketascreen.reasoning.witness import FAILS, any_of, find, fixed

_BARS: tuple[frozenset[Effect], ...] = (
    frozenset({Effect.EXCLUDE}),
    frozenset({Effect.EXCLUDE, Effect.REVIEW}),
    frozenset({Effect.EXCLUDE, Effect.REVIEW, Effect.CAUTION}),
    frozenset({Effect.EXCLUDE, Effect.HOLD}),
)
"""Effects of which one that is met makes a decision, or readiness, at least so cautious."""


def standing_choices(fact: Fact, asking: Sequence[Rule], vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """Each choice of a fact that may not stand, with one rule of `asking` that shows why."""
    rules = [rule for rule in asking if rule.effect in RESTRICTING]
    for word in sorted(fact.freshness.stands if fact.freshness else ()):
        if fact.kind is Kind.LIST:
            rule = next((rule for rule in rules if _asks_without(rule.when, fact.name, word)), None)
            if rule is not None:
                yield _refused(f"`{word}` of `{fact.name}` stands, but makes `{rule.id}` not met")
        elif (milder := _more_cautious(fact, word, rules, vocabulary)) is not None:
            yield _is_milder(fact, word, milder, vocabulary)


def _refused(message: str, hint: str = "let only the most cautious choices stand") -> Diagnostic:
    return Diagnostic("stands", message, hint, Place("vocabulary.yaml"))


def _is_milder(fact: Fact, word: str, milder: _Milder, vocabulary: Vocabulary) -> Diagnostic:
    other, rule, strong, met, answers = milder
    message = f"`{word}` of `{fact.name}` stands, but `{other}` can be more cautious, by `{rule.id}`"
    if not answers:
        return _refused(message)
    said = f"{message}: with {in_words(met, answers, vocabulary)}, and `{word}`, no rule as strong is met"
    missed = near_miss(strong, {**answers, fact.name: word})
    if missed is None:
        return _refused(said)
    return replace(_refused(said, missed.hint(vocabulary)), place=missed.compare.place or missed.rule.place)


class _Milder(NamedTuple):
    """A choice and a rule that it can meet, the rules as strong, and answers with which the word meets none of them.

    `met` is what the rule asks for beside the choice.
    """

    other: str
    rule: Rule
    strong: Sequence[Rule]
    met: Condition
    answers: Known | None


def _more_cautious(fact: Fact, word: str, rules: Sequence[Rule], vocabulary: Vocabulary) -> _Milder | None:
    """A choice, and a rule that it can meet where no rule as strong is met with `word`; None if surely there is none.

    A search that takes too long is not sure.
    """
    spreads = {rule.id: spread(rule.when) for rule in rules}
    routes = in_order(route for rule in rules for route in rule.routes)
    for bar, route in product(_BARS, routes):
        strong = [rule for rule in rules if rule.effect in bar and route in rule.routes]
        met = any_of(fixed(spreads[rule.id], fact.name, word) for rule in strong)
        for rule, other in product(strong, _others(fact, word)):
            with_other, with_word = (fixed(spreads[rule.id], fact.name, one) for one in (other, word))
            if with_other in (FAILS, with_word):
                continue
            found = find([with_other, met], vocabulary, lambda truths: truths == (TRUE, FALSE))
            if not found.shows_none:
                return _Milder(other, rule, strong, with_other, found.answers)
    return None


def _others(fact: Fact, word: str) -> list[str]:
    return [choice for choice in fact.choices if choice != word]


def _asks_without(condition: Condition, fact: str, word: str, *, negated: bool = False) -> bool:
    """Whether a condition asks that a list does not have the word, which no old list can say."""
    match condition:
        case AllOf(members) | AnyOf(members):
            return any(_asks_without(member, fact, word, negated=negated) for member in members)
        case Not(member):
            return _asks_without(member, fact, word, negated=not negated)
        case DefinitionRef(_, member):
            return _asks_without(member, fact, word, negated=negated)
        case Compare(name, _, constant) if name == fact:
            shape = shape_of(condition)
            without = negated is not (isinstance(shape, Overlap) and shape.negated)
            return without and word in (constant if isinstance(constant, tuple) else (constant,))
    return False
