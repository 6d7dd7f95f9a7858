"""Searches for answers that give conditions certain truths, among all answers that the conditions distinguish.

The search is in three values: a fact may be unknown, and a list incomplete. The search is bounded; if it would take too
long, it says so and claims nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from functools import cache
from itertools import product

from ketascreen.language.condition import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    DefinitionRef,
    Not,
    Value,
    comparisons,
)
from ketascreen.language.logic import Truth
from ketascreen.language.operators import OPERATORS
from ketascreen.language.quantity import MAX_DECIMALS
from ketascreen.language.semantics import Known, evaluate
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Kind, Vocabulary
from ketascreen.reasoning.spread import ABSENT, PRESENT, spread, word_of

MAX_WORK = 50_000
"""The most comparisons that one search may look at."""
MAX_QUESTIONS = 64
HOLDS: Condition = AllOf(())
FAILS: Condition = AnyOf(())

Truths = tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """The answers that were found, or None. Only if the search was `whole` does None mean that there are none.

    Answers to a list are spread: `heart_conditions stroke` is `present` or `absent`.
    """

    answers: Known | None
    whole: bool

    @property
    def shows_none(self) -> bool:
        """Whether it is certain that no answers give the wanted truths."""
        return self.answers is None and self.whole


def find(
    conditions: Iterable[Condition],
    vocabulary: Vocabulary,
    wanted: Callable[[Truths], bool],
    *,
    unknown: bool = True,
    hopeful: Callable[[Truths], bool] | None = None,
) -> Search:
    """Answers for which `wanted` accepts the truths of the conditions; without `unknown`, every fact is answered.

    A fact that is not yet asked counts as unknown. A condition that is true or false stays so, whatever becomes known.
    `hopeful` says whether `wanted` may still accept truths once more is known. Without it, all ways are tried: 3 for
    each unknown truth, so give it for more than a few conditions.
    """
    tried = tuple(map(spread, conditions))
    questions = tuple(_questions(AllOf(tried), vocabulary, unknown=unknown))
    if sum(map(_depth, questions)) > MAX_QUESTIONS:
        return Search(None, whole=False)
    work = 0

    @cache
    def any_hope(truths: Truths) -> bool:
        return any(map(wanted, product(*(tuple(Truth) if one is Truth.UNKNOWN else (one,) for one in truths))))

    has_hope = hopeful or any_hope

    def search(left: tuple[Condition, ...], known: Known, rest: tuple[_Question, ...]) -> Known | None:
        nonlocal work
        asked = [compare.fact for condition in left for compare in comparisons(condition)]
        work += 1 + len(asked)
        truths = tuple(evaluate(condition, {}) for condition in left)
        if not has_hope(truths) or work > MAX_WORK:
            return None
        rest = tuple(question for question in rest if not question.facts.isdisjoint(asked))
        if wanted(truths) and (Truth.UNKNOWN not in truths or not any(question.must for question in rest)):
            return known
        for option in rest[0].options if rest else ():
            still = tuple(_given(condition, option.known) for condition in left) if option.known else left
            found = search(still, {**known, **option.known}, (*option.then, *rest[1:]))
            if found is not None:
                return found
        return None

    found = search(tried, {}, questions)
    return Search(found, work <= MAX_WORK)


def met_by(condition: Condition, vocabulary: Vocabulary) -> Known | None:
    """A few answers that meet the condition, each of them needed; None if none were found."""
    tried = spread(condition)
    answers = find([tried], vocabulary, lambda truths: truths == (Truth.TRUE,)).answers
    if answers is None:
        return None
    for name in tuple(answers):
        fewer = {other: value for other, value in answers.items() if other != name}
        answers = fewer if evaluate(tried, fewer) is Truth.TRUE else answers
    return answers


def fixed(condition: Condition, fact: str, value: Value) -> Condition:
    """A spread condition with one answer given: the rest asks the other facts, or is HOLDS or FAILS."""
    return _given(condition, {fact: value})


def _given(condition: Condition, answers: Known) -> Condition:
    def fix(compare: Compare) -> Condition:
        if compare.fact not in answers:
            return compare
        truth = OPERATORS[compare.operator].test(answers[compare.fact], compare.constant)
        return HOLDS if truth is Truth.TRUE else FAILS

    return replaced(condition, fix)


def replaced(condition: Condition, change: Callable[[Compare], Condition]) -> Condition:
    """The condition with each comparison changed, definitions replaced, and HOLDS and FAILS simplified away."""
    match condition:
        case AllOf(members):
            return all_of(replaced(member, change) for member in members)
        case AnyOf(members):
            return any_of(replaced(member, change) for member in members)
        case Not(member):
            new = replaced(member, change)
            return FAILS if new == HOLDS else HOLDS if new == FAILS else Not(new)
        case DefinitionRef(_, member):
            return replaced(member, change)
        case Compare():
            return change(condition)
        case Always():
            return HOLDS


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Holds when each of them holds."""
    members = tuple(member for member in conditions if member != HOLDS)
    return FAILS if FAILS in members else AllOf(members)


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Holds when one of them holds."""
    members = tuple(member for member in conditions if member != FAILS)
    return HOLDS if HOLDS in members else AnyOf(members)


def neighbours(fact: Fact, number: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """The nearest answers below and above a number; None at the end of the fact's range."""
    assert fact.minimum is not None
    assert fact.maximum is not None
    with localcontext(Context(prec=50)):  # not the caller's, which may round
        if fact.is_whole:
            whole = number.to_integral_value("ROUND_FLOOR")
            below, above = (whole if whole < number else whole - 1), whole + 1
        else:
            step = Decimal(1).scaleb(-MAX_DECIMALS)
            below, above = number - step, number + step
    return below if below >= fact.minimum else None, above if above <= fact.maximum else None


def distinguished(fact: Fact, compares: Iterable[Compare]) -> Iterator[Value]:
    """One answer from each group that the comparisons of a choice or a number do not distinguish."""
    compares = tuple(compares)
    seen = set()
    for value in fact.choices if fact.kind is Kind.CHOICE else _numbers(fact, compares):
        truths = tuple(OPERATORS[compare.operator].test(value, compare.constant) for compare in compares)
        if truths not in seen:
            seen.add(truths)
            yield value


@dataclass(frozen=True, slots=True)
class _Option:
    """One way to answer a question, and the questions that it raises."""

    known: Mapping[str, Value]
    then: tuple[_Question, ...] = ()


@dataclass(frozen=True, slots=True)
class _Question:
    """The spread facts that it is about, and the ways to answer it. One that `must` be answered cannot stay unknown."""

    facts: frozenset[str]
    options: tuple[_Option, ...]
    must: bool = False


def _depth(question: _Question) -> int:
    return 1 + max((sum(map(_depth, option.then)) for option in question.options), default=0)


def _questions(condition: Condition, vocabulary: Vocabulary, *, unknown: bool) -> Iterator[_Question]:
    """A question for each fact that a spread condition asks, in the order of the condition."""
    asked: dict[str, list[Compare]] = {}
    words: dict[str, list[str]] = {}
    for compare in comparisons(condition):
        name, _, word = compare.fact.partition(" ")
        asked.setdefault(name, []).append(compare)
        if word and word not in words.setdefault(name, []):
            words[name].append(word)
    for name, compares in asked.items():
        if name in words:
            yield _of_a_list(name, words[name], unknown=unknown)
        else:
            options = [_Option({name: value}) for value in distinguished(vocabulary[name], compares)]
            yield _Question(frozenset([name]), (*options, *([_Option({})] if unknown else [])), must=not unknown)


def _of_a_list(name: str, words: list[str], *, unknown: bool) -> _Question:
    """The first question is whether the list is complete. If not, it answers only the words that it names."""
    whole, named = [], []
    for word in words:
        fact = word_of(name, word)
        present, absent = {fact: PRESENT}, {fact: ABSENT}
        # An unrecognised entry makes its list incomplete.
        known = (absent,) if word == UNRECOGNISED else (present, absent)
        whole.append(_Question(frozenset([fact]), tuple(map(_Option, known)), must=True))
        named.append(_Question(frozenset([fact]), (_Option(present), _Option({}))))
    options = (_Option({}, tuple(whole)), *((_Option({}, tuple(named)),) if unknown else ()))
    return _Question(frozenset(word_of(name, word) for word in words), options, must=not unknown)


def _numbers(fact: Fact, compares: tuple[Compare, ...]) -> Iterator[Decimal]:
    bounds = {bound for compare in compares for bound in compare.numbers}
    at = {bound for bound in bounds if not fact.is_whole or bound == bound.to_integral_value()}
    near = {number for bound in bounds for number in neighbours(fact, bound) if number is not None}
    yield from sorted(at | near)
