"""Runs cases in order, over worker processes if there are many cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.examination import Examined, examine
from ketascreen.runtime.process_pool import can_fork, in_order
from ketascreen.screen import Screener

ENOUGH = 200
"""The least number of cases for each worker: with fewer, its start takes longer than it saves."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case that was run, and its examination."""

    case: Case
    examined: Examined

    @property
    def holds(self) -> bool:
        """Whether all that the case expects holds."""
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
    """The cases whose name and file hold every word of `text`, and whose rule is one of `rules` (empty: any)."""
    words, named = text.casefold().split(), frozenset(rules)

    def fits(case: Case) -> bool:
        spoken = f"{case.place.path} {case.name}".casefold()
        return all(word in spoken for word in words) and (not named or case.rule in named)

    return tuple(filter(fits, cases))


def run_cases(cases: Sequence[Case], screener: Screener, *, workers: int = 1, fail_fast: bool = False) -> Run:
    """Runs the cases, over at most `workers` processes; the outcome is the same for any number of them.

    With `fail_fast`, no case after the first that fails is reported. If this process cannot safely be forked, it runs
    all cases itself.

    Raises:
        ChannelFault: a worker process ended, or did not answer in time.
    """
    workers = min(workers, len(cases) // ENOUGH) if can_fork() else 1

    def make() -> Callable[[int], Examined]:
        return lambda index: examine(cases[index], screener)

    results: list[CaseResult] = []
    with closing(in_order(make, range(len(cases)), workers=workers, forked=True)) as examined:
        for case, one in zip(cases, examined, strict=False):
            results.append(CaseResult(case, one))
            if fail_fast and one.failures:
                break
    return Run(tuple(results), tuple(cases[len(results) :]))
