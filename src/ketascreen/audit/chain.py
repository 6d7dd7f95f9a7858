"""Checks that a chain is as it was written: every link, every record, every sealed part. It names each flaw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ketascreen.audit.entry import NOTHING_BEFORE, Entry, is_sound, read_time
from ketascreen.audit.record import FORMATS, Record
from ketascreen.audit.sealing import openings_text, opens
from ketascreen.loading.digest import bytes_digest


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """Something that is not as it was written: the number of the entry, and what is wrong with it."""

    number: int
    what: str

    def __str__(self) -> str:
        return f"entry {self.number}: {self.what}"


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: the ledger's id, the number of its last entry, and that entry's digest."""

    ledger: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Start:
    """Where a chain begins: the ledger's id, the number of its first entry, the digest that this one follows."""

    ledger: str
    first: int = 1
    previous: str = NOTHING_BEFORE


def start_of(ledger: str, oldest: Entry | None, retired: Iterable[Entry]) -> Start:
    """Where a chain begins: with its first entry, or after the head that a moved segment left (a `retired` entry).

    Raises:
        LookupError, ValueError, TypeError: a `retired` entry cannot be read.
    """
    for entry in retired:
        told = entry.record.data
        if oldest is not None and told["last"] == oldest.number - 1:
            return Start(ledger, oldest.number, str(told["head"]))
    return Start(ledger)


@dataclass
class Walk:
    """Checks a chain, entry by entry. `complete`: every sealed part must have its opening.

    After it, `count` is the number of entries walked, `number` and `digest` describe the last entry, and `digests`
    holds the digests of the entries in `watched`.
    """

    start: Start
    complete: bool = True
    watched: frozenset[int] = frozenset()
    count: int = field(default=0, init=False)
    number: int = field(default=0, init=False)
    digest: str = field(default="", init=False)
    digests: dict[int, str] = field(default_factory=dict, init=False)
    _rulebooks: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self.number, self.digest = self.start.first - 1, self.start.previous

    @property
    def head(self) -> Head:
        """Where the walk is now."""
        return Head(self.start.ledger, self.number, self.digest)

    def flaws(self, entries: Iterable[Entry]) -> Iterator[Flaw]:
        """What is wrong with each entry in turn. A walk continues after a flaw, so that it finds all of them."""
        for entry in entries:
            yield from self._place(entry)
            # An excerpt may lack the rulebook, and a redacted copy the openings.
            yield from _record_flaws(entry, self.complete, self._rulebooks)
            self.count += 1
            self.number, self.digest = entry.number, entry.digest
            if entry.number in self.watched:
                self.digests[entry.number] = entry.digest

    def _place(self, entry: Entry) -> Iterator[Flaw]:
        number = entry.number
        if number <= self.number:
            yield Flaw(number, f"follows entry {self.number}: it is there twice, or out of order")
        elif number > self.number + 1:
            yield Flaw(number, f"does not follow entry {self.number}: the entries between them are missing")
        if entry.previous != self.digest:
            yield Flaw(number, "does not name the digest of the entry before it")
        if not is_sound(self.start.ledger, entry):
            yield Flaw(number, "its digest does not fit its number, time, predecessor and record")


def flaws_alone(start: Start, entry: Entry) -> Iterator[Flaw]:
    """What is wrong with an entry, which must be the first one of `start`. The chain around it is not looked at."""
    yield from Walk(start)._place(entry)
    yield from _record_flaws(entry, True, None)


def _record_flaws(entry: Entry, complete: bool, rulebooks: set[str] | None) -> Iterator[Flaw]:
    """What is wrong with a record; `rulebooks` are those on record before it, None if they are not known."""
    number, record = entry.number, entry.record
    try:
        read_time(entry.recorded_at)
    except ValueError:
        yield Flaw(number, "its recording time cannot be read")
    try:
        data, openings = record.data, record.openings
        sealed: Mapping[str, Any] = data["sealed"]
        wrong = list(_openings_flaws(sealed, openings, complete))
        if openings_text(openings) != record.opened:
            wrong.append("its openings are not in canonical form")
        wrong += _kind_flaws(record, complete, rulebooks)
    except (ValueError, KeyError, TypeError, AttributeError):
        wrong = ["its record cannot be read"]
    for what in wrong:
        yield Flaw(number, what)


def _openings_flaws(sealed: Mapping[str, Any], openings: Mapping[str, Any], complete: bool) -> Iterator[str]:
    for name, opening in openings.items():
        if name not in sealed or not isinstance(opening, str) or not opens(name, opening, sealed[name]):
            yield "an opening does not fit its sealed part"
    if complete and sealed.keys() - openings.keys():
        yield "a sealed part has no opening"


def _kind_flaws(record: Record, complete: bool, rulebooks: set[str] | None) -> Iterator[str]:
    data = record.data
    if data["format"] not in FORMATS:
        yield "its record has an unknown format"
    if data["kind"] == "rulebook":
        files = {path: text.encode("utf-8") for path, text in data["files"].items()}
        if bytes_digest(files) != data["bytes_digest"]:
            yield "the files of its rulebook do not fit its digest"
    if rulebooks is None:
        return
    if data["kind"] == "rulebook":
        rulebooks.add(data["bytes_digest"])
    if complete and data["kind"] == "screening" and data["rulebook"]["bytes_digest"] not in rulebooks:
        yield "its rulebook is not on record before it"
