"""What a file may say in its own words: texts, names, addresses, and dates that are known in part."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from ketascreen.language.partial_date import PartialDate
from ketascreen.language.vocabulary import Use


def _on_one_line(raw: object) -> object:
    return " ".join(raw.split()) if isinstance(raw, str) else raw


def _partial_date(raw: object) -> object:
    written = f"{raw:04}" if isinstance(raw, int) and not isinstance(raw, bool) else raw
    try:
        return str(PartialDate.parse(written if isinstance(written, str) else ""))
    except ValueError:
        raise PydanticCustomError("date", "not a date; write 2026-11-22, 2026-11 or 2026") from None


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
OneLine = Annotated[Text, BeforeValidator(_on_one_line)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), BeforeValidator(_on_one_line)
]
"""Who somebody is, or which edition something is: a few words. Programs show it inside a line."""
Credit = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000), BeforeValidator(_on_one_line)
]
"""Who made something or paid for it, in a sentence or two."""
PartialDateText = Annotated[str, BeforeValidator(_partial_date)]
"""A day, a month or a year."""
Url = Annotated[
    str,
    StringConstraints(
        pattern=r"^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?([/?#][!-~]*)?$", max_length=2_000
    ),
]
"""The address of a page, in visible ASCII characters. Nothing stands before its host, so no @ can hide the host."""
UseWord = Literal[tuple(use.value for use in Use)]  # type: ignore[valid-type]
"""One of the nine kinds of data about a person."""
