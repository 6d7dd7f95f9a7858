"""What a condition means: its truth in Kleene's strong logic, given the answers that are known, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple, assert_never

from ketascreen.language import logic
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, DefinitionRef, Not, Value
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.logic import TRUE, UNKNOWN, Truth
from ketascreen.language.operators import OPERATORS

Known = Mapping[str, Value]


def evaluate(condition: Condition, answers: Known) -> Truth:
    """The truth of the condition, given the answers that are known."""
    # A chain of `if`, the most frequent first: `match` takes twice as long.
    if isinstance(condition, Compare):
        answer = answers.get(condition.fact)
        return UNKNOWN if answer is None else OPERATORS[condition.operator].test(answer, condition.constant)
    if isinstance(condition, AllOf):
        return logic.conjunction([evaluate(member, answers) for member in condition.members])
    if isinstance(condition, AnyOf):
        return logic.disjunction([evaluate(member, answers) for member in condition.members])
    if isinstance(condition, Not):
        return logic.negation(evaluate(condition.member, answers))
    if isinstance(condition, DefinitionRef):
        return evaluate(condition.condition, answers)
    if isinstance(condition, Always):
        return TRUE
    assert_never(condition)


def deciding(condition: Condition, answers: Known, standing: Known) -> Known:
    """The answers that decide a condition: those that count, and the standing ones too if it is met only with them."""
    if not standing or evaluate(condition, answers) is TRUE:
        return answers
    added = {**answers, **standing}
    return added if evaluate(condition, added) is TRUE else answers


def contradicts(contradiction: Contradiction, answers: Known) -> bool:
    """Whether answers that are compared contradict each other; an answer that is not known never does."""
    when = contradiction.when
    if isinstance(when, NotBelow):
        one, other = answers.get(when.fact), answers.get(when.other)
        return isinstance(one, Decimal) and isinstance(other, Decimal) and one >= other
    return _holds(when, answers)


def _holds(condition: Condition, answers: Known) -> bool:
    """Whether a condition is true. It stops at the first member that decides: most patients contradict nothing."""
    if isinstance(condition, AllOf):
        return all(_holds(member, answers) for member in condition.members)
    if isinstance(condition, AnyOf):
        return any(_holds(member, answers) for member in condition.members)
    return evaluate(condition, answers) is TRUE


_NONE: frozenset[str] = frozenset()


class Grounds(NamedTuple):
    """Why a condition has its truth: the known facts that it rests on, and the facts that it lacks."""

    truth: Truth
    rests_on: frozenset[str] = _NONE
    lacks: frozenset[str] = _NONE


def explain(condition: Condition, answers: Known) -> Grounds:
    """The grounds of a condition: the grounds of the members that decide it.

    If it is unknown, all its members count: it lacks what they lack, and rests on what they rest on.
    """
    if isinstance(condition, Compare):
        fact = condition.fact
        answer = answers.get(fact)
        asked = frozenset([fact])
        truth = UNKNOWN if answer is None else OPERATORS[condition.operator].test(answer, condition.constant)
        return Grounds(truth, _NONE, asked) if truth is UNKNOWN else Grounds(truth, asked, _NONE)
    if isinstance(condition, AllOf):
        return _of_members(condition.members, answers, logic.conjunction)
    if isinstance(condition, AnyOf):
        return _of_members(condition.members, answers, logic.disjunction)
    if isinstance(condition, Not):
        truth, rests_on, lacks = explain(condition.member, answers)
        return Grounds(logic.negation(truth), rests_on, lacks)
    if isinstance(condition, DefinitionRef):
        return explain(condition.condition, answers)
    if isinstance(condition, Always):
        return Grounds(TRUE)
    assert_never(condition)


def _of_members(members: tuple[Condition, ...], answers: Known, combine: Callable[[list[Truth]], Truth]) -> Grounds:
    grounds = [explain(member, answers) for member in members]
    truth = combine([ground.truth for ground in grounds])
    deciding = grounds if truth is UNKNOWN else [ground for ground in grounds if ground.truth is truth]
    if len(deciding) == 1:
        return deciding[0]
    rests_on = _NONE.union(*[ground.rests_on for ground in deciding])
    lacks = _NONE.union(*[ground.lacks for ground in deciding]) if truth is UNKNOWN else _NONE
    return Grounds(truth, rests_on, lacks)
