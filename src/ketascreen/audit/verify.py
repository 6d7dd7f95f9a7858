"""Verifies a ledger or a chain file: walks every entry, and compares it with a head that was kept elsewhere."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from pathlib import Path

from ketascreen.audit.chain import Flaw, Head, Start, Walk
from ketascreen.audit.chain_file import ChainReader
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError, unreadable
from ketascreen.audit.ledger import Ledger
from ketascreen.audit.record import key_of
from ketascreen.audit.times import remarks
from ketascreen.diagnostic import printable
from ketascreen.runtime.plain_file import open_plain

PAGE = 500
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

Progress = Callable[[int], None]
"""Gets the number of entries walked so far."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of a verification: where the chain begins and ends, how many entries it has, and every flaw.

    `remarks` tell what is not a flaw: times that go back, an `as_of` far from the clock, a file that others may read, a
    folder that others may write.
    """

    start: Start
    head: Head
    count: int
    flaws: tuple[Flaw, ...]
    remarks: tuple[str, ...] = ()


def verify_ledger(ledger: Ledger, *, against: Head | None = None, progress: Progress | None = None) -> Verified:
    """Walks every entry of a ledger, and checks the file's index.

    `against` is a head that was kept elsewhere: only such a head shows that the newest entries were cut off.

    Raises:
        LedgerError: the file could not be read.
    """
    walk = Walk(ledger.start(), watched=_watched(against))
    flaws: list[Flaw] = []
    remarked = list(loose_remarks(ledger))
    last: Entry | None = None
    for page in _pages(ledger.entries()):
        flaws += walk.flaws(page)
        remarked += remarks(page, last)
        last = page[-1]
        flaws += _index_flaws(page, ledger.keys(first=page[0].number, last=page[-1].number))
        if progress:
            progress(walk.count)
    return _verified(walk, flaws, remarked, against)


def verify_file(path: Path, *, against: Head | None = None, progress: Progress | None = None) -> Verified:
    """Walks every entry of a chain file.

    Raises:
        LedgerError: the file cannot be read, or a line has the wrong form.
    """
    with opened(path) as file:
        return verify_lines(file, printable(str(path)), against=against, progress=progress)


def verify_lines(
    lines: Iterable[bytes], name: str, *, against: Head | None = None, progress: Progress | None = None
) -> Verified:
    """Walks the lines of a chain file; messages call the file `name`.

    Raises:
        LedgerError: a line has the wrong form.
    """
    reader = ChainReader(lines, name)
    walk = Walk(reader.start, complete=reader.complete, watched=_watched(against))
    flaws: list[Flaw] = []
    remarked: list[str] = []
    last: Entry | None = None
    for page in _pages(reader.entries()):
        flaws += walk.flaws(page)
        remarked += remarks(page, last)
        last = page[-1]
        if progress:
            progress(walk.count)
    if reader.head != walk.head:
        flaws.append(Flaw(walk.number, "is not the entry that the last line names"))
    return _verified(walk, flaws, remarked, against)


def loose_remarks(ledger: Ledger) -> Iterator[str]:
    """A remark if others than its owner may read or write a ledger, or replace it in its folder."""
    if ledger.is_loose:
        yield f"others than its owner may read or write it: chmod 600 {printable(str(ledger.path))}"
    folder = ledger.path.parent
    if hasattr(os, "geteuid") and folder.stat().st_mode & _OTHERS_WRITE:
        yield f"others than its owner may write its folder, and so replace it: chmod go-w {printable(str(folder))}"


def require_sound(verified: Verified, name: object) -> None:
    """Raises unless the chain has no flaw.

    Raises:
        LedgerError: the first flaw.
    """
    if verified.flaws:
        more = f", and {len(verified.flaws) - 1:,} more" if verified.flaws[1:] else ""
        raise LedgerError("ledger-damaged", f"{printable(str(name))} does not verify: {verified.flaws[0]}{more}")


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """A file to read from.

    Raises:
        LedgerError: it cannot be read.
    """
    problem = None
    try:
        with open_plain(path) as file:
            yield file
    except OSError as error:
        problem = unreadable(error, path)
    if problem is not None:
        raise problem


def _verified(walk: Walk, flaws: list[Flaw], remarked: list[str], against: Head | None) -> Verified:
    found = [*flaws, *_head_flaws(against, walk)]
    return Verified(walk.start, walk.head, walk.count, tuple(sorted(found)), tuple(remarked))


def _pages(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while page := list(islice(entries, PAGE)):
        yield page


def _index_flaws(page: Sequence[Entry], keys: Mapping[int, tuple[str, str]]) -> Iterator[Flaw]:
    """A screening finds the overrides of its patient by the index, so the index must agree with the records."""
    for entry in page:
        with suppress(KeyError, ValueError, TypeError, AttributeError):  # `Walk` reports such a record
            if keys.get(entry.number) != (entry.record.kind, key_of(entry.record)):
                yield Flaw(entry.number, "the file's index does not agree with its record")


def _watched(against: Head | None) -> frozenset[int]:
    return frozenset() if against is None else frozenset([against.number])


def _head_flaws(against: Head | None, walk: Walk) -> Iterator[Flaw]:
    """What is wrong with a chain according to a head that was kept elsewhere."""
    if against is None:
        return
    before = walk.start.first - 1
    if against.ledger != walk.start.ledger:
        yield Flaw(against.number, "the head belongs to another ledger; name a head of this one")
    elif against.number > walk.number:
        yield Flaw(against.number, f"is missing: the chain was cut off after entry {walk.number}")
    elif against.number < before:
        yield Flaw(against.number, f"is in a segment that was moved out (up to {before}); verify its file against it")
    elif (walk.start.previous if against.number == before else walk.digests.get(against.number)) != against.digest:
        yield Flaw(against.number, "is not the entry of the head")
