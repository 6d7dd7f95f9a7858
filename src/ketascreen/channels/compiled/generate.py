"""Generates one Python function from all rules; it takes the answers as a flat tuple.

The function's source never contains text of a rule's author: its names are made here, from numbers, and constants and
ids are bound to them as values. The function gets the truth "not met" for all rules, and sets the truth of each rule
that is met or unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from ketascreen.channels.compiled.expressions import (
    And,
    AskedFact,
    Expression,
    ExpressionReader,
    Flag,
    MetUnmet,
    Or,
    Test,
)
from ketascreen.channels.compiled.grouping import Group, alternatives, constants, grouped
from ketascreen.language.condition import Always, Span, Value
from ketascreen.language.effects import EFFECTS
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule

Evaluate = Callable[[tuple[Value | None, ...], dict[str, Truth]], None]
"""Takes the answers to the facts, None for no answer, and the truths of the rules, which it sets."""

_ON_LISTS = frozenset({"includes", "excludes", "shares", "lacks"})
_NOTHING = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Program:
    """A function for some rules, and what it takes: the answers of a patient, and a copy of `unmet`.

    First are the answers that count to the facts `current`, then the last answers to the facts `last`, in this order.
    """

    current: tuple[str, ...]
    last: tuple[str, ...]
    unmet: dict[str, Truth]
    evaluate: Evaluate
    source: str


def generate(rules: Sequence[Rule], since: Container[str]) -> Program:
    """The program of some rules; alerts among them use the last answers. The answers to `since` may be spans."""
    reader = ExpressionReader(since)
    always = {rule.id for rule in rules if isinstance(rule.when, Always)}
    asked = [rule for rule in rules if rule.id not in always]
    read = {rule.id: reader.read(rule.when, EFFECTS[rule.effect].last_answers) for rule in asked}
    writer = _SourceWriter()
    groups = grouped({rule: both.unmet for rule, both in read.items()})
    body = [*writer.definitions(reader.definitions), *(line for group in groups for line in writer.group(group, read))]
    source = "\n".join(["def evaluate(facts, answers):", *_indented([*writer.opening(), *body, "return"])])
    names = dict(writer.bound)
    exec(compile(source, "<compiled rules>", "exec"), names)
    unmet = {rule.id: Truth.TRUE if rule.id in always else Truth.FALSE for rule in rules}
    current, last = (tuple(fact.name for fact in writer.facts if fact.last is wanted) for wanted in (False, True))
    return Program(current, last, unmet, cast(Evaluate, names["evaluate"]), source)


class _SourceWriter:
    """Writes expressions and statements, and keeps the facts that they read and the values that names are bound to."""

    def __init__(self) -> None:
        self.facts: dict[AskedFact, int] = {}
        self.bound: dict[str, object] = {"met": Truth.TRUE, "unknown": Truth.UNKNOWN, "nothing": _NOTHING, "span": Span}
        self._names: dict[object, str] = {}
        self._words: dict[AskedFact, frozenset[Decimal | str]] = {}
        self._spans: set[int] = set()

    def opening(self) -> Iterator[str]:
        """Gives each answer a name, and each end of a span.

        A list gets one for the present words and one for the possibly present words.
        """
        if self.facts:
            numbers = [self.facts[fact] for fact in sorted(self.facts, key=lambda fact: fact.last)]
            yield f"{', '.join(f'f{number}' for number in numbers)}, = facts"
        for n in sorted(self._spans):
            yield f"if f{n}.__class__ is span:"
            yield f"    low{n} = f{n}.low; high{n} = f{n}.high"
            yield "else:"
            yield f"    low{n} = high{n} = f{n}"
        for fact, named in self._words.items():
            n = self.facts[fact]
            yield f"if f{n} is None:"
            yield f"    present{n} = nothing; possible{n} = {self._name(named)}"
            yield "else:"
            yield f"    present{n} = f{n}.present; possible{n} = present{n} if f{n}.complete else {self._name(named)}"

    def definitions(self, read: Iterable[MetUnmet]) -> Iterator[str]:
        """Evaluates each definition, once for all rules."""
        for number, both in enumerate(read):
            yield f"unmet{number} = {self._text(both.unmet)}"
            yield f"met{number} = not unmet{number} and ({self._text(both.met)})"

    def group(self, group: Group, read: Mapping[str, MetUnmet]) -> Iterator[str]:
        """Sets the truths of a group's rules. "Not met" is tried first, since most rules are not met."""
        inner = [self._rule(rule, read[rule], group.test) for rule in group.rules]
        inner += [line for one in group.groups for line in self.group(one, read)]
        if group.test is None:
            yield from inner
        else:
            yield f"if not ({self._text(group.test)}):"
            yield from _indented(inner)

    def _rule(self, rule: str, both: MetUnmet, known_to_fail: Expression | None) -> str:
        answer = f"answers[{self._name(rule)}] = met if {self._text(both.met)} else unknown"
        unmet = tuple(one for one in alternatives(both.unmet) if one != known_to_fail)
        return f"if not ({self._text(Or(unmet))}): {answer}" if unmet else answer

    def _text(self, expression: Expression) -> str:
        match expression:
            case Test():
                return self._test(expression)
            case Flag(number, met):
                return f"{'met' if met else 'unmet'}{number}"
            case And(members):
                return " and ".join(map(self._member, members)) or "True"
            case Or(members):
                return " or ".join(map(self._text, members)) or "False"

    def _member(self, expression: Expression) -> str:
        text = self._text(expression)
        return f"({text})" if isinstance(expression, Or) else text

    def _test(self, test: Test) -> str:
        n = self.facts.setdefault(test.fact._replace(end=""), len(self.facts))
        answer = f"{test.fact.end or 'f'}{n}"
        if test.fact.end:
            self._spans.add(n)
        named = constants(test)
        if test.test in _ON_LISTS:
            self._words[test.fact] = self._words.get(test.fact, _NOTHING) | named
        match test.test:
            case "includes":
                return f"{self._name(test.constant)} in present{n}"
            case "excludes":
                return f"{self._name(test.constant)} not in possible{n}"
            case "shares":
                return f"not present{n}.isdisjoint({self._name(named)})"
            case "lacks":
                return f"f{n} is not None and possible{n}.isdisjoint({self._name(named)})"
            case "not in":
                return f"f{n} not in {self._name(named | {None})}"
            case "==" | "in":
                return f"{answer} {test.test} {self._name(test.constant)}"
            case _:
                return f"{answer} is not None and {answer} {test.test} {self._name(test.constant)}"

    def _name(self, value: object) -> str:
        """The name that a value is bound to."""
        if value not in self._names:
            self._names[value] = name = f"v{len(self._names)}"
            self.bound[name] = value
        return self._names[value]


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
