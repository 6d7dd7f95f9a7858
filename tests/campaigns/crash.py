"""Kills processes at random moments while they write to one ledger, and looks for every record that was acknowledged.

`python -m tests.campaigns.crash --rounds 200`: four processes at a time, killed with SIGKILL.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

from ketascreen import Screener
from ketascreen.audit import Ledger
from ketascreen.audit.verify import verify_ledger
from tests.helpers.ledgers import example, screener
from tests.helpers.screening import AS_OF, shipped

WRITERS = 4
ROUNDS_A_LEDGER = 10
NAMES = ("uncontrolled-hypertension.yaml", "lozenge-at-home.yaml", "resistant-depression.json")


@dataclass
class Told:
    """What came of all rounds."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    flaws: int = 0
    unacknowledged: int = 0


def crash(folder: Path, rounds: int, seed: int = 0) -> Told:
    """Kills the writers of a ledger once in each round; a new ledger every ten rounds."""
    rng, told = Random(seed), Told()
    shipped()  # read once, here, so that the writers begin at once
    acknowledged: dict[int, str] = {}
    for number in range(rounds):
        path = folder / f"ledger-{number // ROUNDS_A_LEDGER}.db"
        acknowledged = {} if number % ROUNDS_A_LEDGER == 0 else acknowledged
        acknowledged |= _round(path, rng)
        _look(path, acknowledged, told)
        told.rounds += 1
        if number % ROUNDS_A_LEDGER == ROUNDS_A_LEDGER - 1 or number == rounds - 1:
            told.acknowledged += len(acknowledged)
    return told


def _look(path: Path, acknowledged: dict[int, str], told: Told) -> None:
    """Every acknowledged record is there, the chain verifies, and writing goes on."""
    with Ledger(path) as ledger:
        told.flaws += len(verify_ledger(ledger).flaws)
        there = {entry.number: entry.record.digest for entry in ledger.entries()}
        told.lost += sum(there.get(number) != digest for number, digest in acknowledged.items())
        told.unacknowledged += len(there) - len(acknowledged)
        receipt = screener(ledger).screen(example(NAMES[0]), as_of=AS_OF, reference="after").receipt
        assert receipt is not None
        acknowledged[receipt.record] = receipt.digest


def _round(path: Path, rng: Random) -> dict[int, str]:
    """What four writers had acknowledged when they were killed."""
    ends = [forked(lambda writing, index=index: _write(path, index, writing)) for index in range(WRITERS)]  # type: ignore[misc]
    waiting = [reading for _, reading in ends]
    select.select(waiting, [], [], 30)  # the first acknowledgement, so that they are all about to write
    time.sleep(rng.random() * 0.15)
    for process, _ in ends:
        os.kill(process, signal.SIGKILL)
    acknowledged: dict[int, str] = {}
    for process, reading in ends:
        os.waitpid(process, 0)
        with os.fdopen(reading) as told:
            for line in told.read().splitlines(keepends=True):
                if line.endswith("\n"):
                    record, digest = line.split()
                    acknowledged[int(record)] = digest
    return acknowledged


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """A child that works until it is killed: its process, and the end of the pipe that it writes to."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(reading)
            work(writing)
        finally:
            os._exit(1)
    os.close(writing)
    return process, reading


def _write(path: Path, index: int, writing: int) -> None:
    """Screens for ever, and says each receipt once it has it."""
    with Ledger(path, busy_seconds=30) as ledger:
        screening = Screener(shipped(), channels=("reference",), ledger=ledger)
        for number in count(index):
            patient = example(NAMES[number % len(NAMES)])
            receipt = screening.screen(patient, as_of=AS_OF, reference=f"p-{index}-{number}").receipt
            assert receipt is not None
            os.write(writing, f"{receipt.record} {receipt.digest}\n".encode())


def main() -> None:
    """The whole run; ends with 1 where something was lost or does not verify."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = crash(Path(folder), given.rounds)
    print(
        f"{told.rounds} times {WRITERS} writers were killed: {told.acknowledged:,} records acknowledged, "
        f"{told.lost} lost, {told.flaws} flaws in the chains"
    )
    raise SystemExit(0 if _is_moved_well(given.rounds // 10) and not (told.lost or told.flaws) else 1)


def _is_moved_well(rounds: int) -> bool:
    """Moves, removes, replaces and fills, so many rounds of each; whether nothing was lost."""
    from tests.campaigns.crash_moved import WAYS, filled, moved

    with tempfile.TemporaryDirectory() as folder:
        happened = {way: moved(Path(folder), way, rounds) for way in WAYS}
        happened["its disk filled"] = filled(Path(folder), rounds)
    for way, one in happened.items():
        print(f"{way}: {one}")
    return all(one.is_well for one in happened.values())


if __name__ == "__main__":
    main()
