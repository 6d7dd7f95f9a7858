"""Prints median times: a screening, the import, loading, checking and testing a rulebook. Run it with `make bench`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from ketascreen import Screener, Stage, load_rulebook
from ketascreen.authoring.cases import read_cases
from ketascreen.authoring.checking import check_folder
from ketascreen.processes import cores
from ketascreen.screen import built_in_rules
from tests.authoring.changed import many_cases
from tests.authoring.many import large_rulebook
from tests.promises.support import AS_OF, baseline, profile_of, shipped


def median_ms(action: Callable[[], object], times: int) -> float:
    """The median time of an action in milliseconds, after a tenth as many rounds of warming up."""
    for _ in range(times // 10 + 1):
        action()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def started(code: str) -> Callable[[], object]:
    """Runs a program in a process of its own."""
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)


def checking(rules: int, cases_each: int | None) -> None:
    """Prints how long `ketascreen check` takes on a large rulebook, and on what."""
    with tempfile.TemporaryDirectory() as folder:
        large = large_rulebook(Path(folder), rules, cases_each)
        rulebook = load_rulebook(large)
        loading = median_ms(lambda: load_rulebook(large), 5)
        reading = median_ms(lambda: read_cases(large, rulebook), 5)
        whole = median_ms(lambda: check_folder(large, today=date(2026, 11, 22)), 5)
        number = len(read_cases(large, rulebook))
        program = f"from ketascreen.cli import main; main(['check', {str(large)!r}, '--format', 'json'])"
        command = median_ms(lambda: subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL), 5)
    print(f"`ketascreen check`, {rules} rules with {number} cases: {command:.0f} ms with its start", end="; ")
    print(f"in one process {whole:.0f} ms; loading alone {loading:.0f} ms, reading the cases alone {reading:.0f} ms")


def testing(cases: int) -> None:
    """Prints how long `ketascreen test` takes for that many cases, over each number of processes up to the cores."""
    with tempfile.TemporaryDirectory() as folder:
        rules = many_cases(Path(folder), cases)
        for workers in range(1, cores() + 1):
            took = median_ms(
                started(f"from ketascreen.cli import main; main(['test', {str(rules)!r}, '-j', '{workers}'])"), 3
            )
            print(f"`ketascreen test`, {cases} cases, -j {workers}: {took:.0f} ms with its start")


def mutating() -> None:
    """Prints how long `ketascreen mutate` takes for the built-in rulebook, over one process and over each core."""
    for workers in sorted({1, cores()}):
        program = f"from ketascreen.cli import main; main(['mutate', '-j', '{workers}'])"
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=False, stdout=subprocess.DEVNULL)
        print(f"`ketascreen mutate`, -j {workers}: {time.perf_counter() - start:.1f} s with its start")


def main() -> None:
    """Prints each figure with what it is of."""
    profile = profile_of(baseline())
    for channels in (("reference",), ("reference", "production")):
        screener = Screener(shipped(), channels=channels)
        for stage in Stage:
            took = median_ms(lambda: screener.screen(profile, as_of=AS_OF, stage=stage), 500)  # noqa: B023
            print(f"screening, {stage}, {' and '.join(channels)}: {took:.2f} ms")
    loading = median_ms(lambda: load_rulebook(built_in_rules()), 20)
    print(f"loading the rulebook ({len(shipped().rules)} rules): {loading:.0f} ms")
    for cases_each in (1, None):
        checking(500, cases_each)
    testing(2000)
    mutating()
    bare = median_ms(started("pass"), 10)
    for code in ("import pydantic, yaml", "import ketascreen"):
        print(f"{code}: {median_ms(started(code), 10) - bare:.0f} ms above a bare start of {bare:.0f} ms")


if __name__ == "__main__":
    main()
