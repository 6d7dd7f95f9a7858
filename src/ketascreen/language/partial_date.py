"""Dates that may be known only to the month or the year, and the whole months between two days."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from numbers import Integral
from typing import Self

from ketascreen.language.quiet import Quiet

MONTHS_OF = {"months": 1, "years": 12}
"""The units in which time since a date is counted, each with its months."""

_FORM = re.compile(r"(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2}))?)?")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """A day between two days, both included: `first` to `last`."""

    first: date
    last: date

    def within(self, other: Days) -> bool:
        """Whether each of its days is also one of `other`."""
        return other.first <= self.first and self.last <= other.last

    def overlaps(self, other: Days) -> bool:
        """Whether the two share a day."""
        return self.first <= other.last and other.first <= self.last

    def both(self, other: Days) -> Days | None:
        """The days that the two share, or None."""
        return Days(max(self.first, other.first), min(self.last, other.last)) if self.overlaps(other) else None

    def until(self, day: date) -> Days | None:
        """Its days up to `day`, or None."""
        return Days(self.first, min(self.last, day)) if self.first <= day else None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PartialDate(Quiet):
    """A day (`2026-03-04`), a month (`2026-03`) or a year (`2026`). Its repr does not show it.

    Raises:
        ValueError: a day or month that does not exist, or a day without its month.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        parts = (self.year, *(part for part in (self.month, self.day) if part is not None))
        if not all(isinstance(part, Integral) and not isinstance(part, bool) for part in parts):
            raise ValueError("a part that is not a whole number")
        if self.month is None and self.day is not None:
            raise ValueError("a day without its month")
        self.days()

    @classmethod
    def parse(cls, text: str) -> Self:
        """The date that an ISO 8601 text says.

        Raises:
            ValueError: another form, or a day that does not exist.
        """
        found = _FORM.fullmatch(text) if isinstance(text, str) and text.isascii() else None
        if found is None:
            raise ValueError("not a date")
        year, month, day = found.group("year", "month", "day")
        return cls(int(year), int(month) if month else None, int(day) if day else None)

    @classmethod
    def of(cls, day: date) -> Self:
        """A day.

        Raises:
            ValueError: not a date.
        """
        if not isinstance(day, date):
            raise ValueError("not a date")
        return cls(day.year, day.month, day.day)

    def days(self) -> Days:
        """The days that it can be."""
        first = date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)
        if self.day is not None:
            return Days(first, first)
        month = 12 if self.month is None else self.month
        return Days(first, date(self.year, month, monthrange(self.year, month)[1]))

    def __str__(self) -> str:
        parts = (f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None))
        return "-".join(parts)


def months_between(first: date, then: date) -> int:
    """The whole months from one day to a later one, rounded down."""
    return (then.year - first.year) * 12 + then.month - first.month - (then.day < first.day)


def days_ago(count: int, months: int, day: date) -> Days:
    """The days that were `count` whole units before `day`, rounded down; a unit has `months` months.

    Raises:
        ValueError, OverflowError: before the first year of the calendar.
    """
    return Days(_months_before(day, (count + 1) * months) + _DAY, _months_before(day, count * months))


def _months_before(day: date, months: int) -> date:
    """The last day from which at least so many whole months have passed at `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
