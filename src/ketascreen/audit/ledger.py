"""The ledger: every screening and every override on record, in one chain, durable before anything is handed out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from ketascreen.audit.deciding import decided_against
from ketascreen.audit.entry import NOTHING_BEFORE, Entry, entry_of, written
from ketascreen.audit.problems import LedgerError
from ketascreen.audit.record import (
    Record,
    override_of,
    override_record,
    record_of,
    rulebook_record,
    screening_record,
    tells_of,
)
from ketascreen.audit.sealing import SALT_BYTES, random_salts
from ketascreen.audit.store import Store, Transaction
from ketascreen.audit.walk import Head, Start
from ketascreen.diagnostic import Diagnostic, RequestError, printable
from ketascreen.loading import rulebook_of_files
from ketascreen.override import LASTING, Override, OverrideReason, Standing
from ketascreen.recorder import Screening
from ketascreen.rulebook import Rulebook
from ketascreen.verdict import Receipt, Verdict

SEGMENT_SIZE = 10_000
"""Entries in a segment, where nothing else is asked for: a policy, so that a segment is a file of about 300 MB."""


def _now() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """A ledger file. It is made where it is not there; processes and threads may share it.

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
                record = record_of("ledger", parts, random_salts(random))
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

    @property
    def path(self) -> Path:
        """Its file."""
        return self._store.path

    def segment_of(self, number: int) -> int:
        """The segment that an entry belongs to, counted from 1."""
        return (number - 1) // self.segment_size + 1

    # What a screening asks of it (ketascreen.recorder.Recorder)

    def record(self, screening: Screening) -> Receipt:
        """Puts a screening on record, and the rulebook that it is by where its segment does not hold it yet.

        Raises:
            LedgerError: it is not on record.
        """
        salts = random_salts(self._random)
        record = screening_record(screening, salts)
        rulebook = screening.rulebook
        _require_files(rulebook)
        with self._store.writing() as transaction:
            added: list[Entry] = []
            while not self._holds(transaction, rulebook.bytes_digest):
                added.append(self._add(transaction, rulebook_record(rulebook, salts)))
            added.append(self._add(transaction, record))
        self._require_stored(added)
        return Receipt(ledger=self.id, record=added[-1].number, digest=record.digest)

    def overrides(self, reference: str) -> tuple[Override, ...]:
        """The overrides on record for a reference, in their order, each with the screening that found it lapsed.

        Raises:
            LedgerError: the ledger could not be read, or what is on record cannot.
        """
        made = self._store.of_kind("override", reference)
        if not made:
            return ()
        lapsed: dict[int, tuple[int, Standing]] = {}
        with self._legible():
            for entry in self._store.of_kind("screening", reference, after=made[0].number):
                for told in entry.record.part("overrides"):
                    standing, number = Standing(told["standing"]), told["override"]["record"]
                    if standing in LASTING:
                        lapsed.setdefault(number, (entry.number, standing))
            overrides = [override_of(entry.record, entry.number) for entry in made]
        return tuple(
            override.model_copy(update={"lapsed_at": at, "lapsed_as": standing})
            for override in overrides
            for at, standing in [lapsed.get(override.record or 0, (None, None))]
        )

    # What a clinician asks of it

    def override(
        self,
        verdict: Verdict,
        *,
        rule: str,
        reason: OverrideReason | str,
        text: str,
        by: str,
        at: datetime,
        until: datetime | None = None,
    ) -> Override:
        """Puts on record that a clinician goes ahead against what a rule came to in a screening that is on record.

        On a review that is met this is the decision that makes a session ready. `text` is free text, `at` and `until`
        have offsets.

        Raises:
            RequestError: the verdict is of another ledger, or there is nothing to go against.
            LedgerError: it is not on record.
        """
        given = {"rule": rule, "reason": reason, "text": text, "by": by, "at": at, "until": until}
        screening = self._screening_of(verdict)
        digests = self.rulebook(verdict.rulebook.bytes_digest).rule_digests
        override = decided_against(verdict, digests, given)
        with self._legible():
            reference = str(screening.part("reference"))
        record = override_record(reference, override, random_salts(self._random))
        with self._store.writing() as transaction:
            entry = self._add(transaction, record)
        self._require_stored([entry])
        return override.model_copy(update={"record": entry.number})

    # What an auditor asks of it

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
        """Where the chain begins: with its first entry, or behind the head that the parts taken out have left."""
        retired = self._store.of_kind("retired")
        if not retired:
            return Start(self.id)
        with self._legible():
            told = retired[-1].record.data
            return Start(self.id, int(told["last"]) + 1, str(told["head"]))

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

    def _screening_of(self, verdict: Verdict) -> Record:
        """The record of a verdict, once it is sure that the verdict is what is on record."""
        receipt = verdict.receipt
        if receipt is None or receipt.ledger != self.id:
            problem = Diagnostic(
                "override", "the verdict is not on record in this ledger", "screen with this ledger first"
            )
            raise RequestError([problem])
        record = self.entry(receipt.record).record
        with self._legible():
            same = record.digest == receipt.digest and tells_of(record, verdict)
        if not same:
            raise RequestError([Diagnostic("override", "the verdict is not the one on record", "screen again")])
        return record

    def _holds(self, transaction: Transaction, digest: str) -> bool:
        """Whether the next entry's segment holds the rulebook, so that each segment can be replayed by itself."""
        held, last = transaction.newest("rulebook", digest), transaction.last()
        return held is not None and last is not None and self.segment_of(held) == self.segment_of(last[0] + 1)

    def _add(self, transaction: Transaction, record: Record) -> Entry:
        last = transaction.last()
        if last is None:
            raise LedgerError("ledger-damaged", f"the ledger {printable(str(self.path))} has no entries any more")
        entry = entry_of(self.id, last[0] + 1, written(self._clock()), last[1], record)
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


def _require_files(rulebook: Rulebook) -> None:
    if not rulebook.files:
        message = "the rulebook was not read from files, so it cannot be kept for replay; load it with load_rulebook"
        raise LedgerError("ledger-refused", message)
