"""Whether a condition can be met by anybody, and whether anybody can fail to meet it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Context, Decimal, localcontext
from itertools import combinations

from ketascreen.channels.reference import evaluate
from ketascreen.condition import Condition, Value, Words, comparisons
from ketascreen.logic import Truth
from ketascreen.vocabulary import Fact, Kind, Vocabulary

MAX_TRIES = 5_000
MAX_WORDS = 8
_STEP = Decimal("0.000001")


def can_come_to(condition: Condition, truth: Truth, vocabulary: Vocabulary) -> bool:
    """Whether some answers make the condition come to `truth`; true as well where that would take too long to tell.

    Answers that no comparison tells apart are tried once, and a condition that has come to something already is not
    tried further.
    """
    too_many_words = any(len(_words(vocabulary[name], condition)) > MAX_WORDS for name in _facts_in_order(condition))
    answers = [(name, tuple(_answers(vocabulary[name], condition))) for name in _facts_in_order(condition)]
    tries = 0

    def search(known: Mapping[str, Value], rest: int) -> bool:
        nonlocal tries
        tries += 1
        result = evaluate(condition, known)
        if result is truth or tries > MAX_TRIES or too_many_words:
            return True
        if result is not Truth.UNKNOWN or rest == len(answers):
            return False
        name, values = answers[rest]
        return any(search({**known, name: value}, rest + 1) for value in values)

    return search({}, 0)


def _facts_in_order(condition: Condition) -> tuple[str, ...]:
    return tuple(dict.fromkeys(compare.fact for compare in comparisons(condition)))


def _words(fact: Fact, condition: Condition) -> list[str]:
    """The words that the condition asks a list for."""
    if fact.kind is not Kind.LIST:
        return []
    return sorted({str(part) for part in _constants(fact, condition)})


def _constants(fact: Fact, condition: Condition) -> Iterator[Decimal | str]:
    for compare in comparisons(condition):
        if compare.fact == fact.name:
            constant = compare.constant
            yield from constant if isinstance(constant, tuple) else (constant,)


def _answers(fact: Fact, condition: Condition) -> Iterator[Value]:
    """One answer out of each group that the condition's comparisons do not tell apart."""
    if fact.kind is Kind.CHOICE:
        yield from fact.choices
    elif fact.kind is Kind.LIST:
        words = _words(fact, condition)
        for size in range(min(len(words), MAX_WORDS) + 1):
            yield from (Words(frozenset(some), complete=True) for some in combinations(words, size))
    else:
        yield from _numbers(fact, sorted(part for part in _constants(fact, condition) if isinstance(part, Decimal)))


def _numbers(fact: Fact, bounds: list[Decimal]) -> Iterator[Decimal]:
    assert fact.minimum is not None
    assert fact.maximum is not None
    with localcontext(Context(prec=50)):  # not the caller's, which may round
        near = {number for bound in bounds for number in (bound - _STEP, bound, bound + _STEP)}
    if fact.kind is Kind.INTEGER:
        near = {Decimal(int(bound) + step) for bound in bounds for step in (-1, 0, 1)}
    yield from sorted(n for n in near | {fact.minimum, fact.maximum} if fact.minimum <= n <= fact.maximum)
