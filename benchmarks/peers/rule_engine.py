"""rule-engine: one Rule for each rule."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from rule_engine import Rule

from benchmarks.peers import SIGNS, Patient, Rules, infix, number, words
from ketascreen.condition import Compare


class Engine:
    def __init__(self, rules: Rules) -> None:
        self._rules = [(rule, Rule(infix(when, _leaf, " and ", " or ", "not "))) for rule, when in rules.items()]

    def answer(self, patient: Patient) -> list[str]:
        return [rule for rule, compiled in self._rules if compiled.matches(patient)]

    def met(self, answer: Any) -> set[str]:
        return set(answer)


def _leaf(compare: Compare) -> str:
    fact, listed = compare.fact, json.dumps(words(compare))
    if isinstance(compare.constant, Decimal):
        return f"{fact} {SIGNS[compare.operator]} {number(compare.constant)}"
    match compare.operator:
        case "is" | "is_not":
            return f"{fact} {SIGNS[compare.operator]} {json.dumps(compare.constant)}"
        case "one_of":
            return f"{fact} in {listed}"
        case "none_of":
            return f"not ({fact} in {listed})"
    some = f"({' or '.join(f'{json.dumps(word)} in {fact}' for word in words(compare))})"
    return f"not {some}" if compare.operator == "includes_none" else some
