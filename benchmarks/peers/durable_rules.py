"""durable-rules by its own Host, as its manual shows: one ruleset, a patient as one fact, an action for each rule."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from itertools import count
from operator import and_, or_
from typing import Any

from durable import lang
from durable.engine import MessageNotHandledException

from benchmarks.peers import Patient, Rules, number, positive, words
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, comparisons

_numbers = count(1)
_EMPTY = ["-"]  # what holds for all items of a list does not hold for an empty one there


class Engine:
    def __init__(self, rules: Rules) -> None:
        self._found: list[str] = []
        compared = (compare for when in rules.values() for compare in comparisons(when))
        self._lists = {compare.fact for compare in compared if compare.operator.startswith("includes")}
        self._sessions = count(1)
        self._name = f"rules_{next(_numbers)}"
        ruleset = lang.ruleset(self._name)
        with ruleset:
            for n, (rule, when) in enumerate(rules.items()):
                lang.when_all(_expression(positive(when)))(self._action(f"action_{n}", rule))
        self._host = lang.get_host()

    def answer(self, patient: Patient) -> list[str]:
        self._found = []
        session = str(next(self._sessions))
        try:
            lists = {name: patient[name] or _EMPTY for name in self._lists}
            self._host.assert_fact(self._name, {**patient, **lists, "sid": session})
        except MessageNotHandledException:
            return []  # no rule is met; a session in which nothing fired must not be deleted
        self._host.delete_state(self._name, session)
        return self._found

    def met(self, answer: Any) -> set[str]:
        return set(answer)

    def _action(self, name: str, rule: str) -> Callable[[Any], None]:
        def action(_: Any) -> None:
            self._found.append(rule)

        action.__name__ = name
        return action


def _expression(condition: Condition) -> Any:
    match condition:
        case AllOf(members):
            return reduce(and_, map(_expression, members))
        case AnyOf(members):
            return reduce(or_, map(_expression, members))
        case Compare():
            return _leaf(condition)
    raise ValueError("measured rules do not always hold")


def _leaf(compare: Compare) -> Any:
    fact = getattr(lang.m, compare.fact)
    if isinstance(compare.constant, Decimal):
        value = number(compare.constant)
        tests = {"is": fact == value, "at_least": fact >= value, "above": fact > value}
        return {**tests, "at_most": fact <= value, "below": fact < value}[compare.operator]
    match compare.operator:
        case "is" | "one_of":
            return reduce(or_, [fact == word for word in words(compare)])
        case "is_not" | "none_of":
            return reduce(and_, [fact != word for word in words(compare)])
        case "includes" | "includes_any":
            return reduce(or_, [fact.anyItem(lang.item == word) for word in words(compare)])
        case _:
            return reduce(and_, [fact.allItems(lang.item != word) for word in words(compare)])
