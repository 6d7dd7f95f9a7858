"""From the rows of plain data that `snapshot` wrote back to the parts of a rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from ketascreen.diagnostic import Place
from ketascreen.language.approval import Approval, Approver, SubjectKind, Withdrawal
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, DefinitionRef, Not
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.documents import Citation, Conflict, Document, NotEncoded, OutsideSource
from ketascreen.language.iso_time import read_iso_date
from ketascreen.language.quantity import Quantity, unit_named
from ketascreen.language.rule import (
    Allowance,
    Definition,
    Parameter,
    Retirement,
    RouteSheet,
    Rule,
    RuleStage,
    Statement,
)
from ketascreen.language.rulebook import Identity, OptionWords, Rulebook
from ketascreen.language.terms import DecidedBy, Effect, Route, Weight
from ketascreen.language.vocabulary import Code, DataKind, Fact, Freshness, Kind, Vocabulary, Window
from ketascreen.patient.profile import BUILT_IN

_STAGES = {str(stage): stage for stage in RuleStage}
_DECIDERS = {str(one): one for one in DecidedBy}
_WEIGHTS = {str(weight): weight for weight in Weight}
_EFFECTS = {str(effect): effect for effect in Effect}


class RowReader:
    """Makes the parts of a rulebook from the rows that `_RowWriter` wrote."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths
        self.definitions: dict[str, Definition] = {}
        self.route = cache(Route)

    def rulebook(
        self, data: list[Any], files: Mapping[str, bytes], bytes_digest: str, ignored: tuple[str, ...]
    ) -> Rulebook:
        identity, definitions, rules, facts, contradictions, routes, parameters, *sources = data
        documents, outside, conflicts, not_encoded, approvals, retired = sources
        for name, title, when, place, cited, was in definitions:  # a definition follows the definitions that it uses
            self.definitions[name] = Definition(
                name, title, self.condition(when), self.at(place), self.citations(cited), tuple(was)
            )
        *who, allow, zone, not_asked, approvers, (one, many), developer, funding, released, revised = identity
        named = tuple(Approver(*row) for row in approvers)
        said = (_allowances(allow), zone, tuple(not_asked), named, OptionWords(one, many))
        made = (developer, funding, released, revised)
        return Rulebook(
            identity=Identity(*who, *said, *made),  # type: ignore[call-arg]  # mypy counts the star as all
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
            retired=tuple(map(self.rule, retired)),
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
        allow, decided_by, do_if_old, named, weight, was, retired = rest
        return Rule(
            name, title, _STAGES[stage], _EFFECTS[effect], tuple(map(self.route, routes)),
            self.condition(when), say, self.citations(sources), self.at(place), do, tuple(conflicts), reading,
            _allowances(allow), _DECIDERS[decided_by], do_if_old, tuple(named), _WEIGHTS[weight],
            tuple(was), retired and _read_retirement(*retired),
        )  # fmt: skip

    def approval(self, row: Any) -> Approval:
        kind, name, sheet, by, role, day, place, until, withdrawn = row
        return Approval(
            SubjectKind(kind), name, sheet, by, role, read_iso_date(day), self.at(place),
            until and read_iso_date(until), withdrawn and _read_withdrawal(*withdrawn),
        )  # fmt: skip

    def parameter(self, row: Any) -> Parameter:
        name, (number, unit), stricter, basis, place, reason, sources, was = row
        quantity = Quantity(Decimal(number), unit_named(unit))
        cited = self.citations(sources)
        return Parameter(name, quantity, stricter, basis, self.at(place), reason, cited, tuple(was))

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


def _read_retirement(day: str, by: str, reason: str, instead: list[str]) -> Retirement:
    return Retirement(read_iso_date(day), by, reason, tuple(instead))


def _read_fact(row: Any) -> Fact:
    name, window, *rest = row
    fresh = window and _read_freshness(*window)
    if not rest:
        return replace(BUILT_IN[name], freshness=fresh) if fresh else BUILT_IN[name]
    kind, label, domain, unit, low, high, choices, codes, changeable, note, opaque, was, was_choices, uses = rest
    return Fact(
        name, Kind(kind), label, domain, unit and unit_named(unit), low and Decimal(low), high and Decimal(high),
        tuple(choices), tuple(Code(*code) for code in codes), changeable, note, fresh,
        opaque=frozenset(opaque), is_added=True, was=tuple(was), was_choices=tuple(map(tuple, was_choices)),
        uses=None if uses is None else frozenset(map(DataKind, uses)),
    )  # fmt: skip
