"""The clinic's day: which calendar day a date or a time belongs to, where the screening takes place."""

from __future__ import annotations

from datetime import date, datetime


def day_of(at: date | datetime, as_of: datetime) -> date:
    """The day of a date or a time, in the offset of the screening (`as_of`)."""
    return at.astimezone(as_of.tzinfo).date() if isinstance(at, datetime) else at
