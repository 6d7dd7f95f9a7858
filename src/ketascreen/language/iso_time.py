"""Reads dates and times of ISO 8601, the same on every Python. No other module asks the standard library to do it.

`fromisoformat` does not read the same on each Python: from 3.14 on it reads 24:00 as the next day. On each it reads the
offset +01:75 as +02:15.
"""

from __future__ import annotations

import re
from datetime import date, datetime

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)


def read_iso(text: str) -> date | datetime:
    """A date such as 2026-11-22, or a time such as 2026-11-22T09:00:00+01:00; its offset may be missing.

    Raises:
        ValueError: another form, or a day or time that does not exist. 24:00 does not exist.
    """
    return read_iso_time(text) if "T" in text else read_iso_date(text)


def read_iso_date(text: str) -> date:
    """A date such as 2026-11-22.

    Raises:
        ValueError: another form, or a day that does not exist.
    """
    if not _DATE.fullmatch(text):
        raise ValueError("not a date; write 2026-11-22")
    return date.fromisoformat(text)


def read_iso_time(text: str) -> datetime:
    """A time such as 2026-11-22T09:00:00+01:00; its offset may be missing.

    Raises:
        ValueError: another form, or a day or time that does not exist.
    """
    if not _TIME.fullmatch(text):
        raise ValueError("not a time; write 2026-11-22T09:00:00+01:00")
    return datetime.fromisoformat(text)
