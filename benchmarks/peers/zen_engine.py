"""zen-engine: all rules as one compiled expression, a list of their answers (faster than a decision graph of them)."""

from __future__ import annotations

import json
from typing import Any

import zen

from benchmarks.peers import Patient, Rules, infix, scalar, words
from ketascreen.language.condition import Compare


class Engine:
    def __init__(self, rules: Rules) -> None:
        self._ids = list(rules)
        texts = (infix(when, _leaf, " and ", " or ", "not ") for when in rules.values())
        self._expression = zen.compile_expression(f"[{', '.join(texts)}]")

    def answer(self, patient: Patient) -> Any:
        return self._expression.evaluate(patient)

    def met(self, answer: Any) -> set[str]:
        return {rule for rule, met in zip(self._ids, answer, strict=True) if met}


def _leaf(compare: Compare) -> str:
    fact, listed = compare.fact, json.dumps(words(compare))
    match compare.operator:
        case "includes":
            return f"{json.dumps(compare.constant)} in {fact}"
        case "includes_any":
            return f"some({fact}, # in {listed})"
        case "includes_none":
            return f"none({fact}, # in {listed})"
        case _:
            return scalar(compare, "not ")
