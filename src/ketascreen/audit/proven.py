"""What a verdict takes from a ledger is checked before it counts: the link, the record, each value, whose it is.

Only the entries that are used are checked, and their links to the entries beside them. An entry that the index no
longer finds is missed here. Only a walk over the whole chain (`verify`) finds that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ketascreen.audit.chain import Head, Start, flaws_alone
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.reading import LedgerReading
from ketascreen.audit.record import WITH_STANDINGS, override_of
from ketascreen.audit.sealing import commitment
from ketascreen.diagnostic import printable
from ketascreen.verdict.override import Override
from ketascreen.verdict.standing import LASTING, Standing

_ITS_END = frozenset({"lapsed_at", "lapsed_as"})
"""What a screening says about an override beside what its entry has."""

_NONE = re.compile(r'"overrides":"\[\\"overrides\\",\\"([0-9a-f]+)\\",\[\]\]"')
"""The opening of a record that shows no override, as its openings have it; it gives the salt."""


def overrides_of(ledger: LedgerReading, reference: str, *, before: int | None = None) -> tuple[Override, ...]:
    """The overrides on record for a reference, in order, each with the screening that found that it had lapsed.

    `before`: as they were when the entry of that number was written.

    Raises:
        LedgerError: an entry is not as it was written, or an override that a later screening shows is not there, or is
            another one.
        KeyError, ValueError, TypeError: an entry cannot be read.
    """
    made = {one.number: override_of(one.record, one.number) for one in _proven(ledger, "override", reference)}
    for entry in ledger.of_kind("screening", reference):
        if not _shows_none(entry):
            _require_shown(ledger, entry, made)
    if not made:
        return ()
    lapsed: dict[int, tuple[int, Standing]] = {}
    for entry in _proven(ledger, "screening", reference, after=min(made)):
        if before is None or entry.number < before:
            for number, standing in _shown(entry):
                if standing in LASTING:
                    lapsed.setdefault(number, (entry.number, standing))
    return tuple(
        _with_its_end(override, lapsed) for number, override in made.items() if before is None or number < before
    )


def require_proven(ledger: LedgerReading, entry: Entry) -> None:
    """Requires an entry to be as it was written, with the links to the entries beside it.

    Raises:
        LedgerError: it is not.
    """
    near = {one.number: one for one in ledger.entries(first=entry.number - 1, last=entry.number + 1)}
    before, behind = near.get(entry.number - 1), near.get(entry.number + 1)
    follows = behind.previous == entry.digest if behind else ledger.head().number in (entry.number, entry.number + 1)
    _require(ledger, entry, before.digest if before else None, follows=follows)


def _proven(ledger: LedgerReading, kind: str, reference: str, *, after: int = 0) -> list[Entry]:
    entries = []
    for entry, before, follows in ledger.linked(kind, reference, after=after):
        _require(ledger, entry, before, follows=follows)
        if entry.record.kind != kind or entry.record.part("reference") != reference:
            raise _damaged(ledger, entry.number)
        entries.append(entry)
    return entries


def _require(ledger: LedgerReading, entry: Entry, before: str | None, *, follows: bool) -> None:
    if not follows or not _fits(ledger, entry, before):
        raise _damaged(ledger, entry.number)


def _shows_none(screening: Entry) -> bool:
    """Whether a screening shows no override: its opening says so, and fits the commitment.

    It is asked of every screening of the patient, so nothing is parsed. The entry is not proven by it.
    """
    told = _NONE.search(screening.record.opened)
    return told is not None and commitment(f'["overrides","{told[1]}",[]]') in screening.record.body


def _require_shown(ledger: LedgerReading, screening: Entry, made: Mapping[int, Override]) -> None:
    """Requires the overrides that a screening shows to be those that were made, unless they were moved out."""
    for one in screening.record.part("overrides"):
        shown = one["override"]
        number = shown["record"]
        if number in made:
            is_it = _is_shown_of(made[number], shown, is_whole=screening.record.format in WITH_STANDINGS)
        else:
            is_it = number < ledger.start().first
        if not is_it:
            raise _damaged(ledger, number)


def _is_shown_of(override: Override, shown: Mapping[str, Any], *, is_whole: bool) -> bool:
    """Whether a screening shows an override as its entry has it; a screening of a format before shows less of it."""
    less = _ITS_END if is_whole else _ITS_END | {"rests_on"}
    told = {name: value for name, value in shown.items() if name not in less}
    return override.model_dump(mode="json", include=set(told)) == told


def _shown(screening: Entry) -> Iterator[tuple[int, Standing]]:
    """The overrides that a screening shows, by the number of their entry, with their standing."""
    for one in screening.record.part("overrides"):
        yield one["override"]["record"], Standing(one["standing"])


def _with_its_end(override: Override, lapsed: Mapping[int, tuple[int, Standing]]) -> Override:
    at, standing = lapsed.get(override.record or 0, (None, None))
    return override.model_copy(update={"lapsed_at": at, "lapsed_as": standing})


def _damaged(ledger: LedgerReading, number: int) -> LedgerError:
    message = (
        f"the ledger {printable(str(ledger.path))}: entry {number}, on which this rests, is not as it was written; "
        "verify the ledger"
    )
    return LedgerError("ledger-damaged", message)


def _fits(ledger: LedgerReading, entry: Entry, before: str | None) -> bool:
    """Whether an entry has no flaw by itself, behind the entry with the digest `before`, or as the first one."""
    start = ledger.start() if before is None else Start(ledger.id, entry.number, before)
    return not any(flaws_alone(start, entry))


def is_proven(ledger: LedgerReading, entry: Entry) -> bool:
    """Whether an entry is as it was written, with the links to the entries beside it.

    Raises:
        LedgerError: the ledger could not be read.
    """
    try:
        require_proven(ledger, entry)
    except LedgerError as error:
        if error.code != "ledger-damaged":
            raise
        return False
    return True


def proven_backwards(ledger: LedgerReading) -> Iterator[tuple[Entry, bool]]:
    """Each entry from the newest to the oldest, and whether it is as it was written, with the links beside it.

    Raises:
        LedgerError: the ledger could not be read.
    """
    newer: Entry | None = None
    follows = True
    for entry in ledger.entries(backwards=True):
        if newer is not None:
            is_next = newer.number == entry.number + 1
            yield newer, follows and _fits(ledger, newer, entry.digest if is_next else None)
            follows = is_next and newer.previous == entry.digest
        newer = entry
    if newer is not None:
        yield newer, follows and is_proven(ledger, newer)


def proven_head(ledger: LedgerReading) -> Head:
    """Where the chain ends now, if its newest entry is as it was written.

    Raises:
        LedgerError: it is not, or the ledger could not be read.
    """
    newest = ledger.entry(ledger.head().number)
    require_proven(ledger, newest)
    return Head(ledger.id, newest.number, newest.digest)
