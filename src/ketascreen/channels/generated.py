"""All rules as one Python function that takes the answers as a flat tuple.

No text of a rule's author is ever part of the function's source: its names are made here, from numbers, and constants
and ids are bound to them as values. It is handed the answers "not met" for all rules, and sets those that come to
anything else. Rules that one test rules out stand together behind it, so that it is done once for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ketascreen.channels.expressions import And, Both, Expression, Fact, Flag, Or, Reader, Test
from ketascreen.condition import Always, Value
from ketascreen.logic import Truth
from ketascreen.rule import Rule
from ketascreen.terms import Effect

Evaluate = Callable[[Iterable[Value | None], dict[str, Truth]], None]

_ON_LISTS = frozenset({"includes", "excludes", "shares", "lacks"})
_NOTHING = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Program:
    """A function for some rules, and what it takes: the answers to the facts, in this order, and a copy of `unmet`.

    First come the answers that count, then the last ones.
    """

    current: tuple[str, ...]
    last: tuple[str, ...]
    unmet: dict[str, Truth]
    evaluate: Evaluate
    source: str


def program(rules: Sequence[Rule]) -> Program:
    """The program of some rules; alerts among them are over the last answers."""
    reader = Reader()
    always = {rule.id for rule in rules if isinstance(rule.when, Always)}
    read = {rule.id: reader.read(rule.when, rule.effect is Effect.ALERT) for rule in rules if rule.id not in always}
    writer = _Writer()
    body = [
        *(line for number, both in enumerate(reader.definitions) for line in writer.definition(number, both)),
        *writer.rules(read),
    ]
    lines = ["def evaluate(facts, answers):", *_indented([*writer.opening(), *body, "return"])]
    source = "\n".join(lines)
    names = dict(writer.bound)
    exec(compile(source, "<compiled rules>", "exec"), names)
    unmet = {rule.id: Truth.TRUE if rule.id in always else Truth.FALSE for rule in rules}
    current, last = (tuple(name for name, kind in writer.facts if kind is wanted) for wanted in (False, True))
    return Program(current, last, unmet, names["evaluate"], source)


class _Writer:
    """Writes expressions and statements, and keeps the facts that they read and the values that they are bound to."""

    def __init__(self) -> None:
        self.facts: dict[Fact, int] = {}
        self.bound: dict[str, object] = {"met": Truth.TRUE, "unknown": Truth.UNKNOWN, "nothing": _NOTHING}
        self._names: dict[object, str] = {}
        self._words: dict[Fact, frozenset[str]] = {}

    def opening(self) -> Iterator[str]:
        """Puts each answer into a name of its own; for a list, what is present and what may be."""
        if self.facts:
            numbers = [self.facts[fact] for fact in sorted(self.facts, key=lambda fact: fact.last)]
            yield f"{', '.join(f'f{number}' for number in numbers)}, = facts"
        for fact, words in self._words.items():
            n = self.facts[fact]
            yield f"if f{n} is None:"
            yield f"    present{n} = nothing; possible{n} = {self._name(words)}"
            yield "else:"
            yield f"    present{n} = f{n}.present; possible{n} = present{n} if f{n}.complete else {self._name(words)}"

    def definition(self, number: int, both: Both) -> Iterator[str]:
        """Works out a definition."""
        yield f"unmet{number} = {self._text(both.unmet)}"
        yield f"met{number} = not unmet{number} and ({self._text(both.met)})"

    def rules(self, read: Mapping[str, Both]) -> Iterator[str]:
        """Sets the answers that are not "not met", those that share a test behind that test."""
        for shared, ids in _behind(read).items():
            if shared is None:
                for rule in ids:
                    yield from self._rule(rule, read[rule], _alternatives(read[rule].unmet))
                continue
            yield f"if not ({self._text(shared)}):"
            for rule in ids:
                others = [one for one in _alternatives(read[rule].unmet) if one != shared]
                yield from _indented(self._rule(rule, read[rule], others))

    def _rule(self, rule: str, both: Both, unmet: Sequence[Expression]) -> Iterator[str]:
        answer = f"answers[{self._name(rule)}] = met if {self._text(both.met)} else unknown"
        yield f"if not ({self._text(Or(tuple(unmet)))}): {answer}" if unmet else answer

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
        n = self.facts.setdefault(test.fact, len(self.facts))
        words = test.constant if isinstance(test.constant, frozenset) else frozenset([str(test.constant)])
        if test.test in _ON_LISTS:
            self._words[test.fact] = self._words.get(test.fact, _NOTHING) | words
        match test.test:
            case "includes":
                return f"{self._name(test.constant)} in present{n}"
            case "excludes":
                return f"{self._name(test.constant)} not in possible{n}"
            case "shares":
                return f"not present{n}.isdisjoint({self._name(words)})"
            case "lacks":
                return f"f{n} is not None and possible{n}.isdisjoint({self._name(words)})"
            case "not in":
                return f"f{n} not in {self._name(words | {None})}"
            case "==" | "in":
                return f"f{n} {test.test} {self._name(test.constant)}"
            case _:
                return f"f{n} is not None and f{n} {test.test} {self._name(test.constant)}"

    def _name(self, value: object) -> str:
        """The name that a value is bound to."""
        if value not in self._names:
            self._names[value] = name = f"v{len(self._names)}"
            self.bound[name] = value
        return self._names[value]


def _alternatives(unmet: Expression) -> tuple[Expression, ...]:
    """The expressions of which one is enough to rule a rule out."""
    return unmet.any_of if isinstance(unmet, Or) else (unmet,)


def _behind(read: Mapping[str, Both]) -> Mapping[Expression | None, list[str]]:
    """The rules by the test that rules out most others too; by None where no other rule has any of its tests."""
    shared = Counter(one for both in read.values() for one in set(_alternatives(both.unmet)))
    groups: dict[Expression | None, list[str]] = {}
    for rule, both in read.items():
        most = max(_alternatives(both.unmet), key=shared.__getitem__, default=None)
        groups.setdefault(most if shared[most] > 1 else None, []).append(rule)
    return groups


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
