"""How the production channel reads each operator: as one test of an attribute, or as a tree of such tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ketascreen.language.condition import OPERATORS, AllOf, AnyOf, Compare, Condition, Not

PLAIN: Mapping[str, str] = {
    "is": "==",
    "is_not": "!=",
    "at_least": ">=",
    "above": ">",
    "at_most": "<=",
    "below": "<",
    "includes": "==",
}
"""Operators that are one test of one attribute."""

OPPOSITE: Mapping[str, str] = {"==": "!=", "!=": "==", ">=": "<", "<": ">=", ">": "<=", "<=": ">"}
"""The test that holds where another does not."""


def _each(operator: str) -> Callable[[Compare], Condition]:
    def rewrite(compare: Compare) -> Condition:
        assert isinstance(compare.constant, tuple)
        return AnyOf(tuple(Compare(compare.fact, operator, constant) for constant in compare.constant))

    return rewrite


def _none(operator: str) -> Callable[[Compare], Condition]:
    return lambda compare: Not(_each(operator)(compare))


def _between(compare: Compare) -> Condition:
    assert isinstance(compare.constant, tuple)
    low, high = compare.constant
    return AllOf((Compare(compare.fact, "at_least", low), Compare(compare.fact, "at_most", high)))


COMPOSED: Mapping[str, Callable[[Compare], Condition]] = {
    "one_of": _each("is"),
    "none_of": _none("is"),
    "between": _between,
    "includes_any": _each("includes"),
    "includes_none": _none("includes"),
}
"""Operators that are read as a tree of the others."""

if OPERATORS.keys() - PLAIN.keys() - COMPOSED.keys():
    raise ImportError("the production channel lacks an operator of the rule language")
