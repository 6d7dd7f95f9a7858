"""Moves, removes and replaces the file of a ledger, and fills its disk, while processes write it.

Every record that was acknowledged must be where an operator finds it: in the file of that name, in the one that was
moved, or in a rescue file, which must be imported. No screening that began after the file was gone may be acknowledged.
`make crash` runs it after the rest.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

from ketascreen import Screener
from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.retention import import_chain
from ketascreen.audit.verify import verify_ledger
from tests.campaigns.crash import WRITERS, forked
from tests.helpers.ledger_faults import largest_file
from tests.helpers.ledgers import example, screener
from tests.helpers.screening import AS_OF, shipped

DEADLINE_SECONDS = 30
DISK_BYTES = 6_000_000
FILLER_BYTES = 2_000_000

Way = Callable[[Path], None]


def _move(path: Path) -> None:
    path.rename(path.with_name("archive.db"))


def _remove(path: Path) -> None:
    path.unlink()


def _remove_all(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def _replace(path: Path) -> None:
    path.with_name("older.db").replace(path)


def _copy_over(path: Path) -> None:
    copy = path.with_name("copy.db.part")
    shutil.copy(path, copy)
    copy.replace(path)


def _remove_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)


WAYS: dict[str, Way] = {
    "moved": _move,
    "removed": _remove,
    "removed with its log": _remove_all,
    "replaced by an older copy": _replace,
    "replaced by a copy of now": _copy_over,
    "robbed of its log": _remove_log,
}


@dataclass
class Happened:
    """What came of the rounds of one way."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    without_record: int = 0
    flaws: int = 0
    went_on: int = 0
    codes: set[str] = field(default_factory=set)

    @property
    def is_well(self) -> bool:
        """Whether nothing was lost, wrong, or acknowledged without its record, and every writer ended."""
        return not (self.lost or self.without_record or self.flaws or self.went_on)

    def __str__(self) -> str:
        return (
            f"{self.rounds} rounds: {self.acknowledged:,} records acknowledged, {self.lost} lost, "
            f"{self.without_record} receipts without a record, {self.flaws} flaws, {self.went_on} writers that went on "
            f"({', '.join(sorted(self.codes))})"
        )


def moved(folder: Path, way: str, rounds: int, seed: int = 0) -> Happened:
    """Does something to the file of a ledger while four processes write it; in every other round one is killed too."""
    rng, told = Random(seed), Happened()
    shipped()
    for number in range(rounds):
        here = folder / f"{way.replace(' ', '-')}-{number}"
        here.mkdir()
        _round(here / "ledger.db", WAYS[way], rng, told, kills=number % 2 == 1)
        shutil.rmtree(here)
    return told


def filled(folder: Path, rounds: int) -> Happened:
    """Writes until the disk is full: a small file system, or a limit on the size of files where none may be mounted."""
    told = Happened()
    shipped()
    for number in range(rounds):
        here = folder / f"full-{number}"
        here.mkdir()
        with _small_disk(here) as is_mounted:
            (here / "filler").write_bytes(b"x" * FILLER_BYTES)
            path = here / "ledger.db"
            Ledger(path).close()
            writers = _writers(path, _until_error if is_mounted else _until_limit)
            receipts, codes = _heard(writers, told)
            (here / "filler").unlink()
            told.codes |= codes
            _look(here, receipts, told)
            with Ledger(path) as ledger:
                assert screener(ledger).screen(example("ptsd.yaml"), as_of=AS_OF, reference="after").receipt
                told.flaws += len(verify_ledger(ledger).flaws)
        told.rounds += 1
    return told


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    is_mounted = (
        shutil.which("mount") is not None and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    )
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", str(folder)], check=True)


def _until_limit(path: Path, index: int, writing: int) -> None:
    with largest_file(1_000_000):
        _until_error(path, index, writing)


def _writers(path: Path, work: Callable[[Path, int, int], None]) -> list[tuple[int, int]]:
    """Four processes, each with the end of the pipe that it writes to."""
    return [forked(partial(work, path, index)) for index in range(WRITERS)]


def _round(path: Path, way: Way, rng: Random, told: Happened, *, kills: bool) -> None:
    with Ledger(path) as ledger:
        screener(ledger).screen(example("ptsd.yaml"), as_of=AS_OF, reference="before")
    shutil.copy(path, path.with_name("older.db"))
    writers = _writers(path, _until_error)
    for _, reading in writers:  # each is about to write its next one
        select.select([reading], [], [], DEADLINE_SECONDS)
    time.sleep(rng.random() * 0.15)
    if kills:
        os.kill(writers[0][0], signal.SIGKILL)
    way(path)
    gone = time.monotonic_ns()
    receipts, codes = _heard(writers, told)
    told.codes |= codes
    told.without_record += sum(began > gone for began, _ in receipts.values())
    if way is _replace:
        with Ledger.existing(path) as older:
            told.flaws += older.head().number != 3
    if way is _copy_over:
        path.unlink()  # a copy of a file that is written may be torn, so nothing may rest on it
    for number, file in enumerate(path.parent.glob("*.rescued-*.jsonl")):
        import_chain(file, path.with_name(f"rescued-{number}.db"))
    _look(path.parent, receipts, told)
    told.rounds += 1


def _look(folder: Path, receipts: dict[int, tuple[int, str]], told: Happened) -> None:
    """Every record that was acknowledged is in one of the ledgers, and each of these verifies."""
    there = set()
    for path in folder.glob("*.db"):
        with Ledger.existing(path) as ledger:
            there |= {(entry.number, entry.record.digest) for entry in ledger.entries()}
            told.flaws += len(verify_ledger(ledger).flaws)
    told.acknowledged += len(receipts)
    told.lost += sum((number, digest) not in there for number, (_, digest) in receipts.items())


def _heard(writers: list[tuple[int, int]], told: Happened) -> tuple[dict[int, tuple[int, str]], set[str]]:
    """What the writers acknowledged before they ended: when each screening began, and its digest; and their errors."""
    receipts: dict[int, tuple[int, str]] = {}
    codes: set[str] = set()
    for process, reading in writers:
        with os.fdopen(reading) as said:
            for line in _lines(said.fileno(), process, told):
                if line.startswith("!"):
                    codes.add(line[1:].strip())
                else:
                    began, record, digest = line.split()
                    receipts[int(record)] = int(began), digest
        os.waitpid(process, 0)
    return receipts, codes


def _lines(reading: int, process: int, told: Happened) -> Iterator[str]:
    data, deadline = b"", time.monotonic() + DEADLINE_SECONDS
    while True:
        if not select.select([reading], [], [], max(0.0, deadline - time.monotonic()))[0]:
            told.went_on += 1
            os.kill(process, signal.SIGKILL)
            break
        more = os.read(reading, 65_536)
        if not more:
            break
        data += more
    yield from (line.decode() for line in data.splitlines(keepends=True) if line.endswith(b"\n"))


def _until_error(path: Path, index: int, writing: int) -> None:
    """Screens until an error; says when each screening began, and its receipt, and the code of the error."""
    try:
        with Ledger(path, busy_seconds=DEADLINE_SECONDS) as ledger:
            screening = Screener(shipped(), channels=("reference",), ledger=ledger)
            for number in count():
                began = time.monotonic_ns()
                reference = f"p-{index}-{number}"
                receipt = screening.screen(example("ptsd.yaml"), as_of=AS_OF, reference=reference).receipt
                assert receipt is not None
                os.write(writing, f"{began} {receipt.record} {receipt.digest}\n".encode())
    except LedgerError as error:
        os.write(writing, f"!{error.code}\n".encode())
