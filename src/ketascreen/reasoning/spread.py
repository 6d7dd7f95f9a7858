"""A condition with each word of a list as its own fact, which is `present` or `absent`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ketascreen.language.complete import complete
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, DefinitionRef, Not
from ketascreen.language.operators import SHAPES, AtEnd, Between, Equal, Member, Overlap, Present, shape_of

PRESENT, ABSENT = "present", "absent"


def spread(condition: Condition) -> Condition:
    """The condition with each word of a list as its own fact, and definitions replaced by their conditions."""
    match condition:
        case AllOf(members):
            return AllOf(tuple(map(spread, members)))
        case AnyOf(members):
            return AnyOf(tuple(map(spread, members)))
        case Not(member):
            return Not(spread(member))
        case DefinitionRef(_, member):
            return spread(member)
        case Compare():
            shape = shape_of(condition)
            return _SPREAD[type(shape)](shape, condition)
        case Always():
            return condition


def _as_it_is(_shape: Equal | Member | AtEnd | Between, compare: Compare) -> Condition:
    return compare


def _present(_shape: Present, compare: Compare) -> Condition:
    return Compare(word_of(compare.fact, str(compare.constant)), "is", PRESENT)


def _overlap(shape: Overlap, compare: Compare) -> Condition:
    assert isinstance(compare.constant, tuple)
    words = tuple(Compare(word_of(compare.fact, str(word)), "is", PRESENT) for word in compare.constant)
    found: Condition = AllOf(words) if shape.every else AnyOf(words)
    return Not(found) if shape.negated else found


_SPREAD: Mapping[type[Any], Callable[[Any, Compare], Condition]] = complete(
    "the table of how a comparison is spread",
    {
        Equal: _as_it_is,
        Member: _as_it_is,
        AtEnd: _as_it_is,
        Between: _as_it_is,
        Present: _present,
        Overlap: _overlap,
    },
    SHAPES,
)


def word_of(fact: str, word: str) -> str:
    """The name of the fact for a word of a list."""
    return f"{fact} {word}"


def is_word(name: str) -> bool:
    """Whether the name of a spread fact belongs to a word of a list."""
    return " " in name


def fact_of(name: str) -> str:
    """The fact that a spread fact belongs to: the list of a word, else the fact itself."""
    return name.partition(" ")[0]
