"""The patients that coverage tries show what any patient shows, and nothing else."""

from __future__ import annotations

from itertools import product
from math import prod
from random import Random

from hypothesis import given, settings

from ketascreen.authoring.coverage.measure import evaluated, shows
from ketascreen.authoring.coverage.vectors import vectors
from ketascreen.language.condition import Value, comparisons
from ketascreen.language.semantics import evaluate
from ketascreen.reasoning.partitions import answers, facts_in_order, open_lists, spans
from tests.helpers import generate
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import rngs

SOME = settings(deadline=None, max_examples=100)


@often_reached
@SOME
@given(rngs)
def test_what_is_tried_shows_all_that_any_patient_shows_and_nothing_else(rng: Random) -> None:
    facts = generate.vocabulary(rng)
    when = generate.condition(rng, facts, {"known": generate.condition(rng, facts, {}, 1)}, 2)
    asked = list(comparisons(when))
    tried = vectors(when, facts)
    each: list[list[frozenset[tuple[str, Value]]]] = [
        [frozenset()]
        + [
            frozenset({name: answer}.items())
            for answer in (
                *answers(facts[name], when),
                *open_lists(facts[name], when),
                *spans(facts[name], when),
            )
        ]
        for name in facts_in_order(when)
    ]
    if tried is None or prod(map(len, each)) > 2000:
        return
    everybody = {
        tuple(evaluate(compare, dict(known for one in chosen for known in one)) for compare in asked)
        for chosen in product(*each)
    }
    tried_ones = set(tried)
    assert tried_ones <= everybody
    assert {goal for leaves in tried_ones for goal in shows(when, leaves)} == {
        goal for leaves in everybody for goal in shows(when, leaves)
    }
    reached("a whole trial")


@often_reached
@SOME
@given(rngs)
def test_no_patient_shows_what_no_patient_is_said_to_show(rng: Random) -> None:
    facts = generate.vocabulary(rng)
    when = generate.condition(rng, facts, {}, 2)
    tried = vectors(when, facts)
    if tried is None or sum(1 for _ in comparisons(when)) > 12:
        return
    reachable = {goal for leaves in tried for goal in shows(when, leaves)}
    for _ in range(20):
        known = {fact.name: generate.value(rng, fact) for fact in facts.values() if rng.random() < 0.8}
        leaves = [evaluate(compare, known) for compare in comparisons(when)]
        assert evaluated(when, leaves) is evaluate(when, known)
        assert set(shows(when, leaves)) <= reachable
        reached("a patient of a whole trial")
