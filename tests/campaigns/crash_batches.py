"""Kills batches at random moments while they go on record, and starts each again: nothing lost, nothing twice.

`python -m tests.campaigns.crash_batches --rounds 200`. In each round a process puts a batch on record over one or two
workers, and says each receipt once it has it. It is killed with SIGKILL, and here the batch is started again: each
receipt that was told is the same, and each patient is on record once.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ketascreen import Screener
from ketascreen.audit import Ledger
from ketascreen.audit.verify import verify_ledger
from tests.helpers.ledgers import example
from tests.helpers.screening import AS_OF, shipped

PATIENTS = 150
WHOLE_SECONDS = 3.0
"""About how long a batch takes; the kill comes within it after the first receipt."""
_NAMES = ("uncontrolled-hypertension.yaml", "lozenge-at-home.yaml", "resistant-depression.json")


@dataclass
class Told:
    """What came of all rounds."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    twice: int = 0
    flaws: int = 0


def people(batch: int) -> Iterator[tuple[str, bytes]]:
    """The patients of a batch, as a caller has them."""
    for number in range(PATIENTS):
        profile = example(_NAMES[number % len(_NAMES)])
        yield f"b{batch}-p{number}", profile.model_dump_json(exclude_none=True).encode()


def receipts(path: Path, batch: int, workers: int) -> Iterator[tuple[int, str]]:
    """Puts a batch on record; each receipt as it comes."""
    with Ledger(path, busy_seconds=30) as ledger:
        screener = Screener(shipped(), channels=("reference",))
        for verdict in screener.record_many(people(batch), as_of=AS_OF, workers=workers, ledger=ledger):
            assert not isinstance(verdict, Exception)
            assert verdict.receipt is not None
            yield verdict.receipt.record, verdict.receipt.digest


def crash(folder: Path, rounds: int, seed: int = 0) -> Told:
    """Kills a batch once in each round, and starts it again; a new ledger every ten rounds."""
    rng, told = Random(seed), Told()
    for number in range(rounds):
        path = folder / f"ledger-{number // 10}.db"
        acknowledged = _killed(path, number, rng)
        again = list(receipts(path, number, 1))
        with Ledger(path) as ledger:
            told.flaws += len(verify_ledger(ledger).flaws)
            there = {entry.number: entry.record for entry in ledger.entries() if entry.record.kind == "screening"}
        told.lost += sum(number not in there or there[number].digest != digest for number, digest in acknowledged)
        told.lost += sum(one != other for one, other in zip(acknowledged, again, strict=False))
        of_batch = Counter(str(record.part("reference")) for record in there.values())
        told.twice += sum(count - 1 for reference, count in of_batch.items() if reference.startswith(f"b{number}-"))
        told.lost += PATIENTS - sum(reference.startswith(f"b{number}-") for reference in of_batch)
        told.acknowledged += len(acknowledged)
        told.rounds += 1
    return told


def _killed(path: Path, batch: int, rng: Random) -> list[tuple[int, str]]:
    """What a batch had acknowledged when it was killed."""
    arguments = [str(path), str(batch), str(rng.choice((1, 2)))]
    command = [sys.executable, "-m", "tests.campaigns.crash_batches", "--write", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        select.select([process.stdout], [], [], 60)  # the first receipt, so that it is at work
        time.sleep(rng.random() * WHOLE_SECONDS)
        os.kill(process.pid, signal.SIGKILL)
        os.killpg(process.pid, signal.SIGKILL)  # its workers, which hold the pipe open as long as they live
        lines = [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    return [(int(record), digest) for record, digest in map(str.split, lines)]


def main() -> None:
    """The whole run; ends with 1 where something was lost, is on record twice, or does not verify."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--write", nargs=3, metavar=("LEDGER", "BATCH", "WORKERS"), help="what is killed")
    given = parser.parse_args()
    if given.write:
        path, batch, workers = given.write
        for record, digest in receipts(Path(path), int(batch), int(workers)):
            print(record, digest, flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        told = crash(Path(folder), given.rounds)
    print(
        f"{told.rounds} batches of {PATIENTS} were killed and started again: {told.acknowledged:,} records "
        f"acknowledged, {told.lost} lost, {told.twice} on record twice, {told.flaws} flaws in the chains"
    )
    raise SystemExit(1 if told.lost or told.twice or told.flaws else 0)


if __name__ == "__main__":
    main()
