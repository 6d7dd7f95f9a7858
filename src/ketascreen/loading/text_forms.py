"""The forms of the texts in a rulebook's files."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from ketascreen.language.iso_time import read_iso_date
from ketascreen.language.partial_date import PartialDate
from ketascreen.language.quantity import decimal_text
from ketascreen.language.vocabulary import DataKind

MAX_PHRASE_WORDS = 12
MAX_OPTION = 40
"""The most letters of a word for a route."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _iso_date(raw: object) -> object:
    try:
        read_iso_date(raw if isinstance(raw, str) else "")
    except ValueError:
        raise PydanticCustomError("date", "not a date; write 2026-11-22") from None
    return raw


def _partial_date(raw: object) -> object:
    written = f"{raw:04}" if isinstance(raw, int) and not isinstance(raw, bool) else raw
    try:
        return str(PartialDate.parse(written if isinstance(written, str) else ""))
    except ValueError:
        raise PydanticCustomError("date", "not a date; write 2026-11-22, 2026-11 or 2026") from None


def _short(phrase: str) -> str:
    if len(phrase.split()) > MAX_PHRASE_WORDS:
        raise PydanticCustomError("phrase", f"more than {MAX_PHRASE_WORDS} words; cite a shorter phrase")
    return phrase


def _with_unit(raw: object) -> object:
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        raise PydanticCustomError("quantity", "must be a number with its unit; write the unit, such as 30 days")
    return raw


def _as_text(raw: object) -> object:
    return decimal_text(Decimal(raw)) if isinstance(raw, int | Decimal) and not isinstance(raw, bool) else raw


def _on_one_line(raw: object) -> object:
    return " ".join(raw.split()) if isinstance(raw, str) else raw


IsoDate = Annotated[str, BeforeValidator(_iso_date)]
Phrase = Annotated[Text, BeforeValidator(lambda raw: _short(raw) if isinstance(raw, str) else raw)]

OptionWord = Annotated[str, StringConstraints(pattern=r"^[^\s{}]+( [^\s{}]+)*$", max_length=MAX_OPTION)]
OneLine = Annotated[Text, BeforeValidator(_on_one_line)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), BeforeValidator(_on_one_line)
]
"""Who somebody is, or which edition something is, in a few words. Programs show it inside a line."""

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
UseWord = Literal[tuple(use.value for use in DataKind)]  # type: ignore[valid-type]
"""One of the nine kinds of data about a person."""

_RULE_ID, _WORD, _LONGEST = r"^[a-z0-9]+(-[a-z0-9]+)*$", r"^[a-z][a-z0-9_]*$", 80
RuleId = Annotated[str, StringConstraints(pattern=_RULE_ID, max_length=_LONGEST)]
Word = Annotated[str, StringConstraints(pattern=_WORD, max_length=_LONGEST)]
QuantityText = Annotated[Text, BeforeValidator(_with_unit)]
QuantityOrNumber = Annotated[Text, BeforeValidator(_as_text)]


def is_rule_id(text: str) -> bool:
    """Whether a text has the form of a rule's id."""
    return len(text) <= _LONGEST and re.fullmatch(_RULE_ID, text) is not None


def is_word(text: str) -> bool:
    """Whether a text has the form of a fact's, a choice's, a parameter's or a definition's name."""
    return len(text) <= _LONGEST and re.fullmatch(_WORD, text) is not None
