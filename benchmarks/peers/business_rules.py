"""business-rules: one rule for each rule, over variables that read the patient. A choice is a list of one word."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from business_rules import run_all
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import FIELD_TEXT
from business_rules.variables import BaseVariables, numeric_rule_variable, select_multiple_rule_variable

from benchmarks.peers import Patient, Rules, number, positive, words
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, comparisons

_NUMERIC = {
    "is": "equal_to",
    "at_least": "greater_than_or_equal_to",
    "above": "greater_than",
    "at_most": "less_than_or_equal_to",
    "below": "less_than",
}
_NONE = frozenset({"is_not", "none_of", "includes_none"})


class _Found(BaseActions):  # type: ignore[misc]
    def __init__(self) -> None:
        self.rules: list[str] = []

    @rule_action(params={"rule": FIELD_TEXT})  # type: ignore[untyped-decorator]
    def found(self, rule: str) -> None:
        self.rules.append(rule)


class Engine:
    def __init__(self, rules: Rules) -> None:
        facts = {compare.fact: compare for when in rules.values() for compare in comparisons(when)}
        variables = {name: _variable(name, compare) for name, compare in facts.items()}
        self._variables = type("Variables", (BaseVariables,), {"__init__": _keep, **variables})
        self._rules = [
            {"conditions": _conditions(positive(when)), "actions": [{"name": "found", "params": {"rule": rule}}]}
            for rule, when in rules.items()
        ]

    def answer(self, patient: Patient) -> list[str]:
        found = _Found()
        run_all(self._rules, self._variables(patient), found)
        return found.rules

    def met(self, answer: Any) -> set[str]:
        return set(answer)


def _keep(self: Any, patient: Patient) -> None:
    self.patient = patient


def _variable(name: str, compare: Compare) -> Callable[[Any], Any]:
    if isinstance(compare.constant, Decimal):

        def read(self: Any) -> Any:
            return self.patient[name]

        return numeric_rule_variable(read)  # type: ignore[no-any-return]
    if compare.operator.startswith("includes"):
        return select_multiple_rule_variable()(lambda self: self.patient[name])  # type: ignore[no-any-return]
    return select_multiple_rule_variable()(lambda self: [self.patient[name]])  # type: ignore[no-any-return]


def _conditions(condition: Condition) -> Any:
    match condition:
        case AllOf(members):
            return {"all": [_conditions(member) for member in members]}
        case AnyOf(members):
            return {"any": [_conditions(member) for member in members]}
        case Compare():
            return _leaf(condition)
    raise ValueError("measured rules do not always hold")


def _leaf(compare: Compare) -> Any:
    if isinstance(compare.constant, Decimal):
        return {"name": compare.fact, "operator": _NUMERIC[compare.operator], "value": number(compare.constant)}
    operator = "shares_no_elements_with" if compare.operator in _NONE else "shares_at_least_one_element_with"
    return {"name": compare.fact, "operator": operator, "value": words(compare)}
