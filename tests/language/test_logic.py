"""Kleene's strong three-valued logic, every row of every table."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from ketascreen.language import logic
from ketascreen.language.logic import Truth

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
ORDER = {F: 0, U: 1, T: 2}

AND = {(F, F): F, (F, U): F, (F, T): F, (U, F): F, (U, U): U, (U, T): U, (T, F): F, (T, U): U, (T, T): T}
OR = {(F, F): F, (F, U): U, (F, T): T, (U, F): U, (U, U): U, (U, T): T, (T, F): T, (T, U): T, (T, T): T}
NOT = {F: T, U: U, T: F}


@pytest.mark.parametrize(("pair", "expected"), AND.items())
def test_and(pair: tuple[Truth, Truth], expected: Truth) -> None:
    assert logic.conjunction(pair) is expected


@pytest.mark.parametrize(("pair", "expected"), OR.items())
def test_or(pair: tuple[Truth, Truth], expected: Truth) -> None:
    assert logic.disjunction(pair) is expected


@pytest.mark.parametrize(("value", "expected"), NOT.items())
def test_not(value: Truth, expected: Truth) -> None:
    assert logic.negation(value) is expected


@pytest.mark.parametrize("values", list(product(Truth, repeat=3)))
def test_three_values_are_taken_two_by_two_in_any_order(values: tuple[Truth, ...]) -> None:
    first, second, third = values
    assert {logic.conjunction(order) for order in permutations(values)} == {AND[AND[first, second], third]}
    assert {logic.disjunction(order) for order in permutations(values)} == {OR[OR[first, second], third]}


def test_none_of_nothing_is_true_of_all_and_false_of_any() -> None:
    assert logic.conjunction([]) is T
    assert logic.disjunction([]) is F


@pytest.mark.parametrize("pair", list(product(Truth, repeat=2)))
def test_and_or_and_not_are_bound_by_de_morgan(pair: tuple[Truth, Truth]) -> None:
    negated = [logic.negation(value) for value in pair]
    assert logic.negation(logic.conjunction(pair)) is logic.disjunction(negated)
    assert logic.conjunction(pair) is min(pair, key=ORDER.__getitem__)
    assert logic.disjunction(pair) is max(pair, key=ORDER.__getitem__)


def test_unknown_never_becomes_known_unless_the_other_value_decides_alone() -> None:
    for other in Truth:
        for combine in (logic.conjunction, logic.disjunction):
            result = combine([U, other])
            assert result is U or {combine([known, other]) for known in (F, T)} == {result}


@pytest.mark.parametrize("value", Truth)
def test_no_truth_is_taken_for_a_bool(value: Truth) -> None:
    with pytest.raises(TypeError, match="compare it by name"):
        bool(value)


def test_a_bool_is_known() -> None:
    assert (logic.of(True), logic.of(False)) == (T, F)
