"""A night's batch at the command line: generated patients go on record, or are decided, over one process and over two.

`python -m tests.campaigns.night --patients 10000` prints, for each run in a process of its own with its start: patients
a second, the processors' milliseconds a patient (which other programs change little), bytes a record, and the most
memory that one of its processes had. Nothing is asserted about time; each ledger
is verified, and each run answers each patient.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

from ketascreen.audit import Ledger
from ketascreen.audit.verify import verify_ledger
from tests.helpers.patients import cohort
from tests.helpers.screening import AS_OF

_COMMAND = "import sys; from ketascreen.cli import main; main(sys.argv[1:])"
_DRAWN = 500
"""How many patients are drawn with one seed."""


def people() -> Iterator[str]:
    """Lines for `--many`, without end: patients of one seed after another."""
    for seed in count():
        for patient in cohort(seed, _DRAWN):
            profile = patient.profile.model_dump(mode="json", exclude_none=True)
            yield json.dumps({"id": f"row-{patient.id}", "reference": f"p-{patient.id}", "profile": profile})


class Ran(NamedTuple):
    """The seconds that a run took, and those of all its processes on the processors; the megabytes of its largest
    process; the lines that it printed."""

    took: float
    computed: float
    memory: float
    answered: int


def ran(file: Path, options: Sequence[str]) -> Ran:
    """Runs the command on a file."""
    before, spent = time.perf_counter(), _computed()
    command = [sys.executable, "-c", _COMMAND, "screen", "--many", str(file), "--as-of", AS_OF.isoformat(), *options]
    with (
        file.with_suffix(".out").open("w") as out,
        subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL) as process,
    ):
        largest = 0.0
        while process.poll() is None:
            largest = max(largest, *(_resident_mb(one) for one in (process.pid, *_children(process.pid))))
            time.sleep(0.1)
    took = time.perf_counter() - before
    assert process.returncode in (0, 2, 70), process.returncode
    answered = len(file.with_suffix(".out").read_text("utf-8").splitlines())
    return Ran(took, _computed() - spent, largest, answered)


def _computed() -> float:
    """The processor time of all processes that this one has waited for, and that they have waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _children(parent: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []


def _resident_mb(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """A row for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=10_000)
    number = parser.parse_args().patients
    print(
        f"{'':<50} {'workers':>7} {'seconds':>8} {'a second':>9} {'CPU ms':>9} {'bytes/record':>13} {'MB/process':>11}"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "night.jsonl"
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(f"{line}\n" for line in islice(people(), number))
        for workers in ("1", "2"):
            for stage in ("candidacy", "session"):
                ledger = Path(folder) / f"{stage}-{workers}.db"
                row(f"on record at {stage}, both channels", file, workers, ("--stage", stage), ledger)
            row("decisions only, compiled channel", file, workers, ("--channel", "compiled"), None)


def row(name: str, file: Path, workers: str, options: Sequence[str], path: Path | None) -> None:
    """Runs the command, verifies its ledger and removes it, and prints what it took."""
    kept = () if path is None else ("--ledger", str(path))
    took, computed, memory, answered = ran(file, (*options, "-j", workers, *kept))
    told = ""
    if path is not None:
        with Ledger.existing(path) as ledger:
            verified = verify_ledger(ledger)
            assert verified.flaws == (), verified.flaws
            told = f"{path.stat().st_size / verified.count:,.0f}"
        path.unlink()
    rate, each = answered / took, computed / answered * 1e3
    figures = f"{took:>8.1f} {rate:>9,.0f} {each:>9.2f} {told:>13} {memory:>11.0f}"
    print(f"{name:<50} {workers:>7} {figures}", flush=True)


if __name__ == "__main__":
    main()
