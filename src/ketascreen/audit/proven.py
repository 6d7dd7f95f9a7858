"""What a verdict takes from a ledger is checked before it counts: the link, the record, each value, whose it is.

Only the entries that are used are checked, and the digest of the one before each. An entry that the index no longer
finds is missed here. Only a walk over the whole chain (`verify`) finds that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ketascreen.audit.chain import Start, flaws_alone
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.ledger_file import LedgerFile
from ketascreen.audit.record import override_of
from ketascreen.diagnostic import printable
from ketascreen.verdict.override import Override
from ketascreen.verdict.standing import LASTING, Standing


def overrides_of(ledger: LedgerFile, reference: str) -> tuple[Override, ...]:
    """The overrides on record for a reference, in order, each with the screening that found that it had lapsed.

    Raises:
        LedgerError: an entry is not as it was written, or an override that a later screening shows is not there.
        KeyError, ValueError, TypeError: an entry cannot be read.
    """
    made = _proven(ledger, "override", reference)
    if not made:
        return ()
    lapsed: dict[int, tuple[int, Standing]] = {}
    found = {entry.number for entry in made}
    for entry in _proven(ledger, "screening", reference, after=made[0].number):
        for number, standing in _shown(entry):
            if number not in found and number >= ledger.start().first:
                raise _damaged(ledger, number)
            if standing in LASTING:
                lapsed.setdefault(number, (entry.number, standing))
    return tuple(_with_its_end(override_of(entry.record, entry.number), lapsed) for entry in made)


def require_proven(ledger: LedgerFile, entry: Entry) -> None:
    """Requires an entry to be as it was written, and to follow the entry before it.

    Raises:
        LedgerError: it does not.
    """
    before = [one.digest for one in ledger.entries(first=entry.number - 1, last=entry.number - 1)]
    _require(ledger, entry, before[0] if before else None)


def _proven(ledger: LedgerFile, kind: str, reference: str, *, after: int = 0) -> list[Entry]:
    entries = []
    for entry, before in ledger.linked(kind, reference, after=after):
        _require(ledger, entry, before)
        if entry.record.kind != kind or entry.record.part("reference") != reference:
            raise _damaged(ledger, entry.number)
        entries.append(entry)
    return entries


def _require(ledger: LedgerFile, entry: Entry, before: str | None) -> None:
    start = ledger.start() if before is None else Start(ledger.id, entry.number, before)
    if any(flaws_alone(start, entry)):
        raise _damaged(ledger, entry.number)


def _shown(screening: Entry) -> Iterator[tuple[int, Standing]]:
    """The overrides that a screening shows, by the number of their entry, with their standing."""
    for one in screening.record.part("overrides"):
        yield one["override"]["record"], Standing(one["standing"])


def _with_its_end(override: Override, lapsed: Mapping[int, tuple[int, Standing]]) -> Override:
    at, standing = lapsed.get(override.record or 0, (None, None))
    return override.model_copy(update={"lapsed_at": at, "lapsed_as": standing})


def _damaged(ledger: LedgerFile, number: int) -> LedgerError:
    message = (
        f"the ledger {printable(str(ledger.path))}: entry {number}, on which this rests, is not as it was written; "
        "verify the ledger"
    )
    return LedgerError("ledger-damaged", message)
