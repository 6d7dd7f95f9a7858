"""common-expression-language: all rules as one compiled program, a list of their answers."""

from __future__ import annotations

import json
from typing import Any

import cel

from benchmarks.peers import Patient, Rules, infix, scalar, words
from ketascreen.language.condition import Compare


class Engine:
    def __init__(self, rules: Rules) -> None:
        self._ids = list(rules)
        texts = (infix(when, _leaf, " && ", " || ", "!") for when in rules.values())
        self._program = cel.compile(f"[{', '.join(texts)}]")

    def answer(self, patient: Patient) -> Any:
        return self._program.execute(patient)

    def met(self, answer: Any) -> set[str]:
        return {rule for rule, met in zip(self._ids, answer, strict=True) if met}


def _leaf(compare: Compare) -> str:
    fact, listed = compare.fact, json.dumps(words(compare))
    match compare.operator:
        case "includes":
            return f"{json.dumps(compare.constant)} in {fact}"
        case "includes_any":
            return f"{fact}.exists(w, w in {listed})"
        case "includes_none":
            return f"!{fact}.exists(w, w in {listed})"
        case _:
            return scalar(compare, "!")
