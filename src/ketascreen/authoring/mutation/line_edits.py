"""How a change of a rulebook looks in its file: the line before and after. Nothing is read back from these lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ketascreen.diagnostic import Place
from ketascreen.syntax.folder import read_folder
from ketascreen.syntax.problems import Report
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar
from ketascreen.syntax.utf8 import decode
from ketascreen.syntax.yaml_tree import read_yaml


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a rulebook: its located tree and its lines."""

    tree: MappingNode
    lines: tuple[str, ...]

    def line(self, place: Place) -> str:
        """The line of a place."""
        return self.lines[place.line - 1]


def read_sources(folder: Path, paths: Iterable[str]) -> Mapping[str, Source]:
    """The files of a rulebook that already loaded, by path within its folder; those that hold no mapping are left out.

    Raises nothing of its own: a file that went away since is left out too.
    """
    files = read_folder(folder, Report(), fixtures=False).files
    found: dict[str, Source] = {}
    for path in paths:
        tree = read_yaml(files[path], path)[0] if path in files else None
        if isinstance(tree, MappingNode):
            found[path] = Source(tree, tuple(decode(files[path], path)[0].split("\n")))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file before and after a change; `after` is None where the line goes, and may hold a second line."""

    place: Place
    before: str
    after: str | None


def put(source: Source, place: Place, text: str) -> Line:
    """`text` put in the place of what stands there."""
    line, start = source.line(place), place.column - 1
    return Line(place, line, line[:start] + text + line[start + place.length :])


def dropped(source: Source, place: Place) -> Line:
    """A branch that is dropped, shown by its first line."""
    return Line(place, source.line(place), None)


def word_dropped(source: Source, word: Node) -> Line:
    """A word taken out of a list, written on one line or on several."""
    line = source.line(word.place)
    if line.strip().startswith("- ") and "[" not in line:
        return dropped(source, word.place)
    without = put(source, word.place, "").after or ""
    without = re.sub(r"\[\s*,\s*", "[", without)
    without = re.sub(r",\s*,", ",", without)
    return Line(word.place, line, re.sub(r",\s*\]", "]", without))


def word_added(source: Source, last: Node, word: str) -> Line:
    """A word put behind the last one of a list."""
    place = last.place
    line = source.line(place)
    if line.strip().startswith("- ") and "[" not in line:
        return Line(place, line, f"{line}\n{line[: line.index('-')]}- {word}")
    end = place.column - 1 + place.length
    return Line(place, line, f"{line[:end]}, {word}{line[end:]}")


def line_added(source: Source, place: Place, text: str) -> Line:
    """A line put below another, as far in as that one."""
    line = source.line(place)
    return Line(place, line, f"{line}\n{line[: len(line) - len(line.lstrip())]}{text}")


def not_added(source: Source, leaf: Node) -> Line:
    """A `not` put before a comparison; one of several lines is shown by its first."""
    line, start = source.line(leaf.place), leaf.place.column - 1
    rest = line[start:].rstrip()
    held = f"{rest} ...}}" if rest.endswith((":", "[", "{")) else f"{rest}}}"
    inner = held if not rest.startswith("{") else held[:-1]
    return Line(leaf.place, line, f"{line[:start]}not: {'{' if inner is held else ''}{inner}")


def not_dropped(source: Source, key: Place, member: Node) -> Line:
    """A `not` taken from before a condition."""
    line = source.line(key)
    if member.place.line != key.line:
        return dropped(source, key)
    start, rest = key.column - 1, line[member.place.column - 1 :].rstrip()
    return Line(key, line, line[:start] + (rest[1:-1] if rest.startswith("{") and rest.endswith("}") else rest))


def span(node: Node) -> Place:
    """Where a value stands; only that of a scalar has its whole length."""
    assert isinstance(node, Scalar)
    return node.place
