"""What is read from a ledger file: its entries, where its chain begins and ends, its rulebooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ketascreen.arguments import require
from ketascreen.audit.chain import Head, Start, start_of
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.store import Store
from ketascreen.diagnostic import printable
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.load import rulebook_of_files


class LedgerReading:
    """The readings of a ledger file; `LedgerFile` opens it. `id` is the ledger's own."""

    id: str
    segment_size: int
    _store: Store
    _rulebooks: dict[str, Rulebook]

    @property
    def path(self) -> Path:
        """Its file."""
        return self._store.path

    @property
    def is_loose(self) -> bool:
        """Whether others than its owner may read or write the file."""
        return self._store.is_loose

    def segment_of(self, number: int) -> int:
        """The segment that an entry belongs to, counted from 1.

        Raises:
            RequestError: `number` is not a whole number.
        """
        require_number(number, "number")
        return (number - 1) // self.segment_size + 1

    def entry(self, number: int) -> Entry:
        """The entry with that number.

        Raises:
            LedgerError: it is not in this ledger.
            RequestError: `number` is not a whole number.
        """
        require_number(number, "number")
        for entry in self._store.entries(first=number, last=number):
            return entry
        raise LedgerError("ledger-not-there", f"there is no entry {number} in the ledger {printable(str(self.path))}")

    def entries(self, *, first: int = 1, last: int | None = None, backwards: bool = False) -> Iterator[Entry]:
        """The entries from `first` to `last`, a page at a time.

        Raises:
            LedgerError: the file could not be read.
            RequestError: `first` or `last` is not a whole number.
        """
        require_number(first, "first")
        if last is not None:
            require_number(last, "last")
        return self._store.entries(first=first, last=last, backwards=backwards)

    def of_kind(self, kind: str, key: str) -> list[Entry]:
        """The entries of a kind and key, in order (`Store.of_kind`).

        Raises:
            RequestError: `kind` or `key` is not text.
        """
        for name, given in {"kind": kind, "key": key}.items():
            require(given, str, name, "text", "a screening has the kind `screening`, and its reference as key")
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
        message = (
            f"the ledger {printable(str(self.path))} has lost its entries; keep it, and "
            "restore the backup (docs/audit.md) or start a new one"
        )
        raise LedgerError("ledger-damaged", message)

    def rulebook(self, digest: str) -> Rulebook:
        """A rulebook on record, by the digest of its bytes.

        Raises:
            LedgerError: it is not in this ledger, or its record was altered.
            RequestError: `digest` is not text.
        """
        require(digest, str, "digest", "the digest of a rulebook", "write it as text: `rulebook.bytes_digest`")
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


def require_number(given: object, name: str) -> None:
    """Requires the number of an entry.

    Raises:
        RequestError: it is not a whole number.
    """
    require(given, int, name, "the number of an entry", "write a whole number, such as `receipt.record`")
