"""An answer that is a risk by itself, but gives some patients a better decision than a harmless answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple

from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import Always, Condition, Value, comparisons, facts_of
from ketascreen.language.effects import EFFECTS, giving
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import Known, evaluate
from ketascreen.language.terms import Decision, Route
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Kind, Vocabulary
from ketascreen.reasoning.near_miss import in_words, near_miss
from ketascreen.reasoning.spread import ABSENT, PRESENT, spread, word_of
from ketascreen.reasoning.witness import FAILS, Truths, any_of, find, fixed

CODE = "better-with-risk"

_DECIDING = giving(Decision)


@dataclass(frozen=True, slots=True)
class _SingleAnswer:
    """One answer alone, spread; `name` is the spread fact, `says` the answer in words."""

    name: str
    value: Value
    alone: Mapping[str, Value]
    says: str


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Rules that are met with a harmless answer but not with a risky one, if no rule as strong is met with the risk.

    An answer is a risk if it meets a caution, a review or an exclusion by itself, and harmless if it meets none. Rules
    on other facts give the same for both answers, so they need no search.
    """
    rulebook = subject.rulebook
    asking: dict[str, list[Rule]] = {}
    for rule in rulebook.with_effect(*_DECIDING):
        for name in () if isinstance(rule.when, Always) else sorted(facts_of(rule.when)):
            asking.setdefault(name, []).append(rule)
    for name, rules in sorted(asking.items()):
        fact = rulebook.vocabulary[name]
        conditions = {rule.id: spread(rule.when) for rule in rules}
        reported = set()
        for risk, harmless in _pairs(fact, conditions.values()):
            for route, here in _on_each_route(rules, rulebook.routes):
                for better in _better(here, conditions, risk, harmless, rulebook.vocabulary):
                    if (better.rule.id, risk.says) not in reported:
                        reported.add((better.rule.id, risk.says))
                        yield _problem(better, route, risk, harmless, rulebook.vocabulary)


def _on_each_route(rules: list[Rule], routes: Iterable[Route]) -> Iterable[tuple[Route, list[Rule]]]:
    """The rules on each route; of routes with the same rules, the first."""
    found: dict[tuple[str, ...], tuple[Route, list[Rule]]] = {}
    for route in routes:
        here = [rule for rule in rules if route in rule.routes]
        found.setdefault(tuple(rule.id for rule in here), (route, here))
    return found.values()


class _Better(NamedTuple):
    """A rule that only the harmless answer meets, with what it asks for beside that answer; such a patient's other
    answers; and the rules as strong.
    """

    rule: Rule
    met: Condition
    answers: Known
    as_strong: list[Rule]


def _problem(
    better: _Better, route: Route, risk: _SingleAnswer, harmless: _SingleAnswer, vocabulary: Vocabulary
) -> Diagnostic:
    others = in_words(better.met, better.answers, vocabulary)
    message = (
        f"on {route}, some patients get a better decision with {risk.says}, which is a risk by itself, than with"
        f" {harmless.says}: {f'with {others}, ' if others else ''}`{better.rule.id}` is met only with the second, and"
        " no other rule is as strong"
    )
    missed = near_miss(better.as_strong, {**better.answers, risk.name: risk.value})
    if missed is not None:
        return Diagnostic(CODE, message, missed.hint(vocabulary), missed.compare.place or missed.rule.place)
    hint = "change the rule so that both meet it, or write a rule as strong for the risk"
    return Diagnostic(CODE, message, hint, better.rule.place)


def _pairs(fact: Fact, conditions: Iterable[Condition]) -> Iterator[tuple[_SingleAnswer, _SingleAnswer]]:
    """Every two answers to a choice; for each word of a list its presence and its absence, all other words absent."""
    if fact.kind is Kind.CHOICE:
        given = [_SingleAnswer(fact.name, word, {fact.name: word}, f"`{fact.name}: {word}`") for word in fact.choices]
        yield from permutations(given, 2)
    elif fact.kind is Kind.LIST:
        asked = sorted({compare.fact for when in conditions for compare in comparisons(when)})
        nothing = {name: ABSENT for name in asked if name.startswith(word_of(fact.name, ""))}
        for name in nothing:
            word = name.removeprefix(word_of(fact.name, ""))
            if word != UNRECOGNISED:  # it makes its list incomplete, so nothing is ruled out
                with_it = _SingleAnswer(name, PRESENT, {**nothing, name: PRESENT}, f"`{word}` in `{fact.name}`")
                without = _SingleAnswer(name, ABSENT, nothing, f"`{word}` absent from `{fact.name}`")
                yield with_it, without
                yield without, with_it


def _better(
    rules: list[Rule],
    conditions: Mapping[str, Condition],
    risk: _SingleAnswer,
    harmless: _SingleAnswer,
    vocabulary: Vocabulary,
) -> Iterator[_Better]:
    """The rules that give a worse decision with the harmless answer."""
    if _alone(rules, conditions, harmless) or not (bar := _alone(rules, conditions, risk)):
        return
    with_harmless = {rule.id: fixed(conditions[rule.id], harmless.name, harmless.value) for rule in rules}
    stronger = [rule for rule in rules if _strength(rule) > bar and with_harmless[rule.id] != FAILS]
    for strength in sorted({_strength(rule) for rule in stronger}):
        as_strong = dict.fromkeys(conditions[rule.id] for rule in rules if _strength(rule) >= strength)
        made_up = any_of(fixed(when, risk.name, risk.value) for when in as_strong)
        for rule in stronger:
            met = with_harmless[rule.id]
            # A rule that does not distinguish the two answers is met with both.
            if _strength(rule) != strength or met == fixed(conditions[rule.id], risk.name, risk.value):
                continue
            answers = find([met, made_up], vocabulary, _only_the_first, unknown=False).answers
            if answers is not None:
                yield _Better(rule, met, answers, [one for one in rules if _strength(one) >= strength])


def _only_the_first(truths: Truths) -> bool:
    return truths == (Truth.TRUE, Truth.FALSE)


def _strength(rule: Rule) -> int:
    """How much a rule makes a decision worse; 0 means no rule."""
    rank = EFFECTS[rule.effect].rank
    assert rank
    return rank


def _alone(rules: list[Rule], conditions: Mapping[str, Condition], answer: _SingleAnswer) -> int:
    """The strength of the strongest rule that the answer meets by itself; 0 if it meets none."""
    met = (rule for rule in rules if evaluate(conditions[rule.id], answer.alone) is Truth.TRUE)
    return max((_strength(rule) for rule in met), default=0)
