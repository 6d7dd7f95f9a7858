"""The fates of the mutants, as text and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ketascreen.authoring.mutation.left_out import LeftOut
from ketascreen.authoring.mutation.mutant import Mutant
from ketascreen.authoring.mutation.run import Fate, MutantResult
from ketascreen.diagnostic import printable
from ketascreen.language.rulebook import Rulebook
from ketascreen.rendering.page import Flow, Line, Style, wrapped

_PLACES = 6
"""How many lines with further slips are named."""
SAID = {
    Fate.KILLED: "noticed by a case",
    Fate.REFUSED: "refused by the loader",
    Fate.EQUIVALENT: "without effect on any patient",
    Fate.SURVIVED: "that no case notices",
}


def render(
    mutants: Sequence[Mutant],
    results: Sequence[MutantResult],
    rulebook: Rulebook,
    left_out: LeftOut,
    *,
    verbose: bool = False,
) -> Iterator[Line]:
    """Survivors with the case that is missing, the first of each rule, parameter, definition or fact; then the counts.

    With `verbose`, each survivor.
    """
    shown: dict[str, str] = {}
    groups: dict[str, list[tuple[Mutant, MutantResult]]] = {}
    for mutant, result in zip(mutants, results, strict=True):
        if result.fate is Fate.SURVIVED:
            groups.setdefault(mutant.about, []).append((mutant, result))
    for about, survivors in groups.items():
        for mutant, result in survivors if verbose else survivors[:1]:
            yield from _survivor(mutant, result, rulebook, shown)
            yield Line()
        if survivors[1:] and not verbose:
            yield from wrapped(_more(about, [mutant for mutant, _ in survivors[1:]]), hang=2)
            yield Line()
    yield from _left_out(left_out)
    counted = Counter(result.fate for result in results)
    yield from wrapped(f"{len(results)} slips: {_counts(counted)}", style=_style(counted))
    if counted[Fate.KILLED] + counted[Fate.SURVIVED]:
        yield from wrapped(f"Noticed by cases: {share(counted)}% of the slips that a case can notice.")


def _more(about: str, mutants: Sequence[Mutant]) -> str:
    """How many more slips of one subject no case notices, and on which lines."""
    lines = Counter(f"{printable(mutant.place.path)}:{mutant.place.line}" for mutant in mutants)
    places = [f"{place} ({count})" if count > 1 else place for place, count in lines.items()]
    rest = f" and {len(places) - _PLACES} more lines" if places[_PLACES:] else ""
    return f"{len(mutants)} more of {about}, at {', '.join(places[:_PLACES])}{rest}; -v shows each with its case."


def _left_out(left_out: LeftOut) -> Iterator[Line]:
    """The cases and the rules that were not part of the trial."""
    if left_out.cases:
        count = len(left_out.cases)
        are = "case does not hold and is" if count == 1 else "cases do not hold and are"
        text = f"{count} {are} left out; `ketascreen test` says why."
        yield from wrapped(text, style=Style.WARNING)
    if left_out.rules:
        named = ", ".join(f"`{rule}`" for rule in left_out.rules)
        slips = f"{left_out.slips} slip{'' if left_out.slips == 1 else 's'}"
        text = f"Not tried, because cases of their own are among these: {named} ({slips})."
        yield from wrapped(text, hang=2, style=Style.WARNING)


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


def as_data(mutants: Sequence[Mutant], results: Sequence[MutantResult], left_out: LeftOut) -> dict[str, Any]:
    """The counts, every mutant that was not killed, and what was left out, as plain data."""
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
        "left_out": [{"file": case.place.path, "line": case.place.line, "case": case.name} for case in left_out.cases],
        "not_tried": {"rules": list(left_out.rules), "slips": left_out.slips},
    }
