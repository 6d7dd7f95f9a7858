"""Everything public can be pickled by every protocol, copied, and copied in depth, and is then the same."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest

import ketascreen
from ketascreen import (
    ChannelFault,
    ClinicianDecision,
    Diagnostic,
    EngineMissing,
    Fault,
    InputError,
    KetascreenError,
    LeanVerdict,
    LedgerError,
    ListObservation,
    Meaning,
    Observation,
    PartialDate,
    PatientProfile,
    ProfileError,
    Receipt,
    RequestError,
    RulebookError,
    Screener,
    SignatureError,
    Verdict,
    VerdictWriter,
    load_rulebook,
    read_profile,
)
from ketascreen.diagnostic import Place
from ketascreen.verdict.wording import Wording
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import shipped

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
PROBLEM = Diagnostic("code", "message", "hint", Place("file.yaml", 2, 3, 4), "/pointer", "the line")


@cache
def profile() -> PatientProfile:
    return read_profile(EXAMPLES / "ptsd.yaml")


@cache
def screener() -> Screener:
    return Screener(shipped(), channels=("reference",))


@cache
def verdict() -> Verdict:
    return screener().screen(profile(), as_of=AS_OF)


@cache
def of_nothing() -> Verdict:
    return screener().screen(PatientProfile(), as_of=AS_OF)


def _lean() -> LeanVerdict:
    return LeanVerdict.of(verdict())


MADE: dict[str, Callable[[], Any]] = {
    "Agreement": lambda: verdict().agreement,
    "Ask": lambda: next(ask for one in of_nothing().routes.values() for ask in one.asks),
    "ChannelFault": lambda: ChannelFault("a channel failed"),
    "ClinicianDecision": lambda: ClinicianDecision(rule="older-adult", by="Dr N", at=AS_OF),
    "Decision": lambda: list(ketascreen.Decision),
    "Diagnostic": lambda: PROBLEM,
    "Effect": lambda: list(ketascreen.Effect),
    "EngineMissing": EngineMissing,
    "FactLacking": lambda: next(lack for one in of_nothing().findings for lack in one.lacks),
    "FactUsed": lambda: next(used for one in verdict().findings for used in one.rests_on),
    "Fault": lambda: Fault(where="production", message="it failed"),
    "Finding": lambda: verdict().findings[0],
    "InputError": lambda: InputError([PROBLEM]),
    "KetascreenError": lambda: KetascreenError("it failed"),
    "LeanVerdict": _lean,
    "LedgerError": lambda: LedgerError("ledger-missing", "there is no ledger"),
    "ListObservation": lambda: ListObservation(frozenset({"stroke"}), True, ("zeta",), date(2026, 11, 22)),
    "Meaning": lambda: Meaning("pregnancy", "pregnant"),
    "Observation": lambda: Observation(Decimal("139.5"), AS_OF),
    "Outcome": lambda: list(ketascreen.Outcome),
    "OverrideReason": lambda: list(ketascreen.OverrideReason),
    "PartialDate": lambda: PartialDate(2026, 11),
    "PatientProfile": profile,
    "ProfileError": lambda: ProfileError([PROBLEM, PROBLEM]),
    "Readiness": lambda: list(ketascreen.Readiness),
    "Receipt": lambda: Receipt(ledger="its-id", record=7, digest="0" * 64),
    "Recommendation": lambda: next(screener().decide_many([profile()], as_of=AS_OF)),
    "RequestError": lambda: RequestError([PROBLEM]),
    "Route": lambda: ketascreen.Route("alteplase"),
    "RouteRecommendation": lambda: next(iter(_lean().routes.values())),
    "RouteVerdict": lambda: next(iter(verdict().routes.values())),
    "Rulebook": shipped,
    "RulebookError": lambda: RulebookError([PROBLEM]),
    "Screener": screener,
    "SignatureError": lambda: SignatureError("signature", "there is none"),
    "Source": lambda: verdict().findings[0].sources[0],
    "Stage": lambda: list(ketascreen.Stage),
    "Standing": lambda: list(ketascreen.Standing),
    "Verdict": verdict,
    "VerdictWriter": lambda: VerdictWriter(Wording(shipped())),
    "Vocabulary": lambda: shipped().vocabulary,
}

ELSEWHERE = {"CodeTable", "GivenFacts", "KeptHead", "Ledger", "Override"}
"""Not of the table: what reads or writes files, the type of a mapping, and what a ledger alone makes."""


def same(one: Any, other: Any) -> bool:
    """Whether two are the same to whoever uses them."""
    if isinstance(one, BaseException):
        return (str(one), one.args, vars(one)) == (str(other), other.args, vars(other))
    if isinstance(one, Screener):
        return bool(one.screen(profile(), as_of=AS_OF) == other.screen(profile(), as_of=AS_OF))
    if isinstance(one, VerdictWriter):
        return bool(one.json(verdict()) == other.json(verdict()))
    return bool(one == other)


def test_the_table_has_everything_public() -> None:
    public = {name for name in ketascreen.__all__ if isinstance(getattr(ketascreen, name), type)} - ELSEWHERE
    assert public <= MADE.keys()
    made = {name: MADE[name]() for name in public}
    enums = {name for name, one in made.items() if isinstance(one, list)}
    assert {name for name, one in made.items() if name not in enums and type(one).__name__ != name} == set()
    assert all(issubclass(getattr(ketascreen, name), Enum) and made[name] for name in enums)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", MADE)
def test_what_is_pickled_comes_back_the_same(name: str, protocol: int) -> None:
    one = MADE[name]()
    back = pickle.loads(pickle.dumps(one, protocol))
    assert type(back) is type(one)
    assert same(one, back)
    if isinstance(one, list):
        assert all(mine is theirs for mine, theirs in zip(one, back, strict=True))


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize("name", MADE)
def test_a_copy_is_the_same(name: str, way: Callable[[Any], Any]) -> None:
    one = MADE[name]()
    assert type(way(one)) is type(one)
    assert same(one, way(one))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_error_that_was_raised_comes_back_with_its_problems(protocol: int) -> None:
    with pytest.raises(RulebookError) as refused:
        load_rulebook("no-such-folder")
    with pytest.raises(ProfileError) as wrong:
        PatientProfile(pregnancy="unclear", age="x")  # type: ignore[arg-type]
    for error in (refused.value, wrong.value):
        back = pickle.loads(pickle.dumps(error, protocol))
        assert (back.diagnostics, str(back)) == (error.diagnostics, str(error))


def test_a_frozen_profile_and_verdict_stay_frozen_in_each_copy() -> None:
    def pickled(one: Any) -> Any:
        return pickle.loads(pickle.dumps(one, 0))

    ways: tuple[Callable[[Any], Any], ...] = (copy.copy, copy.deepcopy, pickled)
    for way in ways:
        with pytest.raises(ProfileError, match="does not change"):
            way(profile()).age = None
        with pytest.raises(ValueError, match="frozen"):
            way(verdict()).stage = "session"


LACKS: dict[str, Callable[[], Any]] = {
    "Verdict": lambda: without(verdict().model_copy(), "takes_effect"),
    "Verdict with another inside": lambda: verdict().model_copy(
        update={"rulebook": without(verdict().rulebook.model_copy(), "approved")}
    ),
    "LeanVerdict": lambda: without(_lean().model_copy(), "takes_effect"),
    "Recommendation": lambda: next(screener().decide_many([profile()], as_of=AS_OF)),
}
"""What an earlier version would have pickled: a field is not there."""


def without(one: Any, name: str) -> Any:
    del one.__dict__[name]
    return one


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", LACKS)
def test_a_pickle_that_lacks_a_field_is_refused_in_one_sentence(name: str, protocol: int) -> None:
    one = LACKS[name]()
    if name == "Recommendation":
        with patch.object(type(one), "__getstate__", lambda self: [getattr(self, f.name) for f in fields(self)][:-1]):
            kept = pickle.dumps(one, protocol)
    else:
        kept = pickle.dumps(one, protocol)
    with pytest.raises(RequestError) as refused:
        pickle.loads(kept)
    assert str(refused.value) == (
        "`pickle` must be one that this version of ketascreen wrote; screen again; keep verdicts as JSON, which later "
        "versions read (`Verdict.model_validate_json`) [argument]"
    )
