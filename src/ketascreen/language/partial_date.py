"""A date of which only the year, or the year and the month, may be known."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Self

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month or a day: each day from `first` to `last` may be the one that is meant."""

    first: date
    last: date
    _text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The date that `2026`, `2026-03` or `2026-03-04` says.

        Raises:
            ValueError: any other text, or a day that no calendar has.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError("not a year, a month or a day")
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        if month is None:
            return cls(date(year, 1, 1), date(year, 12, 31), text)
        if day is None:
            return cls(date(year, month, 1), date(year, month, monthrange(year, month)[1]), text)
        return cls(date(year, month, day), date(year, month, day), text)

    def __str__(self) -> str:
        return self._text

    def within(self, other: PartialDate) -> bool:
        """Whether `other` spans all of it."""
        return other.first <= self.first and self.last <= other.last

    def overlaps(self, other: PartialDate) -> bool:
        """Whether both can mean the same day."""
        return self.first <= other.last and other.first <= self.last
