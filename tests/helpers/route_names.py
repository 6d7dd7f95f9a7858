"""Routes of any name, for random rulebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from ketascreen.language.terms import BUILT_IN_ROUTES, MAX_ROUTE, Route, in_order
from tests.helpers.rulebook_files import GOOD, changed

YAML_WORDS = ("null", "true", "on", "no")
"""Words that YAML reads as something else, so that no file can have them as keys."""
ODD_ROUTES = tuple(
    map(
        Route,
        (
            *("alteplase", "tenecteplase", "rectal", "subcutaneous", "a", "z" * MAX_ROUTE, "iv_2", "r2d2"),
            *("class", "lambda", "none", "constructor", "prototype", *YAML_WORDS),
            *("route", "routes", "all_", "decision", "nothing", "value", "mro", "items", "get", "keys"),
        ),
    )
)
"""Routes that a rulebook of its own can have: words of Python, JavaScript, YAML and this library among them."""


WRITABLE = tuple(route for route in (*BUILT_IN_ROUTES, *ODD_ROUTES) if route not in YAML_WORDS)


def some_routes(rng: Random, among: Sequence[Route] = (*BUILT_IN_ROUTES, *ODD_ROUTES)) -> tuple[Route, ...]:
    """One to eight routes of any name."""
    return in_order(rng.sample(among, rng.randint(1, 8)))


def routes_file(routes: Iterable[str]) -> str:
    """A routes.yaml with these routes in this order."""
    return "".join(f'"{route}":\n  title: "About {route}"\n' for route in routes)


def files_with(routes: Sequence[str], rng: Random, *, shuffled: bool = True) -> dict[str, str]:
    """Files for the small good rulebook that give it these routes; its reviews and cautions have some of them each."""
    named = rng.sample(list(routes), len(routes)) if shuffled else list(routes)
    files = {"routes.yaml": routes_file(named)}
    for path in sorted(GOOD.glob("*/*.yaml")):
        if path.parent.name != "exclusions" and not path.name.startswith("unrecognised"):
            some = rng.sample(named, rng.randint(1, len(named)))
            listed = ", ".join(f'"{route}"' for route in some)
            name = path.relative_to(GOOD).as_posix()
            files |= changed(name, "routes: all", f"routes: [{listed}]")
    return files
