"""How often a property reaches its last assertion: one that hardly ever does passes, and says nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast

from hypothesis import event

P = ParamSpec("P")

LEAST = 0.1
"""The share of runs, those that are rejected included, that must reach the last assertion."""

_reached: set[str] = set()


def reached(what: str) -> None:
    """Says that this run has come to the last assertion of a property; the statistics of hypothesis tell how often."""
    event(f"reached {what}")
    _reached.add(what)


def often_reached(test: Callable[P, None]) -> Callable[P, None]:
    """A property that also fails when too few of its runs called `reached`. It stands above `given` and `settings`."""
    handle = cast(Any, test).hypothesis
    inner = handle.inner_test
    runs: list[bool] = []

    @wraps(inner)
    def counted(*args: Any, **kwargs: Any) -> None:
        _reached.clear()
        runs.append(False)
        inner(*args, **kwargs)
        runs[-1] = bool(_reached)

    @wraps(test)
    def checked(*args: P.args, **kwargs: P.kwargs) -> None:
        runs.clear()
        test(*args, **kwargs)
        assert sum(runs) >= LEAST * len(runs), f"{sum(runs)} of {len(runs)} runs reached the last assertion"

    handle.inner_test = counted
    return checked
