"""A route on which no case expects anything: often a new one, which the rules that name their routes do not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ketascreen.authoring.cases.case import NOTHING
from ketascreen.authoring.cases.case_models import OF_A_ROUTE
from ketascreen.authoring.cases.read import Case
from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.diagnostic import Diagnostic

CODE = "route-not-tried"
_SHOWN = 3
"""How many rules a hint names; the others are counted."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Routes for which no rule's case and no whole patient expects a decision or a readiness."""
    rulebook = subject.rulebook
    tried = {route for case in subject.cases for route in _expected(case)}
    for route in rulebook.routes:
        if route not in tried:
            one = rulebook.identity.options.one
            message = f"no case expects a decision for the {one} `{route}`"
            place = subject.place("routes.yaml", route)
            without = sorted(rule.id for rule in rulebook.rules if route not in rule.routes)
            yield Concern(CODE, message, _hint(without, route), place, about=str(route))


def _expected(case: Case) -> Iterator[str]:
    """The routes for which a case expects a word."""
    for key in OF_A_ROUTE:
        yield from (route for route, word in (case.expect.get(key) or {}).items() if word != NOTHING)


def _hint(without: Sequence[str], route: str) -> str:
    """What to write, and which rules are not for the route."""
    write = f"write cases of whole patients that expect `decisions: {{{route}: ...}}`"
    if not without:
        return write
    names = ", ".join(f"`{name}`" for name in without[:_SHOWN])
    more = f" and {len(without) - _SHOWN} more" if len(without) > _SHOWN else ""
    rules, each = ("1 rule names", "it") if len(without) == 1 else (f"{len(without)} rules name", "each")
    return f"{rules} other routes ({names}{more}): read {each}, and add `{route}` where it belongs; then {write}"
