"""Every channel is asked, and no channel's answer takes the place of another's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given

from ketascreen import Decision, Screener, Stage
from ketascreen.channels.channel import Channel
from ketascreen.channels.compiled.channel import CompiledChannel
from ketascreen.channels.production.channel import ProductionChannel
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.condition import Compare, Span
from ketascreen.language.logic import Truth
from ketascreen.language.semantics import evaluate
from ketascreen.patient.facts import Facts, answers_for
from ketascreen.screening.agreement import ask
from tests.helpers import generate
from tests.helpers.screening import AS_OF, SOME, baseline, profile_of, rngs, shipped
from tests.helpers.small_rulebooks import Make, book, known


class Reassuring(ReferenceChannel):
    """Says of every rule that it is not met."""

    name = "reassuring"

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        return dict.fromkeys(super().evaluate(facts, stage), Truth.FALSE)


def test_a_channel_that_takes_the_name_of_another_is_a_fault_and_does_not_replace_its_answer() -> None:
    other = Reassuring(shipped())
    screener = Screener(shipped(), channels=("reference", other))
    other.name = "reference"
    said = screener.decide(profile_of({**baseline(), "pregnancy": "pregnant"}), as_of=AS_OF)
    assert [fault.message for fault in said.faults] == ["has the name of another channel"]
    assert {route.decision for route in said.routes.values()} == {Decision.NOT_ELIGIBLE}


@given(rngs)
@SOME
def test_all_channels_agree_also_where_answers_still_stand(rng: Random) -> None:
    rulebook = generate.rulebook(rng)
    known = generate.facts(rng, rulebook)
    standing = {name: known.last[name] for name in known.stale if not isinstance(known.last[name], Span)}
    facts = replace(known, standing=standing)
    channels: list[Channel] = [ReferenceChannel(rulebook), ProductionChannel(rulebook), CompiledChannel(rulebook)]
    rules = frozenset(rule.id for rule in rulebook.asked_at(Stage.SESSION))
    results = ask(channels, facts, Stage.SESSION, rules)
    assert (results.faults, results.disagreements) == ((), {})
    for rule in rulebook.asked_at(Stage.SESSION):
        expected = evaluate(rule.when, answers_for(rule, known))
        if evaluate(rule.when, answers_for(rule, facts.with_standing())) is Truth.TRUE:
            expected = Truth.TRUE
        assert {answers[rule.id] for answers in results.by_channel.values()} == {expected}


@pytest.mark.parametrize("make", [ReferenceChannel, ProductionChannel, CompiledChannel], ids=lambda made: made.name)
def test_an_answer_that_stands_meets_a_rule_and_never_makes_one_not_met(make: Make) -> None:
    rulebook = book(Compare("choice", "is", "birch"), Compare("choice", "is_not", "birch"))
    stands = replace(known(), standing={"choice": "birch"})
    results = ask([make(rulebook)], stands, Stage.CANDIDACY, frozenset(["rule-0", "rule-1"]))
    assert results.by_channel == {make(rulebook).name: {"rule-0": Truth.TRUE, "rule-1": Truth.UNKNOWN}}
