"""Turns a rulebook into plain data and back, so that its files are not parsed again.

The data holds only lists, text and numbers: reading it runs nothing, and makes only parts of a rulebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from typing import Any

from ketascreen.diagnostic import Place
from ketascreen.language.approval import Approval, Approver, SubjectKind, Withdrawal
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, Constant, DefinitionRef, Not
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.documents import Citation, Conflict, Document, NotEncoded, OutsideSource
from ketascreen.language.iso_time import read_iso_date
from ketascreen.language.quantity import Quantity, unit_named
from ketascreen.language.rule import Allowance, Definition, Parameter, RouteSheet, Rule, RuleStage, Statement
from ketascreen.language.rulebook import Identity, OptionWords, Rulebook
from ketascreen.language.terms import DecidedBy, Effect, Route, Weight
from ketascreen.language.vocabulary import Code, Fact, Freshness, Kind, Use, Vocabulary, Window
from ketascreen.patient.contradictions import added
from ketascreen.patient.profile import BUILT_IN

_STAGES = {str(stage): stage for stage in RuleStage}
_DECIDERS = {str(one): one for one in DecidedBy}
_WEIGHTS = {str(weight): weight for weight in Weight}
_EFFECTS = {str(effect): effect for effect in Effect}


def write(rulebook: Rulebook) -> Any:
    """The plain data of a rulebook; its files, its digests and what was passed over are not in it."""
    return _RowWriter().rulebook(rulebook)


def read(data: Any, files: Mapping[str, bytes], bytes_digest: str, ignored: tuple[str, ...]) -> Rulebook:
    """The rulebook of plain data that `write` made.

    Raises:
        LookupError, TypeError, ValueError, ArithmeticError: it is other data.
    """
    paths, *rest = data
    return _RowReader(paths).rulebook(rest, files, bytes_digest, ignored)


class _RowWriter:
    """Turns parts into rows with all their fields in order, so that a later field is included too."""

    def __init__(self) -> None:
        self.paths: dict[str, int] = {}

    def rulebook(self, book: Rulebook) -> list[Any]:
        definitions = [self.row(one, when=self.condition) for one in book.definitions.values()]
        parts = [
            self.row(book.identity, allow=self.rows, not_asked=list, approvers=self.rows, options=_words),
            definitions,
            [self.row(one, when=self.condition, sources=self.rows, **_NAMES) for one in book.rules],
            [_fact(fact) for fact in book.vocabulary.values()],
            [self.contradiction(one) for one in added(book.vocabulary.contradictions)],
            [self.row(one, attributes=self.attributes) for one in book.routes.values()],
            [self.row(one, value=_quantity, sources=self.rows) for one in book.parameters.values()],
            self.rows(book.documents.values()),
            self.rows(book.outside_sources.values()),
            [self.row(one, statements=self.rows) for one in book.conflicts.values()],
            [self.row(one, citation=self.row) for one in book.not_encoded],
            [_approval(one, self.place(one.place)) for one in book.approvals],
        ]
        return [list(self.paths), *parts]

    def row(self, part: Any, **special: Callable[[Any], Any]) -> list[Any]:
        given = {"place": self.place, "sources": self.rows, "allow": self.rows, **special}
        row = []
        for field in fields(part):
            value = getattr(part, field.name)
            row.append(given[field.name](value) if field.name in given else value)
        return row

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
        None if fact.uses is None else sorted(fact.uses),
    ]
    return [fact.name, window, str(fact.kind), *said]


class _RowReader:
    """Makes the parts of a rulebook from the rows that `_RowWriter` wrote."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths
        self.definitions: dict[str, Definition] = {}
        self.route = cache(Route)

    def rulebook(
        self, data: list[Any], files: Mapping[str, bytes], bytes_digest: str, ignored: tuple[str, ...]
    ) -> Rulebook:
        identity, definitions, rules, facts, contradictions, routes, parameters, *sources = data
        documents, outside, conflicts, not_encoded, approvals = sources
        for name, title, when, place, cited in definitions:  # a definition follows the definitions that it uses
            self.definitions[name] = Definition(
                name, title, self.condition(when), self.at(place), self.citations(cited)
            )
        *who, allow, zone, not_asked, approvers, (one, many), developer, funding, released, revised = identity
        named = tuple(Approver(*row) for row in approvers)
        said = (
            _allowances(allow),
            zone,
            tuple(not_asked),
            named,
            OptionWords(one, many),
            developer,
            funding,
            released,
            revised,
        )
        return Rulebook(
            identity=Identity(*who, *said),  # type: ignore[call-arg]  # mypy counts the star as all
            rules=tuple(map(self.rule, rules)),
            vocabulary=Vocabulary(
                map(_read_fact, facts), (*BUILT_IN.contradictions, *map(self.contradiction, contradictions))
            ),
            routes={sheet.route: sheet for sheet in map(self.sheet, routes)},
            parameters={one.name: one for one in map(self.parameter, parameters)},
            definitions=self.definitions,
            documents={row[0]: Document(*row) for row in documents},
            outside_sources={row[0]: OutsideSource(*row) for row in outside},
            conflicts={
                name: Conflict(name, topic, self.citations(statements), resolution, tuple(named), reason)
                for name, topic, statements, resolution, named, reason in conflicts
            },
            not_encoded=tuple(NotEncoded(self.citations([cited])[0], reason) for cited, reason in not_encoded),
            approvals=tuple(map(self.approval, approvals)),
            bytes_digest=bytes_digest,
            ignored=ignored,
            files=files,
            is_cached=True,
        )

    def contradiction(self, row: Any) -> Contradiction:
        of_two, when, name, about, say, newer, place = row
        made = NotBelow(*when) if of_two else self.condition(when)
        return Contradiction(name, made, about, say, newer, self.at(place))

    def at(self, row: Any) -> Place:
        path, line, column, length = row
        return Place(self.paths[path], line, column, length)

    def citations(self, rows: Any) -> tuple[Citation, ...]:
        return tuple(
            [
                Citation(says, document, line, phrase, outside, place and self.at(place))
                for says, document, line, phrase, outside, place in rows
            ]
        )

    def rule(self, row: Any) -> Rule:
        name, title, stage, effect, routes, when, say, sources, place, do, conflicts, reading, *rest = row
        allow, decided_by, do_if_old, named, weight = rest
        return Rule(
            name, title, _STAGES[stage], _EFFECTS[effect], tuple(map(self.route, routes)),
            self.condition(when), say, self.citations(sources), self.at(place), do, tuple(conflicts), reading,
            _allowances(allow), _DECIDERS[decided_by], do_if_old, tuple(named), _WEIGHTS[weight],
        )  # fmt: skip

    def approval(self, row: Any) -> Approval:
        kind, name, sheet, by, role, day, place, until, withdrawn = row
        return Approval(
            SubjectKind(kind), name, sheet, by, role, read_iso_date(day), self.at(place),
            until and read_iso_date(until), withdrawn and _read_withdrawal(*withdrawn),
        )  # fmt: skip

    def parameter(self, row: Any) -> Parameter:
        name, (number, unit), stricter, basis, place, reason, sources = row
        quantity = Quantity(Decimal(number), unit_named(unit))
        return Parameter(name, quantity, stricter, basis, self.at(place), reason, self.citations(sources))

    def sheet(self, row: Any) -> RouteSheet:
        route, title, attributes = row
        said = (
            (name, tuple(Statement(says, self.citations(sources)) for says, sources in statements))
            for name, statements in attributes
        )
        return RouteSheet(self.route(route), title, tuple(said))

    def condition(self, row: Any) -> Condition:
        word, at, *rest = row
        place = at and self.at(at)
        match word:
            case "":
                fact, operator, constant, parameters = rest
                return Compare(fact, operator, _read_constant(constant), tuple(parameters), place)
            case "all":
                return AllOf(tuple([self.condition(member) for member in rest]), place)
            case "any":
                return AnyOf(tuple([self.condition(member) for member in rest]), place)
            case "not":
                (member,) = rest
                return Not(self.condition(member), place)
            case "meets":
                (name,) = rest
                return DefinitionRef(name, self.definitions[name].when, place)
            case "always":
                return Always()
        raise ValueError


def _allowances(rows: Any) -> tuple[Allowance, ...]:
    return tuple(Allowance(*row) for row in rows)


def _read_constant(constant: Any) -> Any:
    if isinstance(constant, list):
        return tuple(map(_read_constant, constant))
    return Decimal(constant[1:]) if constant[0] == "#" else constant[1:]


def _read_freshness(window: Any, lasting: Any, permanent: Any, stands: Any, reason: str) -> Freshness:
    return Freshness(window and Window(*window), frozenset(lasting), frozenset(permanent), frozenset(stands), reason)


def _read_withdrawal(by: str, day: str, reason: str) -> Withdrawal:
    return Withdrawal(by, read_iso_date(day), reason)


def _read_fact(row: Any) -> Fact:
    name, window, *rest = row
    fresh = window and _read_freshness(*window)
    if not rest:
        return replace(BUILT_IN[name], freshness=fresh) if fresh else BUILT_IN[name]
    kind, label, domain, unit, low, high, choices, codes, changeable, note, opaque, uses = rest
    return Fact(
        name, Kind(kind), label, domain, unit and unit_named(unit), low and Decimal(low), high and Decimal(high),
        tuple(choices), tuple(Code(*code) for code in codes), changeable, note, fresh,
        opaque=frozenset(opaque), is_added=True, uses=None if uses is None else frozenset(map(Use, uses)),
    )  # fmt: skip
