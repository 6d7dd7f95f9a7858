"""The sheet of what somebody may approve, as a page, and what changed since the one that was approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from ketascreen.authoring.approving.subjects import SubjectName
from ketascreen.language.approval import Approval, SubjectKind
from ketascreen.language.sheet import Sheet
from ketascreen.rendering.page import Line, Style, entry, heading, wrapped
from ketascreen.rendering.sheet_words import Told, Words, by_part, differing, of_sheet, told

DECIDES, SAYS = "What decides", "What it says"


def render_sheet(subject: SubjectName, sheet: Sheet) -> Iterator[Line]:
    """Both halves of a sheet."""
    kind = str(subject.kind).capitalize()
    yield from wrapped(subject.name, first=f"{kind} ", hang=2, style=Style.HEADING)
    yield from entry("Sheet", sheet.digest)
    for title, half in zip((DECIDES, SAYS), of_sheet(sheet), strict=True):
        if half or (title == DECIDES and subject.kind is not SubjectKind.PATIENT):
            yield from heading(title)
            yield from _half(half) if half else wrapped("Nothing: it is shown only.", indent=2)


def _half(half: Mapping[Told, Words]) -> Iterator[Line]:
    for part, group in groupby(sorted(half, key=by_part), key=lambda one: one.part):
        if part:
            yield from wrapped(f"{part}:", indent=2)
        for one in group:
            yield from _entry(one.key, half[one], 4 if part else 2)


def _entry(key: str, words: Words, indent: int) -> Iterator[Line]:
    if len(words) == 1:
        yield from entry(key, words[0][1], indent=indent)
        return
    yield from wrapped(f"{key}:", indent=indent)
    for deeper, text in words:
        yield from wrapped(text, indent=indent + 2 + deeper, hang=2)


def render_changes(approval: Approval, old: Sheet | None, new: Sheet) -> Iterator[Line]:
    """What is otherwise than in the sheet that an approval names; `old` is None where its text is not found."""
    who = f"{approval.by} approved on {approval.day}"
    yield from _compared(approval, who, old, new)
    if (gone := approval.withdrawn) is not None:
        yield from entry(f"Withdrawn by {gone.by} on {gone.day}", gone.reason)


def _compared(approval: Approval, who: str, old: Sheet | None, new: Sheet) -> Iterator[Line]:
    if approval.sheet == new.digest:
        yield from heading(f"Nothing has changed since {who}.")
        return
    if old is None:
        yield from heading(f"This is not the sheet that {who}.", Style.WARNING)
        said = "The text of that one is neither in git's history nor in approved/: read the whole of this one."
        yield from wrapped(said, indent=2)
        return
    same = old.halves.decides == new.halves.decides
    yield from heading(f"Changed since {who}", Style.WARNING)
    yield from wrapped("What it decides is the same." if same else "It decides otherwise:", indent=2)
    yield from _changed(old.decides, old.decides, new.decides, new.decides)
    if old.halves.says != new.halves.says:
        yield from wrapped("It says it in other words:", indent=2)
        yield from _changed(old.says, old.decides, new.says, new.decides)


def _changed(
    old: Mapping[str, Any], old_decides: Mapping[str, Any], new: Mapping[str, Any], new_decides: Mapping[str, Any]
) -> Iterator[Line]:
    before, after = told(old, old_decides), told(new, new_decides)
    for one in differing(before, after):
        yield from wrapped(f"{one.part}: {one.key}" if one.part else one.key, indent=4)
        yield from _side("was", before.get(one))
        yield from _side("now", after.get(one))


def _side(word: str, words: Words | None) -> Iterator[Line]:
    yield from _entry(word, words or ((0, "(nothing)"),), 6)
