"""Changes chains in every small way, and counts how many of the changes each verifier finds.

`python -m tests.campaigns.tamper` makes the whole run: every bit of five chains of three small records, 100,000 random
bits of a chain of 50, every record deleted, swapped, duplicated, the tail cut; and the same in the rows of a
ledger file.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.chain import Head, Start
from ketascreen.audit.chain_file import write_chain
from ketascreen.audit.entry import NOTHING_BEFORE, Entry, entry_of, written
from ketascreen.audit.new_ledger import ledger_of_chain
from ketascreen.audit.record import Record, key_of, record_of
from ketascreen.audit.sealing import random_salts
from ketascreen.audit.verify import verify_ledger, verify_lines
from ketascreen.loading.digest import bytes_digest
from tests.helpers.ledgers import clock
from tests.helpers.places import DOCS

SCRIPT = DOCS / "verify_chain.py"
COLUMNS = ("number", "recorded_at", "previous", "digest", "kind", "key", "body", "openings")


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_chain", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify_chain = _script()
"""The independent verifier; it imports nothing of ketascreen."""


def small_records(rng: Random, count: int) -> Iterator[Record]:
    """A ledger's own record, a rulebook of one short file, then screenings of a few parts."""
    salts = random_salts(rng.randbytes)
    yield record_of("ledger", {"ledger": ledger_id(rng), "segment_size": 10_000}, salts)
    files = {"rulebook.yaml": f"id: small-{rng.randrange(100)}\n"}
    digest = bytes_digest({path: text.encode() for path, text in files.items()})
    yield record_of("rulebook", {"id": "small", "version": "1.0.0", "bytes_digest": digest, "files": files}, salts)
    for number in range(count - 2):
        facts = {
            "reference": f"p-{number}",
            "facts.age": {"value": f"{rng.randrange(18, 90)} years"},
            "text": "\x1bé\n",
        }
        yield record_of("screening", {"rulebook": {"bytes_digest": digest}, **facts}, salts)


def ledger_id(rng: Random) -> str:
    """An id as a ledger has it, the same each time that it is asked of the same source."""
    return hashlib.sha256(repr(rng.getstate()[1][:4]).encode()).hexdigest()[:32]


def small_chain(seed: int, count: int) -> list[Entry]:
    """A sound chain of `count` small records."""
    tick = clock()
    records = list(small_records(Random(seed), count))
    ledger, entries, previous = str(records[0].data["ledger"]), [], NOTHING_BEFORE
    for number, record in enumerate(records, 1):
        entries.append(entry_of(ledger, number, written(tick()), previous, record))
        previous = entries[-1].digest
    return entries


def as_file(entries: Iterable[Entry], ledger: str) -> bytes:
    """A chain as the bytes of its file, its last line written for what it then holds."""
    file = io.BytesIO()
    write_chain(file, Start(ledger), entries, complete=True)
    return file.getvalue()


def found_by_ours(data: bytes, against: Head | None = None) -> bool:
    """Whether our verifier finds a flaw, or a line that is not written as it must be."""
    try:
        return bool(verify_lines(data.splitlines(keepends=True), "chain", against=against).flaws)
    except LedgerError:
        return True


def found_by_script(data: bytes, against: Head | None = None) -> bool:
    """Whether the independent verifier does."""
    head = {"ledger": against.ledger, "number": against.number, "digest": against.digest} if against else None
    try:
        return any(True for _ in verify_chain.flaws(verify_chain.lines(io.BytesIO(data)), head))
    except verify_chain.Unreadable:
        return True


def flipped(data: bytes, bit: int) -> bytes:
    """The bytes with one bit the other way round."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def bits(data: bytes, *, each: bool) -> Iterator[int]:
    """Every bit, or one of each byte, another one from byte to byte."""
    return iter(range(len(data) * 8)) if each else (byte * 8 + byte % 8 for byte in range(len(data)))


Change = Callable[[list[Entry], int], list[Entry]]

REARRANGED: dict[str, Change] = {
    "deleted": lambda entries, at: [*entries[:at], *entries[at + 1 :]],
    "swapped": lambda entries, at: [*entries[:at], *entries[at : at + 2][::-1], *entries[at + 2 :]],
    "duplicated": lambda entries, at: [*entries[: at + 1], *entries[at:]],
    "cut": lambda entries, at: entries[:at],
}
"""Ways to rearrange the entries of a chain at a place."""


def rearranged(entries: list[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Every rearrangement of a chain that is another chain."""
    for way, change in REARRANGED.items():
        for place in range(len(entries)):
            changed = change(entries, place)
            if changed != entries:
                yield way, changed


def file_changes(entries: list[Entry], chosen: Iterable[int]) -> Iterator[tuple[str, bytes, Head | None]]:
    """Changed files of a chain, with the kind of change, and the head that is needed to find it."""
    ledger = str(entries[0].record.data["ledger"])
    data = as_file(entries, ledger)
    for bit in chosen:
        yield "bit flipped", flipped(data, bit), None
    head = Head(ledger, entries[-1].number, entries[-1].digest)
    for way, changed in rearranged(entries):
        tail = way == "cut" or changed == entries[:-1]
        yield way, as_file(changed, ledger), head if tail else None


def count_files(chains: Iterable[tuple[list[Entry], Iterable[int]]]) -> Counter[tuple[str, str]]:
    """How many changes were tried, and how many each verifier found, by kind of change."""
    counted: Counter[tuple[str, str]] = Counter()
    for entries, chosen in chains:
        for kind, data, head in file_changes(entries, chosen):
            counted[kind, "tried"] += 1
            counted[kind, "ketascreen"] += found_by_ours(data, head)
            counted[kind, "verify_chain.py"] += found_by_script(data, head)
    return counted


def count_rows(folder: Path, entries: list[Entry], every: int) -> Counter[tuple[str, str]]:
    """The same in the rows of a ledger file: one bit of each `every`th byte of each column of each row, by raw SQL."""
    made = ledger_of_chain(folder / "sound.db", entries)
    made.close()
    counted: Counter[tuple[str, str]] = Counter()
    changed = folder / "changed.db"
    for kind, statements, needs_head in _row_changes(entries, every):
        shutil.copy(folder / "sound.db", changed)
        with sqlite3.connect(changed, isolation_level=None) as raw:
            raw.execute("DROP TRIGGER no_update")
            raw.execute("DROP TRIGGER no_delete")
            for statement, values in statements:
                raw.execute(statement, values)
        raw.close()
        counted[kind, "tried"] += 1
        head = Head(str(entries[0].record.data["ledger"]), entries[-1].number, entries[-1].digest)
        counted[kind, "ketascreen"] += _found_in_rows(changed, head if needs_head else None)
        for beside in folder.glob("changed.db*"):
            beside.unlink()
    return counted


def _found_in_rows(path: Path, against: Head | None) -> bool:
    try:
        with Ledger.existing(path) as ledger:
            return bool(verify_ledger(ledger, against=against).flaws)
    except LedgerError:
        return True


Statements = list[tuple[str, tuple[Any, ...]]]


def _row_changes(entries: list[Entry], every: int) -> Iterator[tuple[str, Statements, bool]]:
    last = entries[-1].number
    for entry in entries:
        for column, text in _columns(entry).items():
            data = text.encode()
            for byte in range(0, len(data), every):
                value: Any = flipped(data, byte * 8 + byte % 8)
                if column not in ("body", "openings"):
                    value = value.decode("latin-1")
                statement = f"UPDATE entries SET {column} = ? WHERE number = ?"
                yield f"{column}: bit flipped", [(statement, (value, entry.number))], False
        yield (
            "number changed",
            [("UPDATE entries SET number = ? WHERE number = ?", (entry.number + 50, entry.number))],
            False,
        )
        gone = ("DELETE FROM entries WHERE number = ?", (entry.number,))
        yield "deleted", [gone], entry.number == last
        if entry.number < last:
            move = "UPDATE entries SET number = ? WHERE number = ?"
            pair = entry.number, entry.number + 1
            yield "swapped", [(move, (99, pair[0])), (move, pair), (move, (pair[1], 99))], False
        copy = f"INSERT INTO entries SELECT {last + 1}, {', '.join(COLUMNS[1:])} FROM entries WHERE number = ?"
        yield "duplicated", [(copy, (entry.number,))], False
        yield "cut", [("DELETE FROM entries WHERE number >= ?", (entry.number,))], True


def _columns(entry: Entry) -> dict[str, str]:
    record = entry.record
    return {
        "recorded_at": entry.recorded_at, "previous": entry.previous, "digest": entry.digest, "kind": record.kind,
        "key": key_of(record), "body": record.body, "openings": record.opened,
    }  # fmt: skip


def told(counted: Counter[tuple[str, str]]) -> Iterator[str]:
    """A line for each kind of change."""
    for kind in dict.fromkeys(kind for kind, _ in counted):
        by = ", ".join(f"{who} found {counted[kind, who]:,}" for k, who in counted if k == kind and who != "tried")
        yield f"{kind}: {counted[kind, 'tried']:,} tried; {by}"


def missed(counted: Counter[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """How many changes each verifier did not find."""
    short = {(kind, who): counted[kind, "tried"] - count for (kind, who), count in counted.items() if who != "tried"}
    return {key: count for key, count in short.items() if count}


def main() -> None:
    """The whole run; ends with 1 where a change was not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=100_000, help="random bits of the chain of 50")
    given = parser.parse_args()
    short = [small_chain(seed, 3) for seed in range(5)]
    files = count_files((chain, bits(as_file(chain, ledger_of(chain)), each=True)) for chain in short)
    print(*told(files), sep="\n")
    long, rng = small_chain(50, 50), Random(50)
    size = len(as_file(long, ledger_of(long))) * 8
    many = count_files([(long, (rng.randrange(size) for _ in range(given.random)))])
    print("a chain of 50:", *told(many), sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        rows = count_rows(Path(folder), short[0], 1)
    print("in the rows of a ledger file:", *told(rows), sep="\n")
    sys.exit(1 if missed(files) or missed(many) or missed(rows) else 0)


def ledger_of(entries: list[Entry]) -> str:
    """The id of the ledger of a chain."""
    return str(entries[0].record.data["ledger"])


if __name__ == "__main__":
    main()
