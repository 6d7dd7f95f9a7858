"""The questions of a search: for each fact that conditions ask, the answers that they distinguish."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, starmap

from ketascreen.language.condition import AllOf, Compare, Condition, Span, Value, comparisons
from ketascreen.language.logic import Truth
from ketascreen.language.operators import OPERATORS
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Kind, Vocabulary
from ketascreen.reasoning.partitions import neighbours
from ketascreen.reasoning.spread import ABSENT, PRESENT, fact_of, word_of


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer a question, and the questions that it raises."""

    known: Mapping[str, Value]
    then: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """The spread facts that it is about, and the ways to answer it. One that `must` be answered cannot stay unknown."""

    facts: frozenset[str]
    options: tuple[Option, ...]
    must: bool = False


def depth(question: Question) -> int:
    """How many questions it can raise one after the other, itself included."""
    return 1 + max((sum(map(depth, option.then)) for option in question.options), default=0)


def questions_of(
    tried: tuple[Condition, ...],
    refusing: tuple[Condition, ...],
    ordered: Collection[str],
    vocabulary: Vocabulary,
    *,
    unknown: bool,
) -> Iterator[Question]:
    """A question for each fact that spread conditions ask, in their order.

    The answers are also those that the conditions of contradictions, `refusing`, distinguish. Facts that are `ordered`
    get the lowest and the highest number of each group.
    """
    asked: dict[str, list[Compare]] = {}
    words: dict[str, list[str]] = {}
    for compare in comparisons(AllOf(tried)):
        asked.setdefault(fact_of(compare.fact), [])
    for compare in comparisons(AllOf((*tried, *refusing))):
        name, _, word = compare.fact.partition(" ")
        if name not in asked:
            continue
        asked[name].append(compare)
        if word and word not in words.setdefault(name, []):
            words[name].append(word)
    for name, compares in asked.items():
        if name in words:
            yield _of_a_list(name, words[name], unknown=unknown)
        else:
            values = distinguished(vocabulary[name], compares, spans=unknown, ends=name in ordered)
            options = [Option({name: value}) for value in values]
            yield Question(frozenset([name]), (*options, *([Option({})] if unknown else [])), must=not unknown)


def _of_a_list(name: str, words: list[str], *, unknown: bool) -> Question:
    """The first question is whether the list is complete. If not, it answers only the words that it names."""
    whole, named = [], []
    for word in words:
        fact = word_of(name, word)
        present, absent = {fact: PRESENT}, {fact: ABSENT}
        # An unrecognised entry makes its list incomplete.
        known = (absent,) if word == UNRECOGNISED else (present, absent)
        whole.append(Question(frozenset([fact]), tuple(map(Option, known)), must=True))
        named.append(Question(frozenset([fact]), (Option(present), Option({}))))
    options = (Option({}, tuple(whole)), *((Option({}, tuple(named)),) if unknown else ()))
    return Question(frozenset(word_of(name, word) for word in words), options, must=not unknown)


def distinguished(fact: Fact, compares: Iterable[Compare], *, spans: bool = False, ends: bool = False) -> list[Value]:
    """One answer from each group that the comparisons do not distinguish; with `ends` its lowest and its highest.

    With `spans` also the groups of spans of a time since an event.
    """
    compares = tuple(compares)
    groups: dict[tuple[Truth, ...], list[Value]] = {}
    values = fact.choices if fact.kind is Kind.CHOICE else _numbers(fact, compares, ends=ends)
    for value in values:
        groups.setdefault(_truths(compares, value), []).append(value)
    found = [value for group in groups.values() for value in dict.fromkeys((group[0], group[-1 if ends else 0]))]
    for span in starmap(Span, combinations(values, 2)) if spans and fact.kind is Kind.SINCE else ():
        if groups.setdefault(_truths(compares, span), [span]) == [span]:
            found.append(span)
    return found


def _truths(compares: Iterable[Compare], value: Value) -> tuple[Truth, ...]:
    return tuple(OPERATORS[compare.operator].test(value, compare.constant) for compare in compares)


def _numbers(fact: Fact, compares: Iterable[Compare], *, ends: bool) -> list[Decimal]:
    bounds = {bound for compare in compares for bound in compare.numbers}
    at = {bound for bound in bounds if not fact.is_whole or bound == bound.to_integral_value()}
    near = {number for bound in bounds for number in neighbours(fact, bound) if number is not None}
    last = {end for end in (fact.minimum, fact.maximum) if ends and end is not None}
    return sorted(at | near | last)
