"""A rule with all that it is made with, as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ketascreen.language.documents import Citation, Conflict
from ketascreen.language.rule import Definition, Parameter, Rule, SignOff
from ketascreen.language.rulebook import Rulebook
from ketascreen.rendering.condition import render_condition
from ketascreen.rendering.page import Line, Style, entries, entry, heading, wrapped


@dataclass(frozen=True, slots=True)
class Context:
    """A rule with its parameters, definitions and conflicts."""

    rule: Rule
    rulebook: Rulebook
    parameters: tuple[Parameter, ...]
    definitions: tuple[Definition, ...]
    conflicts: tuple[Conflict, ...]


def render_rule(context: Context) -> Iterator[Line]:
    """The rule as a page."""
    rule, rulebook = context.rule, context.rulebook
    everywhere = set(rule.routes) == set(rulebook.routes)
    yield from wrapped(rule.title, style=Style.HEADING)
    yield from entry("Rule", f"{rule.id}, {rule.place.path}:{rule.place.line}")
    yield from entry("Effect", f"{rule.effect}, at {'either stage' if rule.stage == 'both' else rule.stage}")
    yield from entry("Routes", "all" if everywhere else ", ".join(rule.routes))
    yield from entry("Says", rule.say)
    if rule.do:
        yield from entry("Do", rule.do)
    yield from heading("When")
    yield from render_condition(rule.when, rulebook, indent=2)
    for definition in context.definitions:
        yield from _definition(definition, rulebook)
    yield from heading("Sources")
    for citation in rule.sources:
        yield from wrapped(cite(citation, rulebook), indent=2, hang=2)
    for parameter in context.parameters:
        yield from _parameter(parameter, rulebook)
    for conflict in context.conflicts:
        yield from _conflict(conflict, rulebook)
    yield from heading("Interpretation")
    yield from wrapped(rule.interpretation or "None was needed.", indent=2)
    yield from heading("Sign-off")
    yield from wrapped(_signed(rule.sign_off), indent=2)


def _definition(definition: Definition, rulebook: Rulebook) -> Iterator[Line]:
    yield from heading(f"Definition {definition.name}: {definition.title}")
    yield from render_condition(definition.when, rulebook, indent=2)
    yield from entries("Sources", (cite(one, rulebook) for one in definition.sources), indent=2)


def _parameter(parameter: Parameter, rulebook: Rulebook) -> Iterator[Line]:
    yield from heading(f"Parameter {parameter.name}: {parameter.value}")
    yield from entry("Basis", f"{parameter.basis}; a {parameter.stricter} value is stricter", indent=2)
    if parameter.reason:
        yield from entry("Reason", parameter.reason, indent=2)
    yield from entries("Sources", (cite(one, rulebook) for one in parameter.sources), indent=2)


def _conflict(conflict: Conflict, rulebook: Rulebook) -> Iterator[Line]:
    yield from heading(f"Conflict {conflict.id}: {conflict.topic}")
    yield from entries("The sources", (cite(one, rulebook) for one in conflict.statements), indent=2)
    yield from entry("Resolution", conflict.resolution, indent=2)
    if conflict.reason:
        yield from entry("Reason", conflict.reason, indent=2)


def _signed(sign_off: SignOff) -> str:
    if sign_off.by is None:
        return f"{sign_off.status}; no clinician has signed it"
    return f"{sign_off.status} by {sign_off.by}, {sign_off.date}"


def cite(citation: Citation, rulebook: Rulebook) -> str:
    """A citation with its phrase; an outside source with its title and whether the original was read."""
    if citation.outside is None:
        return f'{citation.document}:{citation.line} "{citation.phrase}" ({citation.says})'
    outside = rulebook.outside_sources[citation.outside]
    return f'{outside.id} ({citation.says}): {outside.title}, "{outside.phrase}", read in the {outside.read}'
