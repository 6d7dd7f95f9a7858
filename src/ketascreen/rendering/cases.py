"""A run of cases as text: each failed case with what it expected, what it got and why, and how many cases hold.

The answers of a patient are in the case's own file; nothing here repeats them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ketascreen.authoring.cases.causes import causes_of
from ketascreen.authoring.cases.examination import compared
from ketascreen.authoring.cases.run import CaseResult, Run
from ketascreen.diagnostic import Place
from ketascreen.language.logic import Truth
from ketascreen.language.rulebook import Rulebook
from ketascreen.rendering.causes import elsewhere, headline
from ketascreen.rendering.condition import render_condition
from ketascreen.rendering.grounds import fact_lacking
from ketascreen.rendering.page import Line, Style, entries, entry, wrapped
from ketascreen.rendering.passed_over import passed_over
from ketascreen.verdict.finding import Finding

_HOLDS = {Truth.TRUE: "holds", Truth.FALSE: "does not hold", Truth.UNKNOWN: "unknown"}


def render_run(
    run: Run, rulebook: Rulebook, *, below: Path, read: int, seconds: float, verbose: bool = False
) -> Iterator[Line]:
    """The cases that failed by cause, the first of each in full; what was passed over, and a summary.

    `below` is the rulebook's folder, `read` how many cases it has. With `verbose`, each case that failed in full.
    """
    if verbose:
        for result in run.failed:
            yield from _failed(result, rulebook, below)
    for cause in () if verbose else causes_of(run.failed, rulebook):
        yield from wrapped(headline(cause), style=Style.HEADING)
        yield from _failed(cause.results[0], rulebook, below)
        if tail := elsewhere(cause, below):
            yield from (*tail, Line())
    yield from passed_over(rulebook.ignored)
    yield from wrapped(summary(run, read, seconds), style=Style.URGENT if run.failed else Style.GOOD)


def _failed(result: CaseResult, rulebook: Rulebook, below: Path) -> Iterator[Line]:
    yield from wrapped(f"FAILED {placed(result, below)}", style=Style.URGENT)
    yield from wrapped(result.case.name, indent=2, style=Style.HEADING)
    yield from render_failure(result, rulebook, below)
    yield Line()


def placed(result: CaseResult, below: Path) -> Place:
    """The place of the case; its file is below the folder `below`."""
    place = result.case.place
    return place._replace(path=(below / place.path).as_posix())


def summary(run: Run, read: int, seconds: float) -> str:
    """How many cases hold, failed or were not run, and how long the run took."""
    ran, failed, left = len(run.results), len(run.failed), len(run.not_run)
    whole = ran + left
    selected = f"{whole} of {read} cases" if whole < read else f"{read} case{'s' * (read != 1)}"
    counts = f"{ran - failed} hold, {failed} failed" + (f", {left} not run" if left else "")
    took = f"{seconds:.1f} s" if seconds >= 1 else "less than a second"
    return f"{selected}: {counts}, in {took}."


def render_failure(result: CaseResult, rulebook: Rulebook, below: Path) -> Iterator[Line]:
    """What a case expected and got, and why: findings with what they rest on and lack, and the rule's comparisons."""
    for failure in result.examined.failures:
        yield from wrapped(failure.text, indent=2, first="- ")
    for finding in result.examined.why:
        yield from _finding(finding, result, rulebook, below)


def _finding(finding: Finding, result: CaseResult, rulebook: Rulebook, below: Path) -> Iterator[Line]:
    yield from wrapped(f"{finding.title} ({finding.rule}) is {finding.outcome}", indent=2, first="Why: ", hang=2)
    yield from entries("Rests on", (f"{used.label} ({used.fact})" for used in finding.rests_on), indent=4)
    yield from entries("Lacks", map(fact_lacking, finding.lacks), indent=4)
    if result.case.rule == finding.rule:
        yield from entries("Compares", _comparisons(result, rulebook), indent=4)
    yield from entry("Rule", f"{(below / finding.file).as_posix()}:{finding.line}", indent=4)


def _comparisons(result: CaseResult, rulebook: Rulebook) -> Iterator[str]:
    for compare, truth in compared(result.case, rulebook):
        text = " ".join(line.text.strip() for line in render_condition(compare, rulebook))
        yield f"{text}: {_HOLDS[truth]}"
