"""A rescue: what an open connection still reads of a ledger that lost its name or its log, as a chain file."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from ketascreen.audit.chain import start_of
from ketascreen.audit.chain_file import write_chain
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.new_file import new_file
from ketascreen.audit.transaction import COLUMNS, entry_in
from ketascreen.diagnostic import printable

_ENTRIES = f"SELECT {COLUMNS} FROM entries"


@dataclass(frozen=True, slots=True)
class Rescue:
    """What became of what an open ledger held: `told`, None if all of it is in its file; and whether it is saved."""

    told: str | None
    is_saved: bool


def rescue(connection: sqlite3.Connection, path: Path) -> Rescue:
    """Writes the whole chain to a new file beside the ledger, and says where it is, or why it is not there.

    The whole chain, since the file of that name may be another ledger, or one that went on without these entries.
    """
    file = beside(path, ".jsonl")
    try:
        connection.execute("BEGIN")  # one state of the file for all that is read
        try:
            number = _write(connection, file)
        finally:
            connection.execute("ROLLBACK")
    except LedgerError as error:
        told = f"what it still held could not be saved: {error.message}. It is tried again at each use"
        return Rescue(told, is_saved=False)
    except (sqlite3.Error, LookupError, ValueError, TypeError):
        return Rescue("what it still held could not be read", is_saved=False)
    told = f"what it still held, up to entry {number}, is in {printable(str(file))}"
    return Rescue(f"{told}; `ketascreen audit import` makes a ledger of that", is_saved=True)


def beside(path: Path | str, ending: str = "") -> Path:
    """A free name for what is put aside of a file."""
    name = f"{path}.rescued-{os.getpid()}"
    names = chain((f"{name}{ending}",), (f"{name}-{number}{ending}" for number in count(2)))
    return next(Path(one) for one in names if not os.path.lexists(one))


def _write(connection: sqlite3.Connection, file: Path) -> int:
    oldest = connection.execute(f"{_ENTRIES} ORDER BY number LIMIT 1").fetchone()
    retired = [entry_in(row) for row in connection.execute(f"{_ENTRIES} WHERE kind = 'retired' ORDER BY number")]
    first = entry_in(oldest) if oldest else None
    told = retired[-1] if retired else first
    if told is None:
        raise ValueError("no entry")
    start = start_of(str(told.record.data["ledger"]), first, retired)
    with new_file(file) as writing:
        entries = (entry_in(row) for row in connection.execute(f"{_ENTRIES} ORDER BY number"))
        return write_chain(writing, start, entries, complete=True).number
