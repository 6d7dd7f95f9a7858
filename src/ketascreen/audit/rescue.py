"""A rescue: what an open connection still reads of a ledger that lost its name or its log, as a chain file."""

from __future__ import annotations

import os
import sqlite3
from itertools import chain, count
from pathlib import Path

from ketascreen.audit.chain import start_of
from ketascreen.audit.chain_file import write_chain
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.new_file import new_file
from ketascreen.audit.transaction import COLUMNS, entry_in
from ketascreen.diagnostic import printable

_ENTRIES = f"SELECT {COLUMNS} FROM entries"


def rescue(connection: sqlite3.Connection, path: Path) -> str:
    """Writes the whole chain to a new file beside the ledger, and says where it is, or why it is not there.

    The whole chain, since the file of that name may be another ledger, or one that went on without these entries.
    """
    file = _free(path)
    try:
        connection.execute("BEGIN")  # one state of the file for all that is read
        try:
            number = _write(connection, file)
        finally:
            connection.execute("ROLLBACK")
    except LedgerError as error:
        return f"what it still held could not be saved: {error.message}"
    except (sqlite3.Error, LookupError, ValueError, TypeError):
        return "what it still held could not be read"
    return (
        f"what it still held, up to entry {number}, is in {printable(str(file))}; `ketascreen audit import` makes a "
        "ledger of that"
    )


def beside(path: Path | str) -> Path:
    """The name for what is put aside of a file."""
    return Path(f"{path}.rescued-{os.getpid()}")


def _free(path: Path) -> Path:
    name = beside(path)
    names = chain((f"{name}.jsonl",), (f"{name}-{number}.jsonl" for number in count(2)))
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
