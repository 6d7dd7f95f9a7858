"""The file of a ledger: SQLite with a write-ahead log and full synchronisation."""

from __future__ import annotations

import logging
import os
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from threading import RLock

from ketascreen.audit.connection import connected
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import spoken
from ketascreen.audit.place import FilePlace, is_open_to_others, make_file, moved, require_plain
from ketascreen.audit.rescue import Rescue
from ketascreen.audit.schema import MIGRATIONS, Migration, bring_up_to_date
from ketascreen.audit.transaction import COLUMNS, Transaction, entry_in, require_known, rolled_back

log = logging.getLogger(__name__)

_PAGE = 500

_of_other_processes: list[sqlite3.Connection] = []
"""Connections from before a fork: closing them in the child would drop the locks of the parent, which owns them."""


class Store:
    """The entries of one ledger file. Threads may share it; after a fork the child opens the file for itself.

    `mode` is SQLite's: `rwc` reads, writes and creates; `rw` reads and writes; `ro` only reads. A file is created once:
    a store that opens it again creates nothing. `known` is the number and digest of the newest entry that is known to
    be in the file. A file without it is an older copy, or another ledger.
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
        self._place: FilePlace | None = None
        self._size = 0  # of the file in its place; the largest that was seen
        self._is_moved = False
        self._rescued: str | None = None
        self._is_told_loose = False
        self.known: tuple[int, str] | None = None
        _stores.add(self)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction, while no other process writes. It is durable when it has ended without an error.

        Raises:
            LedgerError: it could not begin, or could not be made durable. Nothing of it is in the ledger.
        """
        with self._lock, spoken(self.path):
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._require_in_place()
                bring_up_to_date(connection, self.path, self._migrations)
                if self.known is not None:
                    require_known(connection, self.known, self.path)
                transaction = Transaction(connection)
                yield transaction
                connection.execute("COMMIT")
            finally:
                if self._writer is connection and connection.in_transaction:
                    connection.execute("ROLLBACK")
            self.known = transaction.added or self.known

    def read_back(self, numbers: Sequence[int]) -> list[Entry]:
        """Entries, read from the file by another connection.

        Raises:
            LedgerError: the file could not be read.
        """
        with self._lock, spoken(self.path):
            connection = self._opened()
            marks = ", ".join("?" * len(numbers))
            query = f"SELECT {COLUMNS} FROM entries WHERE number IN ({marks})"
            return [entry_in(row) for row in (self._reader or connection).execute(query, tuple(numbers))]

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

    def newest(self, kind: str, key: str) -> tuple[int, str] | None:
        """The number and the digest of the newest entry of a kind and key.

        Raises:
            LedgerError: the file could not be read.
        """
        with self._lock, spoken(self.path):
            return Transaction(self._opened()).newest(kind, key)

    def linked(self, kind: str, key: str, *, after: int = 0) -> list[tuple[Entry, str | None, bool]]:
        """The entries of a kind and key after entry `after`, with their neighbours.

        Each has the digest of the entry before it, None if there is none; and whether the entry behind it names its
        digest, or it is the newest one.

        Raises:
            LedgerError: the file could not be read.
        """
        columns = ", ".join(f"entries.{name}" for name in COLUMNS.split(", "))
        query = (
            f"SELECT {columns}, before.digest, "
            "coalesce(behind.previous = entries.digest, entries.number = (SELECT max(number) FROM entries)) "
            "FROM entries LEFT JOIN entries AS before ON before.number = entries.number - 1 "
            "LEFT JOIN entries AS behind ON behind.number = entries.number + 1 "
            "WHERE entries.kind = ? AND entries.key = ? AND entries.number > ? ORDER BY entries.number"
        )
        with self._lock, spoken(self.path):
            rows = self._opened().execute(query, (kind, key, after))
            return [(entry_in(row[:-2]), row[-2], bool(row[-1])) for row in rows]

    def keys(self, *, first: int, last: int) -> dict[int, tuple[str, str]]:
        """The kind and key of entries by number, from the index.

        Raises:
            LedgerError: the file could not be read.
        """
        with self._lock, spoken(self.path):
            rows = self._opened().execute(
                "SELECT number, kind, key FROM entries WHERE number BETWEEN ? AND ?", (first, last)
            )
            return {number: (kind, key) for number, kind, key in rows}

    def require(self, number: int, digest: str) -> None:
        """Requires an entry in the file: one that is known from elsewhere. No file is made any more.

        Raises:
            LedgerError: there is no file.
        """
        if not self.path.exists():
            raise rolled_back(self.path, number)
        self.known = number, digest
        self._mode = "rw" if self._mode == "rwc" else self._mode

    @property
    def busy_seconds(self) -> float:
        """How long to wait for another process."""
        return self._busy_seconds

    @property
    def writes(self) -> bool:
        """Whether it can write."""
        return self._mode != "ro"

    @property
    def is_loose(self) -> bool:
        """Whether somebody except its owner may read or write the file."""
        return is_open_to_others(self.path)

    def __getstate__(self) -> tuple[Path, str, float, tuple[int, str] | None]:
        return self.path, self._mode, self._busy_seconds, self.known

    def __setstate__(self, state: tuple[Path, str, float, tuple[int, str] | None]) -> None:
        *given, known = state
        self.__init__(*given)  # type: ignore[misc]
        self.known = known

    def close(self) -> None:
        """Closes the file; the next use opens it again, also one that was moved and put back.

        Raises:
            LedgerError: this store wrote the file, and it is not in its place any more. It is closed all the same.
        """
        with self._lock:
            left = self.writes and self._leave_if_moved()
            if left:
                self._close(self._writer, self._reader)
            # The writer closes last: only it can move the log into the file, so that the file alone is the ledger.
            self._close(self._reader, self._writer)
            self._is_moved = False
            if left:
                raise moved(self.path, self._rescued)

    def _close(self, *connections: sqlite3.Connection | None) -> None:
        for connection in connections:
            if connection is not None:
                connection.close()
        self._writer = self._reader = self._place = None

    def _require_in_place(self) -> None:
        """Raises unless the path still names the file that is open; then nothing of this store goes on."""
        self._leave_if_moved()
        if self._is_moved:
            raise moved(self.path, self._rescued)

    def _leave_if_moved(self) -> bool:
        """Leaves a file that is not in its place any more, or was written over.

        It is closed once all that it holds is in a file that can be found. Until then that is tried at each use.
        """
        place = self._place
        if place is None:
            return False
        holds, size = place.holds, place.size
        if holds and size >= self._size and not self._is_moved:
            self._size = size
            return False
        self._is_moved = True
        saved = Rescue(None, is_saved=True)
        if self._writer is not None and self.writes:
            saved = place.saved(self._writer, is_written_over=holds and size < self._size)
        self._rescued = saved.told
        if saved.is_saved:
            # The last one to close deletes the log by its name, whosever that is now; a reader may not.
            self._close(self._writer, self._reader)
        return True

    def forget(self) -> None:
        """Forgets the connections and the lock, which belong to another process."""
        self._lock = RLock()
        _of_other_processes.extend(filter(None, (self._writer, self._reader)))
        self._writer = self._reader = self._place = None

    def _select(self, where: str, values: Sequence[object], backwards: bool, limit: int) -> list[Entry]:
        order = "DESC" if backwards else "ASC"
        query = f"SELECT {COLUMNS} FROM entries WHERE {where} ORDER BY number {order} LIMIT {limit}"
        with self._lock, spoken(self.path):
            return [entry_in(row) for row in self._opened().execute(query, values)]

    def _opened(self) -> sqlite3.Connection:
        self._require_in_place()
        if self._writer is None:
            self._open()
        assert self._writer is not None
        return self._writer

    def _open(self) -> None:
        """Opens the file, and the reader that reads back."""
        require_plain(self.path)
        if self._mode == "rwc":
            make_file(self.path)
        before = FilePlace.of(self.path).files[0]
        try:
            self._writer = connected(self.path, self._mode, self._busy_seconds)
            self._reader = connected(self.path, "ro", self._busy_seconds) if self.writes else None
            place = FilePlace.of(self.path)
            if place.files[0] != before:
                raise moved(self.path)
            if self.known is not None:
                require_known(self._writer, self.known, self.path)
        except BaseException:
            self._close(self._reader, self._writer)
            raise
        self._place, self._size = place, place.size
        self._mode = "rw" if self._mode == "rwc" else self._mode
        self._tell_loose()

    def _tell_loose(self) -> None:
        if not self._is_told_loose and self.is_loose:
            self._is_told_loose = True
            log.warning("others than its owner may read or write the ledger; close it to them with chmod 600")


_stores: weakref.WeakSet[Store] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for store in list(_stores):
        store.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
