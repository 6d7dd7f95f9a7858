"""The ledger: every screening and every override in one chain, stored durably before a caller gets the result."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Self

from ketascreen.arguments import list_of, require
from ketascreen.audit.batch import LedgerBatch
from ketascreen.audit.decide import Ground, override_from
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.ledger_file import LedgerFile
from ketascreen.audit.proven import overrides_of, require_proven
from ketascreen.audit.reading import require_number
from ketascreen.audit.record import Record, batch_record, key_of, override_record, rulebook_record
from ketascreen.audit.screening_record import clinic_of, holds_verdict, profile_of, screening_record
from ketascreen.audit.transaction import Transaction
from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.rulebook import Rulebook
from ketascreen.patient.facts import known_facts
from ketascreen.screening.recorder import Composed, NewestEntries, Screening, require_reference
from ketascreen.screening.request import Request
from ketascreen.screening.situation import birth_date_of, open_lists
from ketascreen.verdict.override import Override, OverrideReason
from ketascreen.verdict.verdict import Receipt, Verdict


class Ledger(LedgerFile):
    """A ledger: puts screenings and overrides on record (`screening.recorder.Recorder`); see `LedgerFile`."""

    def record(self, screening: Screening) -> Receipt:
        """Puts a screening on record, and its rulebook too if the segment does not hold that yet.

        Raises:
            LedgerError: it could not be put on record.
        """
        require(screening, Screening, "screening", "a Screening", "a Screener makes it: give it this ledger")
        record = screening_record(screening, self.salts())
        _require_files(screening.rulebook)
        with self._store.writing() as transaction:
            added = self._add_with_rulebook(transaction, record, screening.rulebook)
        self._require_stored(added)
        return self._receipt(added[-1])

    def batch(self, rulebook: Rulebook, request: Request) -> LedgerBatch:
        """Begins a batch of screenings, or goes on with one of the same request and rulebook; each start is on record.

        Raises:
            LedgerError: it could not be put on record.
        """
        _require_files(rulebook)
        require(request, Request, "request", "what is asked of each patient", "use `screen_many` or `record_many`")
        start = self.append(batch_record(rulebook, request, self.salts()))
        first = self._store.of_kind("batch", key_of(start.record))[0]
        return LedgerBatch(self, rulebook, request, first.number)

    def record_all(
        self, rulebook: Rulebook, piece: Sequence[Composed], again: Callable[[int, Composed], Composed]
    ) -> list[Composed]:
        """Puts composed screenings on record in one transaction, and their rulebook where needed.

        A patient who is there twice begins a transaction of its own. A patient who has newer entries than those that
        were seen is composed `again`, by its place in the piece, before the transaction begins; if entries came
        meanwhile, once more. So no override is missed, no screening is on record twice, and nobody else waits while
        patients are screened.

        Raises:
            LedgerError: it could not be put on record. Then nothing of that transaction is.
        """
        _require_files(rulebook)
        done = list(list_of(piece, Composed, "piece", "a list of composed screenings", "use `record_many`"))
        for places in _each_patient_once(piece):
            stored = False
            while not stored:
                for place in self._overtaken(done, places):
                    done[place] = again(place, done[place])
                stored = self._put(rulebook, done, places)
        return done

    def _put(self, rulebook: Rulebook, piece: list[Composed], places: range) -> bool:
        """Puts the screenings at these places on record, with their receipts, unless one must be composed again."""
        added: list[Entry] = []
        with self._store.writing() as transaction:
            if self._overtaken(piece, places):
                return False
            receipts = {}
            for place in places:
                if piece[place].receipt is None:
                    record = Record(piece[place].body, piece[place].opened)
                    added += self._add_with_rulebook(transaction, record, rulebook)
                    receipts[place] = self._receipt(added[-1])
        if added:
            self._require_stored(added)
        for place, receipt in receipts.items():
            piece[place] = replace(piece[place], receipt=receipt)
        return True

    def _overtaken(self, piece: Sequence[Composed], places: range) -> list[int]:
        """The places whose patient has newer entries than were seen, and is not on record yet."""
        waiting = [place for place in places if piece[place].receipt is None]
        return [place for place in waiting if piece[place].seen != self.newest_about(piece[place].reference)]

    def newest_about(self, reference: str) -> NewestEntries:
        """The newest entries about a patient.

        Raises:
            RequestError: `reference` does not have the form of a token.
            LedgerError: the ledger could not be read.
        """
        require_reference(reference, has_ledger=True)
        return NewestEntries(self._store.newest("override", reference), self._store.newest("screening", reference))

    def screenings(
        self, reference: str, is_wanted: Callable[[Record], bool], *, after: int
    ) -> Iterator[tuple[int, Record, tuple[Override, ...]]]:
        """The screenings of a patient that `is_wanted` names, and are on record after entry `after`.

        Each has its number and the overrides that were on record then, whatever its own record shows.

        Raises:
            RequestError: `reference` does not have the form of a token.
            LedgerError: the ledger could not be read, or an entry is not as it was written.
        """
        require_reference(reference, has_ledger=True)
        require_number(after, "after")
        newest = self._store.newest("override", reference)
        for entry in self._store.of_kind("screening", reference, after=after):
            with self._legible():
                wanted = is_wanted(entry.record)
            if wanted:
                require_proven(self, entry)
                with self._legible():
                    overrides = overrides_of(self, reference, before=entry.number) if newest else ()
                yield entry.number, entry.record, overrides

    def for_reading(self) -> Self:
        """The same ledger, opened for reading alone, as another process may have it.

        Raises:
            RequestError: the ledger draws its salts from a source of its own, which two processes would repeat.
            LedgerError: it cannot be opened.
        """
        if self._random is not os.urandom:
            problem = "a ledger with its own `random` cannot be copied to another process"
            raise RequestError([Diagnostic("workers", problem, "screen with one worker")])
        ledger = type(self).existing(self.path, busy_seconds=self._store.busy_seconds)
        ledger.close()  # the other process opens it for itself, and refuses another file in its place
        if self._store.known is not None:
            ledger._store.require(*self._store.known)
        return ledger

    def overrides(self, reference: str) -> tuple[Override, ...]:
        """The overrides on record for a reference, in order, each with the screening that found that it had lapsed.

        Raises:
            RequestError: `reference` does not have the form of a token.
            LedgerError: the ledger could not be read, or an entry that this rests on is not as it was written.
        """
        require_reference(reference, has_ledger=True)
        with self._legible():
            return overrides_of(self, reference)

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
        """Puts on record that a clinician goes ahead despite the finding of a rule, in a screening that is on record.

        On a met rule that a clinician decides, this is the decision that makes a session ready. On any other rule it
        counts for nothing. `text` is free text; `at` and `until` have offsets.

        Raises:
            RequestError: the verdict is not on record in this ledger, there is nothing to override, or a decision would
                rest on a list that is not known to be complete.
            LedgerError: it could not be put on record.
        """
        given = {"rule": rule, "reason": reason, "text": text, "by": by, "at": at, "until": until}
        require(verdict, Verdict, "verdict", "a Verdict", "give what `screen` returned")
        require(rule, str, "rule", "the id of a rule", "name a rule of the screening", code="override")
        screening, rulebook = self._screening_of(verdict)
        with self._legible():
            reference = str(screening.part("reference"))
            ground = _ground(screening, rulebook)
        override = override_from(verdict, ground, given)
        entry = self.append(override_record(reference, override, self.salts()))
        return override.model_copy(update={"record": entry.number})

    def _screening_of(self, verdict: Verdict) -> tuple[Record, Rulebook]:
        """The record of a verdict and its rulebook, after a check that this verdict is the one on record."""
        receipt = verdict.receipt
        if receipt is None or receipt.ledger != self.id:
            problem = Diagnostic(
                "override", "the verdict is not on record in this ledger", "screen with this ledger first"
            )
            raise RequestError([problem])
        entry = self.entry(receipt.record)
        require_proven(self, entry)
        record = entry.record
        with self._legible():
            rulebook = self.rulebook(record.data["rulebook"]["bytes_digest"])
            same = record.digest == receipt.digest and holds_verdict(record, verdict, rulebook)
        if not same:
            raise RequestError([Diagnostic("override", "the verdict is not the one on record", "screen again")])
        return record, rulebook

    def _add_with_rulebook(self, transaction: Transaction, record: Record, rulebook: Rulebook) -> list[Entry]:
        """Adds a record, and before it the rulebook if the segment does not hold that yet."""
        added: list[Entry] = []
        while not self._holds(transaction, rulebook.bytes_digest):
            added.append(self._add(transaction, rulebook_record(rulebook, self.salts())))
        added.append(self._add(transaction, record))
        return added

    def _receipt(self, entry: Entry) -> Receipt:
        return Receipt(ledger=self.id, record=entry.number, digest=entry.record.digest)

    def _holds(self, transaction: Transaction, digest: str) -> bool:
        """Whether the next entry's segment holds the rulebook. So each segment can be replayed by itself."""
        held, last = transaction.newest("rulebook", digest), transaction.last()
        return held is not None and last is not None and self.segment_of(held[0]) == self.segment_of(last.number + 1)


def _each_patient_once(piece: Sequence[Composed]) -> Iterator[range]:
    """The places of a piece in turns, in each of which a patient is there once."""
    first, patients = 0, set[str]()
    for place, composed in enumerate(piece):
        if composed.reference in patients:
            yield range(first, place)
            first, patients = place, set()
        patients.add(composed.reference)
    yield range(first, len(piece))


def _ground(screening: Record, rulebook: Rulebook) -> Callable[[str], Ground]:
    """What an override of a rule in a recorded screening rests on, by the rule's id."""
    profile = profile_of(screening)
    facts = known_facts(profile, rulebook.vocabulary, clinic_of(screening))

    def of(rule_id: str) -> Ground:
        rule = rulebook.rule(rule_id)
        assert rule is not None
        lists = open_lists(rule, rulebook.vocabulary, facts)
        return Ground(rule, rulebook.rule_digests[rule_id], lists, birth_date_of(profile))

    return of


def _require_files(rulebook: Rulebook) -> None:
    require(rulebook, Rulebook, "rulebook", "a Rulebook", 'read one with load_rulebook("folder")')
    if rulebook.is_cached:
        message = "the rulebook comes from a cache, and no record rests on one; give the ledger to the screener"
        raise LedgerError("ledger-refused", message)
    if not rulebook.files:
        message = "the rulebook was not read from files, so it cannot be kept for replay; load it with load_rulebook"
        raise LedgerError("ledger-refused", message)
