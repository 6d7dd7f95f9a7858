"""Two bands of one number that miss, or both hold, exactly the number at which they meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, DefinitionRef, Not, facts_of
from ketascreen.language.logic import Truth
from ketascreen.language.quantity import decimal_text
from ketascreen.language.rule import Rule
from ketascreen.language.vocabulary import Fact, Vocabulary
from ketascreen.reasoning.witness import Truths, all_of, any_of, find, fixed, neighbours, numbers_of, spread

CODE = "bands"

_ENDS = {"below": False, "at_most": True}
_BEGINS = {"above": False, "at_least": True}
_MEETING = {"below": "at_most", "at_most": "below", "above": "at_least", "at_least": "above"}
"""The comparison in place of another that lets two bands meet."""
_NEGATED = {"below": "at_least", "at_least": "below", "above": "at_most", "at_most": "above"}


@dataclass(frozen=True, slots=True)
class _Edge:
    """Where a comparison of a rule begins or ends to hold, and whether that number is in."""

    rule: Rule
    compare: Compare
    operator: str
    number: Decimal


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Gaps and overlaps of exactly one number, between rules for a common route, or within one rule.

    Two rules are taken for bands only where one of them asks no fact that the other does not: others divide by a
    number for reasons of their own. That the bands meet is found by trial, with all other answers alike.
    """
    vocabulary = subject.rulebook.vocabulary
    edges: dict[tuple[str, Decimal], list[_Edge]] = {}
    for rule in subject.rulebook.rules:
        for edge in _edges(rule, rule.when):
            edges.setdefault((edge.compare.fact, edge.number), []).append(edge)
    for (name, _), found in sorted(edges.items()):
        ends = [edge for edge in found if edge.operator in _ENDS]
        begins = [edge for edge in found if edge.operator in _BEGINS]
        seen = set()
        for end, begin in ((end, begin) for end in ends for begin in begins if end.compare is not begin.compare):
            pair = (end.rule.id, begin.rule.id)
            if pair not in seen and (problem := _problem(subject, vocabulary[name], end, begin)):
                seen.add(pair)
                yield problem


def _edges(rule: Rule, condition: Condition, *, negated: bool = False) -> Iterator[_Edge]:
    match condition:
        case AllOf(members) | AnyOf(members):
            for member in members:
                yield from _edges(rule, member, negated=negated)
        case Not(member):
            yield from _edges(rule, member, negated=not negated)
        case DefinitionRef(_, member):
            yield from _edges(rule, member, negated=negated)
        case Compare(_, operator) if operator in _NEGATED or operator == "between":
            written = ("at_least", "at_most") if operator == "between" else (operator,)
            for one, number in zip(written, numbers_of(condition), strict=True):
                yield _Edge(rule, condition, _NEGATED[one] if negated else one, number)


def _problem(subject: Subject, fact: Fact, end: _Edge, begin: _Edge) -> Diagnostic | None:
    if _ENDS[end.operator] is not _BEGINS[begin.operator] or not _are_bands(end.rule, begin.rule):
        return None
    overlap = _ENDS[end.operator]
    if not (_overlap if overlap else _gap)(subject, fact, end, begin):
        return None
    later, other = (begin, end) if begin.rule.id >= end.rule.id else (end, begin)
    value = f"{decimal_text(end.number)} {fact.unit.name if fact.unit else ''}".strip()
    both = f"`{later.operator}` here, `{other.operator}` "
    both += "in the same rule" if later.rule is other.rule else f"in `{other.rule.id}`"
    what = "is in both bands" if overlap else "is in neither band"
    place = later.compare.place
    return Diagnostic(
        CODE,
        f"exactly {value} of `{fact.name}` {what}: {both}",
        f"write `{_MEETING[later.operator]}` here, or `{_MEETING[other.operator]}` there",
        place if place and place.path == later.rule.place.path else later.rule.place,
    )


def _are_bands(one: Rule, other: Rule) -> bool:
    asked, asked_too = facts_of(one.when), facts_of(other.when)
    return bool(set(one.routes) & set(other.routes)) and (asked <= asked_too or asked_too <= asked)


def _gap(subject: Subject, fact: Fact, end: _Edge, begin: _Edge) -> bool:
    """Whether for some patient one band holds just below, the other just above, and no rule on the fact in between."""
    below, above = neighbours(fact, end.number)
    if below is None or above is None:
        return False
    routes = set(end.rule.routes) & set(begin.rule.routes)
    asking = (rule for rule in subject.rulebook.rules if fact.name in facts_of(rule.when) and set(rule.routes) & routes)
    covering = any_of(fixed(spread(rule.when), fact.name, end.number) for rule in asking)
    low, high = fixed(spread(end.rule.when), fact.name, below), fixed(spread(begin.rule.when), fact.name, above)
    return _exists((low, high), (covering,), subject.rulebook.vocabulary)


def _overlap(subject: Subject, fact: Fact, end: _Edge, begin: _Edge) -> bool:
    """Whether for some patient one rule is met up to the number, the other from it, and both exactly there."""
    below, above = neighbours(fact, end.number)
    low, high = spread(end.rule.when), spread(begin.rule.when)
    at = [fixed(low, fact.name, end.number), fixed(high, fact.name, end.number)]
    if below is None or above is None:
        return False
    met = (*at, fixed(low, fact.name, below), fixed(high, fact.name, above))
    return _exists(met, (fixed(low, fact.name, above), fixed(high, fact.name, below)), subject.rulebook.vocabulary)


def _exists(met: tuple[Condition, ...], not_met: tuple[Condition, ...], vocabulary: Vocabulary) -> bool:
    def wanted(truths: Truths) -> bool:
        return truths == (Truth.TRUE, Truth.FALSE)

    return find([all_of(met), any_of(not_met)], vocabulary, wanted, unknown=False).answers is not None
