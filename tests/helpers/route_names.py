"""Routes of any name, for random rulebooks."""

from __future__ import annotations

from random import Random

from ketascreen.language.terms import BUILT_IN_ROUTES, MAX_ROUTE, Route, in_order

ODD_ROUTES = tuple(
    map(
        Route,
        (
            *("alteplase", "tenecteplase", "rectal", "subcutaneous", "a", "z" * MAX_ROUTE, "iv_2", "r2d2"),
            *("class", "lambda", "none", "constructor", "prototype", "null", "true", "on", "no"),
            *("route", "routes", "all_", "decision", "nothing", "value", "mro", "items", "get", "keys"),
        ),
    )
)
"""Routes that a rulebook of its own can have: words of Python, JavaScript, YAML and this library among them."""


def some_routes(rng: Random) -> tuple[Route, ...]:
    """One to eight routes of any name."""
    return in_order(rng.sample((*BUILT_IN_ROUTES, *ODD_ROUTES), rng.randint(1, 8)))
