"""The file of a ledger as a chain: opens or makes it, reads it, adds entries, and removes the oldest ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from ketascreen.arguments import path_of
from ketascreen.audit.chain import Head, Start, start_of
from ketascreen.audit.entry import NOTHING_BEFORE, Entry, entry_of, is_sound, written
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.heads import KeptHead
from ketascreen.audit.place import ledger_path, require_ledger
from ketascreen.audit.record import Record, record_of
from ketascreen.audit.sealing import SALT_BYTES, Salts, random_salts
from ketascreen.audit.store import Store
from ketascreen.audit.transaction import Transaction
from ketascreen.diagnostic import printable
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.load import rulebook_of_files

SEGMENT_SIZE = 10_000
"""How many entries a segment has by default: a policy, so that a segment is a file of about 400 MB."""


def _now() -> datetime:
    return datetime.now(UTC)


class LedgerFile:
    """The chain of a ledger file. A file that does not exist is made. Processes and threads may share it.

    `clock` gives the time of a new entry; `random` gives the bytes of salts and of a new ledger's id. A screening
    uses neither. `busy_seconds` is how long to wait for another process. `segment_size` is for a new ledger. `heads` is
    a file that keeps the newest head (`KeptHead`), or its path: a ledger that does not have that entry is not opened.
    A pickled copy of the ledger keeps no heads.

    Raises:
        RequestError: `path` or `heads` is not a path.
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
        self._open(Store(ledger_path(path), "rwc", busy_seconds), clock, random, heads)
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
        """
        self, file = cls.__new__(cls), ledger_path(path)
        require_ledger(file)
        self._open(Store(file, "rw" if writes else "ro", busy_seconds), clock, random, heads)
        self._identify()
        return self

    def _open(
        self,
        store: Store,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
        heads: KeptHead | str | os.PathLike[str] | None,
    ) -> None:
        self._heads = heads if heads is None or isinstance(heads, KeptHead) else KeptHead(path_of(heads, "heads"))
        kept = self._heads.read() if self._heads else None
        if kept is not None:
            store.require(kept.number, kept.digest)
        self._store = store
        self._clock = clock
        self._random = random

    def _identify(self) -> None:
        first = next(self._store.entries(first=1, last=1), None)
        told = first or next(iter(self._store.of_kind("retired")[-1:]), None)
        if told is None:
            message = f"the ledger {printable(str(self.path))} has lost its first entry; keep it, and start a new one"
            raise LedgerError("ledger-damaged", message)
        try:
            self.id, self.segment_size = str(told.record.data["ledger"]), int(told.record.data["segment_size"])
        except (ValueError, KeyError, TypeError):
            self.id, self.segment_size = "", SEGMENT_SIZE  # altered; `verify` says which entry is
        self._rulebooks: dict[str, Rulebook] = {}
        if self._heads and self._store.writes:
            self._heads.begin(self.head())

    @property
    def path(self) -> Path:
        """Its file."""
        return self._store.path

    @property
    def is_loose(self) -> bool:
        """Whether others than its owner may read or write the file."""
        return self._store.is_loose

    def segment_of(self, number: int) -> int:
        """The segment that an entry belongs to, counted from 1."""
        return (number - 1) // self.segment_size + 1

    def entry(self, number: int) -> Entry:
        """The entry with that number.

        Raises:
            LedgerError: it is not in this ledger.
        """
        for entry in self._store.entries(first=number, last=number):
            return entry
        raise LedgerError("ledger-not-there", f"there is no entry {number} in the ledger {printable(str(self.path))}")

    def entries(self, *, first: int = 1, last: int | None = None, backwards: bool = False) -> Iterator[Entry]:
        """The entries from `first` to `last`, a page at a time.

        Raises:
            LedgerError: the file could not be read.
        """
        return self._store.entries(first=first, last=last, backwards=backwards)

    def of_kind(self, kind: str, key: str) -> list[Entry]:
        """The entries of a kind and key, in order (`Store.of_kind`)."""
        return self._store.of_kind(kind, key)

    def linked(self, kind: str, key: str, *, after: int = 0) -> list[tuple[Entry, str | None, bool]]:
        """The entries of a kind and key after entry `after`, with their neighbours (`Store.linked`)."""
        return self._store.linked(kind, key, after=after)

    def keys(self, *, first: int, last: int) -> dict[int, tuple[str, str]]:
        """The kind and key of entries by number, from the file's index."""
        return self._store.keys(first=first, last=last)

    def start(self) -> Start:
        """Where the chain begins: with its first entry, or after the head that a moved segment left."""
        oldest = next(self._store.entries(), None)
        with self._legible():
            return start_of(self.id, oldest, self._store.of_kind("retired"))

    def head(self) -> Head:
        """Where the chain ends now.

        Raises:
            LedgerError: the file could not be read.
        """
        for entry in self._store.entries(backwards=True):
            return Head(self.id, entry.number, entry.digest)
        message = f"the ledger {printable(str(self.path))} has lost its entries; keep it, and start a new one"
        raise LedgerError("ledger-damaged", message)

    def rulebook(self, digest: str) -> Rulebook:
        """A rulebook on record, by the digest of its bytes.

        Raises:
            LedgerError: it is not in this ledger, or its record was altered.
        """
        if digest not in self._rulebooks:
            entries = self._store.of_kind("rulebook", digest)
            if not entries:
                raise LedgerError("ledger-not-there", f"this ledger does not hold the rulebook {digest[:12]}")
            with self._legible():
                files = entries[-1].record.data["files"]
                rulebook = rulebook_of_files({path: text.encode("utf-8") for path, text in files.items()})
            if rulebook.bytes_digest != digest:
                message = f"the record of the rulebook {digest[:12]} was altered; verify the ledger"
                raise LedgerError("ledger-damaged", message)
            self._rulebooks[digest] = rulebook
        return self._rulebooks[digest]

    def salts(self) -> Salts:
        """Fresh salts for a record."""
        return random_salts(self._random)

    def append(self, record: Record) -> Entry:
        """Adds a record after the newest entry, durably.

        Raises:
            LedgerError: it could not be put on record.
        """
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
                message = f"the chain must begin where the ledger {printable(str(self.path))} ends; import the next one"
                raise LedgerError("ledger-refused", message)
            for entry in entries:
                transaction.add(entry)

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
            message = f"the ledger {printable(str(self.path))} did not store an entry as it was written; check the disk"
            raise LedgerError("ledger-not-stored", message)
        if self._heads:
            self._heads.keep(Head(self.id, added[-1].number, added[-1].digest))

    @contextmanager
    def _legible(self) -> Iterator[None]:
        """Reports a record that cannot be read as a LedgerError; `verify` says which record it is."""
        try:
            yield
        except (LookupError, ValueError, TypeError):
            damaged = True
        else:
            damaged = False
        if damaged:
            message = f"a record of the ledger {printable(str(self.path))} cannot be read; verify the ledger"
            raise LedgerError("ledger-damaged", message)

    def close(self) -> None:
        """Closes the file; the next use opens it again.

        Raises:
            LedgerError: the file was moved, removed or replaced while it was open, or the head could not be kept.
        """
        try:
            self._store.close()
        finally:
            if self._heads and self._store.added:
                self._heads.keep(Head(self.id, *self._store.added), is_last=True)

    def __getstate__(self) -> dict[str, Any]:
        """Everything except the file, which the other process opens for itself, and the heads, which this one keeps."""
        return {**self.__dict__, "_rulebooks": {}, "_heads": None}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
