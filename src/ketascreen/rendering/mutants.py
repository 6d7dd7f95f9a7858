"""The fates of the mutants, as text and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ketascreen.authoring.mutation.mutant import Mutant
from ketascreen.authoring.mutation.run import Fate, MutantResult
from ketascreen.diagnostic import printable
from ketascreen.language.rulebook import Rulebook
from ketascreen.rendering.page import Flow, Line, Style, wrapped

SAID = {
    Fate.KILLED: "noticed by a case",
    Fate.REFUSED: "refused by the loader",
    Fate.EQUIVALENT: "without effect on any patient",
    Fate.SURVIVED: "that no case notices",
}


def render(mutants: Sequence[Mutant], results: Sequence[MutantResult], rulebook: Rulebook) -> Iterator[Line]:
    """Each survivor with the case that is missing, then the counts."""
    shown: dict[str, str] = {}
    for mutant, result in zip(mutants, results, strict=True):
        if result.fate is Fate.SURVIVED:
            yield from _survivor(mutant, result, rulebook, shown)
            yield Line()
    counted = Counter(result.fate for result in results)
    yield from wrapped(f"{len(results)} slips: {_counts(counted)}", style=_style(counted))
    if counted[Fate.KILLED] + counted[Fate.SURVIVED]:
        yield from wrapped(f"Noticed by cases: {share(counted)}% of the slips that a case can notice.")


def _style(counted: Counter[Fate]) -> Style:
    return Style.WARNING if counted[Fate.SURVIVED] else Style.GOOD


def _counts(counted: Counter[Fate]) -> str:
    return ", ".join(f"{counted[fate]} {SAID[fate]}" for fate in Fate) + "."


def share(counted: Counter[Fate]) -> str:
    """Killed out of killed and survived, in percent, with one decimal, never rounded up."""
    total = counted[Fate.KILLED] + counted[Fate.SURVIVED]
    tenths = counted[Fate.KILLED] * 1000 // total if total else 1000
    return f"{tenths // 10}.{tenths % 10}"


def _survivor(mutant: Mutant, result: MutantResult, rulebook: Rulebook, shown: dict[str, str]) -> Iterator[Line]:
    place = f"{printable(mutant.place.path)}:{mutant.place.line}"
    yield from wrapped(f"{place}: {mutant.what} ({mutant.about})", hang=2, style=Style.HEADING)
    yield Line(f"  - {printable(mutant.line.before.rstrip())}", flow=Flow.WHOLE)
    if mutant.line.after is None:
        yield Line("  + (nothing)")
    for line in (mutant.line.after or "").splitlines():
        yield Line(f"  + {printable(line.rstrip())}", flow=Flow.WHOLE)
    if not result.missing:
        yield from wrapped(f"No case notices it, and there is no proposed case: {result.why}.", indent=2, hang=0)
    elif result.missing in shown:
        yield from wrapped(f"The case that is proposed for {shown[result.missing]} notices it too.", indent=2, hang=0)
    else:
        shown[result.missing] = place
        rule = rulebook.rule(result.missing_for)
        file = rule.place.path.removesuffix(".yaml") if rule else result.missing_for
        yield from wrapped(f"No case notices it. This case would, in {file}.cases.yaml:", indent=2, hang=0)
        yield Line()
        yield from (Line(printable(line), flow=Flow.WHOLE) for line in result.missing.splitlines())


def as_data(mutants: Sequence[Mutant], results: Sequence[MutantResult]) -> dict[str, Any]:
    """The counts and every mutant that was not killed, as plain data."""
    counted = Counter(result.fate for result in results)
    return {
        "slips": len(results),
        **{fate.value: counted[fate] for fate in Fate},
        "percent": share(counted),
        "not_killed": [
            {
                "fate": result.fate.value,
                "file": mutant.place.path,
                "line": mutant.place.line,
                "about": mutant.about,
                "kind": mutant.kind,
                "what": mutant.what,
                "before": mutant.line.before,
                "after": mutant.line.after,
                "why": result.why,
                "missing_case": result.missing,
                "missing_for": result.missing_for,
            }
            for mutant, result in zip(mutants, results, strict=True)
            if result.fate is not Fate.KILLED
        ],
    }
