"""Turns each condition into two expressions: one holds if the condition is met, one holds if it is not met.

Negations are pushed to the leaves. If a missing answer leaves a condition open, neither expression holds. This is
exactly Kleene's logic: `all` is met if each member is met, and not met if one member is not met.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from ketascreen.language.complete import complete
from ketascreen.language.condition import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Constant,
    DefinitionRef,
    Not,
)
from ketascreen.language.operators import SHAPES, AtEnd, Between, Equal, Member, Overlap, Present, shape_of


class AskedFact(NamedTuple):
    """A fact that is asked; `last` reads its last answer, for alerts.

    The answer to a time since an event may be a span: a test is about its end `low` or `high`. Equal ends are a number.
    """

    name: str
    last: bool = False
    end: str = ""


class Test(NamedTuple):
    """One test of a fact's answer. It does not hold if there is no answer."""

    fact: AskedFact
    test: str
    constant: Decimal | str | frozenset[Decimal | str]


class Flag(NamedTuple):
    """Holds if a definition, given by its number, is met; without `met`, if it is not met."""

    definition: int
    met: bool


@dataclass(frozen=True, slots=True)
class And:
    """Holds if all members hold. It is not a tuple: a tuple would equal an Or of the same members."""

    all_of: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Holds if one member holds."""

    any_of: tuple[Expression, ...]


Expression = And | Or | Test | Flag


class MetUnmet(NamedTuple):
    """The expression for met, and the expression for not met, of a condition."""

    met: Expression
    unmet: Expression

    def negation(self) -> MetUnmet:
        """The two expressions of the negation."""
        return MetUnmet(self.unmet, self.met)


_SIGNS = {
    AtEnd(above=True, included=True): (">=", "<"),
    AtEnd(above=True, included=False): (">", "<="),
    AtEnd(above=False, included=True): ("<=", ">"),
    AtEnd(above=False, included=False): ("<", ">="),
}


def _tests(fact: AskedFact, met: str, unmet: str, constant: Constant) -> MetUnmet:
    compared = frozenset(map(str, constant)) if isinstance(constant, tuple) else constant
    if fact.end:
        return _of_ends(fact._replace(end="low"), fact._replace(end="high"), met, unmet, compared)
    return MetUnmet(Test(fact, met, compared), Test(fact, unmet, compared))


def _of_ends(
    low: AskedFact, high: AskedFact, met: str, unmet: str, compared: Decimal | str | frozenset[Decimal | str]
) -> MetUnmet:
    """A span meets a test that holds for all of it, and does not meet a test that holds for none of it."""
    if met == "==":
        same = And((Test(low, met, compared), Test(high, met, compared)))
        return MetUnmet(same, Or((Test(low, ">", compared), Test(high, "<", compared))))
    least, most = (low, high) if met in (">", ">=") else (high, low)
    return MetUnmet(Test(least, met, compared), Test(most, unmet, compared))


def _all(members: Iterable[MetUnmet]) -> MetUnmet:
    each = tuple(members)
    return MetUnmet(And(tuple(one.met for one in each)), Or(tuple(one.unmet for one in each)))


def _equal(shape: Equal, fact: AskedFact, constant: Constant) -> MetUnmet:
    both = _tests(fact, "==", "!=", constant)
    return both.negation() if shape.negated else both


def _member(shape: Member, fact: AskedFact, words: Constant) -> MetUnmet:
    both = _tests(fact, "in", "not in", words)
    return both.negation() if shape.negated else both


def _at_end(shape: AtEnd, fact: AskedFact, end: Constant) -> MetUnmet:
    return _tests(fact, *_SIGNS[shape], end)


def _between(_shape: Between, fact: AskedFact, ends: Constant) -> MetUnmet:
    assert isinstance(ends, tuple)
    low, high = ends
    return _all((_tests(fact, ">=", "<", low), _tests(fact, "<=", ">", high)))


def _present(_shape: Present, fact: AskedFact, word: Constant) -> MetUnmet:
    return _tests(fact, "includes", "excludes", word)


def _overlap(shape: Overlap, fact: AskedFact, words: Constant) -> MetUnmet:
    assert isinstance(words, tuple)
    each = (_tests(fact, "includes", "excludes", word) for word in words)
    both = _all(each) if shape.every else _tests(fact, "shares", "lacks", words)
    return both.negation() if shape.negated else both


READINGS: Mapping[type[Any], Callable[[Any, AskedFact, Constant], MetUnmet]] = complete(
    "the compiled channel's table of shapes",
    {Equal: _equal, Member: _member, AtEnd: _at_end, Between: _between, Present: _present, Overlap: _overlap},
    SHAPES,
)
"""How the compiled channel reads each shape of a comparison: as tests for met and tests for not met."""


class ExpressionReader:
    """Reads conditions, and keeps the definitions that they use, each once and the innermost first."""

    def __init__(self, since: Container[str]) -> None:
        self._since = since
        self.definitions: list[MetUnmet] = []
        self._numbers: dict[tuple[Condition, bool], int] = {}

    def read(self, condition: Condition, last: bool) -> MetUnmet:
        """The two expressions of a condition, over the last answers with `last`, else over the answers that count."""
        match condition:
            case Compare(fact, _, constant):
                shape = shape_of(condition)
                asked = AskedFact(fact, last, "low" if fact in self._since else "")
                return READINGS[type(shape)](shape, asked, constant)
            case AllOf(members):
                return _all(self.read(member, last) for member in members)
            case AnyOf(members):
                return _all(self.read(member, last).negation() for member in members).negation()
            case Not(member):
                return self.read(member, last).negation()
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
