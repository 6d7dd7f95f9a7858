"""A batch: many screenings that are asked the same, composed anywhere, and put on record a piece at a time.

Each start of a batch is on record. A second start finds what is on record since the first one. A screening is the same
if it gives exactly the same record again, with the salts of that record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

from ketascreen.audit.record import Record
from ketascreen.audit.screening_record import asked_alike, release_key_in, screening_record
from ketascreen.audit.sealing import Salts, salts_of
from ketascreen.language.rulebook import Rulebook
from ketascreen.patient.profile import PatientProfile
from ketascreen.screening.recorder import Composed, NewestEntries, Screened, Screening
from ketascreen.screening.request import Request
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.override import Override
from ketascreen.verdict.verdict import Receipt


class Records(Protocol):
    """What a batch needs of its ledger."""

    id: str

    def salts(self) -> Salts:
        """Fresh salts for a record."""
        ...

    def overrides(self, reference: str) -> tuple[Override, ...]:
        """The overrides on record for a reference."""
        ...

    def newest_about(self, reference: str) -> NewestEntries:
        """The newest entries about a patient."""
        ...

    def screenings(
        self, reference: str, is_wanted: Callable[[Record], bool], *, after: int
    ) -> Iterator[tuple[int, Record, tuple[Override, ...]]]:
        """The screenings of a patient that `is_wanted` names, each with its number and the overrides of then."""
        ...

    def record_all(
        self, rulebook: Rulebook, piece: Sequence[Composed], again: Callable[[int, Composed], Composed]
    ) -> list[Composed]:
        """Puts a whole piece on record."""
        ...

    def for_reading(self) -> Self:
        """The same ledger, opened for reading alone, as another process may have it."""
        ...


@dataclass(frozen=True, slots=True)
class LedgerBatch:
    """A batch on record in a ledger (`screening.recorder.Batch`); `since` is the entry of its first start."""

    ledger: Records
    rulebook: Rulebook
    request: Request
    since: int

    def elsewhere(self) -> Self:
        """The same batch for another process, which opens the ledger for reading alone.

        Raises:
            RequestError: the ledger draws its salts from a source of its own, which two processes would repeat.
            LedgerError: the ledger cannot be opened.
        """
        return replace(self, ledger=self.ledger.for_reading())

    def compose(
        self, reference: str, profile: PatientProfile, screened: Screened, before: Composed | None = None
    ) -> Composed:
        """A screening with the overrides on record, composed; or the one on record, if it is there already.

        Screenings that `before` had seen are other ones, and are not looked at again.

        Raises:
            LedgerError: the ledger could not be read.
        """
        seen = self.ledger.newest_about(reference)  # first: what comes later is then noticed
        after = max(self.since, _newest_screening(before.seen) if before else 0)
        if _newest_screening(seen) > after:
            is_wanted = asked_alike(profile, self.request, self.rulebook)
            for number, record, overrides in self.ledger.screenings(reference, is_wanted, after=after):
                if (found := self._same(reference, screened(overrides), number, record, seen)) is not None:
                    return found
        return self._new(reference, screened, seen)

    def record(self, piece: Sequence[Composed], again: Callable[[int, Composed], Composed]) -> list[Composed]:
        """Puts a whole piece on record; see `Ledger.record_all`.

        Raises:
            LedgerError: it could not be put on record.
        """
        return self.ledger.record_all(self.rulebook, piece, again)

    def _new(self, reference: str, screened: Screened, seen: NewestEntries) -> Composed:
        screening = screened(self.ledger.overrides(reference) if seen.override or seen.screening else ())
        lean = LeanVerdict.of(screening.verdict)
        record = screening_record(screening, self.ledger.salts(), lean=lean)
        return Composed(reference, lean.to_json(), record.body, record.opened, seen)

    def _same(
        self, reference: str, screening: Screening, number: int, record: Record, seen: NewestEntries
    ) -> Composed | None:
        """The screening with the receipt of the record, if it gives exactly this record."""
        # An earlier start may have required another release key, or none; what is on record stands.
        used = screening.verdict.rulebook.model_copy(update={"release_key": release_key_in(record)})
        screening = replace(screening, verdict=screening.verdict.model_copy(update={"rulebook": used}))
        lean = LeanVerdict.of(screening.verdict)
        if screening_record(screening, salts_of(record.openings), lean=lean) != record:
            return None
        receipt = Receipt(ledger=self.ledger.id, record=number, digest=record.digest)
        return Composed(reference, lean.to_json(), record.body, record.opened, seen, receipt)


def _newest_screening(seen: NewestEntries) -> int:
    return seen.screening[0] if seen.screening else 0
