"""Collects every problem of every file, each with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import key_above, key_place


@dataclass
class Problems:
    """The problems found so far; `lines` holds the text of each file for showing them."""

    found: list[Diagnostic] = field(default_factory=list)
    lines: Mapping[str, list[str]] = field(default_factory=dict)
    _on_line: dict[tuple[Any, ...], list[Place]] = field(default_factory=dict)

    def at(self, code: str, message: str, hint: str, place: Place) -> Diagnostic:
        """A diagnostic at a place, with the text of its line."""
        lines = self.lines.get(place.path, [])
        text = lines[place.line - 1] if place.line <= len(lines) and not place.is_whole else None
        return Diagnostic(code, message, hint, place, text=text)

    def add(self, diagnostic: Diagnostic) -> None:
        """Notes a problem."""
        self.found.append(diagnostic)
        if diagnostic.place:
            self._on_line.setdefault(diagnostic.place[:2], []).append(diagnostic.place)

    def report(self, code: str, message: str, hint: str, place: Place) -> None:
        """Notes a problem at a place."""
        self.add(self.at(code, message, hint, place))

    def is_reported(self, place: Place) -> bool:
        """Whether a problem at exactly this place is noted: what follows from it is not worth another."""
        return place in self._on_line.get(place[:2], ())

    def is_within(self, place: Place) -> bool:
        """Whether a problem is noted at this place, or to the right of it on its line."""
        return any(one.column >= place.column for one in self._on_line.get(place[:2], ()))

    def withdraw(self, place: Place, code: str) -> None:
        """Takes back a problem, since more is known of its place now."""
        if self.is_reported(place):
            kept = [one for one in self.found if (one.place, one.code) != (place, code)]
            self.found, self._on_line = [], {}
            self.extend(kept)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Notes problems."""
        for one in diagnostics:
            self.add(one)

    def sorted(self) -> list[Diagnostic]:
        """The problems by file, line and column."""
        unplaced = Place("", 0, 0)
        return sorted(self.found, key=lambda d: (d.place or unplaced, d.code, d.message))

    def not_indented(self, code: str, node: MappingNode, key: str, above: str) -> None:
        """Notes that a key is not indented below the key above it, which so has no value."""
        empty = node.items[above].place
        self.found = [one for one in self.found if (one.code, one.place) != ("no-value", empty)]
        message = f"`{key}` is not indented below `{above}`"
        self.report(code, message, f"indent it below `{above}:` by two spaces", key_place(node, key))

    def is_below(self, code: str, node: MappingNode, key: str, known: Collection[str] | None = None) -> bool:
        """Whether a key that does not fit belongs below one above it that has no value; the first of several is noted.

        `known` are the keys that fit; without them, those that have no value.
        """
        above = key_above(node, key, known)
        if above is None:
            return False
        keys = list(node.keys)
        if keys[keys.index(above) + 1] == key:
            self.not_indented(code, node, key, above)
        return True

    def may_be_deleted(self, place: Place | None) -> None:
        """Notes that a key without a value, at whose end `place` is, is not needed."""
        hint = "write one, or delete the key"
        self.found = [
            replace(one, hint=hint) if (one.code, one.place) == ("no-value", place) else one for one in self.found
        ]
