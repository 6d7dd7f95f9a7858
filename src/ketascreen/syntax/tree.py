"""A located tree: what a YAML file says, with the place of each key and value."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence as Seq
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from ketascreen.diagnostic import Place


@dataclass(frozen=True, slots=True)
class File:
    """The file of some nodes: its path and its lines."""

    path: str
    lines: list[str]

    def place(self, event: Any) -> Place:
        """The place of one of PyYAML's events; it ends at the end of the event's first line."""
        start, end = event.start_mark, event.end_mark
        if start.index == end.index and getattr(event, "value", None) == "":
            return self._behind_key(start.line, start.column)
        length = end.column - start.column if end.line == start.line else len(self.lines[start.line]) - start.column
        return Place(self.path, start.line + 1, start.column + 1, max(1, length))

    def _behind_key(self, line: int, column: int) -> Place:
        """The place of a value that is not there: behind its key, wherever in the space after it a parser sees it."""
        before = self.lines[line][:column] if line < len(self.lines) else ""
        while line > 0 and not before.strip():
            line -= 1
            before = self.lines[line] if line < len(self.lines) else ""
        return Place(self.path, line + 1, len(before.rstrip()) + 1, 1)


# A rulebook has tens of thousands of nodes, and few need their place: so a node is a tuple, with its event.


class Scalar(NamedTuple):
    """Text, a whole number, a decimal, or true or false."""

    value: str | int | Decimal | bool
    event: Any
    file: File

    @property
    def place(self) -> Place:
        """Its place."""
        return self.file.place(self.event)


class Sequence(NamedTuple):
    """A list of nodes."""

    items: tuple[Node, ...]
    event: Any
    file: File

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.file.place(self.event)


class Mapping(NamedTuple):
    """Nodes by their keys, and the events of the keys."""

    items: dict[str, Node]
    keys: dict[str, Any]
    event: Any
    file: File

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.file.place(self.event)


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> Any:
    """The tree without its places."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(item) for key, item in node.items.items()}


def place_of(node: Node, path: Seq[str | int]) -> Place:
    """The place of the node at `path`, or else of the nearest node above it."""
    key: tuple[Mapping, str] | None = None
    for step in path:
        match node:
            case Mapping(items) if step in items:
                key = node, str(step)
                node = items[str(step)]
            case Sequence(items) if isinstance(step, int) and step < len(items):
                key, node = None, items[step]
            case _:
                break
    return node.place if key is None or isinstance(node, Scalar) else key_place(*key)


def node_at(node: Node, path: Seq[str | int]) -> Node | None:
    """The node at `path`, if there is one."""
    for step in path:
        match node:
            case Mapping(items) if step in items:
                node = items[str(step)]
            case Sequence(items) if isinstance(step, int) and step < len(items):
                node = items[step]
            case _:
                return None
    return node


def place_of_key(node: Node, path: Seq[str | int]) -> Place:
    """The place of the last key of `path`, not of its value."""
    for step in path[:-1]:
        below = node_at(node, (step,))
        if below is None:
            return node.place
        node = below
    return key_place(node, str(path[-1])) if isinstance(node, Mapping) and path else node.place


def key_place(node: Mapping, key: str) -> Place:
    """The place of a key; without such a key, the place of the whole mapping."""
    event = node.keys.get(key)
    return node.place if event is None else node.file.place(event)


def has_no_value(node: Node | None) -> bool:
    """Whether nothing is written where a value belongs."""
    return isinstance(node, Scalar) and node.value == "" and node.event.start_mark.index == node.event.end_mark.index


def key_above(node: Mapping, key: str, known: Collection[str] | None = None) -> str | None:
    """The key below which `key` is meant to be indented: the nearest one above it of `known`, if it has no value.

    Without `known`, the nearest one that has no value.
    """
    if key not in node.keys or has_no_value(node.items.get(key)):
        return None
    keys = list(node.keys)
    empty = [one for one in keys if has_no_value(node.items.get(one))]
    fit = empty if known is None else known
    above = next((one for one in reversed(keys[: keys.index(key)]) if one in fit), None)
    return above if above in empty else None
