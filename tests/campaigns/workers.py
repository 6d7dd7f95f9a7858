"""Kills, stops and starves worker processes, and kills their parent, at random moments of a batch.

`python -m tests.campaigns.workers --rounds 50 [--source OTHER/src]`: each time, a program screens patients over two
workers, each of which may take 3 seconds for a piece. It must end within 10 seconds of what was done to it, with the
verdict of each patient or with an error, and no process may be left 10 seconds later. `--source` tries another version.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from random import Random

from ketascreen import PatientProfile
from ketascreen.runtime.worker_process import SECONDS
from tests.campaigns.endurance import patients
from tests.helpers.places import ROOT

PATIENTS = 800
MOST_SECONDS = 10.0
_PIECE_SECONDS = "3"
_LATEST = 3.0
_MARK = "KETASCREEN_CAMPAIGN"
_PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ketascreen import ProfileError, Screener, load_rulebook
if __name__ == "__main__":
    screener = Screener(load_rulebook(sys.argv[2]), channels=("reference",))
    lines, workers = Path(sys.argv[1]).read_bytes().splitlines(), int(sys.argv[3])
    try:
        for one in screener.screen_many(lines, as_of=datetime(2026, 11, 22, 9, tzinfo=UTC), workers=workers):
            routes = {} if isinstance(one, ProfileError) else one.routes
            print(*(f"{name}: {route.decision}" for name, route in routes.items()), sep=", ")
        print("all")
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
"""


def _starve(process: int) -> None:
    resource.prlimit(process, resource.RLIMIT_AS, (1 << 20, 1 << 20))  # below what it has: it gets no more memory


def _send(number: int) -> Callable[[int], None]:
    return lambda process: os.kill(process, number)


TO_A_WORKER: Mapping[str, Callable[[int], None]] = {
    "a worker killed": _send(signal.SIGKILL),
    "a worker stopped": _send(signal.SIGSTOP),
    "a worker without memory": _starve,
}
TO_THE_PARENT: Mapping[str, Callable[[int], None]] = {
    "the parent killed": _send(signal.SIGKILL),
    "the parent ended by SIGTERM": _send(signal.SIGTERM),
}


@dataclass(frozen=True)
class Moment:
    """What is done, how many seconds after the first worker is there, and to which worker (0 or 1)."""

    what: str
    after: float
    worker: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a batch ended: "all verdicts", "an error", "killed", or what is wrong; what it said; how long it took."""

    ended: str
    said: str
    seconds: float
    left: int

    @property
    def is_well(self) -> bool:
        """Whether it ended in time, with all verdicts or an error, and without a process left."""
        return self.ended in ("all verdicts", "an error", "killed") and self.seconds < MOST_SECONDS and not self.left


class Batch:
    """A file of patients, and what a screening of them in one process prints."""

    def __init__(self, folder: Path, source: Path, number: int = PATIENTS) -> None:
        self._source, self._rounds = source, 0
        self._program, self._patients, self._printed = (folder / name for name in ("batch.py", "p.jsonl", "printed"))
        self._program.write_text(_PROGRAM)
        self._patients.write_text("".join(f"{_json(one)}\n" for one in islice(cycle(patients()), number)))
        self._started(workers=1, mark="alone").wait(300)
        self._expected = self._printed.read_text()
        assert self._expected.endswith("all\n"), self._expected[-200:]

    def meets(self, moment: Moment) -> Outcome:
        """How it ends after that moment."""
        self._rounds += 1
        mark = f"{os.getpid()}-{self._rounds}"
        process = self._started(workers=2, mark=mark)
        try:
            _act(process, moment)
            began = time.monotonic()
            ended = ""
            try:
                process.wait(MOST_SECONDS)
            except subprocess.TimeoutExpired:
                ended = "hangs"
            seconds = time.monotonic() - began
            left = len(_left(mark, wait=MOST_SECONDS))
            return Outcome(ended or self._how(process.returncode), self._last_line(), seconds, left)
        finally:
            for one in _left(mark, wait=0.0):
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
            process.wait()

    def _started(self, workers: int, mark: str) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(map(str, (self._source, ROOT)))
        rules = self._source.parent / "rules" / "ketamine"
        with self._printed.open("wb") as printed:
            return subprocess.Popen(
                [sys.executable, str(self._program), str(self._patients), str(rules), str(workers)],
                env={**os.environ, "PYTHONPATH": path, _MARK: mark, SECONDS: _PIECE_SECONDS},
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.DEVNULL,
            )

    def _how(self, status: int) -> str:
        printed = self._printed.read_text()
        if status in (-signal.SIGKILL, -signal.SIGTERM):
            return "killed"
        if status == 0 and printed == self._expected:
            return "all verdicts"
        given, _, last = printed.rstrip("\n").rpartition("\n")
        is_error = status == 0 and last.startswith("ChannelFault: ") and self._expected.startswith(given)
        return "an error" if is_error else "neither verdicts nor an error"

    def _last_line(self) -> str:
        return (self._printed.read_text().splitlines() or [""])[-1][:120]


def _json(profile: PatientProfile) -> str:
    return profile.model_dump_json()


def _act(process: subprocess.Popen[bytes], moment: Moment) -> None:
    """Does it; nothing where the batch, or that worker, has ended before."""
    until = time.monotonic() + 30
    while not (workers := _workers(process.pid)) and time.monotonic() < until and process.poll() is None:
        time.sleep(0.01)
    time.sleep(moment.after)
    workers = _workers(process.pid) or workers
    with suppress(ProcessLookupError):
        if moment.what in TO_THE_PARENT:
            TO_THE_PARENT[moment.what](process.pid)
        elif workers:
            TO_A_WORKER[moment.what](workers[moment.worker % len(workers)])


def _workers(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            is_child = int(status.read_text().rpartition(")")[2].split()[1]) == parent
            if is_child and b"spawn_main" in (status.parent / "cmdline").read_bytes():
                found.append(int(status.parent.name))
    return sorted(found)


def _left(mark: str, wait: float) -> list[int]:
    """The processes that carry a mark; they have `wait` seconds to end."""
    until, wanted = time.monotonic() + wait, f"{_MARK}={mark}\0".encode()
    while True:
        found = []
        for environment in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if wanted in environment.read_bytes():
                    found.append(int(environment.parent.name))
        if not found or time.monotonic() >= until:
            return found
        time.sleep(0.05)


def moments(number: int, seed: int) -> list[Moment]:
    """That many random moments; each thing that is done takes its turn."""
    rng = Random(seed)
    turns = islice(cycle((*TO_A_WORKER, *TO_THE_PARENT)), number)
    return [Moment(what, rng.random() ** 2 * _LATEST, rng.randrange(2)) for what in turns]  # more of them early


def main() -> None:
    """The whole run; ends with 1 where a batch hung, or ended otherwise than it must."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--source", type=Path, default=ROOT / "src")
    given = parser.parse_args()
    counted: Counter[str] = Counter()
    longest = bad = 0.0
    with tempfile.TemporaryDirectory() as folder:
        batch = Batch(Path(folder), given.source.resolve())
        for moment in moments(given.rounds, given.seed):
            outcome = batch.meets(moment)
            counted[outcome.ended] += 1
            longest, bad = max(longest, outcome.seconds), bad + (not outcome.is_well)
            what = f"{'' if outcome.is_well else 'BAD: '}{moment.what} after {moment.after:.2f} s"
            how = f"{outcome.ended} {outcome.seconds:.1f} s later, {outcome.left} left; {outcome.said}"
            print(f"{what}: {how}", flush=True)
    ended = ", ".join(f"{number} {how}" for how, number in counted.items())
    print(f"{given.rounds} batches: {ended}; the longest took {longest:.1f} s; {bad:.0f} ended as they must not")
    raise SystemExit(1 if bad else 0)


if __name__ == "__main__":
    main()
