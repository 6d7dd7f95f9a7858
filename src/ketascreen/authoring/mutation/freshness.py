"""The slips in how long an answer counts: the window, and the marks `lasting` and `permanent`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ketascreen.authoring.mutation.line_edits import (
    EditedLine,
    SourceFile,
    dropped,
    line_added,
    put,
    span,
    word_added,
    word_dropped,
)
from ketascreen.language.vocabulary import Fact, Freshness, Window
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar, Sequence, key_place

MARKS = ("lasting", "permanent")


def slips(fact: Fact, source: SourceFile, entry: MappingNode) -> Iterator[tuple[str, str, EditedLine, Fact]]:
    """Each slip in a fact's freshness: its kind, what it does, its line, and the changed fact."""
    freshness = fact.freshness
    if freshness is None:
        return
    for what, line, changed in _window(freshness, source, entry):
        yield "window", what, line, replace(fact, freshness=changed)
    for mark in MARKS:
        marked: frozenset[str] = getattr(freshness, mark)
        for word in sorted(marked):
            line = _mark_dropped(source, entry, mark, word)
            changed = _marked(freshness, mark, marked - {word})
            yield "mark", f"`{word}` is no longer {mark}", line, replace(fact, freshness=changed)
        for word in fact.choices:
            if word not in freshness.ageless:
                line = _mark_added(source, entry, mark, word)
                changed = _marked(freshness, mark, marked | {word})
                yield "mark", f"`{word}` becomes {mark}", line, replace(fact, freshness=changed)


def _marked(freshness: Freshness, mark: str, words: frozenset[str]) -> Freshness:
    return replace(freshness, lasting=words) if mark == "lasting" else replace(freshness, permanent=words)


def _window(
    freshness: Freshness, source: SourceFile, entry: MappingNode
) -> Iterator[tuple[str, EditedLine, Freshness | None]]:
    node = entry.items["fresh_for"]
    for window in _slipped(freshness.window):
        changed = replace(freshness, window=window)
        yield f"`{freshness}` becomes `{window}`", put(source, span(node), str(window)), changed
    yield "the answer never ages", dropped(source, key_place(entry, "fresh_for")), None


def _slipped(window: Window | None) -> Iterator[Window]:
    """The windows that are one day, or one minute, longer and shorter."""
    if window is not None and window.minutes:
        yield from (Window(minutes=window.minutes + step) for step in (1, -1) if window.minutes + step > 0)
    elif window is not None:
        yield from (Window(days=window.days + step) for step in (1, -1) if window.days + step >= 0)


def _mark_dropped(source: SourceFile, entry: MappingNode, mark: str, word: str) -> EditedLine:
    listed = entry.items[mark]
    assert isinstance(listed, Sequence)
    return word_dropped(source, next(item for item in listed.items if isinstance(item, Scalar) and item.value == word))


def _mark_added(source: SourceFile, entry: MappingNode, mark: str, word: str) -> EditedLine:
    listed: Node | None = entry.items.get(mark)
    if isinstance(listed, Sequence) and listed.items:
        return word_added(source, listed.items[-1], word)
    return line_added(source, key_place(entry, "fresh_for"), f"{mark}: [{word}]")
