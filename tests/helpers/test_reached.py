"""A property that hardly ever reaches its last assertion fails."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.helpers.reached import often_reached, reached

SAME = settings(derandomize=True, max_examples=100)


@often_reached
@SAME
@given(st.integers(0, 999))
def seldom(number: int) -> None:
    if number == 500:
        reached("a half of a thousand")


@often_reached
@SAME
@given(st.integers(0, 999))
def often(number: int) -> None:
    assume(number != 500)
    if number % 2:
        reached("an odd number")


@often_reached
@SAME
@given(st.booleans())
def wrong(number: bool) -> None:
    assert not number


def test_a_property_that_seldom_reaches_its_last_assertion_fails() -> None:
    with pytest.raises(AssertionError, match=r"of \d+ runs reached the last assertion"):
        seldom()


def test_one_that_often_does_passes_each_time() -> None:
    often()
    often()


def test_a_property_that_does_not_hold_fails_as_ever() -> None:
    with pytest.raises(AssertionError, match="assert not True"):
        wrong()
