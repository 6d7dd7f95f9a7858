"""The file of a ledger as a chain: opened or made, read, added to, and cut at the old end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self

from ketascreen.audit.chain import Head, Start
from ketascreen.audit.entry import NOTHING_BEFORE, Entry, entry_of, is_sound, written
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.record import Record, record_of
from ketascreen.audit.sealing import SALT_BYTES, Salts, random_salts
from ketascreen.audit.store import Store, Transaction
from ketascreen.diagnostic import printable
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.load import rulebook_of_files

SEGMENT_SIZE = 10_000
"""Entries in a segment, where nothing else is asked for: a policy, so that a segment is a file of some 400 MB."""

_PAGE = 500


def _now() -> datetime:
    return datetime.now(UTC)


class LedgerFile:
    """The chain of a ledger file. It is made where it is not there; processes and threads may share it.

    `clock` says when an entry is recorded and `random` gives the bytes of salts and of a new ledger's id; a screening
    itself reads neither. `busy_seconds` is how long to wait for another process. `segment_size` is for a new ledger.

    Raises:
        LedgerError: the file cannot be opened or made, or is not a ledger.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        clock: Callable[[], datetime] = _now,
        random: Callable[[int], bytes] = os.urandom,
        busy_seconds: float = 5.0,
        segment_size: int = SEGMENT_SIZE,
    ) -> None:
        self._open(Store(Path(path), "rwc", busy_seconds), clock, random)
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
        path: str | Path,
        *,
        writes: bool = False,
        clock: Callable[[], datetime] = _now,
        random: Callable[[int], bytes] = os.urandom,
        busy_seconds: float = 5.0,
    ) -> Self:
        """A ledger that is there already; nothing is written to its file unless `writes`.

        Raises:
            LedgerError: there is none.
        """
        self = cls.__new__(cls)
        if not Path(path).is_file():
            raise LedgerError("ledger-missing", f"there is no ledger {printable(str(path))}; check its name")
        self._open(Store(Path(path), "rw" if writes else "ro", busy_seconds), clock, random)
        self._identify()
        return self

    def _open(self, store: Store, clock: Callable[[], datetime], random: Callable[[int], bytes]) -> None:
        self._store = store
        self._clock = clock
        self._random = random

    def _identify(self) -> None:
        first = next(self._store.entries(first=1, last=1), None)
        told = first or next(iter(self._store.of_kind("retired")[-1:]), None)
        if told is None:
            raise LedgerError("ledger-damaged", f"the ledger {printable(str(self.path))} has no beginning any more")
        try:
            self.id, self.segment_size = str(told.record.data["ledger"]), int(told.record.data["segment_size"])
        except (ValueError, KeyError, TypeError):
            self.id, self.segment_size = "", SEGMENT_SIZE  # altered; `verify` says which entry is
        self._rulebooks: dict[str, Rulebook] = {}

    @classmethod
    def of_chain(cls, path: Path, entries: Iterable[Entry]) -> Self:
        """A new ledger out of the entries of a chain that was verified; there is none if it cannot be made whole.

        Raises:
            LedgerError: it could not be written, or the entries are no beginning of a ledger.
        """
        part = path.with_name(f".{path.name}.part")
        self = cls.__new__(cls)
        self._open(Store(part, "rwc", 0.0), _now, os.urandom)
        rest = iter(entries)
        try:
            while page := list(islice(rest, _PAGE)):
                with self._store.writing() as transaction:
                    for entry in page:
                        transaction.add(entry)
            self._identify()
            self.close()
            part.rename(path)  # whole under its name, or not at all
        finally:
            self.close()
            for file in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
                file.unlink(missing_ok=True)
        return cls.existing(path, writes=True)

    @property
    def path(self) -> Path:
        """Its file."""
        return self._store.path

    def segment_of(self, number: int) -> int:
        """The segment that an entry belongs to, counted from 1."""
        return (number - 1) // self.segment_size + 1

    def entry(self, number: int) -> Entry:
        """The entry of that number.

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

    def keys(self, *, first: int, last: int) -> dict[int, tuple[str, str]]:
        """What the file's index says of entries: kind and key by number."""
        return self._store.keys(first=first, last=last)

    def start(self) -> Start:
        """Where the chain begins: with its first entry, or behind the head that a part taken out has left."""
        oldest = next(self._store.entries(), None)
        with self._legible():
            for entry in self._store.of_kind("retired"):
                told = entry.record.data
                if oldest is not None and told["last"] == oldest.number - 1:
                    return Start(self.id, oldest.number, str(told["head"]))
        return Start(self.id)

    def head(self) -> Head:
        """Where the chain ends now.

        Raises:
            LedgerError: the file could not be read.
        """
        for entry in self._store.entries(backwards=True):
            return Head(self.id, entry.number, entry.digest)
        raise LedgerError("ledger-damaged", f"the ledger {printable(str(self.path))} has no entries any more")

    def rulebook(self, digest: str) -> Rulebook:
        """A rulebook that screenings on record were by, by the digest of its bytes.

        Raises:
            LedgerError: it is not in this ledger, or what is there is not it.
        """
        if digest not in self._rulebooks:
            entries = self._store.of_kind("rulebook", digest)
            if not entries:
                raise LedgerError("ledger-not-there", f"the rulebook of digest {digest[:12]} is not in this ledger")
            with self._legible():
                files = entries[-1].record.data["files"]
                rulebook = rulebook_of_files({path: text.encode("utf-8") for path, text in files.items()})
            if rulebook.bytes_digest != digest:
                raise LedgerError("ledger-damaged", f"what is on record as the rulebook {digest[:12]} is another")
            self._rulebooks[digest] = rulebook
        return self._rulebooks[digest]

    def salts(self) -> Salts:
        """Fresh salts for a record."""
        return random_salts(self._random)

    def append(self, record: Record) -> Entry:
        """Puts a record behind the newest entry, durably.

        Raises:
            LedgerError: it is not on record.
        """
        with self._store.writing() as transaction:
            entry = self._add(transaction, record)
        self._require_stored([entry])
        return entry

    def take_in(self, start: Start, entries: Iterable[Entry]) -> None:
        """Adds the entries of a chain that was verified, which begins where this one ends.

        Raises:
            LedgerError: it does not, or the entries could not be stored; none is then.
        """
        with self._store.writing() as transaction:
            last = transaction.last()
            if last is None or start != Start(self.id, last.number + 1, last.digest):
                message = f"the chain does not begin where the ledger {printable(str(self.path))} ends"
                raise LedgerError("ledger-refused", message)
            for entry in entries:
                transaction.add(entry)

    def leave_behind(self, *, first: int, head: Head, file_sha256: str) -> None:
        """Takes out the oldest entries, up to `head`, and leaves this in an entry of its own.

        Raises:
            LedgerError: it could not be stored; nothing is then taken out.
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
            message = f"the newest entry of the ledger {printable(str(self.path))} is not as it was written; verify it"
            raise LedgerError("ledger-damaged", message)
        entry = entry_of(self.id, last.number + 1, written(self._clock()), last.digest, record)
        transaction.add(entry)
        return entry

    def _require_stored(self, added: Sequence[Entry]) -> None:
        """An entry is acknowledged once another connection finds it in the file."""
        if self._store.read_back([entry.number for entry in added]) != list(added):
            message = f"what was written to the ledger {printable(str(self.path))} does not read back"
            raise LedgerError("ledger-not-stored", message)

    @contextmanager
    def _legible(self) -> Iterator[None]:
        """Turns what is wrong with a record that is read into a sentence; `verify` says which record it is."""
        try:
            yield
        except (KeyError, ValueError, TypeError):
            damaged = True
        else:
            damaged = False
        if damaged:
            message = f"a record of the ledger {printable(str(self.path))} cannot be read; verify it"
            raise LedgerError("ledger-damaged", message)

    def close(self) -> None:
        """Closes the file; it is opened again when it is needed."""
        self._store.close()

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the file, which the other process opens for itself."""
        return {**self.__dict__, "_rulebooks": {}}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
