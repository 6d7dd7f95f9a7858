"""The slips in how long an answer counts: the window, and the marks `lasting`, `permanent` and `stands`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ketascreen.authoring.mutation.line_edits import (
    EditedLine,
    SourceFile,
    line_added,
    put,
    span,
    word_added,
    word_dropped,
)
from ketascreen.language.vocabulary import MARKS, Fact, Freshness, Window
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar, Sequence, key_place

_FROM_ANY_AGE = Window(days=30)
"""The window that an answer of any age is given by mistake; older answers show each such slip."""


def slips(fact: Fact, source: SourceFile, entry: MappingNode) -> Iterator[tuple[str, str, EditedLine, Fact]]:
    """Each slip in a fact's freshness: its kind, what it does, its line, and the changed fact."""
    freshness = fact.freshness
    if freshness is None:
        return
    for what, line, changed in _window(freshness, source, entry):
        yield "window", what, line, replace(fact, freshness=changed)
    for mark in MARKS if freshness.window is not None else ():
        marked: frozenset[str] = getattr(freshness, mark)
        for word in sorted(marked):
            line = _mark_dropped(source, entry, mark, word)
            changed = _marked(freshness, mark, marked - {word})
            yield "mark", f"`{word}` is no longer {_SAID[mark]}", line, replace(fact, freshness=changed)
        for word in fact.choices:
            if word not in freshness.ageless | marked:
                line = _mark_added(source, entry, mark, word)
                changed = _marked(freshness, mark, marked | {word})
                yield "mark", f"`{word}` becomes {_SAID[mark]}", line, replace(fact, freshness=changed)


_SAID = {"lasting": "lasting", "permanent": "permanent", "stands": "standing"}


def _marked(freshness: Freshness, mark: str, words: frozenset[str]) -> Freshness:
    marks: dict[str, Any] = {mark: words}
    return replace(freshness, **marks)


def _window(
    freshness: Freshness, source: SourceFile, entry: MappingNode
) -> Iterator[tuple[str, EditedLine, Freshness]]:
    node = entry.items["fresh_for"]
    for changed in _slipped(freshness):
        yield f"`{freshness}` becomes `{changed}`", put(source, span(node), str(changed)), changed


def _slipped(freshness: Freshness) -> Iterator[Freshness]:
    """A day, or a minute, longer and shorter, and no window; for an answer of any age, a window."""
    window = freshness.window
    if window is None:
        yield replace(freshness, window=_FROM_ANY_AGE)
        return
    for step in (1, -1):
        if window.minutes + step > 0 if window.minutes else window.days + step >= 0:
            other = Window(minutes=window.minutes + step) if window.minutes else Window(days=window.days + step)
            yield replace(freshness, window=other)
    yield Freshness(None, reason=freshness.reason)


def _mark_dropped(source: SourceFile, entry: MappingNode, mark: str, word: str) -> EditedLine:
    listed = entry.items[mark]
    assert isinstance(listed, Sequence)
    return word_dropped(source, next(item for item in listed.items if isinstance(item, Scalar) and item.value == word))


def _mark_added(source: SourceFile, entry: MappingNode, mark: str, word: str) -> EditedLine:
    listed: Node | None = entry.items.get(mark)
    if isinstance(listed, Sequence) and listed.items:
        return word_added(source, listed.items[-1], word)
    return line_added(source, key_place(entry, "fresh_for"), f"{mark}: [{word}]")
