"""Edits the rows of a ledger file, and screens the patients whom its decisions are about: never a better verdict.

Each edit must be told: by an error at a screening, or by `verify`. `make tamper` runs it after the rest.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from ketascreen import Readiness, Verdict
from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.entry import Entry, entry_of
from ketascreen.audit.record import Record
from ketascreen.audit.sealing import canonical, commitment, openings_text
from ketascreen.audit.verify import verify_ledger
from tests.helpers.ledgers import at, decide, lozenge_today, new_ledger

PATIENTS = ("ended", "none", "changed", "ready", "last")
"""What became of each one's decision: it ended by its date, there is none, its person changed, it counts (twice)."""
VALUES: tuple[Any, ...] = (None, "2099-01-01T00:00:00Z", "none", "ready", [], 3)
"""What a part is changed to."""


@dataclass
class Edited:
    """The counts of a run: edits tried, told at a screening, told by `verify`, not told, and better verdicts."""

    tried: int = 0
    at_screening: int = 0
    by_verify: int = 0
    untold: int = 0
    better: int = 0

    def __str__(self) -> str:
        return (
            f"{self.tried:,} tried; {self.at_screening:,} told at a screening, {self.by_verify:,} by verify, "
            f"{self.untold} not told, {self.better} better verdicts"
        )


def filled(folder: Path) -> Path:
    """A ledger with a decision for each patient except one; every screening behind a decision shows it."""
    with new_ledger(folder) as ledger:
        first = {name: lozenge_today(ledger, reference=name) for name in PATIENTS}
        decide(ledger, first["ended"])
        decide(ledger, first["ended"], until=at(1))
        for name in ("changed", "ready", "last"):
            decide(ledger, first[name])
        lozenge_today(ledger, reference="changed", as_of=at(1), birth_date="1979-06-15")
        for name in PATIENTS:
            lozenge_today(ledger, reference=name, as_of=at(2))
        return ledger.path


def _ready(verdict: Verdict) -> bool:
    return any(route.readiness is Readiness.READY for route in verdict.routes.values())


def screened(path: Path) -> tuple[frozenset[str], bool]:
    """Who is ready now, and whether a screening was refused."""
    ready, refused = set(), False
    for name in PATIENTS:
        try:
            with Ledger(path) as ledger:
                if _ready(lozenge_today(ledger, reference=name, as_of=at(3))):
                    ready.add(name)
        except LedgerError:
            refused = True
    return frozenset(ready), refused


def flawed(path: Path) -> bool:
    """Whether `verify` tells that something is wrong."""
    try:
        with Ledger.existing(path) as ledger:
            return bool(verify_ledger(ledger).flaws)
    except LedgerError:
        return True


Edit = Mapping[str, object]
"""New values by column."""


def field_edits(entry: Entry) -> Iterator[Edit]:
    """Every column of a row changed, every part of its body and every opening, by itself and with its digests."""
    columns: list[Edit] = [{"number": entry.number + 50}, {"recorded_at": "2020-01-01T00:00:00.000000Z"}]
    columns += [{"previous": "0" * 64}, {"digest": "0" * 64}, {"kind": "screening"}, {"kind": "ledger"}]
    yield from columns
    for name in PATIENTS:
        yield {"key": name}
    record = entry.record
    for name in record.data:
        yield {"body": canonical({**record.data, name: "other"}).encode()}
        yield {"body": canonical({key: value for key, value in record.data.items() if key != name}).encode()}
    for name, opening in record.openings.items():
        yield {"openings": openings_text({k: v for k, v in record.openings.items() if k != name}).encode()}
        for value in VALUES:
            changed = canonical([name, json.loads(opening)[1], value])
            openings = openings_text({**record.openings, name: changed})
            yield {"openings": openings.encode()}
            sealed = {**record.data["sealed"], name: commitment(changed)}
            yield _whole(entry, Record(canonical({**record.data, "sealed": sealed}), openings), value, name)


def _whole(entry: Entry, record: Record, value: object, name: str) -> Edit:
    """The row of another record, with a digest that fits; the index follows the reference."""
    made = entry_of(LEDGER[0], entry.number, entry.recorded_at, entry.previous, record)
    key = {"key": value} if name == "reference" and isinstance(value, str) else {}
    return {"body": record.body.encode(), "openings": record.opened.encode(), "digest": made.digest, **key}


LEDGER = [""]
"""The id of the ledger that is edited."""


def random_edits(entries: list[Entry], count: int, rng: Random) -> Iterator[tuple[int, Edit]]:
    """Edits at random: a bit of a column, a column of another row, or one of `field_edits`, in any row."""
    fields = {entry.number: list(field_edits(entry)) for entry in entries if entry.record.kind == "override"}
    for _ in range(count):
        entry, other = rng.choice(entries), rng.choice(entries)
        match rng.randrange(3):
            case 0:
                column = rng.choice(("body", "openings"))
                data = bytearray(_columns(entry)[column])  # type: ignore[call-overload]
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
                yield entry.number, {column: bytes(data)}
            case 1:
                chosen = rng.sample(sorted(_columns(other)), rng.randrange(1, 4))
                yield entry.number, {column: _columns(other)[column] for column in chosen}
            case _:
                number = rng.choice(sorted(fields))
                yield number, rng.choice(fields[number])


def _columns(entry: Entry) -> dict[str, object]:
    record = entry.record
    return {
        "recorded_at": entry.recorded_at,
        "previous": entry.previous,
        "digest": entry.digest,
        "kind": record.kind,
        "key": record.part("reference") if record.kind in ("screening", "override") else "",
        "body": record.body.encode(),
        "openings": record.opened.encode(),
    }


def edited(folder: Path, chosen: int, seed: int = 0, every: int = 1) -> tuple[Edited, Edited]:
    """What came of every `every`th edit of a field of an override, and of `chosen` random edits."""
    sound = filled(folder)
    with Ledger.existing(sound) as ledger:
        LEDGER[0] = ledger.id
        entries = list(ledger.entries())
    shutil.copy(sound, folder / "probe.db")
    best, refused = screened(folder / "probe.db")
    assert best == {"ready", "last"}
    assert not refused
    decisions = [entry for entry in entries if entry.record.kind == "override"]
    fields = [(entry.number, edit) for entry in decisions for edit in field_edits(entry)]
    rows = {entry.number: entry for entry in entries}
    return tuple(  # type: ignore[return-value]
        _counted(folder, sound, rows, edits, best)
        for edits in (fields[::every], list(random_edits(entries, chosen, Random(seed))))
    )


def _counted(
    folder: Path, sound: Path, rows: dict[int, Entry], edits: list[tuple[int, Edit]], best: frozenset[str]
) -> Edited:
    told = Edited()
    for number, edit in edits:
        now = {"number": number, **_columns(rows[number])}
        if all(now[column] == value for column, value in edit.items()):
            continue
        path = folder / "edited.db"
        shutil.copy(sound, path)
        if not _applied(path, number, edit):
            continue
        told = _after(path, told, best)
        for file in folder.glob("edited.db*"):
            file.unlink()
    return told


def _applied(path: Path, number: int, edit: Edit) -> bool:
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("DROP TRIGGER no_update")
    try:
        raw.execute(
            f"UPDATE entries SET {', '.join(f'{column} = ?' for column in edit)} WHERE number = ?",
            (*edit.values(), number),
        )
    except sqlite3.IntegrityError:
        return False  # the file refuses it
    finally:
        raw.close()
    return True


def _after(path: Path, told: Edited, best: frozenset[str]) -> Edited:
    found = flawed(path)
    ready, refused = screened(path)
    return replace(
        told,
        tried=told.tried + 1,
        at_screening=told.at_screening + refused,
        by_verify=told.by_verify + found,
        untold=told.untold + (not found and not refused),
        better=told.better + bool(ready - best),
    )
