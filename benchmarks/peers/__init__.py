"""The same rules in the language of each peer. Each file is one peer, as its manual shows, in its fastest way found."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, DefinitionRef, ListValue, Not, Value

Rules = Mapping[str, Condition]
Patient = dict[str, Any]
"""Plain numbers, words, and lists of words, by fact."""


class Peer(Protocol):
    """An engine that holds the rules ready. It knows two values, so all answers must be known."""

    def answer(self, patient: Patient) -> Any:
        """What it gives for all rules, in its own form; this is what is timed."""
        ...

    def met(self, answer: Any) -> set[str]:
        """The ids of the rules that are met, out of such an answer."""
        ...


def plain(answers: Mapping[str, Value]) -> Patient:
    """A patient as a peer takes one."""
    return {name: _plain(answer) for name, answer in answers.items()}


def _plain(answer: Value) -> Any:
    if isinstance(answer, ListValue):
        return sorted(answer.present)
    return number(answer) if isinstance(answer, Decimal) else answer


def number(decimal: Decimal) -> int | float:
    """A plain number; the numbers in the measured rules are halves, which binary floats hold exactly."""
    whole = int(decimal)
    return whole if whole == decimal else float(decimal)


def words(compare: Compare) -> list[str]:
    """The words that a comparison names."""
    return [str(word) for word in compare.constant] if isinstance(compare.constant, tuple) else [str(compare.constant)]


def infix(condition: Condition, leaf: Callable[[Compare], str], both: str, either: str, opposite: str) -> str:
    """A condition as text, with the words of a language for `and`, `or` and `not`."""
    match condition:
        case Compare():
            return leaf(condition)
        case AllOf(members):
            return f"({both.join(infix(member, leaf, both, either, opposite) for member in members)})"
        case AnyOf(members):
            return f"({either.join(infix(member, leaf, both, either, opposite) for member in members)})"
        case Not(member):
            return f"{opposite}({infix(member, leaf, both, either, opposite)})"
        case DefinitionRef(_, member):
            return infix(member, leaf, both, either, opposite)
        case Always():
            raise ValueError("measured rules do not always hold")


SIGNS = {"is": "==", "is_not": "!=", "at_least": ">=", "above": ">", "at_most": "<=", "below": "<"}
"""Operators that all languages write alike."""


def scalar(compare: Compare, opposite: str) -> str:
    """A comparison of a number or a choice as text; languages differ only in their word for `not`."""
    fact, constant = compare.fact, compare.constant
    if compare.operator in ("one_of", "none_of"):
        found = f"{fact} in {json.dumps(words(compare))}"
        return found if compare.operator == "one_of" else f"{opposite}({found})"
    compared = number(constant) if isinstance(constant, Decimal) else json.dumps(constant)
    return f"{fact} {SIGNS[compare.operator]} {compared}"


_OPPOSITE = {"one_of": "none_of", "at_least": "below", "above": "at_most", "includes_any": "includes_none"}
_OPPOSITES = {**_OPPOSITE, **{there: here for here, there in _OPPOSITE.items()}, "is": "is_not", "is_not": "is"}


def positive(condition: Condition, negated: bool = False) -> Condition:
    """The same without `not`, for peers that lack it; all answers are known, so that each operator has an opposite."""
    match condition:
        case AllOf(members) | AnyOf(members):
            join = AllOf if isinstance(condition, AllOf) != negated else AnyOf
            return join(tuple(positive(member, negated) for member in members))
        case Not(member):
            return positive(member, not negated)
        case DefinitionRef(_, member):
            return positive(member, negated)
        case Compare(fact, "includes", constant) if negated:
            return Compare(fact, "includes_none", (str(constant),))
        case Compare(fact, operator, constant) if negated:
            return Compare(fact, _OPPOSITES[operator], constant)
        case _:
            return condition
