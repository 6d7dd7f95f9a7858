"""How the production channel reads each shape: as one test of an attribute, or as a tree of such tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ketascreen.language.complete import complete
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, Not
from ketascreen.language.operators import SHAPES, AtEnd, Between, Equal, Member, Overlap, Present

_SIGNS = {
    AtEnd(above=True, included=True): ">=",
    AtEnd(above=True, included=False): ">",
    AtEnd(above=False, included=True): "<=",
    AtEnd(above=False, included=False): "<",
}


def _equal(shape: Equal) -> str:
    return "!=" if shape.negated else "=="


def _present(_shape: Present) -> str:
    return "=="


PLAIN: Mapping[type[Any], Callable[[Any], str]] = {Equal: _equal, AtEnd: _SIGNS.__getitem__, Present: _present}
"""Shapes that are one test of one attribute."""

OPPOSITE: Mapping[str, str] = {"==": "!=", "!=": "==", ">=": "<", "<": ">=", ">": "<=", "<=": ">"}
"""The opposite of each test: of a known answer, exactly one of the two holds."""


def _each(operator: str, compare: Compare) -> tuple[Condition, ...]:
    assert isinstance(compare.constant, tuple)
    return tuple(Compare(compare.fact, operator, constant) for constant in compare.constant)


def _member(shape: Member, compare: Compare) -> Condition:
    some = AnyOf(_each("is", compare))
    return Not(some) if shape.negated else some


def _between(_shape: Between, compare: Compare) -> Condition:
    low, high = compare.numbers
    return AllOf((Compare(compare.fact, "at_least", low), Compare(compare.fact, "at_most", high)))


def _overlap(shape: Overlap, compare: Compare) -> Condition:
    words = _each("includes", compare)
    found: Condition = AllOf(words) if shape.every else AnyOf(words)
    return Not(found) if shape.negated else found


COMPOSED: Mapping[type[Any], Callable[[Any, Compare], Condition]] = {
    Member: _member,
    Between: _between,
    Overlap: _overlap,
}
"""Shapes that are read as a tree of other comparisons."""

complete("the production channel's table of shapes", {**PLAIN, **COMPOSED}, SHAPES)
