"""A repr never raises, also of an object that is not built yet: tools that show local variables ask for it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import ketascreen
from ketascreen import ChannelFault, LeanVerdict, PatientProfile, ProfileError, Screener
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.logic import Truth
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts
from ketascreen.testing import FakeScreener
from ketascreen.verdict.base_model import Reported
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped

SOURCE = Path(ketascreen.__file__).parent


@cache
def classes() -> list[type]:
    """The classes of the library with a repr that is written by hand, themselves or above them."""
    found: set[type] = set()
    for module in pkgutil.walk_packages(ketascreen.__path__, "ketascreen."):
        if not module.name.endswith("__main__"):
            found.update(_classes_in(module.name))
    return sorted(found, key=lambda one: (one.__module__, one.__qualname__))


def _classes_in(module: str) -> Iterator[type]:
    for _, one in inspect.getmembers(importlib.import_module(module), inspect.isclass):
        if one.__module__ == module and any(_is_by_hand(one, name) for name in ("__repr__", "__repr_args__")):
            yield one


def _is_by_hand(one: type, name: str) -> bool:
    method = getattr(one, name, None)
    return inspect.isfunction(method) and Path(method.__code__.co_filename).is_relative_to(SOURCE)


def test_there_are_such_classes() -> None:
    assert {"Verdict", "LeanVerdict", "PatientProfile", "Screener"} <= {one.__name__ for one in classes()}


@pytest.mark.parametrize("one", classes(), ids=lambda one: one.__qualname__)
def test_the_repr_of_what_is_not_built_yet_does_not_raise(one: type) -> None:
    half_built: object = str.__new__(one) if issubclass(one, str) else object.__new__(one)  # text is built at once
    assert repr(half_built).startswith(f"{one.__name__}(")
    if issubclass(one, Reported):
        assert str(one.model_construct()).startswith(f"{one.__name__}(")


class Doubtful(ReferenceChannel):
    """Says of every rule that it is not met, or fails."""

    name = "doubtful"

    def __init__(self, *, fails: bool) -> None:
        super().__init__(shipped())
        self.fails = fails

    def evaluate(self, facts: Facts, stage: Stage) -> dict[str, Truth]:
        if self.fails:
            raise ChannelFault("zebrafish")
        return dict.fromkeys(super().evaluate(facts, stage), Truth.FALSE)


def shown_by(screener: Screener) -> list[str]:
    """The repr of all that a screener gives about one patient."""
    profile = profile_of({**baseline(), "pregnancy": "pregnant"})
    verdict = screener.screen(profile, as_of=AS_OF)
    return [repr(one) for one in (verdict, LeanVerdict.of(verdict), screener.decide(profile, as_of=AS_OF))]


def test_a_repr_says_what_failed_and_where_channels_disagree() -> None:
    for failing, said in ((True, "faults='1'"), (False, "disagreements='")):
        for shown in shown_by(Screener(shipped(), channels=("reference", Doubtful(fails=failing)))):
            assert said in shown
            assert "channels='reference, doubtful'" in shown
            assert "zebrafish" not in shown


def test_a_repr_says_that_a_verdict_is_made_up() -> None:
    for shown in shown_by(FakeScreener()):
        assert "made_up='yes'" in shown


def test_a_traceback_with_local_variables_shows_a_refused_profile() -> None:
    try:
        PatientProfile(systolic_bp="zebrafish")
    except ProfileError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "repr() failed" not in shown
    assert "raw = " not in shown
    assert "PatientProfile(" in shown
