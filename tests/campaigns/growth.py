"""How fast a ledger takes records in and verifies them, and how both grow.

`python -m tests.campaigns.growth --records N`.
Each record is durable before the next is begun, as after a screening. `--real` measures records of real screenings in
place of small ones.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from random import Random

from ketascreen import Screener
from ketascreen.audit import Ledger
from ketascreen.audit.record import Record
from ketascreen.audit.screening_record import screening_record
from ketascreen.audit.sealing import random_salts
from ketascreen.audit.verify import verify_ledger
from ketascreen.screening.recorder import Screening
from tests.campaigns.tamper import small_records
from tests.helpers.ledgers import example, screener
from tests.helpers.screening import AS_OF, shipped


def small(ledger: Ledger) -> Iterator[Record]:
    """Small records without end; their rulebook first."""
    _, *records = small_records(Random(1), 500)
    yield from cycle(records)


def real(ledger: Ledger) -> Iterator[Record]:
    """Records of real screenings without end, made beforehand; their rulebook first."""
    screening = screener(ledger)
    screening.screen(example("ptsd.yaml"), as_of=AS_OF, reference="p-17")
    salts = random_salts(Random(2).randbytes)
    made, unrecorded = [], Screener(shipped())
    for number, name in enumerate(("ptsd.yaml", "lozenge-at-home.yaml", "resistant-depression.json") * 40):
        verdict = unrecorded.screen(example(name), as_of=AS_OF, stage="session")
        made.append(screening_record(Screening(f"p-{number}", example(name), verdict, shipped()), salts))
    yield from cycle(made)


def main() -> None:
    """A row for each tenth power up to the number asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--real", action="store_true")
    given = parser.parse_args()
    steps = [step for step in (10**power for power in range(3, 9)) if step < given.records] + [given.records]
    print(f"{'records':>10} {'appended/s':>11} {'verified/s':>11} {'whole verify':>13} {'MB':>8} {'bytes/record':>13}")
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder) / "ledger.db", busy_seconds=60) as ledger:
        records, done = (real if given.real else small)(ledger), 0
        for step in steps:
            began = time.perf_counter()
            for _ in range(step - done):
                ledger.append(next(records))
            appended = (step - done) / (time.perf_counter() - began)
            began = time.perf_counter()
            verified = verify_ledger(ledger)
            took = time.perf_counter() - began
            assert verified.flaws == ()
            size = ledger.path.stat().st_size
            rate, mb = verified.count / took, size / 1e6
            print(f"{step:>10,} {appended:>11,.0f} {rate:>11,.0f} {took:>11.1f} s {mb:>8,.0f} {size / step:>13,.0f}")
            done = step


if __name__ == "__main__":
    main()
