"""On random rulebooks: no check fails, and what two of them claim holds of random patients."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given, settings

from ketascreen.authoring.checks import same_condition, shadowed
from ketascreen.authoring.checks.registry import CHECKS
from ketascreen.authoring.checks.subject import Subject
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import evaluate
from ketascreen.language.terms import DecidedBy, Effect, Outcome, Route, Stage
from ketascreen.patient.facts import Facts
from ketascreen.verdict.decision import by_kind, combine
from tests.helpers import generate, related
from tests.helpers.check_findings import TODAY
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import SOME, rngs

FEW = settings(SOME, max_examples=50)
OUTCOMES = {Truth.TRUE: Outcome.MET, Truth.UNKNOWN: Outcome.UNKNOWN, Truth.FALSE: Outcome.NOT_MET}


def decided(rules: list[Rule], route: Route, facts: Facts, *, undecided: Rule) -> tuple[object, object]:
    """The decision and the readiness of one route, with every other rule decided that can be."""
    outcomes = {rule.id: OUTCOMES[evaluate(rule.when, facts.current)] for rule in rules}
    found = by_kind(((one.id, one.effect, one.routes, outcomes[one.id]) for one in rules), [route])[route]
    can_be = {one.id for one in rules if one.effect is Effect.REVIEW or one.decided_by is DecidedBy.CLINICIAN}
    said = combine(found, Stage.SESSION, decided=can_be - {undecided.id})
    return said.decision, said.readiness


def named(message: str, rulebook: Rulebook) -> list[Rule]:
    """The rules that a message names, in its order."""
    found = (rulebook.rule(name) for name in re.findall(r"`([^`]+)`", message))
    return [rule for rule in found if rule is not None]


@often_reached
@FEW
@given(rng=rngs)
def test_no_check_fails(rng: Random) -> None:
    subject = Subject(generate.rulebook(rng), (), TODAY)
    for check in CHECKS:
        for problem in check.check(subject):
            assert problem.place is not None
            assert problem.message
            assert problem.hint
            reached("a problem")


@often_reached
@FEW
@given(rng=rngs)
def test_without_a_shadowed_rule_every_decision_is_the_same(rng: Random) -> None:
    rulebook = related.with_narrower_wider_and_weaker_ones(rng)
    for problem in shadowed.check(Subject(rulebook, (), TODAY)):
        rule, *shadows = named(problem.message, rulebook)
        others = [other for other in rulebook.rules if other.id != rule.id]
        for _ in range(10):
            facts = generate.facts(rng, rulebook)
            for route in rule.routes:
                for beside in (others, shadows):
                    with_it = decided([rule, *beside], route, facts, undecided=rule)
                    assert with_it == decided(beside, route, facts, undecided=rule)
                reached("a shadowed rule")


@often_reached
@FEW
@given(rng=rngs)
def test_conditions_that_are_the_same_come_to_the_same(rng: Random) -> None:
    rulebook = related.with_the_same_again(rng)
    for problem in same_condition.check(Subject(rulebook, (), TODAY)):
        one, other = named(problem.message, rulebook)[:2]
        for _ in range(10):
            answers = generate.facts(rng, rulebook).current
            assert evaluate(one.when, answers) is evaluate(other.when, answers)
            reached("two conditions that are the same")
