"""An entry of the chain: a record with its number, its recording time, and the digest of the entry before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ketascreen.audit.record import Record
from ketascreen.language.iso_time import read_iso_time

NOTHING_BEFORE = "0" * 64
"""The digest that the first entry of a ledger follows."""

_LINK = "ketascreen-entry/1"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `digest` depends on the ledger, number, time, the entry before and exactly the record's bytes."""

    number: int
    recorded_at: str
    previous: str
    digest: str
    record: Record = field(repr=False)


def link(ledger: str, number: int, recorded_at: str, previous: str, record_digest: str) -> str:
    """The digest of an entry: the sha256 of these lines, each with a line feed at its end."""
    lines = (_LINK, ledger, str(number), recorded_at, previous, record_digest)
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode("utf-8")).hexdigest()


def entry_of(ledger: str, number: int, recorded_at: str, previous: str, record: Record) -> Entry:
    """The entry for a record that follows the entry with the digest `previous`."""
    return Entry(number, recorded_at, previous, link(ledger, number, recorded_at, previous, record.digest), record)


def is_sound(ledger: str, entry: Entry) -> bool:
    """Whether an entry has the digest that its ledger, number, time, predecessor and record give."""
    made = link(ledger, entry.number, entry.recorded_at, entry.previous, entry.record.digest)
    return entry.digest == made


def written(time: datetime) -> str:
    """A time as an entry has it: UTC, to the microsecond."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_time(text: str) -> datetime:
    """The time that an entry has.

    Raises:
        ValueError: it was not written by `written`.
    """
    time = read_iso_time(text)
    if written(time) != text:
        raise ValueError
    return time
