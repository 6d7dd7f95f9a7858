"""The source attributes of a rulebook and of its rules, as a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ketascreen.language.source_attributes import (
    USES,
    AttributeState,
    RuleAttributes,
    SourceAttribute,
    SourceAttributes,
    Unsaid,
)
from ketascreen.rendering.page import Line, Style, heading, wrapped

FEW = 5
"""So many names are written out; of more, their number."""
_NONE_LAST = 99
"""In place of the number of an attribute, for a rule that uses none of them."""


def render_attributes(told: SourceAttributes, *, whole: bool, brief: bool = False) -> Iterator[Line]:
    """The 13 of the rulebook, if the page is of the `whole`, and the 13 of each rule.

    If it is `brief`, of the rules only what they use and what nobody said, those alike together.
    """
    if whole:
        yield from wrapped(f"{told.id} {told.version}: source attributes", style=Style.HEADING)
        yield from _attributes(told.attributes)
    if brief:
        yield from _together(told.rules)
        return
    for number, rule in enumerate(told.rules):
        if whole or number:
            yield Line()
        yield from _rule(rule)


def _together(rules: Iterable[RuleAttributes]) -> Iterator[Line]:
    """The rules by what they use, in the order of attributes 5 to 13; rules that use none of them are last."""
    groups: dict[tuple[int, str, str], list[str]] = {}
    for rule in rules:
        groups.setdefault((_first_used(rule), _used(rule), _not_said(rule)), []).append(rule.rule)
    yield from heading("The rules: which of 5 to 13 they use, and what nobody said")
    for (_, used, lacking), names in sorted(groups.items()):
        counted = f"{len(names)} rule{'s' * (len(names) != 1)}"
        yield from wrapped(f"{used}, {counted}{lacking}: {', '.join(names)}", indent=2, hang=2)
    yield from wrapped("--rule ID shows the 13 of a rule, -v of each rule, --json all for programs.")


def _first_used(rule: RuleAttributes) -> int:
    return min((one.number for one in _uses(rule)), default=_NONE_LAST)


def _uses(rule: RuleAttributes) -> list[SourceAttribute]:
    return [one for one in rule.attributes if one.state is AttributeState.USED]


def _used(rule: RuleAttributes) -> str:
    silent = any(gap.key == "uses" for one in rule.attributes for gap in one.unsaid)
    return " and ".join(USES[one.name] for one in _uses(rule)) or ("none that is known" if silent else "none")


def _not_said(rule: RuleAttributes) -> str:
    """What nobody said of the sources and facts of a rule; what its rulebook lacks is above it."""
    gaps = dict.fromkeys(one for attribute in rule.attributes for one in attribute.unsaid)
    of_sources = [one.key for one in gaps if one.key != "uses" and one.of]
    parts = [f"{', '.join(of_sources)} of sources"] if of_sources else []
    parts += [f"uses of {_listed(one)}" for one in gaps if one.key == "uses"]
    return f" (not said: {'; '.join(parts)})" if parts else ""


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
