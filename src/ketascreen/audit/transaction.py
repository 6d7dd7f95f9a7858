"""What is done inside one transaction of a ledger file, and how a row holds an entry."""

from __future__ import annotations

import sqlite3

from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.record import Record, key_of
from ketascreen.audit.schema import allow_deletion, forbid_changes
from ketascreen.diagnostic import printable

COLUMNS = "number, recorded_at, previous, digest, body, openings"
"""The columns of a row that make up an entry."""


class Transaction:
    """The operations inside a transaction of `Store.writing`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.added: tuple[int, str] | None = None

    def last(self) -> Entry | None:
        """The newest entry."""
        query = f"SELECT {COLUMNS} FROM entries ORDER BY number DESC LIMIT 1"
        row = self._connection.execute(query).fetchone()
        return entry_in(row) if row else None

    def newest(self, kind: str, key: str) -> tuple[int, str] | None:
        """The number and the digest of the newest entry of a kind and key."""
        query = "SELECT number, digest FROM entries WHERE kind = ? AND key = ? ORDER BY number DESC LIMIT 1"
        found: tuple[int, str] | None = self._connection.execute(query, (kind, key)).fetchone()
        return found

    def add(self, entry: Entry) -> None:
        """Adds an entry."""
        key = key_of(entry.record)
        body, opened = entry.record.body.encode("utf-8"), entry.record.opened.encode("utf-8")
        values = (entry.number, entry.recorded_at, entry.previous, entry.digest, entry.record.kind, key, body, opened)
        self._connection.execute(f"INSERT INTO entries VALUES ({', '.join('?' * len(values))})", values)
        self.added = entry.number, entry.digest

    def take_out(self, last: int) -> None:
        """Removes the entries up to `last`; only retention may do so."""
        allow_deletion(self._connection)
        self._connection.execute("DELETE FROM entries WHERE number <= ?", (last,))
        forbid_changes(self._connection)


def entry_in(row: tuple[int, str, str, str, bytes, bytes]) -> Entry:
    """The entry in a row of `COLUMNS`."""
    number, recorded_at, previous, digest, body, opened = row
    # Bytes that are no longer UTF-8 give another text, and their digest shows it.
    record = Record(body.decode("utf-8", "replace"), opened.decode("utf-8", "replace"))
    return Entry(number, recorded_at, previous, digest, record)


def require_known(connection: sqlite3.Connection, known: tuple[int, str], path: object) -> None:
    """Requires an entry that is known to be in the file, by number and digest.

    A `retired` entry does not stand for it: whoever forges a ledger can write one that names any digest.

    Raises:
        LedgerError: it was altered, or is not there.
    """
    number, digest = known
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise rolled_back(path, number)
    found = connection.execute("SELECT digest FROM entries WHERE number = ?", (number,)).fetchone()
    if found == (digest,):
        return
    if found is not None:
        reason = (
            f"its entry {number} was altered, an older copy that went on is in its place, or the kept head belongs to "
            "another ledger; verify it"
        )
        raise LedgerError("ledger-damaged", f"the ledger {printable(str(path))}: {reason}")
    raise rolled_back(path, number)


def rolled_back(path: object, number: int) -> LedgerError:
    """The error for a ledger without an entry that it had."""
    message = (
        f"the ledger {printable(str(path))} does not have entry {number}, which it had: an older copy or another "
        "ledger is in its place, or entries were cut off; put the newest one back (docs/audit.md, Restore). If the "
        "kept head belongs to another ledger, name its own"
    )
    return LedgerError("ledger-rolled-back", message)
