"""A located tree: what a YAML file says, with the place of each key and value."""

from __future__ import annotations

from collections.abc import Sequence as Seq
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ketascreen.diagnostic import Place


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, a whole number, a decimal, or true or false."""

    value: str | int | Decimal | bool
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their nodes and their places."""

    items: dict[str, Node]
    keys: dict[str, Place] = field(default_factory=dict)
    place: Place = field(default_factory=lambda: Place(""))


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> Any:
    """The tree without its places."""
    match node:
        case Scalar(value):
            return value
        case Sequence(items):
            return [plain(item) for item in items]
        case Mapping(items):
            return {key: plain(item) for key, item in items.items()}


def place_of(node: Node, path: Seq[str | int]) -> Place:
    """The place of the node at `path`; of the nearest one above where there is none."""
    place = node.place
    for step in path:
        match node:
            case Mapping(items, keys) if step in items:
                node = items[str(step)]
                place = node.place if isinstance(node, Scalar) else keys[str(step)]
            case Mapping(_, keys) if step in keys:
                return keys[str(step)]
            case Sequence(items) if isinstance(step, int) and step < len(items):
                node = items[step]
                place = node.place
            case _:
                return place
    return place


def place_of_key(node: Node, path: Seq[str | int]) -> Place:
    """The place of the last key of `path`, not of its value."""
    for step in path[:-1]:
        match node:
            case Mapping(items) if step in items:
                node = items[str(step)]
            case Sequence(items) if isinstance(step, int) and step < len(items):
                node = items[step]
            case _:
                return node.place
    return key_place(node, str(path[-1])) if isinstance(node, Mapping) and path else node.place


def key_place(node: Mapping, key: str) -> Place:
    """The place of a key."""
    return node.keys.get(key, node.place)
