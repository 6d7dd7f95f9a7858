"""P1: an entry of a list that nobody has read never makes a verdict better than not knowing the list would."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

from hypothesis import assume, given

from ketascreen import Decision, Outcome, Rulebook, Stage, Verdict
from ketascreen.language.effects import RESTRICTING
from ketascreen.language.terms import Effect
from ketascreen.language.vocabulary import Fact, Kind
from tests.helpers import generate
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, MANY, near_baseline, profile_of, rngs, screener_for, shipped

UNREAD = "zephyr"


@often_reached
@MANY
@given(rngs)
def test_an_entry_that_nobody_has_read_is_never_better_than_a_list_that_is_not_known(rng: Random) -> None:
    rulebook = shipped() if rng.random() < 0.2 else generate.rulebook(rng)
    answers = near_baseline(rng) if rulebook is shipped() else generate.raw_profile(rng, rulebook, AS_OF)
    lists = [fact for fact in generate.asked(rulebook) if fact.kind is Kind.LIST]
    assume(lists)
    fact = rng.choice(lists)
    stage = rng.choice(tuple(Stage))
    alone = screened(rulebook, answers, fact, {"present": [UNREAD], "complete": rng.random() < 0.5}, stage)
    assert_no_better(rulebook, alone, screened(rulebook, answers, fact, None, stage))
    words = rng.sample(fact.choices, rng.randint(1, 2))
    added = screened(rulebook, answers, fact, {"present": [*words, UNREAD], "complete": rng.random() < 0.5}, stage)
    part = screened(rulebook, answers, fact, {"present": words, "complete": False}, stage)
    assert_no_better(rulebook, added, part)


def screened(rulebook: Rulebook, answers: dict[str, Any], fact: Fact, answer: Any, stage: Stage) -> Verdict:
    """The verdict with this answer to a list, which is not known if the answer is None."""
    told = deepcopy(answers)
    told.setdefault("extra", {})
    where = told["extra"] if fact.is_added else told
    where.pop(fact.name, None)
    if answer is not None:
        where[fact.name] = {**answer, "at": AS_OF.isoformat()}
    return screener_for(rulebook).screen(profile_of(told), as_of=AS_OF, stage=stage)


def assert_no_better(rulebook: Rulebook, unread: Verdict, not_known: Verdict) -> None:
    """Nothing is ruled out by it. A met review alone is milder than an unknown one: somebody then reads the entry."""
    assert not unread.faults
    for one in unread.findings:
        before = not_known.finding(one.rule).outcome
        if one.effect in (*RESTRICTING, Effect.ALERT):
            assert one.outcome.rank >= before.rank, one.rule
            if one.outcome is not before:
                reached("a rule that an unread entry meets")
    for route, verdict in unread.routes.items():
        was = not_known.routes[route]
        assert verdict.decision.rank >= min(was.decision.rank, Decision.REVIEW.rank)
        if verdict.decision.rank < was.decision.rank:
            assert all(not_known.finding(rule).outcome is Outcome.UNKNOWN for rule in was.reasons)
            assert any(not_known.finding(rule).outcome is Outcome.UNKNOWN for rule in verdict.reasons)
        if verdict.readiness is not None and was.readiness is not None:
            assert verdict.readiness.rank >= was.readiness.rank
            reached("a session")
