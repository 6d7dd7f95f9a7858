"""P4: a decision is the most cautious of what each channel gives, and of insufficient data where one is in doubt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given

from ketascreen import ChannelFault, Screener, Verdict
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.logic import Truth
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Grounds
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts
from ketascreen.screening import explanation
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, SOME, baseline, profile_of, rngs, screener_for, screening, shipped

Answer = dict[str, Truth]


class Faulty:
    """The reference channel with its answer spoilt on the way."""

    name = "faulty"

    def __init__(self, rulebook: Rulebook, spoil: Callable[[Answer], Any]) -> None:
        self._inner, self._spoil = ReferenceChannel(rulebook), spoil

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        spoilt: Mapping[str, Truth] = self._spoil(dict(self._inner.evaluate(facts, stage)))
        return spoilt

    def close(self) -> None:
        pass


def screen_with(spoil: Callable[[Answer], Any], stage: Stage = Stage.SESSION, **changes: Any) -> Verdict:
    screener = Screener(shipped(), channels=("reference", Faulty(shipped(), spoil)))
    return screener.screen(profile_of({**baseline(), **changes}), as_of=AS_OF, stage=stage)


def fail(_: Answer) -> Answer:
    raise ChannelFault("the engine gave code 303")


def break_down(_: Answer) -> Answer:
    raise ValueError("canary-118-76")


def flipped(rule: str, truth: Truth) -> Callable[[Answer], Answer]:
    return lambda answer: {**answer, rule: truth}


def test_a_channel_that_fails_leaves_insufficient_data_on_every_route_and_a_fault() -> None:
    verdict = screen_with(fail)
    assert {one.decision for one in verdict.routes.values()} == {"insufficient_data"}
    assert {one.readiness for one in verdict.routes.values()} == {"insufficient_data"}
    assert [(fault.where, fault.message) for fault in verdict.faults] == [
        ("faulty channel", "the engine gave code 303")
    ]
    assert not verdict.agreement.agreed


def test_a_channel_that_fails_does_not_hide_an_exclusion_that_the_other_found() -> None:
    verdict = screen_with(fail, pregnancy={"value": "pregnant", "at": "2026-11-22"})
    assert {one.decision for one in verdict.routes.values()} == {"not_eligible"}
    assert {one.readiness for one in verdict.routes.values()} == {"not_ready"}
    assert all("pregnancy" in one.reasons for one in verdict.routes.values())


def test_what_breaks_down_inside_a_channel_is_told_without_its_message() -> None:
    verdict = screen_with(break_down)
    assert verdict.faults[0].message == "failed (ValueError)"
    assert "canary" not in verdict.model_dump_json()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda answer: {k: v for k, v in answer.items() if k != "pregnancy"}, "1 lost, 0 invented"),
        (lambda answer: {**answer, "made-up": Truth.FALSE}, "0 lost, 1 invented"),
        (lambda answer: {**answer, "pregnancy": False}, "neither met, not met nor unknown"),
        (lambda answer: {}, "lost, 0 invented"),
    ],
)
def test_a_channel_that_loses_or_invents_a_finding_is_a_fault(spoil: Callable[[Answer], Any], message: str) -> None:
    verdict = screen_with(spoil)
    assert message in verdict.faults[0].message
    assert {one.decision for one in verdict.routes.values()} == {"insufficient_data"}


class Exploding(dict[str, Truth]):
    """Fails when it is read."""

    def keys(self) -> Any:
        raise ValueError("canary-118-76")


@pytest.mark.parametrize("answer", [None, 3, "met", ["pregnancy"], [["pregnancy"]], Exploding(pregnancy=Truth.FALSE)])
def test_an_answer_that_is_no_answer_is_a_fault(answer: object) -> None:
    verdict = screen_with(lambda _: answer)
    assert verdict.faults[0].message.startswith(("failed (", "answered for other rules"))
    assert "canary" not in verdict.model_dump_json()
    assert {one.decision for one in verdict.routes.values()} == {"insufficient_data"}


def test_a_channel_that_reaches_into_the_facts_cannot_change_them_for_the_next() -> None:
    class Meddling(Faulty):
        def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
            facts.current["pregnancy"] = "not_pregnant"  # type: ignore[index]
            return super().evaluate(facts, stage)

    meddling = Meddling(shipped(), lambda answer: answer)
    pregnant = profile_of({**baseline(), "pregnancy": {"value": "pregnant", "at": "2026-11-22"}})
    verdict = Screener(shipped(), channels=(meddling, "reference")).screen(pregnant, as_of=AS_OF)
    assert verdict.faults[0].message == "failed (TypeError)"
    assert {one.decision for one in verdict.routes.values()} == {"not_eligible"}


def test_channels_that_disagree_leave_insufficient_data_on_the_routes_of_that_rule_alone() -> None:
    verdict = screen_with(flipped("nasal-product-not-esketamine", Truth.UNKNOWN))
    assert verdict.routes["intranasal"].decision == "insufficient_data"
    assert verdict.routes["iv"].decision == "eligible"
    (disagreement,) = verdict.agreement.disagreements
    assert disagreement.rule == "nasal-product-not-esketamine"
    assert disagreement.outcomes == {"reference": "not_met", "faulty": "unknown"}
    assert not verdict.faults


def test_an_exclusion_that_one_channel_alone_finds_excludes() -> None:
    verdict = screen_with(flipped("breast-feeding", Truth.TRUE))
    assert {one.decision for one in verdict.routes.values()} == {"not_eligible"}
    assert verdict.finding("breast-feeding").outcome == "met"


def test_an_alert_that_one_channel_alone_raises_is_raised() -> None:
    verdict = screen_with(flipped("suicidal-thoughts", Truth.TRUE), stage=Stage.CANDIDACY)
    assert all(one.alerts == ("suicidal-thoughts",) for one in verdict.routes.values())


def test_where_every_channel_fails_nothing_is_known_and_nobody_is_eligible() -> None:
    screener = Screener(shipped(), channels=(Faulty(shipped(), fail),))
    verdict = screener.screen(profile_of(baseline()), as_of=AS_OF)
    assert {one.decision for one in verdict.routes.values()} == {"insufficient_data"}
    assert {finding.outcome for finding in verdict.findings} == {"unknown"}


def test_a_finding_that_cannot_be_explained_is_a_fault_and_leaves_insufficient_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    def explode(*_: object) -> Grounds:
        raise RecursionError

    monkeypatch.setattr(explanation, "explain", explode)
    verdict = Screener(shipped(), channels=("reference",)).screen(profile_of(baseline()), as_of=AS_OF)
    assert {one.decision for one in verdict.routes.values()} == {"insufficient_data"}
    assert "could not be explained (RecursionError)" in verdict.faults[0].message


@often_reached
@given(rngs)
@SOME
def test_a_spoilt_channel_never_makes_a_verdict_better(rng: Random) -> None:
    rulebook, answers = screening(rng)
    sound = screener_for(rulebook).screen(profile_of(answers), as_of=AS_OF, stage=Stage.SESSION)

    def spoil(answer: Answer) -> Answer:
        for rule in rng.sample(sorted(answer), min(len(answer), rng.randint(1, 3))):
            answer[rule] = rng.choice(list(Truth))
        return answer

    screener = Screener(rulebook, channels=("reference", Faulty(rulebook, spoil)))
    spoilt = screener.screen(profile_of(answers), as_of=AS_OF, stage=Stage.SESSION)
    for route, before in sound.routes.items():
        after = spoilt.routes[route]
        assert after.decision.rank >= before.decision.rank
        assert after.readiness is not None
        assert before.readiness is not None
        assert after.readiness.rank >= before.readiness.rank
        assert set(after.alerts) >= set(before.alerts)
    reached("a spoilt verdict")
