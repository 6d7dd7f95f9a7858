"""Shows a change of a rulebook in its file: the line before and after. Nothing reads these lines again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ketascreen.diagnostic import Place
from ketascreen.syntax.folder import read_folder
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar
from ketascreen.syntax.utf8 import decode
from ketascreen.syntax.yaml_tree import read_yaml


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a rulebook: its located tree and its lines."""

    tree: MappingNode
    lines: tuple[str, ...]

    def line(self, place: Place) -> str:
        """The line of a place."""
        return self.lines[place.line - 1]


def read_sources(folder: Path, paths: Iterable[str]) -> Mapping[str, SourceFile]:
    """The files of a loaded rulebook that hold a mapping, by path within its folder.

    It raises nothing itself: a file that was removed since the loading is left out too.
    """
    files = read_folder(folder, Problems(), fixtures=False).files
    found: dict[str, SourceFile] = {}
    for path in paths:
        tree = read_yaml(files[path], path)[0] if path in files else None
        if isinstance(tree, MappingNode):
            found[path] = SourceFile(tree, tuple(decode(files[path], path)[0].split("\n")))
    return found


@dataclass(frozen=True, slots=True)
class EditedLine:
    """A line of a file before and after a change; `after` is None for a removed line, and may hold a second line."""

    place: Place
    before: str
    after: str | None


def put(source: SourceFile, place: Place, text: str) -> EditedLine:
    """`text` in place of the text there."""
    line, start = source.line(place), place.column - 1
    return EditedLine(place, line, line[:start] + text + line[start + place.length :])


def dropped(source: SourceFile, place: Place) -> EditedLine:
    """A dropped branch, shown by its first line."""
    return EditedLine(place, source.line(place), None)


def word_dropped(source: SourceFile, word: Node) -> EditedLine:
    """A word removed from a list, which is written on one line or on several."""
    line = source.line(word.place)
    if line.strip().startswith("- ") and "[" not in line:
        return dropped(source, word.place)
    without = put(source, word.place, "").after or ""
    without = re.sub(r"\[\s*,\s*", "[", without)
    without = re.sub(r",\s*,", ",", without)
    return EditedLine(word.place, line, re.sub(r",\s*\]", "]", without))


def word_added(source: SourceFile, last: Node, word: str) -> EditedLine:
    """A word added after the last one of a list."""
    place = last.place
    line = source.line(place)
    if line.strip().startswith("- ") and "[" not in line:
        return EditedLine(place, line, f"{line}\n{line[: line.index('-')]}- {word}")
    end = place.column - 1 + place.length
    return EditedLine(place, line, f"{line[:end]}, {word}{line[end:]}")


def line_added(source: SourceFile, place: Place, text: str) -> EditedLine:
    """A line added below another, with the same indentation."""
    line = source.line(place)
    return EditedLine(place, line, f"{line}\n{line[: len(line) - len(line.lstrip())]}{text}")


def not_added(source: SourceFile, leaf: Node) -> EditedLine:
    """A `not` added before a comparison; a comparison of several lines is shown by its first line."""
    line, start = source.line(leaf.place), leaf.place.column - 1
    rest = line[start:].rstrip()
    held = f"{rest} ...}}" if rest.endswith((":", "[", "{")) else f"{rest}}}"
    inner = held if not rest.startswith("{") else held[:-1]
    return EditedLine(leaf.place, line, f"{line[:start]}not: {'{' if inner is held else ''}{inner}")


def not_dropped(source: SourceFile, key: Place, member: Node) -> EditedLine:
    """A `not` removed from before a condition."""
    line = source.line(key)
    if member.place.line != key.line:
        return dropped(source, key)
    start, rest = key.column - 1, line[member.place.column - 1 :].rstrip()
    return EditedLine(key, line, line[:start] + (rest[1:-1] if rest.startswith("{") and rest.endswith("}") else rest))


def span(node: Node) -> Place:
    """The place of a value; only the place of a scalar has its whole length."""
    assert isinstance(node, Scalar)
    return node.place
