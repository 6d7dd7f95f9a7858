"""Prints median times: one screening, the import, loading the rulebook. Run it with `make bench`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from ketascreen import Screener, Stage, load_rulebook
from ketascreen.screen import built_in_rules
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
    bare = median_ms(started("pass"), 10)
    for code in ("import pydantic, yaml", "import ketascreen"):
        print(f"{code}: {median_ms(started(code), 10) - bare:.0f} ms above a bare start of {bare:.0f} ms")


if __name__ == "__main__":
    main()
