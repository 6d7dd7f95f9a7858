"""The file of a ledger: SQLite with a write-ahead log and full synchronisation."""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from threading import RLock

from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError, of_sqlite, of_system
from ketascreen.audit.record import Record, key_of
from ketascreen.audit.schema import (
    MIGRATIONS,
    Migration,
    allow_deletion,
    bring_up_to_date,
    forbid_changes,
    require_ours_now,
)
from ketascreen.diagnostic import printable

_COLUMNS = "number, recorded_at, previous, digest, body, openings"
_PAGE = 500
_PAUSE_SECONDS = 0.01

_of_other_processes: list[sqlite3.Connection] = []
"""Connections from before a fork: closing them in the child would drop the locks of the parent, which owns them."""


class Store:
    """The entries of one ledger file. Threads may share it; after a fork the child opens the file for itself.

    `mode` is SQLite's: `rwc` reads, writes and creates; `rw` reads and writes; `ro` only reads.
    """

    def __init__(
        self, path: Path, mode: str, busy_seconds: float, migrations: Sequence[Migration] = MIGRATIONS
    ) -> None:
        self.path = path.absolute()  # a process that changes its folder still writes the same file
        self._mode = mode
        self._busy_seconds = busy_seconds
        self._migrations = migrations
        self._lock = RLock()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        _stores.add(self)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction, while no other process writes. It is durable when it has ended without an error.

        Raises:
            LedgerError: it could not begin, or could not be made durable. Nothing of it is in the ledger.
        """
        with self._lock, self._spoken():
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                bring_up_to_date(connection, self.path, self._migrations)
                yield Transaction(connection)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def read_back(self, numbers: Sequence[int]) -> list[Entry]:
        """Entries, read from the file by another connection.

        Raises:
            LedgerError: the file could not be read.
        """
        with self._lock, self._spoken():
            self._opened()
            if self._reader is None:
                self._reader = self._connect("ro")
            marks = ", ".join("?" * len(numbers))
            rows = self._reader.execute(f"SELECT {_COLUMNS} FROM entries WHERE number IN ({marks})", tuple(numbers))
            return [_entry(row) for row in rows]

    def entries(self, *, first: int = 1, last: int | None = None, backwards: bool = False) -> Iterator[Entry]:
        """The entries from `first` to `last`, read in pages, so that only one page is in memory.

        Raises:
            LedgerError: the file could not be read.
        """
        low, high = first, last if last is not None else 2**62
        for size in chain((1,), repeat(_PAGE)):  # a caller who needs the first entry only reads no page
            found = self._select("number BETWEEN ? AND ?", (low, high), backwards, size)
            yield from found
            if len(found) < size:
                return
            low, high = (low, found[-1].number - 1) if backwards else (found[-1].number + 1, high)

    def of_kind(self, kind: str, key: str | None = None, *, after: int = 0) -> list[Entry]:
        """The entries of a kind (and a key) after entry `after`.

        Raises:
            LedgerError: the file could not be read.
        """
        where = "kind = ? AND number > ?" + ("" if key is None else " AND key = ?")
        return self._select(where, (kind, after) if key is None else (kind, after, key), False, -1)

    @property
    def busy_seconds(self) -> float:
        """How long to wait for another process."""
        return self._busy_seconds

    def newest(self, kind: str, key: str) -> int | None:
        """The number of the newest entry of a kind and key.

        Raises:
            LedgerError: the file could not be read.
        """
        with self._lock, self._spoken():
            return Transaction(self._opened()).newest(kind, key)

    def keys(self, *, first: int, last: int) -> dict[int, tuple[str, str]]:
        """The kind and key of entries by number, from the index.

        Raises:
            LedgerError: the file could not be read.
        """
        with self._lock, self._spoken():
            rows = self._opened().execute(
                "SELECT number, kind, key FROM entries WHERE number BETWEEN ? AND ?", (first, last)
            )
            return {number: (kind, key) for number, kind, key in rows}

    def __getstate__(self) -> tuple[Path, str, float]:
        return self.path, self._mode, self._busy_seconds

    def __setstate__(self, state: tuple[Path, str, float]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    def close(self) -> None:
        """Closes the file; the next use opens it again."""
        with self._lock:
            # The writer closes last: only it can move the log into the file, so that the file alone is the ledger.
            for connection in (self._reader, self._writer):
                if connection is not None:
                    connection.close()
            self._writer = self._reader = None

    def forget(self) -> None:
        """Forgets the connections and the lock, which belong to another process."""
        self._lock = RLock()
        _of_other_processes.extend(filter(None, (self._writer, self._reader)))
        self._writer = self._reader = None

    def _select(self, where: str, values: Sequence[object], backwards: bool, limit: int) -> list[Entry]:
        order = "DESC" if backwards else "ASC"
        query = f"SELECT {_COLUMNS} FROM entries WHERE {where} ORDER BY number {order} LIMIT {limit}"
        with self._lock, self._spoken():
            return [_entry(row) for row in self._opened().execute(query, values)]

    def _opened(self) -> sqlite3.Connection:
        if self._writer is None:
            self._writer = self._connect(self._mode)
        return self._writer

    def _connect(self, mode: str) -> sqlite3.Connection:
        if mode == "rwc":
            # For its owner alone: it holds facts about patients. The log beside it gets the same permissions.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode={mode}",
            uri=True,
            timeout=self._busy_seconds,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            require_ours_now(connection, self.path)
            if mode != "ro":
                self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if self._write_ahead(connection) != "wal":
            message = (
                f"the ledger {printable(str(self.path))}: its file system has no write-ahead log; use a local disk"
            )
            raise LedgerError("ledger-system", message)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: flushes to the disk itself
        connection.execute("PRAGMA checkpoint_fullfsync = ON")

    def _write_ahead(self, connection: sqlite3.Connection) -> str:
        """Switches to the write-ahead log, and returns the mode.

        SQLite itself does not wait if another process switches the same new file at this moment.
        """
        deadline = time.monotonic() + self._busy_seconds
        while True:
            try:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
                return str(mode)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                    raise
            time.sleep(_PAUSE_SECONDS)

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """Turns an error of SQLite or of the system into a LedgerError."""
        problem = None
        try:
            yield
        except sqlite3.Error as error:
            problem = of_sqlite(error, self.path)
        except OSError as error:
            problem = of_system(error, self.path)
        if problem is not None:
            raise problem


class Transaction:
    """The operations inside a transaction of `Store.writing`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def last(self) -> Entry | None:
        """The newest entry."""
        query = f"SELECT {_COLUMNS} FROM entries ORDER BY number DESC LIMIT 1"
        row = self._connection.execute(query).fetchone()
        return _entry(row) if row else None

    def newest(self, kind: str, key: str) -> int | None:
        """The number of the newest entry of a kind and key."""
        query = "SELECT max(number) FROM entries WHERE kind = ? AND key = ?"
        number: int | None = self._connection.execute(query, (kind, key)).fetchone()[0]
        return number

    def add(self, entry: Entry) -> None:
        """Adds an entry."""
        key = key_of(entry.record)
        body, opened = entry.record.body.encode("utf-8"), entry.record.opened.encode("utf-8")
        values = (entry.number, entry.recorded_at, entry.previous, entry.digest, entry.record.kind, key, body, opened)
        self._connection.execute(f"INSERT INTO entries VALUES ({', '.join('?' * len(values))})", values)

    def take_out(self, last: int) -> None:
        """Removes the entries up to `last`; only retention may do so."""
        allow_deletion(self._connection)
        self._connection.execute("DELETE FROM entries WHERE number <= ?", (last,))
        forbid_changes(self._connection)


def _entry(row: tuple[int, str, str, str, bytes, bytes]) -> Entry:
    number, recorded_at, previous, digest, body, opened = row
    # Bytes that are no longer UTF-8 give another text, and their digest shows it.
    record = Record(body.decode("utf-8", "replace"), opened.decode("utf-8", "replace"))
    return Entry(number, recorded_at, previous, digest, record)


_stores: weakref.WeakSet[Store] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for store in list(_stores):
        store.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
