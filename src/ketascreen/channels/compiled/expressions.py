"""Each condition as two expressions: one that holds where it is met, one that holds where it is not met.

Negations are pushed to the leaves. Where a missing answer leaves a condition open, neither holds. That is Kleene's
logic exactly: `all` is met where each member is met, and not met where one member is not met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from ketascreen.language.condition import (
    OPERATORS,
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Constant,
    DefinitionRef,
    Not,
)


class AskedFact(NamedTuple):
    """A fact that is asked; `last` reads its last answer, for alerts."""

    name: str
    last: bool = False


class Test(NamedTuple):
    """One test of a fact's answer. It does not hold where there is no answer."""

    fact: AskedFact
    test: str
    constant: Decimal | str | frozenset[Decimal | str]


class Flag(NamedTuple):
    """Whether a definition, by its number, is met; or whether it is not met."""

    definition: int
    met: bool


class And(NamedTuple):
    """Holds where all members hold."""

    all_of: tuple[Expression, ...]


class Or(NamedTuple):
    """Holds where one member holds."""

    any_of: tuple[Expression, ...]


Expression = And | Or | Test | Flag


class MetUnmet(NamedTuple):
    """When a condition is met, and when it is not met."""

    met: Expression
    unmet: Expression


_Reading = Callable[[AskedFact, Constant], MetUnmet]


def _tests(met: str, unmet: str) -> _Reading:
    def read(fact: AskedFact, constant: Constant) -> MetUnmet:
        compared = frozenset(map(str, constant)) if isinstance(constant, tuple) else constant
        return MetUnmet(Test(fact, met, compared), Test(fact, unmet, compared))

    return read


def _between(fact: AskedFact, constant: Constant) -> MetUnmet:
    assert isinstance(constant, tuple)
    low, high = constant
    assert isinstance(low, Decimal)
    assert isinstance(high, Decimal)
    inside = And((Test(fact, ">=", low), Test(fact, "<=", high)))
    return MetUnmet(inside, Or((Test(fact, "<", low), Test(fact, ">", high))))


READINGS: Mapping[str, _Reading] = {
    "is": _tests("==", "!="),
    "is_not": _tests("!=", "=="),
    "one_of": _tests("in", "not in"),
    "none_of": _tests("not in", "in"),
    "at_least": _tests(">=", "<"),
    "above": _tests(">", "<="),
    "at_most": _tests("<=", ">"),
    "below": _tests("<", ">="),
    "between": _between,
    "includes": _tests("includes", "excludes"),
    "includes_any": _tests("shares", "lacks"),
    "includes_none": _tests("lacks", "shares"),
}
"""How the compiled channel reads each operator: as the tests for met and for not met."""

if OPERATORS.keys() - READINGS.keys():
    raise ImportError("the compiled channel lacks an operator of the rule language")


class ExpressionReader:
    """Reads conditions, and keeps the definitions that they rest on, each once and innermost first."""

    def __init__(self) -> None:
        self.definitions: list[MetUnmet] = []
        self._numbers: dict[tuple[Condition, bool], int] = {}

    def read(self, condition: Condition, last: bool) -> MetUnmet:
        """The two expressions of a condition, over the answers that count or over the last ones."""
        match condition:
            case Compare(fact, operator, constant):
                return READINGS[operator](AskedFact(fact, last), constant)
            case AllOf(members):
                each = [self.read(member, last) for member in members]
                return MetUnmet(And(tuple(one.met for one in each)), Or(tuple(one.unmet for one in each)))
            case AnyOf(members):
                each = [self.read(member, last) for member in members]
                return MetUnmet(Or(tuple(one.met for one in each)), And(tuple(one.unmet for one in each)))
            case Not(member):
                both = self.read(member, last)
                return MetUnmet(met=both.unmet, unmet=both.met)
            case DefinitionRef(_, member):
                return self._definition(member, last)
            case Always():
                return MetUnmet(And(()), Or(()))

    def _definition(self, condition: Condition, last: bool) -> MetUnmet:
        key = condition, last
        if key not in self._numbers:
            both = self.read(condition, last)
            self._numbers[key] = len(self.definitions)
            self.definitions.append(both)
        number = self._numbers[key]
        return MetUnmet(Flag(number, met=True), Flag(number, met=False))
