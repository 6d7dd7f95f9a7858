"""P1: taking anything away from a profile never makes a verdict better."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given

from ketascreen import ReviewDecision, Stage
from ketascreen.terms import Effect
from tests.promises.support import (
    AS_OF,
    MANY,
    assert_no_better,
    baseline,
    known,
    profile_of,
    rngs,
    screener_for,
    screening,
    shipped_screener,
)


def take_something_away(rng: Random, answers: dict[str, Any]) -> dict[str, Any]:
    """A field, the date of an observation, the completeness of a list, or an entry of an incomplete list less."""
    less = deepcopy(answers)
    holder, name = rng.choice(list(known(less)))
    answer = holder[name]
    ways = ["fact"]
    if isinstance(answer, dict):
        ways += ["at"] if "at" in answer else []
        ways += ["complete"] if answer.get("complete") else []
        ways += ["entry"] if answer.get("present") and not answer.get("complete") else []
    match rng.choice(ways):
        case "at":
            del answer["at"]
        case "complete":
            answer["complete"] = False
        case "entry":
            answer["present"] = list(answer["present"])
            answer["present"].pop(rng.randrange(len(answer["present"])))
        case _:
            del holder[name]
    return less


@MANY
@given(rngs)
def test_taking_something_away_never_makes_a_verdict_better(rng: Random) -> None:
    rulebook, answers = screening(rng)
    assume(list(known(answers)))
    screener = screener_for(rulebook)
    reviews = [rule.id for rule in rulebook.with_effect(Effect.REVIEW)]
    decided = [ReviewDecision(rule=rule, by="dr", at=AS_OF) for rule in reviews if rng.random() < 0.5]
    stage = rng.choice(tuple(Stage))
    before = screener.screen(profile_of(answers), as_of=AS_OF, stage=stage, decisions=decided)
    after = screener.screen(profile_of(take_something_away(rng, answers)), as_of=AS_OF, stage=stage, decisions=decided)
    assert not before.faults
    assert not after.faults
    for route, verdict in before.routes.items():
        assert_no_better(verdict, after.routes[route])


@pytest.mark.parametrize("name", sorted(baseline()))
def test_each_fact_of_the_baseline_left_out_or_undated_leaves_no_route_better(name: str) -> None:
    before = shipped_screener().screen(profile_of(baseline()), as_of=AS_OF, stage=Stage.SESSION)
    without = {key: answer for key, answer in baseline().items() if key != name}
    undated = (
        {**without, name: {k: v for k, v in dict(baseline()[name]).items() if k != "at"}}
        if name != "extra"
        else without
    )
    for less in (without, undated):
        after = shipped_screener().screen(profile_of(less), as_of=AS_OF, stage=Stage.SESSION)
        for route, verdict in before.routes.items():
            assert_no_better(verdict, after.routes[route])


def test_an_empty_profile_is_insufficient_data_on_every_route_and_asks_for_what_it_lacks() -> None:
    verdict = shipped_screener().screen(profile_of({}), as_of=AS_OF)
    for route in verdict.routes.values():
        assert route.decision == "insufficient_data"
        assert {"pregnancy", "psychosis", "systolic_bp", "heart_conditions"} <= {ask.fact for ask in route.asks}
        assert route.alerts_not_ruled_out == ("suicidal-thoughts",)
