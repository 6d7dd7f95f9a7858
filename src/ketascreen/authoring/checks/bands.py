"""Two bands of one fact that both leave out, or both include, exactly the number at which they meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.complete import complete
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, DefinitionRef, Not, facts_of
from ketascreen.language.logic import Truth
from ketascreen.language.operators import BY_SHAPE, SHAPES, AtEnd, Between, Equal, Member, Overlap, Present, shape_of
from ketascreen.language.quantity import decimal_text
from ketascreen.language.rule import Rule
from ketascreen.language.vocabulary import Fact, Vocabulary
from ketascreen.reasoning.partitions import neighbours
from ketascreen.reasoning.spread import spread
from ketascreen.reasoning.witness import Truths, all_of, any_of, find, fixed

CODE = "bands"


@dataclass(frozen=True, slots=True)
class _Edge:
    """The number at which a comparison of a rule begins or stops to hold, and whether the number is included."""

    rule: Rule
    compare: Compare
    shape: AtEnd
    number: Decimal

    @property
    def operator(self) -> str:
        """The comparison that has only this edge."""
        return BY_SHAPE[self.shape].name

    @property
    def meeting(self) -> str:
        """The comparison to write instead, so that two bands meet."""
        return BY_SHAPE[replace(self.shape, included=not self.shape.included)].name


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Gaps and overlaps of exactly one number, between rules for a common route, or within one rule.

    Two rules count as bands only if one of them asks all facts that the other asks: other rules divide by a number for
    their own reasons. A search shows that the bands meet, with the same answers to all other facts.
    """
    vocabulary = subject.rulebook.vocabulary
    edges: dict[tuple[str, Decimal], list[_Edge]] = {}
    for rule in subject.rulebook.rules:
        for edge in _edges(rule, rule.when):
            edges.setdefault((edge.compare.fact, edge.number), []).append(edge)
    for (name, _), found in sorted(edges.items()):
        ends = [edge for edge in found if not edge.shape.above]
        begins = [edge for edge in found if edge.shape.above]
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
        case Compare():
            for shape, number in zip(_ends(condition), condition.numbers, strict=False):  # `is` has a number, no end
                yield _Edge(rule, condition, shape.opposite() if negated else shape, number)


def _ends(compare: Compare) -> tuple[AtEnd, ...]:
    shape = shape_of(compare)
    return _ENDS[type(shape)](shape)


def _own(shape: AtEnd) -> tuple[AtEnd, ...]:
    return (shape,)


def _both(_shape: Between) -> tuple[AtEnd, ...]:
    return AtEnd(above=True, included=True), AtEnd(above=False, included=True)


def _none(_shape: Equal | Member | Present | Overlap) -> tuple[AtEnd, ...]:
    return ()


_ENDS: Mapping[type[Any], Callable[[Any], tuple[AtEnd, ...]]] = complete(
    "the table of the ends of a band",
    {AtEnd: _own, Between: _both, Equal: _none, Member: _none, Present: _none, Overlap: _none},
    SHAPES,
)
"""The ends of the range in which a comparison holds, in the order of its numbers."""


def _problem(subject: Subject, fact: Fact, end: _Edge, begin: _Edge) -> Diagnostic | None:
    overlap = end.shape.included
    if overlap is not begin.shape.included or not _are_bands(end.rule, begin.rule):
        return None
    if not (_overlap if overlap else _gap)(subject, fact, end, begin):
        return None
    later, other = (begin, end) if begin.rule.id >= end.rule.id else (end, begin)
    value = f"{decimal_text(end.number)} {fact.unit_name or ''}".strip()
    both = f"`{later.operator}` here, `{other.operator}` "
    both += "in the same rule" if later.rule is other.rule else f"in `{other.rule.id}`"
    what = "is in both bands" if overlap else "is in neither band"
    place = later.compare.place
    return Diagnostic(
        CODE,
        f"exactly {value} of `{fact.name}` {what}: {both}",
        f"write `{later.meeting}` here, or `{other.meeting}` there",
        place if place and place.path == later.rule.place.path else later.rule.place,
    )


def _are_bands(one: Rule, other: Rule) -> bool:
    asked, asked_too = facts_of(one.when), facts_of(other.when)
    return bool(set(one.routes) & set(other.routes)) and (asked <= asked_too or asked_too <= asked)


def _gap(subject: Subject, fact: Fact, end: _Edge, begin: _Edge) -> bool:
    """Whether for some patient one band holds just below, the other just above, and no rule on the fact at it."""
    below, above = neighbours(fact, end.number)
    if below is None or above is None:
        return False
    routes = set(end.rule.routes) & set(begin.rule.routes)
    asking = (rule for rule in subject.rulebook.rules if fact.name in facts_of(rule.when) and set(rule.routes) & routes)
    covering = any_of(fixed(spread(rule.when), fact.name, end.number) for rule in asking)
    low, high = fixed(spread(end.rule.when), fact.name, below), fixed(spread(begin.rule.when), fact.name, above)
    return _exists((low, high), (covering,), subject.rulebook.vocabulary)


def _overlap(subject: Subject, fact: Fact, end: _Edge, begin: _Edge) -> bool:
    """Whether for some patient one rule is met up to the number, the other from it on, and both exactly there."""
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
