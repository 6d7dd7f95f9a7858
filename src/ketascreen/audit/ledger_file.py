"""The file of a ledger as a chain: opens or makes it, reads it, adds entries, and removes the oldest ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from ketascreen.arguments import path_of, refuse, require
from ketascreen.audit.at_exit import close_at_exit
from ketascreen.audit.chain import Head, Start
from ketascreen.audit.entry import NOTHING_BEFORE, Entry, entry_of, is_sound, written
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.heads import KeptHead
from ketascreen.audit.place import ledger_path, require_ledger
from ketascreen.audit.proven import proven_head
from ketascreen.audit.reading import LedgerReading
from ketascreen.audit.record import Record, record_of
from ketascreen.audit.sealing import SALT_BYTES, Salts, random_salts
from ketascreen.audit.store import Store
from ketascreen.audit.transaction import Transaction
from ketascreen.diagnostic import printable
from ketascreen.language.rulebook import Rulebook

SEGMENT_SIZE = 10_000
"""How many entries a segment has by default: a policy, so that a segment is a file of about 400 MB."""
_SIZE = "a number of entries, from 1 on"


def _store(file: Path, mode: str, busy_seconds: float) -> Store:
    wanted = "busy_seconds", "a number of seconds, from 0 on", "write 5.0"
    require(busy_seconds, (int, float), *wanted)
    if not busy_seconds >= 0:
        refuse(*wanted)
    return Store(file, mode, busy_seconds)


def _now() -> datetime:
    return datetime.now(UTC)


class LedgerFile(LedgerReading):
    """The chain of a ledger file. A file that does not exist is made. Processes and threads may share it.

    `clock` gives the time of a new entry; `random` gives the bytes of salts and of a new ledger's id. A screening
    uses neither. `busy_seconds` is how long to wait for another process. `segment_size` is for a new ledger. `heads` is
    a file that keeps the newest head (`KeptHead`), or its path: a ledger that does not have that entry is not opened.
    A pickled copy of the ledger keeps no heads.

    Raises:
        RequestError: `path` or `heads` is not a path, or another argument is of a wrong type.
        LedgerError: the file cannot be opened or made, is not a ledger, or does not have the entry of the kept head.
        SignatureError: the kept head is not signed by its key.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        clock: Callable[[], datetime] = _now,
        random: Callable[[int], bytes] = os.urandom,
        busy_seconds: float = 5.0,
        segment_size: int = SEGMENT_SIZE,
        heads: KeptHead | str | os.PathLike[str] | None = None,
    ) -> None:
        require(segment_size, int, "segment_size", _SIZE, f"write {SEGMENT_SIZE}")
        if segment_size < 1:
            refuse("segment_size", _SIZE, f"write {SEGMENT_SIZE}")
        self._open(_store(ledger_path(path), "rwc", busy_seconds), clock, random, heads)
        with self._closed_on_failure():
            with self._store.writing() as transaction:
                if transaction.last() is None:
                    ledger = random(SALT_BYTES).hex()
                    parts = {"ledger": ledger, "segment_size": segment_size}
                    record = record_of("ledger", parts, self.salts())
                    transaction.add(entry_of(ledger, 1, written(clock()), NOTHING_BEFORE, record))
            self._identify()

    @classmethod
    def existing(
        cls,
        path: str | os.PathLike[str],
        *,
        writes: bool = False,
        clock: Callable[[], datetime] = _now,
        random: Callable[[int], bytes] = os.urandom,
        busy_seconds: float = 5.0,
        heads: KeptHead | str | os.PathLike[str] | None = None,
    ) -> Self:
        """A ledger that exists; nothing is written to its file unless `writes`.

        Raises:
            LedgerError: it does not exist, cannot be opened, is not a ledger, or does not have the entry of the kept
                head.
            SignatureError: the kept head is not signed by its key.
            RequestError: an argument of a wrong type.
        """
        require(writes, bool, "writes", "True or False", "write writes=True to put something on record")
        self, file = cls.__new__(cls), ledger_path(path)
        require_ledger(file)
        store = _store(file, "rw" if writes else "ro", busy_seconds)
        self._open(store, clock, random, heads)
        with self._closed_on_failure():
            self._identify()
        return self

    def _open(
        self,
        store: Store,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
        heads: KeptHead | str | os.PathLike[str] | None,
    ) -> None:
        for name, function in {"clock": clock, "random": random}.items():
            if not callable(function):
                refuse(name, "a function", "leave it out")
        self._heads = heads if heads is None or isinstance(heads, KeptHead) else KeptHead(path_of(heads, "heads"))
        kept = self._heads.read() if self._heads else None
        if kept is not None:
            store.require(kept.number, kept.digest)
        self._store = store
        self._clock = clock
        self._random = random
        self._newest: Head | None = None  # of those that this one added, once it was read back
        self._is_closed = False
        close_at_exit(self)

    @contextmanager
    def _closed_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with suppress(LedgerError):
                self._store.close()
            raise

    def _identify(self) -> None:
        first = next(self._store.entries(first=1, last=1), None)
        told = first or next(iter(self._store.of_kind("retired")[-1:]), None)
        if told is None:
            message = (
                f"the ledger {printable(str(self.path))} has lost its first entry; keep it, and "
                "restore the backup (docs/audit.md) or start a new one"
            )
            raise LedgerError("ledger-damaged", message)
        try:
            self.id, self.segment_size = str(told.record.data["ledger"]), int(told.record.data["segment_size"])
        except (ValueError, KeyError, TypeError):
            self.id, self.segment_size = "", SEGMENT_SIZE  # altered; `verify` says which entry is
        self._rulebooks: dict[str, Rulebook] = {}
        if self._heads and self._store.writes:
            self._heads.begin(proven_head(self))

    def salts(self) -> Salts:
        """Fresh salts for a record."""
        return random_salts(self._random)

    def append(self, record: Record) -> Entry:
        """Adds a record after the newest entry, durably.

        Raises:
            LedgerError: it could not be put on record.
        """
        require(record, Record, "record", "a record", "a Screener makes it: give it this ledger")
        with self._store.writing() as transaction:
            entry = self._add(transaction, record)
        self._require_stored([entry])
        return entry

    def take_in(self, start: Start, entries: Iterable[Entry]) -> None:
        """Adds the entries of a verified chain, which must begin where this one ends.

        Raises:
            LedgerError: it does not, or the entries could not be stored. Then none is stored.
        """
        with self._store.writing() as transaction:
            last = transaction.last()
            if last is None or start != Start(self.id, last.number + 1, last.digest):
                message = (
                    f"the chain must begin where the ledger {printable(str(self.path))} ends; import the next one. "
                    "If it is one of this ledger's own, its entries are there already"
                )
                raise LedgerError("ledger-refused", message)
            for entry in entries:
                transaction.add(entry)
            added = transaction.last()
        if added is not None:
            self._require_stored([added])

    def leave_behind(self, *, first: int, head: Head, file_sha256: str) -> None:
        """Removes the oldest entries, up to `head`, and keeps the head in a new entry.

        Raises:
            LedgerError: the new entry could not be stored. Then nothing is removed.
        """
        parts = {
            "ledger": self.id,
            "segment_size": self.segment_size,
            "first": first,
            "last": head.number,
            "head": head.digest,
            "file_sha256": file_sha256,
        }
        with self._store.writing() as transaction:
            entry = self._add(transaction, record_of("retired", parts, self.salts()))
            transaction.take_out(head.number)
        self._require_stored([entry])
        self._keep_head(is_last=True)  # the kept one may be of an entry that is gone now

    def _add(self, transaction: Transaction, record: Record) -> Entry:
        last = transaction.last()
        if last is None or not is_sound(self.id, last):
            message = f"the newest entry of the ledger {printable(str(self.path))} was altered; verify the ledger"
            raise LedgerError("ledger-damaged", message)
        entry = entry_of(self.id, last.number + 1, written(self._clock()), last.digest, record)
        transaction.add(entry)
        return entry

    def _require_stored(self, added: Sequence[Entry]) -> None:
        """Raises unless another connection finds the entries in the file; then keeps the head if that is due."""
        if self._store.read_back([entry.number for entry in added]) != list(added):
            message = (
                f"the ledger {printable(str(self.path))} did not store an entry as it was written; check the disk, and "
                "whether its file was written over"
            )
            raise LedgerError("ledger-not-stored", message)
        self._newest = Head(self.id, added[-1].number, added[-1].digest)
        self._keep_head(is_last=self._is_closed)

    def _keep_head(self, *, is_last: bool) -> None:
        if self._heads and self._newest is not None:
            self._heads.keep(self._newest, is_last=is_last)

    def close(self) -> None:
        """Closes the file, and keeps its head. The next use opens it again, and then keeps the head at each entry.

        Raises:
            LedgerError: the file was moved, removed or replaced while it was open, or the head could not be kept.
        """
        self._is_closed = True
        try:
            self._store.close()
        except LedgerError:
            with suppress(LedgerError):
                self._keep_head(is_last=True)
            raise
        self._keep_head(is_last=True)

    def __getstate__(self) -> dict[str, Any]:
        """Everything except the file, which the other process opens for itself, and the heads, which this one keeps."""
        return {**self.__dict__, "_rulebooks": {}, "_heads": None, "_newest": None}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
