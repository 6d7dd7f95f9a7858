"""Collects every problem of every file, each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ketascreen.diagnostic import Diagnostic, Place


@dataclass
class Problems:
    """The problems found so far; `lines` holds the text of each file for showing them."""

    found: list[Diagnostic] = field(default_factory=list)
    lines: Mapping[str, list[str]] = field(default_factory=dict)

    def at(self, code: str, message: str, hint: str, place: Place) -> Diagnostic:
        """A diagnostic at a place, with the text of its line."""
        lines = self.lines.get(place.path, [])
        text = lines[place.line - 1] if place.line <= len(lines) and not place.is_whole else None
        return Diagnostic(code, message, hint, place, text=text)

    def add(self, diagnostic: Diagnostic) -> None:
        """Notes a problem."""
        self.found.append(diagnostic)

    def report(self, code: str, message: str, hint: str, place: Place) -> None:
        """Notes a problem at a place."""
        self.add(self.at(code, message, hint, place))

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Notes problems."""
        self.found.extend(diagnostics)

    def sorted(self) -> list[Diagnostic]:
        """The problems by file, line and column."""
        unplaced = Place("", 0, 0)
        return sorted(self.found, key=lambda d: (d.place or unplaced, d.code, d.message))
