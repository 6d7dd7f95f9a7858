"""json-logic-qubit: one JsonLogic rule for each rule."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from json_logic import jsonLogic

from benchmarks.peers import SIGNS, Patient, Rules, number, words
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, DefinitionRef, Not


class Engine:
    def __init__(self, rules: Rules) -> None:
        self._rules = [(rule, _logic(when)) for rule, when in rules.items()]

    def answer(self, patient: Patient) -> list[str]:
        return [rule for rule, logic in self._rules if jsonLogic(logic, patient)]

    def met(self, answer: Any) -> set[str]:
        return set(answer)


def _logic(condition: Condition) -> Any:
    match condition:
        case AllOf(members):
            return {"and": [_logic(member) for member in members]}
        case AnyOf(members):
            return {"or": [_logic(member) for member in members]}
        case Not(member):
            return {"!": [_logic(member)]}
        case DefinitionRef(_, member):
            return _logic(member)
        case Compare():
            return _leaf(condition)
    raise ValueError("measured rules do not always hold")


def _leaf(compare: Compare) -> Any:
    fact = {"var": compare.fact}
    if isinstance(compare.constant, Decimal):
        return {SIGNS[compare.operator]: [fact, number(compare.constant)]}
    match compare.operator:
        case "is" | "is_not":
            return {SIGNS[compare.operator]: [fact, compare.constant]}
        case "one_of":
            return {"in": [fact, words(compare)]}
        case "none_of":
            return {"!": [{"in": [fact, words(compare)]}]}
        case "includes":
            return {"in": [compare.constant, fact]}
    some = {"or": [{"in": [word, fact]} for word in words(compare)]}
    return some if compare.operator == "includes_any" else {"!": [some]}
