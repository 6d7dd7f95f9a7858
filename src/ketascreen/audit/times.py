"""What is remarkable about the times in a chain: a clock that was set back, an `as_of` that is far from the clock.

Neither is a flaw: the chain is as it was written. But a clock that stood wrong, or a time that a script repeats,
changes what counts as fresh, and what `retire` takes for old.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ketascreen.audit.entry import Entry, read_time
from ketascreen.language.iso_time import read_iso_time

CLOCK_STEP = timedelta(seconds=1)
"""How far a clock may go back without a remark: a policy. A time service corrects a clock by less than that."""

AS_OF_GAP = timedelta(days=1)
"""How far `as_of` may be from the recording without a remark: a policy. A clinic may prepare the visits of the next
day, and record today's in the evening."""

_TOLD_IN = {"screening": "as_of", "override": "at"}
"""The part that has the time of what happened, by kind of record."""


def remarks(entries: Iterable[Entry], before: Entry | None = None) -> Iterator[str]:
    """What is remarkable about the times of entries that follow one another; `before` is the one before them."""
    for entry in entries:
        if before is not None:
            yield from _went_back(before, entry)
        yield from _far_from_clock(entry)
        before = entry


def youngest(entry: Entry) -> datetime:
    """The later one of the time when it was recorded and the time that its record tells.

    A clock that stood years back makes no record old.

    Raises:
        ValueError: its recording time cannot be read.
    """
    recorded, told = read_time(entry.recorded_at), _told(entry)
    return recorded if told is None else max(recorded, told)


def _went_back(before: Entry, entry: Entry) -> Iterator[str]:
    then, now = _recorded(before), _recorded(entry)
    if then is not None and now is not None and then - now > CLOCK_STEP:
        yield f"entry {entry.number}: was recorded {_span(then - now)} before entry {before.number}"


def _far_from_clock(entry: Entry) -> Iterator[str]:
    recorded, told = _recorded(entry), _told(entry)
    if recorded is None or told is None or entry.record.kind != "screening":
        return
    gap = told - recorded
    if abs(gap) > AS_OF_GAP:
        side = "after" if gap > timedelta() else "before"
        yield f"entry {entry.number}: its `as_of` is {_span(abs(gap))} {side} the time when it was recorded"


def _recorded(entry: Entry) -> datetime | None:
    try:
        return read_time(entry.recorded_at)
    except ValueError:
        return None  # `Walk` reports it


def _told(entry: Entry) -> datetime | None:
    """The time that a record tells; None if it tells none, or its opening is missing or cannot be read."""
    try:
        time = read_iso_time(entry.record.part(_TOLD_IN[entry.record.kind]))
    except (LookupError, ValueError, TypeError, AttributeError):
        return None
    return time if time.tzinfo is not None else None


def _span(length: timedelta) -> str:
    for unit, size in (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1))):
        if length >= 2 * size:
            return f"{length // size:,} {unit}"
    return f"{length // timedelta(seconds=1)} seconds"
