"""The condition tree of a rule. The table of its comparisons is in `operators`.

`semantics` defines the truth of a tree for a patient; every channel must agree with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ketascreen.diagnostic import Place
from ketascreen.language.quantity import decimal_text


@dataclass(frozen=True, slots=True)
class ListValue:
    """The known answer to a list fact: the words that are present, and whether all others are absent."""

    present: frozenset[str]
    complete: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A number that is known only to be between two ends, both included: `low` < `high`."""

    low: Decimal
    high: Decimal


Value = Decimal | str | Span | ListValue
"""The known answer to a fact, in the fact's own unit."""

Constant = Decimal | str | tuple[Decimal, Decimal] | tuple[str, ...]
"""What a comparison compares with, in the fact's own unit."""


@dataclass(frozen=True, slots=True)
class Compare:
    """One fact compared with a constant. `parameters` names the parameters that the constant was taken from.

    `place`, as in every node, is its place in the rule's file. It is not part of the meaning: `==` ignores it.
    """

    fact: str
    operator: str
    constant: Constant
    parameters: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False, repr=False)

    @property
    def numbers(self) -> tuple[Decimal, ...]:
        """The numbers that it compares with, in order; empty if it compares with words."""
        parts = self.constant if isinstance(self.constant, tuple) else (self.constant,)
        return tuple(part for part in parts if isinstance(part, Decimal))


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every member holds."""

    members: tuple[Condition, ...]
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when one member holds."""

    members: tuple[Condition, ...]
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its member is known not to hold."""

    member: Condition
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DefinitionRef:
    """A named condition of the rulebook's definitions."""

    name: str
    condition: Condition
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Always:
    """Holds for everybody."""


Condition = AllOf | AnyOf | Not | DefinitionRef | Compare | Always


def comparisons(condition: Condition) -> Iterator[Compare]:
    """Every comparison in the tree, definitions included, in the order written."""
    match condition:
        case Compare():
            yield condition
        case AllOf(members) | AnyOf(members):
            for member in members:
                yield from comparisons(member)
        case Not(member) | DefinitionRef(_, member):
            yield from comparisons(member)


def definitions(condition: Condition) -> Iterator[DefinitionRef]:
    """Every definition that the tree uses, also inside other definitions; the innermost first."""
    match condition:
        case AllOf(members) | AnyOf(members):
            for member in members:
                yield from definitions(member)
        case Not(member):
            yield from definitions(member)
        case DefinitionRef(_, member):
            yield from definitions(member)
            yield condition


def facts_of(condition: Condition) -> frozenset[str]:
    """The names of the facts that the tree asks."""
    return frozenset(compare.fact for compare in comparisons(condition))


def as_data(condition: Condition) -> Any:
    """The tree as plain data in the words of the rule format, constants resolved; for digests and display."""
    match condition:
        case Always():
            return "always"
        case AllOf(members):
            return {"all": [as_data(member) for member in members]}
        case AnyOf(members):
            return {"any": [as_data(member) for member in members]}
        case Not(member):
            return {"not": as_data(member)}
        case DefinitionRef(name, member):
            return {"meets": name, "when": as_data(member)}
        case Compare(fact, operator, constant):
            return {fact: {operator: _constant_data(constant)}}


def _constant_data(constant: Constant) -> Any:
    if isinstance(constant, tuple):
        return [_constant_data(item) for item in constant]
    return decimal_text(constant) if isinstance(constant, Decimal) else constant


def levels(condition: Condition) -> int:
    """How deep a condition is nested, including the definitions that it uses."""
    match condition:
        case AllOf(members) | AnyOf(members):
            return 1 + max(map(levels, members))
        case Not(member) | DefinitionRef(_, member):
            return 1 + levels(member)
        case _:
            return 1
