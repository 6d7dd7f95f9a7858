"""The grounds of a verdict as text: findings with their facts and sources, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ketascreen.language.terms import Decision, Effect, Outcome
from ketascreen.rendering.page import Line, entries, entry, heading, wrapped
from ketascreen.verdict.finding import FactLacking, FactUsed, Finding, Source, Want
from ketascreen.verdict.verdict import Ask, Verdict

MEANING = {
    Decision.ELIGIBLE: "Every exclusion, review and caution rule is known not to be met.",
    Decision.CAUTION: "It may go ahead, with this in mind.",
    Decision.REVIEW: "A clinician must decide whether it goes ahead.",
    Decision.INSUFFICIENT_DATA: "What is known does not settle it.",
    Decision.NOT_ELIGIBLE: "An exclusion is met.",
}
WHY: dict[Want, str] = {
    "not_recorded": "not recorded",
    "undated": "recorded without a date, so it does not count",
    "too_old": "the answer is too old to count",
    "list_incomplete": "the list is not known to be complete",
}


def render_group(verdict: Verdict, decision: Decision, reasons: Iterable[str], shown: set[str]) -> Iterator[Line]:
    """What a decision means, and the reasons that make it."""
    listed = tuple(reasons)
    yield from wrapped(MEANING[decision], indent=2)
    if decision is Decision.INSUFFICIENT_DATA and not verdict.agreement.agreed:
        yield from wrapped("A fault or a disagreement (see the top) leaves it open.", indent=2)
    yield from render_listed(verdict, listed, shown)


def render_listed(
    verdict: Verdict, rules: Iterable[str], shown: set[str], *, with_routes: bool = False
) -> Iterator[Line]:
    """Each finding whole, or by its title where it is in `shown` already; adds to `shown`."""
    for rule in rules:
        finding = verdict.finding(rule)
        if rule in shown:
            yield from wrapped(f"{finding.title} ({rule}): as above", indent=2, first="- ")
        else:
            yield Line()
            yield from render_finding(verdict, finding, with_routes=with_routes)
            shown.add(rule)


def render_finding(
    verdict: Verdict, finding: Finding, *, with_routes: bool, with_sources: bool = True
) -> Iterator[Line]:
    """A finding whole: what it says, what it rests on or lacks, its sources, its rule."""
    unknown = finding.outcome is Outcome.UNKNOWN
    yield from wrapped(f"{finding.title}{_standing(finding)}", indent=2, first="- ")
    routes = [route for route in verdict.routes if route in finding.routes]
    if with_routes and len(routes) < len(verdict.routes):
        yield from entry("Routes", ", ".join(routes), indent=4)
    yield from entry("Would say" if unknown else "Says", finding.say, indent=4)
    if finding.do:
        yield from entry("Do", finding.do, indent=4)
    yield from entries("Rests on", map(fact_used, finding.rests_on), indent=4)
    yield from entries("Lacks", map(fact_lacking, finding.lacks), indent=4)
    yield from entries("Sources", map(source, finding.sources if with_sources else ()), indent=4)
    yield from entry("Rule", f"{finding.rule}, {finding.file}:{finding.line}", indent=4)


def _standing(finding: Finding) -> str:
    if finding.outcome is not Outcome.UNKNOWN:
        return ""
    return ": not ruled out, so taken as present" if finding.effect is Effect.CAUTION else ": not known"


def fact_used(used: FactUsed) -> str:
    """A known fact: label, name, value with unit, date and age."""
    complete = {None: "", True: " (whole list)", False: " (list not complete)"}[used.complete]
    value = used.value if isinstance(used.value, str) else ", ".join(used.value) or "none"
    unit = f" {used.unit}" if used.unit else ""
    late = "" if used.counts else "; too old or undated, so it counts for nothing else"
    return f"{used.label} ({used.fact}): {value}{unit}{complete}, {_age(used)}{late}"


def _age(used: FactUsed) -> str:
    if used.observed_at is None or used.days_old is None:
        return "undated"
    days = {0: "less than a day", 1: "1 day"}.get(used.days_old, f"{used.days_old} days")
    return f"{used.observed_at}, {days} old"


def fact_lacking(lacking: FactLacking) -> str:
    """A fact that is not known, and why."""
    return f"{lacking.label} ({lacking.fact}): {WHY[lacking.why]}"


def source(cited: Source) -> str:
    """A citation: `file:line "phrase"` and what it does with the matter, or an outside source."""
    if cited.outside:
        return f"{cited.outside} ({cited.says})"
    return f'{cited.document}:{cited.line} "{cited.phrase}" ({cited.says})'


@dataclass
class _Wanted:
    """A fact that is asked for, with the rules of all routes that wait for it."""

    ask: Ask
    rules: dict[str, None] = field(default_factory=dict)


def missing_from(verdict: Verdict) -> Iterator[Line]:
    """Each fact that is still missing: what an answer looks like, why it is not known, and which rules wait."""
    wanted: dict[str, _Wanted] = {}
    for route in verdict.routes.values():
        for ask in route.asks:
            wanted.setdefault(ask.fact, _Wanted(ask)).rules.update(dict.fromkeys(ask.rules))
    if not wanted:
        return
    yield from heading(f"Still missing ({len(wanted)})")
    for name, one in sorted(wanted.items()):
        yield Line()
        yield from wrapped(f"{one.ask.label} ({name})", indent=2, first="- ")
        yield from entry("Answer", one.ask.answer, indent=4)
        yield from entry("Why", WHY[one.ask.why], indent=4)
        yield from entry("Rules waiting", ", ".join(one.rules), indent=4)
