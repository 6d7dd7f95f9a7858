"""The table of operators. Each operator has one of a few shapes.

An operator has a row here and nothing elsewhere. Its `test` is its meaning. All other code reads its shape: the
channels, the editor, mutation and the search for patients each have a table by shape. If a table lacks a shape, the
import fails.
"""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from ketascreen.language import logic
from ketascreen.language.condition import Compare, ListValue, Span, Value
from ketascreen.language.logic import FALSE, TRUE, UNKNOWN, Truth
from ketascreen.language.vocabulary import Kind


class Takes(StrEnum):
    """What a rule writes after an operator: one constant, a list of words, or two ends, the lower first."""

    ONE = "one"
    WORDS = "words"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class Equal:
    """The answer is the constant; `negated`: it is not."""

    negated: bool = False
    takes: ClassVar[Takes] = Takes.ONE


@dataclass(frozen=True, slots=True)
class Member:
    """The answer is one of the words; `negated`: it is not one of them."""

    negated: bool = False
    takes: ClassVar[Takes] = Takes.WORDS


@dataclass(frozen=True, slots=True)
class AtEnd:
    """The answer is above the constant or, without `above`, below it; `included`: or exactly at it."""

    above: bool
    included: bool
    takes: ClassVar[Takes] = Takes.ONE

    def opposite(self) -> AtEnd:
        """Holds exactly where this does not."""
        return AtEnd(not self.above, not self.included)


@dataclass(frozen=True, slots=True)
class Between:
    """The answer is between the two ends, or exactly at one."""

    takes: ClassVar[Takes] = Takes.PAIR


@dataclass(frozen=True, slots=True)
class Present:
    """The word is in the list."""

    takes: ClassVar[Takes] = Takes.ONE


@dataclass(frozen=True, slots=True)
class Overlap:
    """One of the words is in the list; `every`: each of them is. `negated`: this is known not to hold."""

    every: bool = False
    negated: bool = False
    takes: ClassVar[Takes] = Takes.WORDS


Shape = Equal | Member | AtEnd | Between | Present | Overlap


@dataclass(frozen=True, slots=True)
class Operator:
    """A comparison: the kinds of fact that it is for, its shape, its test of a known answer, and what an editor shows.

    `semantics` handles a fact that is not known, once for all operators. `test` handles a list that is known in part,
    and a number that is known only between two ends: what holds over all of the span counts, all else is unknown.
    """

    name: str
    kinds: frozenset[Kind]
    shape: Shape
    test: Callable[[Any, Any], Truth]
    says: str

    @property
    def takes(self) -> Takes:
        """What a rule writes after it."""
        return self.shape.takes


def _includes(answer: ListValue, word: str) -> Truth:
    if word in answer.present:
        return TRUE
    return FALSE if answer.complete else UNKNOWN


def _includes_any(answer: ListValue, words: tuple[str, ...]) -> Truth:
    return logic.disjunction(_includes(answer, word) for word in words)


def _is(answer: Value, constant: Decimal | str) -> Truth:
    if isinstance(answer, Span):
        assert isinstance(constant, Decimal)
        return UNKNOWN if answer.low <= constant <= answer.high else FALSE
    return logic.of(answer == constant)


def _at_end(holds: Callable[[Decimal, Decimal], bool]) -> Callable[[Decimal | Span, Decimal], Truth]:
    """The test of a comparison that holds on one side of its constant."""

    def test(answer: Decimal | Span, end: Decimal) -> Truth:
        if isinstance(answer, Span):
            low = holds(answer.low, end)
            return logic.of(low) if low is holds(answer.high, end) else UNKNOWN
        return logic.of(holds(answer, end))

    return test


_at_least, _at_most = _at_end(python.ge), _at_end(python.le)


def _between(answer: Decimal | Span, ends: tuple[Decimal, Decimal]) -> Truth:
    return logic.conjunction((_at_least(answer, ends[0]), _at_most(answer, ends[1])))


_NUMBERS = frozenset({Kind.NUMBER, Kind.INTEGER, Kind.SINCE})
_SCALARS = _NUMBERS | {Kind.CHOICE}
_CHOICES = frozenset({Kind.CHOICE})
_LISTS = frozenset({Kind.LIST})

OPERATORS: Mapping[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator(
            "is", _SCALARS, Equal(), _is,
            "Holds when the answer is the value.",
        ),
        Operator(
            "is_not", _SCALARS, Equal(negated=True), lambda answer, constant: logic.negation(_is(answer, constant)),
            "Holds when the answer is known and is not the value.",
        ),
        Operator(
            "one_of", _CHOICES, Member(), lambda answer, words: logic.of(answer in words),
            "Holds when the answer is one of the words.",
        ),
        Operator(
            "none_of", _CHOICES, Member(negated=True), lambda answer, words: logic.of(answer not in words),
            "Holds when the answer is known and is not one of the words.",
        ),
        Operator(
            "at_least", _NUMBERS, AtEnd(above=True, included=True), _at_least,
            "Holds from the value upwards, the value itself included.",
        ),
        Operator(
            "above", _NUMBERS, AtEnd(above=True, included=False), _at_end(python.gt),
            "Holds above the value, not at it.",
        ),
        Operator(
            "at_most", _NUMBERS, AtEnd(above=False, included=True), _at_most,
            "Holds up to the value, the value itself included.",
        ),
        Operator(
            "below", _NUMBERS, AtEnd(above=False, included=False), _at_end(python.lt),
            "Holds below the value, not at it.",
        ),
        Operator(
            "between", _NUMBERS, Between(), _between,
            "[low, high]: holds between the two, both ends included.",
        ),
        Operator(
            "includes", _LISTS, Present(), _includes,
            "Holds when the word is in the list.",
        ),
        Operator(
            "includes_any", _LISTS, Overlap(), _includes_any,
            "Holds when one of the words is in the list.",
        ),
        Operator(
            "includes_none", _LISTS, Overlap(negated=True),
            lambda answer, words: logic.negation(_includes_any(answer, words)),
            "Holds when the list is complete and none of the words is in it.",
        ),
    )
}  # fmt: skip

SHAPES = tuple(dict.fromkeys(type(operator.shape) for operator in OPERATORS.values()))
"""The shapes that operators have."""

BY_SHAPE: Mapping[Shape, Operator] = {operator.shape: operator for operator in OPERATORS.values()}
"""The operator of each shape: a shape with its fields identifies one operator."""

if len(BY_SHAPE) < len(OPERATORS):
    raise ImportError("two operators have the same shape: code that reads shapes could not distinguish them")


def shape_of(compare: Compare) -> Shape:
    """The shape of a comparison."""
    return OPERATORS[compare.operator].shape
