"""The source attributes of a rulebook and of its rules, as a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ketascreen.language.source_attributes import (
    AttributeState,
    RuleAttributes,
    SourceAttribute,
    SourceAttributes,
    Unsaid,
)
from ketascreen.rendering.page import Line, Style, wrapped

FEW = 5
"""So many names are written out; of more, their number."""


def render_attributes(told: SourceAttributes, *, whole: bool) -> Iterator[Line]:
    """The 13 of the rulebook, if the page is of the `whole`, and the 13 of each rule."""
    if whole:
        yield from wrapped(f"{told.id} {told.version}: source attributes", style=Style.HEADING)
        yield from _attributes(told.attributes)
    for number, rule in enumerate(told.rules):
        if whole or number:
            yield Line()
        yield from _rule(rule)


def _rule(rule: RuleAttributes) -> Iterator[Line]:
    yield from wrapped(f"{rule.rule}: {rule.title}", hang=2, style=Style.HEADING)
    yield from _attributes(rule.attributes)


def _attributes(attributes: Iterable[SourceAttribute]) -> Iterator[Line]:
    for one in attributes:
        parts = list(_parts(one))
        first = f"{one.number:>2}. {one.title}: "
        if len(parts) == 1:
            yield from wrapped(parts[0], indent=2, first=first, hang=4)
        else:
            yield from wrapped("", indent=2, first=first)
            yield from (line for part in parts for line in wrapped(part, indent=6, hang=2))


def _parts(one: SourceAttribute) -> Iterator[str]:
    """The lines of an attribute: what is said, then what is not."""
    if one.state is AttributeState.NOT_USED:
        yield "not used"
    elif one.state is AttributeState.NOT_SAID and one.number >= 5:
        yield "not used by the built-in facts"
    used = "used: " if one.state is AttributeState.USED else ""
    yield from (f"{used}{value.text} ({value.origin})" for value in one.values)
    yield from map(_unsaid, one.unsaid)


def _unsaid(one: Unsaid) -> str:
    of = f" of {_listed(one)}" if one.of else ""
    what = "" if one.key in ("developer", "funding") else f"{one.key}: "
    empty = ", or `uses: []` for none," if one.key == "uses" else ""
    return f"{what}not said{of}; write `{one.key}:`{empty} in {one.file}"


def _listed(one: Unsaid) -> str:
    if len(one.of) <= FEW:
        return ", ".join(one.of)
    return f"{len(one.of)} {'facts' if one.key == 'uses' else 'sources'} (--json names them)"
