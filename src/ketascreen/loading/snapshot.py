"""Turns a rulebook into plain data and back, so that its files are not parsed again.

The data holds only lists, text and numbers: reading it runs nothing, and makes only parts of a rulebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from ketascreen.diagnostic import Place
from ketascreen.language.approval import Approval
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, Constant, DefinitionRef, Not
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.quantity import Quantity
from ketascreen.language.rule import (
    Retirement,
    Rule,
    Statement,
)
from ketascreen.language.rulebook import OptionWords, Rulebook
from ketascreen.language.vocabulary import Fact
from ketascreen.loading.snapshot_reader import RowReader
from ketascreen.patient.contradictions import added
from ketascreen.patient.profile import BUILT_IN


def write(rulebook: Rulebook) -> Any:
    """The plain data of a rulebook; its files, its digests and what was passed over are not in it."""
    return _RowWriter().rulebook(rulebook)


def read(data: Any, files: Mapping[str, bytes], bytes_digest: str, ignored: tuple[str, ...]) -> Rulebook:
    """The rulebook of plain data that `write` made.

    Raises:
        LookupError, TypeError, ValueError, ArithmeticError: it is other data.
    """
    paths, *rest = data
    return RowReader(paths).rulebook(rest, files, bytes_digest, ignored)


class _RowWriter:
    """Turns parts into rows with all their fields in order, so that a later field is included too."""

    def __init__(self) -> None:
        self.paths: dict[str, int] = {}

    def rulebook(self, book: Rulebook) -> list[Any]:
        definitions = [self.row(one, when=self.condition) for one in book.definitions.values()]
        parts = [
            self.row(book.identity, allow=self.rows, not_asked=list, approvers=self.rows, options=_words),
            definitions,
            [self.rule(one) for one in book.rules],
            [_fact(fact) for fact in book.vocabulary.values()],
            [self.contradiction(one) for one in added(book.vocabulary.contradictions)],
            [self.row(one, attributes=self.attributes) for one in book.routes.values()],
            [self.row(one, value=_quantity, sources=self.rows) for one in book.parameters.values()],
            self.rows(book.documents.values()),
            self.rows(book.outside_sources.values()),
            [self.row(one, statements=self.rows) for one in book.conflicts.values()],
            [self.row(one, citation=self.row) for one in book.not_encoded],
            [_approval(one, self.place(one.place)) for one in book.approvals],
            [self.rule(one) for one in book.retired],
        ]
        return [list(self.paths), *parts]

    def row(self, part: Any, **special: Callable[[Any], Any]) -> list[Any]:
        given = {"place": self.place, "sources": self.rows, "allow": self.rows, **special}
        row = []
        for field in fields(part):
            value = getattr(part, field.name)
            row.append(given[field.name](value) if field.name in given else value)
        return row

    def rule(self, rule: Rule) -> list[Any]:
        return self.row(rule, when=self.condition, sources=self.rows, retired=_retirement, **_NAMES)

    def rows(self, parts: Iterable[Any]) -> list[Any]:
        return [self.row(part) for part in parts]

    def place(self, place: Place | None) -> list[int] | None:
        if place is None:
            return None
        return [self.paths.setdefault(place.path, len(self.paths)), place.line, place.column, place.length]

    def attributes(self, attributes: Iterable[tuple[str, Iterable[Statement]]]) -> list[Any]:
        return [[name, self.rows(statements)] for name, statements in attributes]

    def contradiction(self, one: Contradiction) -> list[Any]:
        when = [one.when.fact, one.when.other] if isinstance(one.when, NotBelow) else self.condition(one.when)
        return [isinstance(one.when, NotBelow), when, one.name, one.about, one.say, one.newer, self.place(one.place)]

    def condition(self, condition: Condition) -> list[Any]:
        match condition:
            case AllOf(members, place) | AnyOf(members, place):
                word = "all" if isinstance(condition, AllOf) else "any"
                return [word, self.place(place), *map(self.condition, members)]
            case Not(member, place):
                return ["not", self.place(place), self.condition(member)]
            case DefinitionRef(name, _, place):  # the definition itself is in the data once, and is shared again
                return ["meets", self.place(place), name]
            case Compare(fact, operator, constant, parameters, place):
                return ["", self.place(place), fact, operator, _constant(constant), parameters]
            case Always():
                return ["always", None]


_NAMES: Mapping[str, Callable[[Any], Any]] = {"routes": lambda routes: list(map(str, routes))}


def _constant(constant: Constant) -> Any:
    if isinstance(constant, tuple):
        return [_constant(item) for item in constant]
    return f"#{constant}" if isinstance(constant, Decimal) else f"={constant}"


def _words(options: OptionWords) -> list[str]:
    return [options.one, options.many]


def _quantity(quantity: Quantity) -> list[str]:
    return [str(quantity.value), quantity.unit.name]


def _approval(one: Approval, place: Any) -> list[Any]:
    until, gone = one.until and one.until.isoformat(), one.withdrawn
    withdrawn = gone and [gone.by, gone.day.isoformat(), gone.reason]
    return [str(one.kind), one.name, one.sheet, one.by, one.role, one.day.isoformat(), place, until, withdrawn]


def _retirement(one: Retirement | None) -> Any:
    return one and [one.day.isoformat(), one.by, one.reason, one.instead]


def _fact(fact: Fact) -> Any:
    """A built-in fact as its name, every other fact with all its fields."""
    fresh = fact.freshness
    window = fresh and [fresh.window, *map(sorted, (fresh.lasting, fresh.permanent, fresh.stands)), fresh.reason]
    built_in = BUILT_IN.get(fact.name)
    if built_in is not None:
        return [fact.name, window]
    low, high = (None if end is None else str(end) for end in (fact.minimum, fact.maximum))
    unit = fact.unit and fact.unit.name
    codes = [[code.system, code.code, code.choice] for code in fact.own_codes]
    said = [
        fact.label,
        fact.domain,
        unit,
        low,
        high,
        fact.choices,
        codes,
        fact.changeable,
        fact.note,
        sorted(fact.opaque),
        fact.was,
        fact.was_choices,
        None if fact.uses is None else sorted(fact.uses),
    ]
    return [fact.name, window, str(fact.kind), *said]
