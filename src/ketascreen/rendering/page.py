"""A page of text for a terminal: lines of at most 80 columns, each with a style."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from itertools import accumulate
from shutil import get_terminal_size
from typing import TextIO

import click

from ketascreen.diagnostic import printable
from ketascreen.spelling import columns

WIDTH = 80
NARROWEST = 20
"""A terminal that says it is narrower is taken for one of so many columns."""


class Style(StrEnum):
    """How a line looks on a terminal with colour."""

    PLAIN = "plain"
    HEADING = "heading"
    URGENT = "urgent"
    GOOD = "good"
    WARNING = "warning"


class Flow(Enum):
    """What a line is when the terminal is narrower than the page."""

    OWN = "own"
    NEXT = "next"
    """It goes on with the text of the line before."""
    WHOLE = "whole"
    """It is never folded: somebody copies it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page."""

    text: str = ""
    style: Style = Style.PLAIN
    flow: Flow = field(default=Flow.OWN, compare=False)


def wrapped(
    text: str, *, indent: int = 0, first: str = "", hang: int | None = None, style: Style = Style.PLAIN
) -> list[Line]:
    """`text` in lines of at most 80 columns. `first` begins it; the next lines are indented by `hang` more columns.

    Without `hang`, they are indented by the length of `first`. Invisible characters are escaped; a word that is longer
    than a line has a line of its own.
    """
    margin = " " * indent
    words = [printable(word) for word in text.split()]
    below = margin + " " * (columns(first) if hang is None else hang)
    return [
        Line(line, style, Flow.NEXT if number else Flow.OWN)
        for number, line in enumerate(_folded(words, WIDTH, margin + first, below))
    ]


def _folded(words: Iterable[str], width: int, first: str, below: str) -> Iterator[str]:
    """Lines of at most `width` columns, except a word that is longer itself; `first` and `below` begin them."""
    line, held, taken = first, False, columns(first)
    for word in words:
        size = columns(word)
        if held and taken + 1 + size > width:
            yield line
            line, held, taken = below, False, columns(below)
        line, taken = (f"{line} {word}", taken + 1 + size) if held else (line + word, taken + size)
        held = True
    yield line if held else line.rstrip()


def entry(label: str, text: str, *, indent: int = 0) -> list[Line]:
    """`label: text`; the next lines are indented by two more columns."""
    return wrapped(text, indent=indent, first=f"{label}: ", hang=2)


def entries(label: str, texts: Iterable[str], *, indent: int = 0) -> list[Line]:
    """`label:` with a line for each text below it; nothing if there are no texts."""
    found = [wrapped(text, indent=indent + 2, hang=2) for text in texts]
    return [Line(f"{' ' * indent}{label}:"), *(line for lines in found for line in lines)] if found else []


def heading(text: str, style: Style = Style.HEADING) -> list[Line]:
    """A heading with an empty line before it."""
    return [Line(), *wrapped(text, style=style)]


def cut(text: str, width: int) -> str:
    """`text` in at most `width` columns, with `...` at the end if it was cut."""
    whole = printable(text.strip())
    if columns(whole) <= width:
        return whole
    ends = accumulate(map(columns, whole))
    return f"{''.join(char for char, end in zip(whole, ends, strict=True) if end <= width - 3).rstrip()}..."


def show(lines: Iterable[Line], *, err: bool = False) -> None:
    """Prints a page as wide as the terminal, in at most 80 columns; in colour where a reader may see it.

    With `err`, on standard error and without colour.
    """
    colour = _in_colour() and not err
    fitting = fitted(lines, width_of(sys.stderr if err else sys.stdout))
    click.echo("\n".join(_painted(line) if colour else line.text for line in fitting), color=colour, err=err)


def width_of(stream: TextIO) -> int:
    """The columns of a page on this stream: as many as a narrow terminal has (COLUMNS can say so), and 80 elsewhere."""
    return min(WIDTH, max(NARROWEST, get_terminal_size((WIDTH, 24)).columns)) if stream.isatty() else WIDTH


def fitted(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """The lines of a page, folded where they are wider than `width` columns, if that is less than a whole page has."""
    if width >= WIDTH:
        yield from lines
        return
    for text in _texts(lines):
        first = text[0]
        if first.flow is Flow.WHOLE or all(columns(line.text) <= width for line in text):
            yield from text
            continue
        margin = min(_margin(first), width // 3)
        below = min(_margin(text[1]) if text[1:] else margin + 2, width // 3)
        words = [word for line in text for word in line.text.split()]
        for number, line in enumerate(_folded(words, width, " " * margin, " " * below)):
            yield Line(line, first.style, Flow.NEXT if number else Flow.OWN)


def _texts(lines: Iterable[Line]) -> Iterator[list[Line]]:
    text: list[Line] = []
    for line in lines:
        if text and line.flow is not Flow.NEXT:
            yield text
            text = []
        text.append(line)
    if text:
        yield text


def _margin(line: Line) -> int:
    return len(line.text) - len(line.text.lstrip(" "))


def _in_colour() -> bool:
    """NO_COLOR and FORCE_COLOR decide where they hold anything; else colour is for a terminal that is not `dumb`."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _painted(line: Line) -> str:
    match line.style:
        case Style.HEADING:
            return click.style(line.text, bold=True)
        case Style.URGENT:
            return click.style(line.text, fg="red", bold=True)
        case Style.WARNING:
            return click.style(line.text, fg="yellow")
        case Style.GOOD:
            return click.style(line.text, fg="green")
        case Style.PLAIN:
            return line.text
