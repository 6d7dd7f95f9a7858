"""Parts of a verdict that are worked out when they are asked for: whoever reads them cannot tell that they were not."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

from ketascreen import ChannelFault, Screener, Stage, Verdict
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Grounds, explain
from ketascreen.screening import explanation
from ketascreen.verdict.base_model import Deferring
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, SOME, baseline, profile_of, rngs, screening, shipped


class Part(Deferring):
    first: int
    second: tuple[int, ...]
    third: str = "left out"


class Rest:
    """Works out `second`, and counts how often."""

    def __init__(self) -> None:
        self.asked = 0

    def second(self) -> tuple[int, ...]:
        self.asked += 1
        return (1, 2)


WHOLE = Part(first=1, second=(1, 2), third="given")


def deferred(rest: object | None = None) -> Part:
    return Part.deferred({"third": "given", "first": 1}, rest or Rest())


def test_what_is_known_is_there_without_working_out_the_rest() -> None:
    rest = Rest()
    assert deferred(rest).first == 1
    assert rest.asked == 0


def test_what_is_asked_for_twice_is_worked_out_once() -> None:
    rest = Rest()
    part = deferred(rest)
    assert [part.second, part.second] == [(1, 2), (1, 2)]
    assert rest.asked == 1
    assert part == WHOLE
    assert rest.asked == 1


READERS: dict[str, Callable[[Part], Any]] = {
    "as JSON": lambda part: part.model_dump_json(),
    "as data": lambda part: part.model_dump(),
    "as data within another model": lambda part: TypeAdapter(list[Part]).dump_python([part]),
    "its repr": repr,
    "its hash": hash,
    "its fields": lambda part: list(part),
    "pickled": lambda part: pickle.loads(pickle.dumps(part)),
    "copied": copy.copy,
    "copied deep": copy.deepcopy,
    "copied with a change": lambda part: part.model_copy(update={"first": 3}),
    "validated": lambda part: Part.model_validate(part).second,
    "its dictionary": vars,
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
def test_whatever_reads_the_whole_gets_the_whole_in_the_order_of_its_class(read: Callable[[Part], Any]) -> None:
    assert read(deferred()) == read(WHOLE)
    assert repr(read(deferred())) == repr(read(WHOLE))


def test_it_equals_one_that_was_built_at_once_from_either_side() -> None:
    assert deferred() == WHOLE
    assert WHOLE == deferred()  # noqa: SIM300  the other side is the one that compares
    assert deferred() != WHOLE.model_copy(update={"first": 2})


def test_it_is_as_frozen_as_one_that_was_built_at_once() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        deferred().second = ()


def test_a_name_that_is_no_field_is_refused() -> None:
    with pytest.raises(AttributeError, match="fourth"):
        _ = deferred().fourth  # type: ignore[attr-defined]


def test_what_cannot_be_worked_out_is_an_error_and_never_left_out() -> None:
    class Failing:
        def second(self) -> tuple[int, ...]:
            raise ChannelFault("it cannot be had")

    for read in (lambda part: part.second, lambda part: part.model_dump(), vars):
        with pytest.raises(ChannelFault, match="cannot be had"):
            read(deferred(Failing()))
    with pytest.raises(Exception, match="cannot be had"):
        deferred(Failing()).model_dump_json()


def verdict_of(rulebook: Rulebook, channel: str, answers: dict[str, Any]) -> Verdict:
    return Screener(rulebook, channels=(channel,)).screen(profile_of(answers), as_of=AS_OF, stage=Stage.SESSION)


@often_reached
@given(rngs)
@SOME
def test_a_verdict_on_the_compiled_channel_says_what_one_on_the_reference_channel_says(rng: Random) -> None:
    rulebook, answers = screening(rng)
    compiled, reference = (verdict_of(rulebook, channel, answers) for channel in ("compiled", "reference"))
    names = {"agreement", "counts"}
    assert compiled.model_dump_json(exclude=names) == reference.model_dump_json(exclude=names)
    reached("two verdicts")


def test_a_verdict_is_written_alike_whatever_was_asked_for_first() -> None:
    untouched, asked = (verdict_of(shipped(), "compiled", baseline()) for _ in range(2))
    assert asked.routes["iv"].advice  # type: ignore[index]
    assert asked.finding("pregnancy").rests_on
    assert asked.model_dump_json() == untouched.model_dump_json()


def test_a_finding_of_another_channel_that_cannot_be_explained_is_an_error_to_who_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def explode(*_: object) -> Grounds:
        raise ValueError("canary-118-76")

    monkeypatch.setattr(explanation, "explain", explode)
    verdict = verdict_of(shipped(), "compiled", {**baseline(), "pregnancy": "pregnant"})
    for read in (
        lambda: verdict.finding("pregnancy").rests_on,
        lambda: verdict.routes["iv"].asks,  # type: ignore[index]
        verdict.model_dump,
        verdict.model_dump_json,
    ):
        with pytest.raises(Exception, match=r"could not be explained \(ValueError\)") as caught:
            read()
        assert "canary" not in str(caught.value)


def test_an_explanation_is_walked_only_for_what_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    walked = []

    def counted(*given: Any) -> Grounds:
        walked.append(given)
        return explain(*given)

    monkeypatch.setattr(explanation, "explain", counted)
    verdict = verdict_of(shipped(), "compiled", baseline())
    assert [verdict.routes[route].decision for route in verdict.routes]
    assert not walked
    assert verdict.finding("pregnancy").rests_on
    assert len(walked) == 1
