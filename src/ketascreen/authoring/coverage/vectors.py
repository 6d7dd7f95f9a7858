"""Enough patients to show all that any patient can show of a condition, as the values of its comparisons.

Some facts are asked once and can have any answer. In a group of such comparisons under one node, it is enough that each
one in turn decides for the group. All other facts are tried in every combination.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from math import gcd, prod

from ketascreen.language import logic
from ketascreen.language.condition import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    DefinitionRef,
    Not,
    Value,
    comparisons,
)
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.logic import Truth
from ketascreen.language.semantics import contradicts, evaluate
from ketascreen.language.vocabulary import Fact, Vocabulary
from ketascreen.reasoning.partitions import answers, facts_in_order, open_lists, spans, too_many_words

MAX_READINGS = 150_000
"""The most combinations times comparisons; they take about three seconds."""

Leaves = Mapping[int, Truth]
"""The values of some comparisons, by their number in the order written."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """Values that some comparisons can have together, and the answers that give them, if they ask one fact.

    Comparisons of contradictions have the same value for all of these answers.
    """

    leaves: Leaves
    fact: str = ""
    answers: tuple[Value, ...] = ()


def vectors(condition: Condition, vocabulary: Vocabulary) -> Iterator[tuple[Truth, ...]] | None:
    """Values that the comparisons, in the order written, can have together; None if there are too many to try.

    If some patient shows something of the condition (see `coverage`), one of these shows it too.
    """
    asked = list(comparisons(condition))
    facts = [vocabulary[name] for name in facts_in_order(condition)]
    if any(too_many_words(fact, condition) for fact in facts):
        return None
    refused = _refusing(vocabulary, frozenset(fact.name for fact in facts))
    choices = {fact.name: _choices(fact, asked, condition, refused) for fact in facts}
    free = frozenset(name for name, those in choices.items() if _is_free(name, those, refused))
    units = [*_free_units(condition, free, 0), *(those for name, those in choices.items() if name not in free)]
    if prod(map(len, units)) * len(asked) > MAX_READINGS:
        return None
    return _together(units, len(asked), refused)


def _refusing(vocabulary: Vocabulary, asked: frozenset[str]) -> tuple[Contradiction, ...]:
    """The contradictions between the asked facts that refuse a patient, whatever the dates of the answers."""
    return tuple(one for one in vocabulary.contradictions if one.newer is None and one.facts <= asked)


def _choices(
    fact: Fact, asked: Sequence[Compare], condition: Condition, refused: Iterable[Contradiction]
) -> tuple[_Choice, ...]:
    """The values that the comparisons of one fact can have together; the first is for a fact that is not known."""
    here = {number: compare for number, compare in enumerate(asked) if compare.fact == fact.name}
    contradicting = [one.when for one in refused if fact.name in one.facts and not isinstance(one.when, NotBelow)]
    whole = AllOf((condition, *contradicting))
    others = [compare for compare in comparisons(AllOf(tuple(contradicting))) if compare.fact == fact.name]
    unknown = (Truth.UNKNOWN,)
    found: dict[tuple[tuple[Truth, ...], tuple[Truth, ...]], list[Value]] = {
        (unknown * len(here), unknown * len(others)): []
    }
    for answer in (*answers(fact, whole), *open_lists(fact, whole), *spans(fact, whole)):
        truths, too = (
            tuple(evaluate(compare, {fact.name: answer}) for compare in some) for some in (here.values(), others)
        )
        found.setdefault((truths, too), []).append(answer)
    return tuple(
        _Choice(dict(zip(here, truths, strict=True)), fact.name, tuple(given)) for (truths, _), given in found.items()
    )


def _is_free(name: str, choices: Sequence[_Choice], refused: Iterable[Contradiction]) -> bool:
    """Whether a fact is asked once, can give all three values, and no other asked fact bounds it."""
    bound = any(name in one.facts for one in refused)
    return len(choices) == len(Truth) and len(choices[0].leaves) == 1 and not bound


def _free_units(condition: Condition, free: frozenset[str], at: int) -> Iterator[tuple[_Choice, ...]]:
    """For each largest group of free comparisons under one node, the values in which one of them decides for the group.

    `at` is the number of the condition's first comparison.
    """
    if _all_free(condition, free):
        yield tuple(map(_Choice, _deciding([(condition, at)], Truth.TRUE)))
        return
    match condition:
        case Not(member) | DefinitionRef(_, member):
            yield from _free_units(member, free, at)
        case AllOf(members) | AnyOf(members):
            numbered = _numbered(members, at)
            group = [(member, number) for member, number in numbered if _all_free(member, free)]
            if group:
                yield tuple(map(_Choice, _deciding(group, _neutral(condition))))
            for member, number in numbered:
                if not _all_free(member, free):
                    yield from _free_units(member, free, number)


def _all_free(condition: Condition, free: frozenset[str]) -> bool:
    return all(compare.fact in free for compare in comparisons(condition))


def _numbered(members: Sequence[Condition], at: int) -> list[tuple[Condition, int]]:
    """Each member with the number of its first comparison."""
    sizes = [sum(1 for _ in comparisons(member)) for member in members]
    return list(zip(members, accumulate(sizes[:-1], initial=at), strict=True))


def _neutral(condition: AllOf | AnyOf) -> Truth:
    """The value of the other members with which one member decides."""
    return Truth.TRUE if isinstance(condition, AllOf) else Truth.FALSE


def _deciding(group: Sequence[tuple[Condition, int]], neutral: Truth) -> Iterator[Leaves]:
    """Each comparison of the group with each value; with the others' values it decides the value of the group."""
    for index, (condition, at) in enumerate(group):
        others: dict[int, Truth] = {}
        for other, number in (*group[:index], *group[index + 1 :]):
            others.update(_settled(other, neutral, number))
        match condition:
            case Compare():
                yield from ({**others, at: value} for value in Truth)
            case Not(member) | DefinitionRef(_, member):
                yield from ({**others, **leaves} for leaves in _deciding([(member, at)], neutral))
            case AllOf(members) | AnyOf(members):
                inside = _deciding(_numbered(members, at), _neutral(condition))
                yield from ({**others, **leaves} for leaves in inside)


def _settled(condition: Condition, value: Truth, at: int) -> Leaves:
    """Values of free comparisons that make a condition `value`, true or false."""
    match condition:
        case Compare():
            return {at: value}
        case Not(member):
            return _settled(member, logic.negation(value), at)
        case DefinitionRef(_, member):
            return _settled(member, value, at)
        case AllOf(members) | AnyOf(members):
            parts = [_settled(member, value, number) for member, number in _numbered(members, at)]
            return {number: truth for part in parts for number, truth in part.items()}
        case Always():
            return {}


def _together(
    units: Sequence[Sequence[_Choice]], leaves: int, refused: Sequence[Contradiction]
) -> Iterator[tuple[Truth, ...]]:
    """Each combination once, in a mixed order: a search for something common finds it early."""
    size = prod(map(len, units))
    step = max(1, size * 5 // 8)
    while gcd(step, size) > 1:
        step += 1
    for index in range(size):
        chosen, rest = [], index * step % size
        for unit in units:
            rest, which = divmod(rest, len(unit))
            chosen.append(unit[which])
        if _is_accepted(chosen, refused):
            values = {number: value for choice in chosen for number, value in choice.leaves.items()}
            yield tuple(values[number] for number in range(leaves))


def _is_accepted(chosen: Sequence[_Choice], refused: Sequence[Contradiction]) -> bool:
    """Whether one patient can answer so and is not refused."""
    given = {choice.fact: choice.answers for choice in chosen if choice.answers}
    return not any(one.facts <= given.keys() and _always_contradicts(one, given) for one in refused)


def _always_contradicts(one: Contradiction, given: Mapping[str, tuple[Value, ...]]) -> bool:
    when = one.when
    if isinstance(when, NotBelow):
        low, high = (
            [number for number in given[name] if isinstance(number, Decimal)] for name in (when.fact, when.other)
        )
        return min(low) >= max(high)
    return contradicts(one, {name: given[name][0] for name in one.facts})
