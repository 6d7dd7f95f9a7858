"""The time of a screening at the clinic: which day is today there, and when a day begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, Self

from ketascreen.runtime.time_zones import time_zone

Instant = date | datetime
"""A calendar date, or a time with its offset."""

MINUTES_A_DAY = 24 * 60
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ClinicTime:
    """The time of a screening: `as_of`, local at a fixed offset; `zone` gives the days, and `name` is its name.

    Without a name, the zone is the offset of `as_of`, and nobody has said that this is the clinic's.
    """

    as_of: datetime
    zone: tzinfo
    name: str | None = None

    @classmethod
    def at(cls, as_of: datetime, name: str | None = None) -> Self:
        """The time of a screening in a zone, which is given by its name.

        Raises:
            LookupError: there is no such zone.
        """
        if name is None:
            fixed = at_fixed_offset(as_of)
            return cls(fixed, fixed.tzinfo or UTC)
        zone = time_zone(name)
        return cls(at_fixed_offset(as_of.astimezone(zone)), zone, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).at, (self.as_of, self.name)  # a zone from a file cannot be pickled

    @property
    def today(self) -> date:
        """The clinic's day of `as_of`."""
        return self.day_of(self.as_of)  # `as_of` is in UTC where the offset then had seconds

    def day_of(self, at: Instant) -> date:
        """The clinic's day of a date or a time."""
        return at.astimezone(self.zone).date() if isinstance(at, datetime) else at

    def start_of(self, day: date) -> datetime:
        """The instant at which a day begins at the clinic."""
        start = datetime.combine(day, time.min, tzinfo=self.zone)
        return start if self.name is None else start.astimezone(UTC)

    def instant(self, at: Instant) -> datetime:
        """The instant of a time; of a date, its earliest."""
        return at if isinstance(at, datetime) else self.start_of(at)


def at_fixed_offset(when: datetime) -> datetime:
    """The same instant (which has an offset) in a fixed offset of whole minutes, as it is written."""
    # Differences in a zone with summer time are not those in the fixed offset that is written.
    offset = when.utcoffset() or timedelta(0)
    whole = not offset % _MINUTE
    if whole and type(when.tzinfo) is timezone and not when.fold:
        return when
    return when.replace(tzinfo=timezone(offset), fold=0) if whole else when.astimezone(UTC).replace(fold=0)
