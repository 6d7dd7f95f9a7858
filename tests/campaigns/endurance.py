"""Many screenings: memory and threads on each channel, and patients streamed over one worker and two.

`python -m tests.campaigns.endurance --screenings N` prints figures. It ends with status 1 where the memory of a channel
or stream grew by more than 5 MB after warming up, or a thread was left behind. Nothing is asserted about time.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import cycle, islice

from ketascreen import PatientProfile, Screener, Stage
from ketascreen.authoring.cases.read import read_cases
from ketascreen.channels.registry import CHANNELS, DEFAULT_CHANNELS
from ketascreen.loading.built_in import built_in_rules
from ketascreen.runtime.process_pool import cores
from tests.campaigns.fuzz import resident_mb
from tests.helpers.screening import AS_OF, shipped

MAX_GROWTH_MB = 5.0
_WARM_UP = 0.05
_ROUNDS = 5


@cache
def patients() -> tuple[PatientProfile, ...]:
    """The whole patients of the built-in rulebook's cases who are screened, as of one time."""
    whole = [case for case in read_cases(built_in_rules(), shipped()) if case.rule is None and case.refused is None]
    return tuple(case.profile for case in whole if case.as_of == whole[0].as_of)


def stream(number: int) -> Iterator[PatientProfile]:
    """That many patients, each made anew as a reader would make it."""
    for profile in islice(cycle(patients()), number):
        yield profile.model_copy()


def grows(name: str, screenings: Iterator[object], number: int) -> bool:
    """Whether memory grew over that many screenings, of which the first ones warm up."""
    start, warm = time.perf_counter(), 0.0
    for done, _ in enumerate(screenings, 1):
        if done == max(1, int(number * _WARM_UP)):
            warm = resident_mb()
    grown = resident_mb() - warm
    each = (time.perf_counter() - start) / number * 1e6
    print(f"{name}: {number:,} screenings, {each:,.0f} µs each; memory {warm:.1f} MB warm, {grown:+.1f} MB", flush=True)
    return grown > MAX_GROWTH_MB


def on_one_channel(name: str, number: int) -> bool:
    """Whether memory or threads grew over screenings on one channel."""
    before = threading.active_count()
    with Screener(shipped(), channels=(name,)) as screener:
        verdicts = (
            screener.screen(patient, as_of=AS_OF, stage=Stage.SESSION) for patient in islice(cycle(patients()), number)
        )
        grew = grows(f"{name} channel", verdicts, number)
    left = threading.active_count() - before
    print(f"{name} channel: {left} threads left behind")
    return grew or left > 0


def streamed(number: int, workers: int) -> bool:
    """Whether memory grew while patients were streamed over some workers."""
    before = threading.active_count()
    with Screener(shipped()) as screener:
        verdicts = screener.screen_many(stream(number), as_of=AS_OF, stage=Stage.SESSION, workers=workers)
        grew = grows(f"screen_many, both channels, {workers} workers", verdicts, number)
    left = threading.active_count() - before
    print(f"screen_many, {workers} workers: {left} threads left behind")
    return grew or left > 0


def rate(workers: int, profiles: Sequence[PatientProfile]) -> float:
    """Verdicts a second, from the first to the last, so that the start of a process is not in it."""
    with Screener(shipped()) as screener:
        verdicts = screener.screen_many(profiles, as_of=AS_OF, stage=Stage.SESSION, workers=workers)
        next(verdicts)
        start = time.perf_counter()
        return sum(1 for _ in verdicts) / (time.perf_counter() - start)


def compare_workers(number: int) -> None:
    """Prints how much faster two workers are than one, in turn."""
    profiles = list(stream(number))
    ratios = []
    for _ in range(_ROUNDS):
        one, two = rate(1, profiles), rate(2, profiles)
        ratios.append(two / one)
        print(f"screen_many, {' and '.join(DEFAULT_CHANNELS)}: {one:,.0f} a second, with two workers {two:,.0f}")
    median = statistics.median(ratios)
    print(f"two workers against one: {median:.2f} times in the median of {_ROUNDS} rounds ({cores()} cores)")


def main() -> int:
    """Runs all of it; the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--screenings", type=int, default=2000)
    number = parser.parse_args().screenings
    bad = [on_one_channel(channel, number) for channel in CHANNELS]
    bad.append(streamed(number // 2, 2))
    compare_workers(min(number, 6000))
    return int(any(bad))


if __name__ == "__main__":
    sys.exit(main())
