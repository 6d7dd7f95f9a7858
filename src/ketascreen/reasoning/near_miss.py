"""Answers that were found, in words; and the rule that just fails to be met with them, at an end of a range itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, comparisons
from ketascreen.language.logic import TRUE
from ketascreen.language.operators import BY_SHAPE, AtEnd, shape_of
from ketascreen.language.quantity import Quantity
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import Known, evaluate
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.reasoning.spread import PRESENT, fact_of, is_word, spread


class NearMiss(NamedTuple):
    """A rule that would be met if one of its comparisons included its end, and that comparison."""

    rule: Rule
    compare: Compare

    def hint(self, vocabulary: Vocabulary) -> str:
        """What to write."""
        fact, meant = self.compare.fact, _including(self.compare).operator
        end = (
            self.compare.parameters[0] if self.compare.parameters else _number(fact, self.compare.constant, vocabulary)
        )
        written = f"write `{fact}: {{{meant}: {end}}}` there, if the value itself is to count"
        return f"`{self.rule.id}` is not met at exactly this value: {written}"


def near_miss(rules: Iterable[Rule], answers: Known) -> NearMiss | None:
    """The first rule that is not met with spread answers, and would be if its ends were included; None if there is
    none.
    """
    for rule in rules:
        when = spread(rule.when)
        if evaluate(when, answers) is not TRUE and evaluate(_with_ends(when), answers) is TRUE:
            at_end = (one for one in comparisons(when) if _excludes_end(one) and answers.get(one.fact) == one.constant)
            if compare := next(at_end, None):
                return NearMiss(rule, compare)
    return None


def _excludes_end(compare: Compare) -> bool:
    shape = shape_of(compare)
    return isinstance(shape, AtEnd) and not shape.included


def _including(compare: Compare) -> Compare:
    shape = shape_of(compare)
    if not isinstance(shape, AtEnd):
        return compare
    return replace(compare, operator=BY_SHAPE[AtEnd(shape.above, included=True)].name)


def _with_ends(condition: Condition) -> Condition:
    match condition:
        case Compare():
            return _including(condition)
        case AllOf(members):
            return AllOf(tuple(map(_with_ends, members)))
        case AnyOf(members):
            return AnyOf(tuple(map(_with_ends, members)))
        case _:  # within `not`, an end that is left out is one that counts
            return condition


def in_words(condition: Condition, answers: Known, vocabulary: Vocabulary) -> str:
    """The spread answers that are enough to meet a spread condition, as a case gives them.

    Words that are absent from a list are left out.
    """
    enough = dict(answers)
    for name in sorted(answers):
        fewer = {other: answer for other, answer in enough.items() if other != name}
        enough = fewer if evaluate(condition, fewer) is TRUE else enough
    return ", ".join(_words(enough, vocabulary))


def _words(answers: Known, vocabulary: Vocabulary) -> Iterator[str]:
    for name, answer in sorted(answers.items()):
        fact = vocabulary[fact_of(name)]
        if is_word(name):
            if answer == PRESENT:
                yield f"`{fact.name}: [{name.removeprefix(f'{fact.name} ')}]`"
        elif isinstance(answer, Decimal | str):
            yield f"`{fact.name}: {_number(fact.name, answer, vocabulary)}`"


def _number(fact: str, value: object, vocabulary: Vocabulary) -> str:
    unit = vocabulary[fact].unit
    return str(Quantity(value, unit)) if isinstance(value, Decimal) and unit is not None else str(value)
