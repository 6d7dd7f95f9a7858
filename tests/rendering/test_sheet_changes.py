"""What changed on a sheet: each key and each part that is taken out or put in is named."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ketascreen.diagnostic import Place
from ketascreen.language.approval import Approval, SubjectKind
from ketascreen.language.sheet import Sheet
from ketascreen.rendering.sheet import render_changes
from ketascreen.rendering.sheet_words import Told, differing, told
from tests.rendering.test_sheet_words import SHEETS

PARTS = ("parameters", "reasons", "definitions", "facts", "contradictions", "attributes")
APPROVAL = Approval(SubjectKind.RULE, "x", "1-0-0", "A", "nurse", date(2026, 11, 22), Place("approvals.yaml"))
SHARED = ("minimum", "maximum", "unit", "freshness")
"""Keys that share a line with others: without one of them, the line says something else and is still there."""


def _keys(half: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The way to each key of a half, to each part that it holds by name, and to each key of such a part."""
    for key, value in half.items():
        if value != {}:  # it says nothing
            yield (key,)
        if key in PARTS:
            for name, part in value.items():
                yield key, name
                yield from ((key, name, inner) for inner in (part if isinstance(part, Mapping) else ()))


def _without(half: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The half without one key or part."""
    left = copy.deepcopy(dict(half))
    *above, last = path
    held: Any = left
    for key in above:
        held = held[key]
    del held[last]
    return left


def _named(one: Told) -> str:
    return f"{one.part}: {one.key}" if one.part else one.key


@pytest.mark.parametrize(("name", "sheet"), SHEETS, ids=[name for name, _ in SHEETS])
def test_each_key_and_part_that_is_taken_out_or_put_in_is_named_beside_nothing(name: str, sheet: Sheet) -> None:
    for which in ("decides", "says"):
        for path in _keys(getattr(sheet, which)):
            half = _without(getattr(sheet, which), path)
            other = replace(sheet, decides=half) if which == "decides" else replace(sheet, says=half)
            whole, left = (told(getattr(one, which), one.decides) for one in (sheet, other))
            changed = set(differing(whole, left))
            assert changed, path
            assert set(differing(left, whole)) == changed
            gone = {one for one in whole if one not in left}
            assert gone <= changed
            assert gone or path[-1] in SHARED, path
            for old, new, side in ((sheet, other, "now"), (other, sheet, "was")):
                page = [line.text.strip() for line in render_changes(APPROVAL, old, new)]
                assert [one for one in gone if not any(line.startswith(_named(one)[:60]) for line in page)] == [], path
                assert page.count(f"{side}: (nothing)") == len(gone), path


def test_a_key_that_a_half_never_had_is_named_beside_nothing() -> None:
    for _, sheet in SHEETS:
        added = replace(sheet, says={**sheet.says, "law": "a new law"})
        page = [line.text.strip() for line in render_changes(APPROVAL, sheet, added)]
        assert page[page.index("Law") :][:3] == ["Law", "was: (nothing)", "now: a new law"]
