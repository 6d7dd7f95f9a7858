"""The ledger: every screening and every override in one chain, stored durably before a caller gets the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ketascreen.audit.decide import Ground, override_from
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.ledger_file import LedgerFile
from ketascreen.audit.proven import overrides_of, require_proven
from ketascreen.audit.record import Record, override_record, rulebook_record
from ketascreen.audit.screening_record import clinic_of, holds_verdict, profile_of, screening_record
from ketascreen.audit.transaction import Transaction
from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.rulebook import Rulebook
from ketascreen.patient.facts import known_facts
from ketascreen.screening.recorder import Screening
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
        salts = self.salts()
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
        """The overrides on record for a reference, in order, each with the screening that found that it had lapsed.

        Raises:
            LedgerError: the ledger could not be read, or an entry that this rests on is not as it was written.
        """
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

    def _holds(self, transaction: Transaction, digest: str) -> bool:
        """Whether the next entry's segment holds the rulebook. So each segment can be replayed by itself."""
        held, last = transaction.newest("rulebook", digest), transaction.last()
        return held is not None and last is not None and self.segment_of(held) == self.segment_of(last.number + 1)


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
    if rulebook.is_cached:
        message = "the rulebook comes from a cache, and no record rests on one; give the ledger to the screener"
        raise LedgerError("ledger-refused", message)
    if not rulebook.files:
        message = "the rulebook was not read from files, so it cannot be kept for replay; load it with load_rulebook"
        raise LedgerError("ledger-refused", message)
