"""Every slip in a condition: the changed condition, with the line before and after.

The condition is changed, not its text; the located tree gives the place of each part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from ketascreen.authoring.mutation.line_edits import (
    EditedLine,
    SourceFile,
    dropped,
    not_added,
    not_dropped,
    put,
    span,
    word_added,
    word_dropped,
)
from ketascreen.language.complete import complete
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, Constant, DefinitionRef, Not
from ketascreen.language.operators import (
    BY_SHAPE,
    OPERATORS,
    SHAPES,
    AtEnd,
    Between,
    Equal,
    Member,
    Overlap,
    Present,
    Shape,
    Takes,
    shape_of,
)
from ketascreen.language.quantity import Quantity, decimal_text
from ketascreen.language.vocabulary import Fact, Vocabulary
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Sequence, key_place


def _opposite(shape: Equal | Member) -> tuple[Shape, ...]:
    return (replace(shape, negated=not shape.negated),)


def _other_ends(shape: AtEnd) -> tuple[Shape, ...]:
    return replace(shape, included=not shape.included), replace(shape, above=not shape.above)


def _other_overlaps(shape: Overlap) -> tuple[Shape, ...]:
    return replace(shape, negated=not shape.negated), replace(shape, every=not shape.every)


def _none(_shape: Between | Present) -> tuple[Shape, ...]:
    return ()


_NEIGHBOURS: Mapping[type[Any], Callable[[Any], tuple[Shape, ...]]] = complete(
    "the table of what a shape is mistaken for",
    {
        Equal: _opposite,
        Member: _opposite,
        AtEnd: _other_ends,
        Between: _none,
        Present: _none,
        Overlap: _other_overlaps,
    },
    SHAPES,
)


def _mistaken_for(compare: Compare) -> Iterator[str]:
    """The operators that it is easily mistaken for: the other side of a boundary, the other direction, the opposite."""
    shape = shape_of(compare)
    return (BY_SHAPE[other].name for other in _NEIGHBOURS[type(shape)](shape) if other in BY_SHAPE)


@dataclass(frozen=True, slots=True)
class Slip:
    """The condition after a slip, the kind of the slip, what it does, and its line."""

    condition: Condition
    kind: str
    what: str
    line: EditedLine
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Slips:
    """The slips of one file's conditions."""

    source: SourceFile
    vocabulary: Vocabulary

    def of(self, condition: Condition, node: Node, *, negated: bool = False) -> Iterator[Slip]:
        """Every slip in a condition and its members; a definition that it uses has its own file."""
        if not isinstance(node, MappingNode):
            return
        ((key, value),) = node.items.items()
        match condition:
            case AllOf(members) | AnyOf(members) if isinstance(value, Sequence):
                yield from self._of_branches(condition, node, key, value)
                for index, (member, item) in enumerate(zip(members, value.items, strict=True)):
                    for slip in self.of(member, item):
                        yield replace(slip, condition=_with_member(condition, index, slip.condition))
            case Not(member):
                line = not_dropped(self.source, key_place(node, key), value)
                yield Slip(member, "not", "`not` is dropped", line)
                for slip in self.of(member, value, negated=True):
                    yield replace(slip, condition=replace(condition, member=slip.condition))
            case AllOf(members) if isinstance(value, MappingNode):  # several comparisons of one fact
                yield from self._of_several(condition, members, value)
            case Compare() if isinstance(value, MappingNode):
                yield from self._of_comparison(condition, value)
        if not negated and key not in ("all", "any", "not"):
            yield Slip(Not(condition), "not", "`not` is added", not_added(self.source, node))

    def _of_branches(self, condition: AllOf | AnyOf, node: MappingNode, key: str, value: Sequence) -> Iterator[Slip]:
        members = condition.members
        if len(members) < 2:
            return
        other: Condition = AnyOf(members) if key == "all" else AllOf(members)
        word = "any" if key == "all" else "all"
        line = put(self.source, key_place(node, key), word)
        yield Slip(other, "branches", f"`{key}` becomes `{word}`", line)
        for index, item in enumerate(value.items):
            fewer = replace(condition, members=members[:index] + members[index + 1 :])
            yield Slip(fewer, "branch", f"a branch of `{key}` is dropped", dropped(self.source, item.place))

    def _of_several(self, condition: AllOf, members: tuple[Condition, ...], value: MappingNode) -> Iterator[Slip]:
        for index, (member, operator) in enumerate(zip(members, value.items, strict=True)):
            fewer = replace(condition, members=members[:index] + members[index + 1 :])
            what = f"`{operator}` is dropped"
            yield Slip(fewer, "branch", what, dropped(self.source, key_place(value, operator)))
            for slip in self._of_comparison(cast(Compare, member), value):
                yield replace(slip, condition=_with_member(condition, index, slip.condition))

    def _of_comparison(self, compare: Compare, value: MappingNode) -> Iterator[Slip]:
        fact, constant = self.vocabulary[compare.fact], value.items[compare.operator]
        key = key_place(value, compare.operator)
        for operator in _mistaken_for(compare):
            what = f"`{compare.operator}` becomes `{operator}`"
            yield Slip(replace(compare, operator=operator), "comparison", what, put(self.source, key, operator))
        yield from _CONSTANTS[OPERATORS[compare.operator].takes](self, compare, fact, constant)

    def _of_one(self, compare: Compare, fact: Fact, node: Node) -> Iterator[Slip]:
        if isinstance(compare.constant, Decimal):
            for number in steps(compare.constant):
                yield self._threshold(compare, fact, node, compare.constant, number, number)
            return
        for word in fact.words:
            if word != compare.constant:
                what = f"`{compare.constant}` becomes `{word}`"
                yield Slip(replace(compare, constant=word), "choice", what, put(self.source, span(node), word))

    def _of_ends(self, compare: Compare, fact: Fact, node: Node) -> Iterator[Slip]:
        low, high = cast(tuple[Decimal, Decimal], compare.constant)
        ends = cast(Sequence, node).items
        for number in steps(low):
            yield self._threshold(compare, fact, ends[0], low, number, (number, high))
        for number in steps(high):
            yield self._threshold(compare, fact, ends[1], high, number, (low, number))

    def _threshold(
        self, compare: Compare, fact: Fact, node: Node, old: Decimal, new: Decimal, constant: Constant
    ) -> Slip:
        assert fact.unit is not None
        before, after = (str(Quantity(number, fact.unit)) for number in (old, new))
        pair = isinstance(constant, tuple)
        refused = "" if in_range(fact, new) else f"outside the range of `{fact.name}`"
        if pair and constant[0] > constant[1]:  # type: ignore[index,operator]
            refused = f"`{compare.operator}` takes two ends, the lower first"
        line = put(self.source, span(node), after)
        changed = replace(compare, constant=constant, parameters=())
        return Slip(changed, "threshold", f"{before} becomes {after}", line, refused)

    def _of_words(self, compare: Compare, fact: Fact, node: Node) -> Iterator[Slip]:
        assert isinstance(node, Sequence)
        words = cast(tuple[str, ...], compare.constant)
        others = [word for word in fact.words if word not in words]
        for index, (word, item) in enumerate(zip(words, node.items, strict=True)):
            fewer = words[:index] + words[index + 1 :]
            if fewer:
                line = word_dropped(self.source, item)
                yield Slip(replace(compare, constant=fewer), "word", f"`{word}` is dropped", line)
            for other in others:
                swapped = (*words[:index], other, *words[index + 1 :])
                line = put(self.source, span(item), other)
                yield Slip(replace(compare, constant=swapped), "choice", f"`{word}` becomes `{other}`", line)
        for other in others:
            line = word_added(self.source, node.items[-1], other)
            yield Slip(replace(compare, constant=(*words, other)), "word", f"`{other}` is added", line)


_CONSTANTS: Mapping[Takes, Callable[[Slips, Compare, Fact, Node], Iterator[Slip]]] = complete(
    "the table of slips in a constant",
    {Takes.ONE: Slips._of_one, Takes.WORDS: Slips._of_words, Takes.PAIR: Slips._of_ends},
    Takes,
)


def _with_member(condition: AllOf | AnyOf, index: int, member: Condition) -> Condition:
    members = condition.members
    return replace(condition, members=(*members[:index], member, *members[index + 1 :]))


def steps(number: Decimal) -> tuple[Decimal, Decimal]:
    """The number a step up and down: one unit of the last place that it uses."""
    decimals = len(decimal_text(number).partition(".")[2])
    step = Decimal(1).scaleb(-decimals)
    return number + step, number - step


def in_range(fact: Fact, number: Decimal) -> bool:
    """Whether a number is within the range of its fact."""
    assert fact.minimum is not None
    assert fact.maximum is not None
    return fact.minimum <= number <= fact.maximum


def with_definition(condition: Condition, name: str, when: Condition) -> Condition:
    """The condition with another meaning of a definition that it uses, also inside another definition."""
    match condition:
        case AllOf(members) | AnyOf(members):
            return replace(condition, members=tuple(with_definition(member, name, when) for member in members))
        case Not(member):
            return replace(condition, member=with_definition(member, name, when))
        case DefinitionRef(asked, member):
            return replace(condition, condition=when if asked == name else with_definition(member, name, when))
        case _:
            return condition


def with_parameter(condition: Condition, name: str, old: Quantity, new: Quantity, facts: Vocabulary) -> Condition:
    """The condition with another value of a parameter, definitions included.

    Raises:
        QuantityError: the new value is not exact in the unit of a fact that it is compared with.
    """
    match condition:
        case AllOf(members) | AnyOf(members):
            changed = tuple(with_parameter(member, name, old, new, facts) for member in members)
            return replace(condition, members=changed)
        case Not(member):
            return replace(condition, member=with_parameter(member, name, old, new, facts))
        case DefinitionRef(_, member):
            return replace(condition, condition=with_parameter(member, name, old, new, facts))
        case Compare(fact, _, constant, parameters) if name in parameters:
            unit = facts[fact].unit
            assert unit is not None
            before, after = old.to(unit).value, new.to(unit).value
            if isinstance(constant, tuple):
                ends = tuple(after if end == before else end for end in constant)
                return replace(condition, constant=cast(Constant, ends))
            return replace(condition, constant=after)
        case _:
            return condition
