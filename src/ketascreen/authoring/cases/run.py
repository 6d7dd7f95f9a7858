"""Runs many cases: in order, over worker processes where there are many."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.examination import Examined, examine
from ketascreen.diagnostic import ChannelFault
from ketascreen.screen import Screener

ENOUGH = 200
"""As many cases for each worker at least: with fewer, starting it takes longer than it saves."""
_PIECES = 8


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case that was run, and what it came to."""

    case: Case
    examined: Examined

    @property
    def holds(self) -> bool:
        """Whether all that the case expects came."""
        return not self.examined.failures


@dataclass(frozen=True, slots=True)
class Run:
    """The cases that were run, in order, and those that were not because an earlier one failed."""

    results: tuple[CaseResult, ...]
    not_run: tuple[Case, ...] = ()

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that do not hold."""
        return tuple(result for result in self.results if not result.holds)


def select(cases: Iterable[Case], *, text: str = "", rules: Iterable[str] = ()) -> tuple[Case, ...]:
    """The cases whose name and file hold every word of `text`, and that are of one of `rules` (none named: any)."""
    words, named = text.casefold().split(), frozenset(rules)

    def fits(case: Case) -> bool:
        spoken = f"{case.place.path} {case.name}".casefold()
        return all(word in spoken for word in words) and (not named or case.rule in named)

    return tuple(filter(fits, cases))


def run_cases(cases: Sequence[Case], screener: Screener, *, workers: int = 1, fail_fast: bool = False) -> Run:
    """Runs the cases, over at most `workers` processes; the outcome is the same for any number of them.

    With `fail_fast` none is reported after the first that fails. Where this process cannot safely be forked, it runs
    them all itself.

    Raises:
        ChannelFault: a worker process ended without an answer.
    """
    workers = min(workers, len(cases) // ENOUGH) if can_fork() else 1
    examined = _over_workers(cases, screener, workers, fail_fast) if workers > 1 else _each(cases, screener)
    results: list[CaseResult] = []
    try:
        for case, one in zip(cases, examined, strict=False):
            results.append(CaseResult(case, one))
            if fail_fast and one.failures:
                break
    finally:
        examined.close()
    return Run(tuple(results), tuple(cases[len(results) :]))


def _each(cases: Iterable[Case], screener: Screener) -> Generator[Examined, None, None]:
    for case in cases:
        yield examine(case, screener)


def _over_workers(
    cases: Sequence[Case], screener: Screener, workers: int, fail_fast: bool
) -> Generator[Examined, None, None]:
    size = -(-len(cases) // (workers * _PIECES))
    starts = range(0, len(cases), size)
    with ProcessPoolExecutor(workers, get_context("fork"), _begin, (cases, screener, fail_fast)) as pool:
        try:
            for piece in pool.map(_run_piece, starts, [start + size for start in starts]):
                yield from piece
        except BrokenProcessPool:
            raise ChannelFault("a process that ran cases ended without an answer; `-j 1` runs them in one") from None
        finally:
            pool.shutdown(cancel_futures=True)


def can_fork() -> bool:
    """Whether worker processes may start as copies of this one; a lock that another thread holds would stay shut."""
    return sys.platform == "linux" and threading.active_count() == 1


_work: tuple[Sequence[Case], Screener, bool] | None = None
"""What a worker process works on: a screener of its own, and all the cases."""


def _begin(cases: Sequence[Case], screener: Screener, fail_fast: bool) -> None:
    global _work
    _work = cases, screener, fail_fast
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it


def _run_piece(start: int, stop: int) -> list[Examined]:
    assert _work is not None
    cases, screener, fail_fast = _work
    examined: list[Examined] = []
    for one in _each(cases[start:stop], screener):
        examined.append(one)
        if fail_fast and one.failures:
            break
    return examined
