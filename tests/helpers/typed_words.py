"""What a program may do with the routes and findings of a verdict, to mypy (`make lint`), pyright, and when it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ketascreen import Decision, Effect, LeanVerdict, Outcome, Recommendation, Route, RouteVerdict, Verdict


def names(said: Verdict | LeanVerdict | Recommendation) -> list[str]:
    """The names of the routes, each of which is a `Route`."""
    return [route.value for route in said.routes]


def by_member(verdict: Verdict) -> dict[Route, RouteVerdict]:
    """The routes as a dictionary by `Route`, as a helper of another program may take them."""
    given: dict[Route, RouteVerdict] = verdict.routes
    read: Mapping[Route, RouteVerdict] = given
    return {route: one for route, one in read.items() if route != Route.ORAL}


def decided(verdict: Verdict, route: str) -> Iterator[Decision | None]:
    """The decision for a route, found by text and by member, with and without another answer."""
    yield verdict.routes["iv"].decision
    yield verdict.routes[Route.IV].decision
    yield verdict.routes[route].decision if route in verdict.routes else None
    found: RouteVerdict | None = verdict.routes.get(route)
    yield found.decision if found else None
    always: RouteVerdict = verdict.routes.get(route, verdict.routes["iv"])
    yield always.decision
    other: RouteVerdict | Decision = verdict.routes.get(route, Decision.REVIEW)
    yield other if isinstance(other, Decision) else other.decision


def of_its_own(verdict: Verdict) -> str:
    """What a program does with a route that only its own rulebook has, and with any route."""
    rectal: RouteVerdict | None = verdict.routes.get(Route("rectal"))
    text: str = Route("rectal")
    route = next(iter(verdict.routes))
    match route:
        case Route.IV | Route.IM:
            return f"{route}, {route.value}, {route.upper()}"
        case _:
            return rectal.route if rectal else text


def met(verdict: Verdict) -> tuple[str, ...]:
    """The exclusions that are met, by text, which are those by member."""
    found: tuple[str, ...] = verdict.routes["iv"].findings[Effect.EXCLUDE][Outcome.MET]
    return found and verdict.routes["iv"].findings["exclude"]["met"]
