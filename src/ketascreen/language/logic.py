"""Kleene's strong three-valued logic.

Unknown is neither true nor false; nothing here turns it into either.
Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """One of the three values. Python cannot use it as a bool: compare it with a member."""

    FALSE = "false"
    UNKNOWN = "unknown"
    TRUE = "true"

    __hash__ = object.__hash__  # each value is one object; the hash of Enum is written in Python, and slow

    def __bool__(self) -> NoReturn:
        raise TypeError("a Truth is true, false or unknown; compare it by name")


TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
"""The members under short names: on Python 3.11, reading one from its class takes ten times as long."""


def of(value: bool) -> Truth:
    """The known truth value of a Python bool."""
    return TRUE if value else FALSE


def conjunction(values: Iterable[Truth]) -> Truth:
    """False if any is false, else unknown if any is unknown, else true. True if there are none."""
    result = TRUE
    for value in values:
        if value is FALSE:
            return value
        if value is UNKNOWN:
            result = value
    return result


def disjunction(values: Iterable[Truth]) -> Truth:
    """True if any is true, else unknown if any is unknown, else false. False if there are none."""
    result = FALSE
    for value in values:
        if value is TRUE:
            return value
        if value is UNKNOWN:
            result = value
    return result


def negation(value: Truth) -> Truth:
    """True for false, false for true, unknown for unknown."""
    if value is UNKNOWN:
        return value
    return FALSE if value is TRUE else TRUE
