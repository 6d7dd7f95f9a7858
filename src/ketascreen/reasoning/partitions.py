"""The answers that a condition distinguishes: one from each group that all its comparisons treat alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Context, Decimal, localcontext
from itertools import combinations, starmap
from typing import Any

from ketascreen.language.complete import complete
from ketascreen.language.condition import Compare, Condition, Constant, ListValue, Span, Value, comparisons
from ketascreen.language.operators import SHAPES, AtEnd, Between, Equal, Member, Overlap, Present, shape_of
from ketascreen.language.quantity import MAX_DECIMALS
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Kind

MAX_WORDS = 8
"""The most groups of words of one list that are tried, in every combination."""
_STEP = Decimal(1).scaleb(-MAX_DECIMALS)


def facts_in_order(condition: Condition) -> tuple[str, ...]:
    """The facts that the condition asks, in the order written."""
    return tuple(dict.fromkeys(compare.fact for compare in comparisons(condition)))


def too_many_words(fact: Fact, condition: Condition) -> bool:
    """Whether the condition distinguishes more words of a list than are tried; `answers` then gives only some."""
    return len(_words(fact, condition)) > MAX_WORDS


def answers(fact: Fact, condition: Condition) -> Iterator[Value]:
    """One answer from each group that the condition's comparisons do not distinguish.

    Lists are complete, except a list with an unrecognised entry, which never is.
    """
    if fact.kind is Kind.CHOICE:
        yield from fact.choices
    elif fact.kind is Kind.LIST:
        for some in _combinations(fact, condition):
            yield ListValue(some, complete=UNRECOGNISED not in some)
    else:
        yield from _numbers(fact, sorted(bound for compare in _asking(fact, condition) for bound in compare.numbers))


def open_lists(fact: Fact, condition: Condition) -> Iterator[ListValue]:
    """The same as incomplete lists: the named words are present, and all others are unknown."""
    if fact.kind is Kind.LIST:
        yield from (ListValue(some, complete=False) for some in _combinations(fact, condition))


def spans(fact: Fact, condition: Condition) -> Iterator[Span]:
    """Spans of a time since an event, one from each group that the condition's comparisons do not distinguish."""
    if fact.kind is Kind.SINCE:
        numbers = [number for number in answers(fact, condition) if isinstance(number, Decimal)]
        yield from starmap(Span, combinations(numbers, 2))


def _combinations(fact: Fact, condition: Condition) -> Iterator[frozenset[str]]:
    words = _words(fact, condition)[:MAX_WORDS]
    for size in range(len(words) + 1):
        yield from (frozenset(some) for some in combinations(words, size))


def _words(fact: Fact, condition: Condition) -> list[str]:
    """One word for each group that all comparisons of a list treat alike.

    An unrecognised entry is its own group, since it also says that the list is not complete.
    """
    if fact.kind is not Kind.LIST:
        return []
    alike = [words for compare in _asking(fact, condition) for words in _alike(compare)]
    groups: dict[tuple[bool, ...], str] = {}
    for word in sorted(frozenset[str]().union(*alike)):
        groups.setdefault((word == UNRECOGNISED, *(word in words for words in alike)), word)
    return sorted(groups.values())


def _asking(fact: Fact, condition: Condition) -> Iterator[Compare]:
    return (compare for compare in comparisons(condition) if compare.fact == fact.name)


_Alike = tuple[frozenset[str], ...]


def _alike(compare: Compare) -> _Alike:
    """The words that a comparison of a list names, in groups of words that can replace each other in it."""
    shape = shape_of(compare)
    return _ALIKE[type(shape)](shape, compare.constant)


def _of_no_list(_shape: Equal | Member | AtEnd | Between, _constant: Constant) -> _Alike:
    return ()


def _present(_shape: Present, word: Constant) -> _Alike:
    return (frozenset([str(word)]),)


def _overlap(shape: Overlap, words: tuple[str, ...]) -> _Alike:
    return tuple(frozenset([word]) for word in words) if shape.every else (frozenset(words),)


_ALIKE: Mapping[type[Any], Callable[[Any, Any], _Alike]] = complete(
    "the table of the words that a shape treats alike",
    {
        Equal: _of_no_list,
        Member: _of_no_list,
        AtEnd: _of_no_list,
        Between: _of_no_list,
        Present: _present,
        Overlap: _overlap,
    },
    SHAPES,
)


def neighbours(fact: Fact, number: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """The nearest answers below and above a number; None at the end of the fact's range."""
    assert fact.minimum is not None
    assert fact.maximum is not None
    with localcontext(Context(prec=50)):  # not the caller's, which may round
        if fact.is_whole:
            whole = number.to_integral_value("ROUND_FLOOR")
            below, above = (whole if whole < number else whole - 1), whole + 1
        else:
            below, above = number - _STEP, number + _STEP
    return below if below >= fact.minimum else None, above if above <= fact.maximum else None


def _numbers(fact: Fact, bounds: list[Decimal]) -> Iterator[Decimal]:
    assert fact.minimum is not None
    assert fact.maximum is not None
    with localcontext(Context(prec=50)):  # not the caller's, which may round
        near = {number for bound in bounds for number in (bound - _STEP, bound, bound + _STEP)}
    if fact.is_whole:
        near = {Decimal(int(bound) + step) for bound in bounds for step in (-1, 0, 1)}
    yield from sorted(n for n in near | {fact.minimum, fact.maximum} if fact.minimum <= n <= fact.maximum)
