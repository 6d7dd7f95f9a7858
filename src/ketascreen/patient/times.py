"""Reads the dates and times of a profile, strictly; a message never repeats the refused text."""

from __future__ import annotations

import re
from datetime import date, datetime

from ketascreen.language.clinic_time import Instant, at_fixed_offset
from ketascreen.language.iso_time import read_iso
from ketascreen.language.partial_date import PartialDate
from ketascreen.patient.refused import Refused

FIRST_YEAR, LAST_YEAR = 1850, 9000
"""The years that a date may have: no change of time zone can move it out of the calendar."""


_NEARLY_A_TIME = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[Tt_ ]+[0-9]|[0-9]{1,2}:[0-9]{2}")
_END_OF_A_DAY = re.compile(r".{8,10}[Tt ]24:?00(:?00(\.0+)?)?([Zz+-].*)?")


def read_instant(raw: object, pointer: str = "/at") -> Instant:
    """A date, or a time with its offset, from itself or its ISO 8601 text.

    Raises:
        Refused: anything else, or a time without an offset.
    """
    if isinstance(raw, datetime):
        if raw != raw:  # pandas' NaT, which is a datetime
            raise Refused("not-a-date", "not a date", "leave it out if it is not known", pointer)
        if raw.utcoffset() is None:
            raise _without_offset('give it the clinic\'s, as in at.replace(tzinfo=ZoneInfo("Europe/Berlin"))', pointer)
        in_our_time(raw, pointer)
        return at_fixed_offset(raw)
    if isinstance(raw, date):
        return in_our_time(raw, pointer)
    if isinstance(raw, str):
        try:
            read = read_iso(raw)
        except ValueError:
            pass  # refused below, so that no context of the error holds the text
        else:
            if isinstance(read, datetime) and read.utcoffset() is None:
                raise _without_offset("add it, as in +01:00", pointer)
            return read_instant(read, pointer)
    if isinstance(raw, str) and is_nearly_a_time(raw):
        hint = "write 2026-11-22T09:00:00+01:00"
        if _END_OF_A_DAY.fullmatch(raw):
            hint = f"24:00 is 00:00 of the next day; {hint}"
        raise Refused("not-a-date", "not a time", hint, pointer)
    raise Refused("not-a-date", "not a date", "write 2026-11-22, or 2026-11-22T09:00:00+01:00", pointer)


def is_nearly_a_time(text: str) -> bool:
    """Whether it begins as a time of a day does, in any form."""
    return _NEARLY_A_TIME.match(text) is not None


def _without_offset(hint: str, pointer: str) -> Refused:
    return Refused("time-without-offset", "a time needs its offset from UTC", hint, pointer)


def is_of_our_time(instant: Instant) -> bool:
    """Whether its year is from `FIRST_YEAR` to `LAST_YEAR`."""
    return FIRST_YEAR <= instant.year <= LAST_YEAR


def in_our_time(instant: Instant, pointer: str) -> Instant:
    """The instant itself.

    Raises:
        Refused: its year is before 1850 or after 9000.
    """
    if not is_of_our_time(instant):
        raise Refused("out-of-range", "the year of its date must be from 1850 to 9000", "check the year", pointer)
    return instant


def read_partial_date(raw: PartialDate | str, pointer: str) -> PartialDate:
    """A date from itself or its text, which may leave out the day, or the month and the day.

    Raises:
        Refused: another form, a day that does not exist, or a year before 1850 or after 9000.
    """
    try:
        found = raw if isinstance(raw, PartialDate) else PartialDate.parse(raw)
    except ValueError:
        found = None  # refused below, so that no context of the error holds the text
    if found is None:
        raise Refused("not-a-date", "not a date", "write 2026-03-04, 2026-03 or 2026", pointer)
    in_our_time(found.days().first, pointer)
    return found
