"""What differs between the formats of a rulebook's files; all that one format has and the other lacks is named here.

Format 1 has a `sign_off` in each rule. Format 2 has approvals.yaml in its place, routes of any name, and some more keys
and units. `ketascreen fmt --format 2` turns a rulebook of format 1 into one of format 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ketascreen.diagnostic import Place
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar, Sequence, key_place

FIRST, NEWEST = 1, 2
READ_SINCE = {FIRST: "0.1.0", NEWEST: "0.3.0"}
"""By format, the first version of the library that reads it."""
SIGN_OFF = "sign_off"
"""The key of a rule that format 1 has, and format 2 has not."""

_REQUIRES = re.compile(r">=([0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6})")
TO_NEWEST = "turn the rulebook into format 2: ketascreen fmt --format 2 DIR"
"""What to do with a rulebook of format 1 that must have the newest format."""
_ROUTES = frozenset({"iv", "im", "intranasal", "sublingual", "oral"})
"""The routes of format 1. They are written out, since format 1 never gets another one, whatever is built in later."""
_UNITS = ("none", "10*9/L", "mmol/mol", "ug", "umol/L", "seconds", "second", "1")
_UNIT = re.compile(rf"(?:{'|'.join(map(re.escape, _UNITS))})")
_QUANTITY = re.compile(rf"-?[0-9][0-9.]* {_UNIT.pattern}")

_ANY = "*"
_NEW_KEYS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("rulebook", (), ("approvers", "options", "developer", "funding", "released", "revised")),
    ("rule", (), ("weight", "was", "retired")),
    ("parameters", (_ANY,), ("was",)),
    ("definitions", (_ANY,), ("was",)),
    ("vocabulary", ("facts", _ANY), ("was", "was_choices", "uses")),
    ("documents", ("documents", _ANY), ("url", "edition", "accessed", "published")),
    ("documents", ("outside_sources", _ANY), ("url", "edition", "accessed", "published")),
)
"""The keys that format 2 brought: kind of file, keys to where they can stand (`*` is any), the keys themselves."""
_NEW_UNITS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    ("vocabulary", ("facts", "*", "unit"), _UNIT),
    ("vocabulary", ("freshness", "*", "fresh_for"), _QUANTITY),
    ("vocabulary", ("contradictions", "*", "when", "**"), _QUANTITY),
    ("parameters", ("*", "value"), _QUANTITY),
    ("definitions", ("*", "when", "**"), _QUANTITY),
    ("rule", ("when", "**"), _QUANTITY),
)
"""Where units of format 2 can stand: kind of file, keys to them (`*` is any, `**` is all below), form of the text."""


def format_of(rulebook: Node | None) -> int | None:
    """The format that rulebook.yaml says; None if it says none that is known."""
    written = rulebook.items.get("format") if isinstance(rulebook, MappingNode) else None
    value = written.value if isinstance(written, Scalar) and not isinstance(written.value, bool) else None
    return value if isinstance(value, int) and value in READ_SINCE else None


def keys_of_others(written: int, kind: str) -> frozenset[str]:
    """The keys in a kind of file that this format lacks, and another has."""
    if written >= NEWEST:
        return frozenset({SIGN_OFF} if kind == "rule" else ())
    return frozenset(key for where, _, keys in _NEW_KEYS for key in keys if where == kind)


def needs_sign_off(rulebook: Node | None) -> bool:
    """Whether each rule must have a `sign_off`: in format 1, if a version that reads no other format may read it.

    So a rulebook on its way to format 2, whose `requires` is already raised, loads with some of them taken out.
    """
    return format_of(rulebook) == FIRST and requires_too_early(rulebook)


def requires_too_early(rulebook: Node | None) -> bool:
    """Whether rulebook.yaml requires a version of the library that does not read the newest format yet."""
    requires = rulebook.items.get("requires") if isinstance(rulebook, MappingNode) else None
    said = _REQUIRES.fullmatch(str(requires.value)) if isinstance(requires, Scalar) else None
    return said is not None and version_of(said[1]) < version_of(READ_SINCE[NEWEST])


def version_of(text: str) -> tuple[int, ...]:
    """A version, to be compared with others."""
    return tuple(int(part) for part in text.split(".")[:3])


def check_format(named: Mapping[str, Node | None], rules: Mapping[str, Node], problems: Problems) -> None:
    """Reports what the rulebook's format lacks, and what it needs; `named` holds the other files, by their kind."""
    head = named.get("rulebook")
    written = format_of(head)
    if written == NEWEST:
        for rule in rules.values():
            if isinstance(rule, MappingNode) and SIGN_OFF in rule.items:
                message = f"format 2 has no `{SIGN_OFF}`; approvals.yaml says who approved a rule"
                hint = "take it out: ketascreen fmt --format 2 DIR"
                problems.report("format", message, hint, key_place(rule, SIGN_OFF))
    elif written == FIRST:
        for kind, node in (*named.items(), *(("rule", rule) for rule in rules.values())):
            for what, place in _of_format_2(kind, node) if node is not None else ():
                problems.report("format", f"{what} needs format 2", TO_NEWEST, place)
        for rule in rules.values() if needs_sign_off(head) else ():
            if isinstance(rule, MappingNode) and SIGN_OFF not in rule.items:
                problems.report("missing-key", f"`{SIGN_OFF}` is missing", f"add `{SIGN_OFF}:`", rule.place)


def _of_format_2(kind: str, node: Node) -> Iterator[tuple[str, Place]]:
    """What a file has that format 1 lacks, each with its place."""
    if kind == "approvals":
        yield "approvals.yaml", node.place
    if isinstance(node, MappingNode):
        routes = [key for key in node.items if key not in _ROUTES] if kind == "routes" else ()
        yield from ((f"the route `{key}`", key_place(node, key)) for key in routes)
    for where, path, keys in _NEW_KEYS:
        for found in _mappings(node, path) if where == kind else ():
            yield from ((f"`{key}`", key_place(found, key)) for key in keys if key in found.items)
    for path, form in ((path, form) for where, path, form in _NEW_UNITS if where == kind):
        for scalar in _scalars(node, path):
            if isinstance(scalar.value, str) and form.fullmatch(scalar.value):
                yield f"the unit `{scalar.value.rpartition(' ')[2]}`", scalar.place
            elif form is _UNIT and not isinstance(scalar.value, bool) and scalar.value == 1:
                yield "the unit `1`", scalar.place


def _mappings(node: Node, path: tuple[str, ...]) -> Iterator[MappingNode]:
    """The mappings at `path`; a key of it can be any."""
    if not isinstance(node, MappingNode):
        return
    if not path:
        yield node
        return
    for key in node.items if path[0] == _ANY else ({path[0]} & node.items.keys()):
        yield from _mappings(node.items[key], path[1:])


def _scalars(node: Node, path: tuple[str, ...]) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        if path in ((), ("**",)):
            yield node
        return
    step, rest = (path[0], path[1:]) if path else ("", ())
    if step == "**":
        rest = path
    below = node.items if isinstance(node, Sequence) else node.items.values()
    if step in ("*", "**"):
        for inner in below:
            yield from _scalars(inner, rest)
    elif isinstance(node, MappingNode) and step in node.items:
        yield from _scalars(node.items[step], rest)
