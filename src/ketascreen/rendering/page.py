"""A page of text for a terminal: lines of at most 80 columns, each with a style."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import click

from ketascreen.diagnostic import printable

WIDTH = 80


class Style(StrEnum):
    """How a line looks on a terminal with colour."""

    PLAIN = "plain"
    HEADING = "heading"
    URGENT = "urgent"
    GOOD = "good"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page."""

    text: str = ""
    style: Style = Style.PLAIN


def wrapped(
    text: str, *, indent: int = 0, first: str = "", hang: int | None = None, style: Style = Style.PLAIN
) -> list[Line]:
    """`text` in lines of at most 80 columns. `first` begins it; the next lines are indented by `hang` more columns.

    Without `hang`, they are indented by the length of `first`. Invisible characters are escaped; a word that is longer
    than a line has a line of its own.
    """
    margin = " " * indent
    lines = textwrap.wrap(
        " ".join(printable(word) for word in text.split()),
        WIDTH,
        initial_indent=margin + first,
        subsequent_indent=margin + " " * (len(first) if hang is None else hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [Line(line, style) for line in lines or [(margin + first).rstrip()]]


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
    return whole if len(whole) <= width else f"{whole[: max(0, width - 3)].rstrip()}..."


def show(lines: Iterable[Line]) -> None:
    """Prints a page, with colour only on a terminal, and only if NO_COLOR is not set."""
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    click.echo("\n".join(_painted(line) if colour else line.text for line in lines), color=colour)


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
