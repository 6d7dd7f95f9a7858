"""Times ketascreen by itself: screenings, starts, loading, checks, cases. `make timings` prints what `figures` gives.

What is held against something else is timed beside it, in turn, so that a machine that slows down slows both.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from ketascreen import Screener, Stage, load_rulebook
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.checks.run import check_folder
from ketascreen.channels.production.channel import ProductionChannel
from ketascreen.channels.registry import CHANNELS, DEFAULT_CHANNELS
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.loading.built_in import built_in_rules
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.runtime.process_pool import cores
from tests.helpers.edited_rulebooks import many_cases
from tests.helpers.large_rulebook import large_rulebook
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped

RULES = 500
PATIENT = EXAMPLES / "resistant-depression.json"
_COMMAND = "import sys; from ketascreen.cli import main; main(sys.argv[1:])"
# As it is installed: an environment that keeps Python from writing bytecode has every start compile it again.
_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

Action = Callable[[], object]


class Times(NamedTuple):
    """The median of some times in seconds, and the limit of the fastest tenth: on a machine that others slow down the
    two lie apart."""

    median: float
    fast: float

    def __str__(self) -> str:
        if self.median >= 1:
            return f"{self.median:.1f} s ({self.fast:.1f})"
        unit, factor = ("ms", 1e3) if self.median >= 0.005 else ("µs", 1e6)
        return f"{self.median * factor:,.0f} {unit} ({self.fast * factor:,.0f})"

    def beside(self, other: Times) -> str:
        """How many times as long as another, by the medians."""
        return f"{self.median / other.median:.2f}"


class Figure(NamedTuple):
    """What was timed, and what it is held against."""

    what: str
    times: Times
    beside: str = ""


def timed(actions: Sequence[Action], rounds: int) -> list[Times]:
    """The times of each action, timed in turn; a tenth as many rounds warm up."""
    taken: list[list[float]] = [[] for _ in actions]
    for number in range(-(rounds // 10) - 1, rounds):
        for action, times in zip(actions, taken, strict=True):
            start = time.perf_counter()
            action()
            if number >= 0:
                times.append(time.perf_counter() - start)
    return [Times(statistics.median(times), sorted(times)[rounds // 10]) for times in taken]


def started(*command: str, **environment: str) -> Action:
    """Runs a program of Python in a process of its own, and reads nothing of what it says."""
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return lambda: subprocess.run(
        [sys.executable, "-c", *command], check=False, env={**_INSTALLED, **environment}, **quiet
    )


def command(*arguments: str, **environment: str) -> Action:
    """Runs `ketascreen` in a process of its own."""
    return started(_COMMAND, *arguments, **environment)


def screenings() -> Iterator[Figure]:
    """From a profile to its verdict."""
    profile = profile_of(baseline())
    for channels in (*((name,) for name in CHANNELS), DEFAULT_CHANNELS):
        screener = Screener(shipped(), channels=channels)
        for stage in Stage:
            (took,) = timed([lambda: screener.screen(profile, as_of=AS_OF, stage=stage)], 1000)  # noqa: B023
            (whole,) = timed(
                [lambda: screener.screen(profile, as_of=AS_OF, stage=stage).model_dump_json()],  # noqa: B023
                100,
            )
            (answer,) = timed([lambda: screener.decide(profile, as_of=AS_OF, stage=stage)], 1000)  # noqa: B023
            named = f"a screening at {stage}, {' and '.join(channels)}"
            yield Figure(named, took, f"with its verdict as JSON {whole}; its recommendation alone {answer}")


class _Noting:
    """Notes every call of the engine."""

    def __init__(self, engine: Any) -> None:
        self._engine, self.calls = engine, list[tuple[Callable[..., object], tuple[object, ...]]]()

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._engine, name)

        def noted(*given: object) -> object:
            self.calls.append((real, given))
            return real(*given)

        return noted


def bare_calls(channel: ProductionChannel, facts: Facts, stage: Stage) -> Action:
    """The calls of the engine that an evaluation makes, and nothing around them."""
    noting = []
    for handle in channel._handles[stage]:
        noting.append((handle, _Noting(handle._engine)))
        handle._engine = noting[-1][1]
    channel.evaluate(facts, stage)
    calls = [call for _, noted in noting for call in noted.calls]
    for handle, noted in noting:
        handle._engine = noted._engine
    return lambda: [function(*given) for function, given in calls]


def beside_bare_calls() -> Iterator[Figure]:
    """Both default channels beside the calls of the engine alone, which nothing in Python can make faster."""
    profile, rulebook = profile_of(baseline()), shipped()
    channel, screener = ProductionChannel(rulebook), Screener(rulebook)
    for stage in Stage:
        facts = known_facts(profile, rulebook.vocabulary, ClinicTime.at(AS_OF))
        channel.evaluate(facts, stage)
        bare, alone, whole = timed(
            [
                bare_calls(channel, facts, stage),
                lambda: channel.evaluate(facts, stage),  # noqa: B023
                lambda: screener.screen(profile, as_of=AS_OF, stage=stage),  # noqa: B023
            ],
            300,
        )
        yield Figure(f"the engine's own calls at {stage}", bare)
        yield Figure("- the production channel", alone, f"{alone.beside(bare)} times these calls")
        yield Figure("- a screening on both channels", whole, f"{whole.beside(bare)} times these calls")


def starts(cache: str) -> Iterator[Figure]:
    """Starts beside that of `import pydantic, yaml`, with the start of Python in both."""
    screening = ("screen", str(PATIENT), "--as-of", "2026-11-22T09:00:00Z")
    runs = {
        "import ketascreen": started("import ketascreen"),
        "ketascreen screen": command(*screening),
        "ketascreen screen, its rulebook from the cache": command(*screening, KETASCREEN_CACHE=cache),
    }
    base, *taken = timed([started("import pydantic, yaml"), *runs.values()], 15)
    yield Figure("import pydantic, yaml", base)
    for name, took in zip(runs, taken, strict=True):
        yield Figure(name, took, f"{took.beside(base)} times that import")


def loading(cache: str) -> Iterator[Figure]:
    """Reading a large rulebook, and checking it."""
    with tempfile.TemporaryDirectory() as folder:
        large = large_rulebook(Path(folder), RULES, 1)
        rulebook = load_rulebook(large, cache=cache)
        number = len(read_cases(large, rulebook))
        check = ("check", str(large), "--format", "json")
        runs = {
            f"the rulebook ({len(shipped().rules)} rules) read": lambda: load_rulebook(built_in_rules()),
            f"{RULES} rules read": lambda: load_rulebook(large),
            f"{RULES} rules from the cache": lambda: load_rulebook(large, cache=cache),
            f"their {number:,} cases read": lambda: read_cases(large, rulebook),
            f"{RULES} rules and their cases read and checked": lambda: check_folder(large, today=date(2026, 11, 22)),
            f"ketascreen check, {RULES} rules, with its start": command(*check),
            "- its rulebook from the cache": command(*check, KETASCREEN_CACHE=cache),
        }
        taken = timed([*runs.values()], 10)
    for name, took in zip(runs, taken, strict=True):
        yield Figure(name, took)


def testing() -> Iterator[Figure]:
    """Running cases, over each number of processes up to the cores."""
    number = 2000
    with tempfile.TemporaryDirectory() as folder:
        rules = str(many_cases(Path(folder), number))
        for workers in range(1, cores() + 1):
            (took,) = timed([command("test", rules, "-j", str(workers))], 5)
            yield Figure(f"ketascreen test, {number:,} cases, -j {workers}, with its start", took)


def mutating() -> Iterator[Figure]:
    """Mutating the built-in rulebook, over one process and over each core."""
    for workers in sorted({1, cores()}):
        (took,) = timed([command("mutate", "-j", str(workers))], 3)
        yield Figure(f"ketascreen mutate, -j {workers}, with its start", took)


def figures() -> Iterator[Figure]:
    """Everything that is timed, as it is done."""
    with tempfile.TemporaryDirectory() as cache:
        yield from screenings()
        yield from beside_bare_calls()
        yield from starts(cache)
        yield from loading(cache)
    yield from testing()
    yield from mutating()


def main() -> None:
    """Prints each figure as soon as it is there: the median, and in brackets the fastest tenth."""
    for what, times, beside in figures():
        print(f"{what}: {times}{f'; {beside}' if beside else ''}", flush=True)


if __name__ == "__main__":
    main()
