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
from ketascreen import PatientProfile, ProfileError
from ketascreen.verdict.base_model import Reported

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
    half_built: object = object.__new__(one)
    assert repr(half_built).startswith(f"{one.__name__}(")
    if issubclass(one, Reported):
        assert str(one.model_construct()).startswith(f"{one.__name__}(")


def test_a_traceback_with_local_variables_shows_a_refused_profile() -> None:
    try:
        PatientProfile(systolic_bp="zebrafish")
    except ProfileError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "repr() failed" not in shown
    assert "raw = " not in shown
    assert "PatientProfile(" in shown
