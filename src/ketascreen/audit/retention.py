"""Export, import, and removal of segments whose retention period has passed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from ketascreen.audit.chain import Flaw, Head, Start, Walk
from ketascreen.audit.chain_file import ChainReader, write_chain
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.ledger import Ledger
from ketascreen.audit.new_file import new_file
from ketascreen.audit.new_ledger import ledger_of_chain
from ketascreen.audit.record import Record
from ketascreen.audit.sealing import openings_text
from ketascreen.audit.times import youngest
from ketascreen.audit.verify import opened, require_sound, verify_file, verify_ledger
from ketascreen.diagnostic import printable

RETENTION_YEARS = 6
"""How long entries are kept by default: the period that 45 CFR 164.316(b)(2)(i) sets for documentation in the United
States. Elsewhere a clinic sets its own."""


def export_chain(ledger: Ledger, path: Path, *, redacted: bool = False) -> Head:
    """Writes the whole chain of a ledger to a new file, without the openings if `redacted`. Returns its head.

    Raises:
        LedgerError: the ledger could not be read, or the file could not be written; or the chain is not as it was
            written. Then the file is there all the same, so that what is left is saved.
    """
    start, flaws = ledger.start(), list[Flaw]()
    with new_file(path) as file:
        entries = _watched(Walk(start), ledger.entries(), flaws)
        head = write_chain(file, start, map(opened_only, entries) if redacted else entries, complete=not redacted)
    if flaws:
        message = (
            f"{printable(str(path))} is written, but the ledger {printable(str(ledger.path))} is not as it was "
            f"written: {flaws[0]}; keep the file apart from your backups, and verify the ledger"
        )
        raise LedgerError("ledger-damaged", message)
    return head


def _watched(walk: Walk, entries: Iterable[Entry], flaws: list[Flaw]) -> Iterator[Entry]:
    """The entries; `flaws` gets what is wrong with each."""
    for entry in entries:
        flaws += walk.flaws([entry])
        yield entry


def write_excerpt(file: IO[bytes], ledger: str, entry: Entry, names: Iterable[str]) -> None:
    """Writes one entry as a chain of its own, with the openings of the parts in `names` and no others.

    Raises:
        KeyError: the opening of a part is missing.
    """
    write_chain(file, Start(ledger, entry.number, entry.previous), [opened_only(entry, names)], complete=False)


def opened_only(entry: Entry, names: Iterable[str] = ()) -> Entry:
    """The entry with the openings of the parts in `names` and no others; its digest does not change.

    Raises:
        KeyError: the opening of a part is missing.
    """
    openings = openings_text({name: entry.record.openings[name] for name in names})
    return replace(entry, record=Record(entry.record.body, openings))


def import_chain(source: Path, path: Path) -> Head:
    """Puts the chain of a file into a ledger: a new one, or one that ends where the file begins. Returns its head.

    Raises:
        LedgerError: the file does not verify, lacks openings, or does not fit the ledger; or the ledger does not have
            the chain afterwards.
    """
    verified = verify_file(source)
    require_sound(verified, source)
    with opened(source) as file:
        reader = ChainReader(file, printable(str(source)))
        if not reader.complete:
            message = f"{printable(str(source))} has no openings; import a file that has them"
            raise LedgerError("ledger-refused", message)
        if path.exists():
            ledger = Ledger.existing(path, writes=True)
            ledger.take_in(reader.start, reader.entries())
        else:
            ledger = ledger_of_chain(path, reader.entries())
    with ledger:
        require_sound(verify_ledger(ledger, against=verified.head), path)
    return verified.head


@dataclass(frozen=True, slots=True)
class Retired:
    """A segment that was moved out: its number, its entries, and the file that holds it now."""

    segment: int
    first: int
    last: int
    file: Path


def retire(ledger: Ledger, folder: Path, *, now: datetime, years: int = RETENTION_YEARS) -> list[Retired]:
    """Moves each complete segment whose entries are all older than `years` at `now` to a file in `folder`.

    An entry is as old as the later one of its recording and of the time that its record tells. A new entry keeps the
    segment's head, which the rest of the chain follows.

    Raises:
        LedgerError: the ledger does not verify, or a file could not be written. Segments without a file stay.
    """
    require_sound(verify_ledger(ledger), ledger.path)
    taken = []
    while (segment := _oldest(ledger)) and _is_older(ledger, segment, _years_before(now, years)):
        taken.append(_take_out(ledger, segment, folder))
    return taken


def _oldest(ledger: Ledger) -> tuple[int, int, int] | None:
    """The oldest segment, if it is complete and closed: its number, its first and its last entry."""
    first = ledger.start().first
    segment = ledger.segment_of(first)
    last = segment * ledger.segment_size
    return (segment, first, last) if ledger.head().number > last else None


def _is_older(ledger: Ledger, segment: tuple[int, int, int], than: datetime) -> bool:
    _, first, last = segment
    return all(youngest(entry) < than for entry in ledger.entries(first=first, last=last))


def _years_before(now: datetime, years: int) -> datetime:
    try:
        return now.replace(year=now.year - years)
    except ValueError:  # 29 February
        return now.replace(year=now.year - years, day=28)


def _take_out(ledger: Ledger, segment: tuple[int, int, int], folder: Path) -> Retired:
    number, first, last = segment
    start = ledger.start()
    file = folder / f"segment-{number:06d}-of-{ledger.id[:8]}.jsonl"
    with new_file(file) as writing:
        head = write_chain(writing, Start(ledger.id, first, start.previous), ledger.entries(last=last), complete=True)
    verified = verify_file(file, against=head)
    require_sound(verified, file)
    with opened(file) as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    ledger.leave_behind(first=first, head=head, file_sha256=digest)
    return Retired(number, first, last, file)
