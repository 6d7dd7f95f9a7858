"""rule-engine: one Rule for each rule."""

from __future__ import annotations

import json
from typing import Any

from rule_engine import Rule

from benchmarks.peers import Patient, Rules, infix, scalar, words
from ketascreen.language.condition import Compare


class Engine:
    def __init__(self, rules: Rules) -> None:
        self._rules = [(rule, Rule(infix(when, _leaf, " and ", " or ", "not "))) for rule, when in rules.items()]

    def answer(self, patient: Patient) -> list[str]:
        return [rule for rule, compiled in self._rules if compiled.matches(patient)]

    def met(self, answer: Any) -> set[str]:
        return set(answer)


def _leaf(compare: Compare) -> str:
    if not compare.operator.startswith("includes"):
        return scalar(compare, "not ")
    some = f"({' or '.join(f'{json.dumps(word)} in {compare.fact}' for word in words(compare))})"
    return f"not {some}" if compare.operator == "includes_none" else some
