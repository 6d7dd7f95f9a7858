"""A verdict is an ordinary object: whole when it is made and frozen; to read it computes nothing and never fails."""

from __future__ import annotations

import copy
import pickle
from random import Random
from typing import Any

import pytest
from hypothesis import given
from pydantic import BaseModel, ValidationError

from ketascreen import Decision, Screener, Stage, Verdict
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Grounds, explain
from ketascreen.screening import explanation
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, SOME, baseline, profile_of, rngs, screening, shipped, shipped_screener


def verdict_of(rulebook: Rulebook, channel: str, answers: dict[str, Any]) -> Verdict:
    return Screener(rulebook, channels=(channel,)).screen(profile_of(answers), as_of=AS_OF, stage=Stage.SESSION)


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    return shipped_screener().screen(profile_of(baseline()), as_of=AS_OF, stage=Stage.SESSION)


def test_its_fields_are_there_from_the_start_and_no_class_adds_its_own_way_of_reading(
    verdict: Verdict,
) -> None:
    for part in (verdict, *verdict.findings, *verdict.routes.values()):
        assert set(vars(part)) == set(type(part).model_fields)
        for read in ("__dict__", "__getattr__", "__getattribute__"):
            assert not any(read in vars(one) for one in type(part).__mro__ if one not in (BaseModel, object))


def test_reading_a_verdict_walks_no_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = verdict_of(shipped(), "compiled", baseline())

    def explode(*_: object) -> Grounds:
        raise AssertionError("a rule was walked")

    monkeypatch.setattr(explanation, "explain", explode)
    assert verdict.finding("pregnancy").rests_on
    assert verdict.routes["iv"].advice
    assert verdict.model_dump_json()


def test_each_rule_is_walked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    walked = []

    def counted(*given: Any) -> Grounds:
        walked.append(given)
        return explain(*given)

    monkeypatch.setattr(explanation, "explain", counted)
    verdict = verdict_of(shipped(), "reference", baseline())
    assert len(walked) == len(verdict.findings)


def test_it_comes_back_whole_from_json_from_a_pickle_and_from_a_copy(verdict: Verdict) -> None:
    for again in (
        Verdict.model_validate_json(verdict.model_dump_json()),
        pickle.loads(pickle.dumps(verdict)),
        copy.deepcopy(verdict),
    ):
        assert again == verdict
        assert again.model_dump_json() == verdict.model_dump_json()


def test_it_is_frozen_in_every_part(verdict: Verdict) -> None:
    for part, field in ((verdict, "notice"), (verdict.findings[0], "say"), (verdict.routes["iv"], "title")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, field, "changed")


@pytest.mark.parametrize("channel", ["reference", "compiled"])
def test_a_rule_that_cannot_be_explained_is_a_fault_on_any_channel_and_makes_the_verdict_cautious(
    channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> Grounds:
        raise ValueError("canary-118-76")

    monkeypatch.setattr(explanation, "explain", explode)
    verdict = verdict_of(shipped(), channel, baseline())
    assert verdict.faults[0].message == "`active-mania` could not be explained (ValueError)"
    assert "canary" not in verdict.model_dump_json()
    assert {route.decision for route in verdict.routes.values()} == {Decision.INSUFFICIENT_DATA}


@often_reached
@given(rngs)
@SOME
def test_a_verdict_on_the_compiled_channel_says_what_one_on_the_reference_channel_says(rng: Random) -> None:
    rulebook, answers = screening(rng)
    compiled, reference = (verdict_of(rulebook, channel, answers) for channel in ("compiled", "reference"))
    names = {"agreement", "counts"}
    assert compiled.model_dump_json(exclude=names) == reference.model_dump_json(exclude=names)
    reached("two verdicts")
