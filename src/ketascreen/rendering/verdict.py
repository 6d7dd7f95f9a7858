"""A verdict as a page of text."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.language.terms import Decision, Effect, Outcome, Readiness
from ketascreen.rendering.appendix import render_attributes, render_findings
from ketascreen.rendering.grounds import fact_used, missing_from, render_finding, render_group, render_listed
from ketascreen.rendering.overrides import render_overrides
from ketascreen.rendering.page import WIDTH, Line, Style, cut, entry, heading, wrapped
from ketascreen.verdict.finding import Finding
from ketascreen.verdict.verdict import RouteVerdict, Verdict

DECISION_WORDS = {
    Decision.ELIGIBLE: "eligible",
    Decision.CAUTION: "caution",
    Decision.REVIEW: "review by a clinician",
    Decision.INSUFFICIENT_DATA: "insufficient data",
    Decision.NOT_ELIGIBLE: "not eligible",
}
READINESS_WORDS = {
    Readiness.READY: "ready",
    Readiness.INSUFFICIENT_DATA: "insufficient data",
    Readiness.NOT_READY: "not ready",
}
STYLES = {
    Decision.ELIGIBLE: Style.GOOD,
    Decision.CAUTION: Style.WARNING,
    Decision.REVIEW: Style.WARNING,
    Decision.INSUFFICIENT_DATA: Style.WARNING,
    Decision.NOT_ELIGIBLE: Style.URGENT,
}


def render(verdict: Verdict, *, by_clock: bool = False, everything: bool = False) -> list[Line]:
    """The page of a verdict; `by_clock`: its time is the machine's; `everything`: every finding and route attribute."""
    shown: set[str] = set()
    lines = [*_failures(verdict), *wrapped(verdict.notice), Line(), *_head(verdict, by_clock), *_table(verdict)]
    lines += _alerts(verdict)
    for group in _groups(verdict):
        lines += _group(verdict, group, shown)
    lines += _beside(verdict, shown)
    lines += missing_from(verdict)
    lines += render_overrides(verdict)
    lines += _advice(verdict, everything)
    if everything:
        lines += [*render_findings(verdict), *render_attributes(verdict)]
    return lines


def _failures(verdict: Verdict) -> list[Line]:
    """Faults and disagreements: whatever stands below is to be read with them in mind."""
    lines: list[Line] = []
    for fault in verdict.faults:
        lines += wrapped(f"{fault.where}: {fault.message}", first="FAULT: ", hang=2, style=Style.URGENT)
    for differing in verdict.agreement.disagreements:
        outcomes = ", ".join(f"{channel} says {_word(outcome)}" for channel, outcome in differing.outcomes.items())
        lines += wrapped(f"{differing.rule}: {outcomes}", first="CHANNELS DISAGREE: ", hang=2, style=Style.URGENT)
    return [*lines, Line()] if lines else []


def _head(verdict: Verdict, by_clock: bool) -> Iterator[Line]:
    used, counts = verdict.rulebook, verdict.counts
    clock = " (this machine's clock)" if by_clock else ""
    yield from entry("Rulebook", f"{used.id} {used.version}, digest {used.bytes_digest[:12]}")
    yield from entry("As of", f"{verdict.as_of.isoformat()}{clock}")
    yield from entry("Stage", verdict.stage)
    yield from entry("Channels", _channels(verdict))
    yield from entry(
        "Rules",
        f"{counts.loaded} loaded: {counts.in_scope} in scope, {counts.out_of_scope_stage} of the other stage, "
        f"{counts.out_of_scope_route} of other routes",
    )
    if verdict.receipt:
        receipt = verdict.receipt
        yield from entry("On record", f"entry {receipt.record} of ledger {receipt.ledger[:8]}, {receipt.digest[:12]}")
    for decision in verdict.decisions:
        until = f", until {decision.until.isoformat()}" if decision.until else ""
        yield from entry("Decided to go ahead", f"{decision.rule}, by {decision.by}{until}")


def _channels(verdict: Verdict) -> str:
    names = verdict.agreement.channels
    if not verdict.agreement.agreed:
        return f"{' and '.join(names)}; they do not agree, or one failed (see above)"
    if len(names) == 1:
        return f"{names[0]} alone; nothing to hold it against"
    return f"{' and '.join(names)}; they agree on every rule"


def _table(verdict: Verdict) -> list[Line]:
    lines = [
        Line(),
        Line(_row("Route", "Recommendation", "Today" if _in_session(verdict) else None, ""), Style.HEADING),
    ]
    for route in verdict.routes.values():
        today = READINESS_WORDS[route.readiness] if route.readiness else None
        lines.append(
            Line(_row(route.route, DECISION_WORDS[route.decision], today, route.title), STYLES[route.decision])
        )
    return lines


def _row(route: str, decision: str, today: str | None, title: str) -> str:
    columns = f"{route:<12}{decision:<23}" + ("" if today is None else f"{today:<19}")
    return f"{columns}{cut(title, WIDTH - len(columns))}".rstrip()


def _in_session(verdict: Verdict) -> bool:
    return any(route.readiness is not None for route in verdict.routes.values())


def _alerts(verdict: Verdict) -> Iterator[Line]:
    alerts = [finding for finding in verdict.findings if finding.effect is Effect.ALERT]
    for alert in alerts:
        if alert.outcome is Outcome.MET:
            yield from heading(f"ALERT: {alert.title}", Style.URGENT)
            yield from _alert(alert)
        elif alert.outcome is Outcome.UNKNOWN:
            yield from heading(f"ALERT NOT RULED OUT: {alert.title}", Style.URGENT)
            yield from wrapped("It could not be answered; ask now.", indent=2)
            yield from _alert(alert, words=False)


def _alert(alert: Finding, *, words: bool = True) -> Iterator[Line]:
    if words:
        yield from wrapped(alert.say, indent=2)
    if alert.do:
        yield from entry("Do", alert.do, indent=2)
    for used in alert.rests_on:
        yield from entry("Last answer", fact_used(used), indent=2)
    for lacking in alert.lacks:
        yield from entry("Not known", f"{lacking.label} ({lacking.fact})", indent=2)
    yield from entry("Rule", f"{alert.rule}, {alert.file}:{alert.line}", indent=2)


def _groups(verdict: Verdict) -> list[list[RouteVerdict]]:
    """The routes with the same recommendation for the same reasons."""
    groups: dict[object, list[RouteVerdict]] = {}
    for route in verdict.routes.values():
        same = (route.decision, route.reasons, route.readiness, route.readiness_reasons)
        groups.setdefault(same, []).append(route)
    return list(groups.values())


def _group(verdict: Verdict, group: list[RouteVerdict], shown: set[str]) -> Iterator[Line]:
    first = group[0]
    names = ", ".join(route.route for route in group)
    yield from heading(f"{names}: Recommendation: {DECISION_WORDS[first.decision]}", STYLES[first.decision])
    yield from render_group(verdict, first.decision, first.reasons, shown)
    if first.readiness is not None:
        style = Style.GOOD if first.readiness is Readiness.READY else Style.WARNING
        yield from heading(f"{names}: Today: {READINESS_WORDS[first.readiness]}", style)
        yield from render_listed(verdict, first.readiness_reasons, shown)


def _beside(verdict: Verdict, shown: set[str]) -> Iterator[Line]:
    """Reviews and cautions that the reasons of no route have told of."""
    left = [finding for finding in verdict.findings if finding.rule not in shown]
    reviews = [one.rule for one in left if one.effect is Effect.REVIEW and one.outcome is Outcome.MET]
    cautions = [one.rule for one in left if one.effect is Effect.CAUTION and one.outcome is not Outcome.NOT_MET]
    if reviews:
        yield from heading("Also for a clinician to decide")
        yield from render_listed(verdict, reviews, shown, with_routes=True)
    if cautions:
        yield from heading("Cautions")
        yield from render_listed(verdict, cautions, shown, with_routes=True)


def _advice(verdict: Verdict, everything: bool) -> Iterator[Line]:
    given = {rule for route in verdict.routes.values() for rule in route.advice}
    advice = [finding for finding in verdict.findings if finding.rule in given]
    if advice:
        yield from heading("Advice")
    for finding in advice:
        yield Line()
        yield from render_finding(verdict, finding, with_routes=True, with_sources=everything)


def _word(outcome: Outcome) -> str:
    return outcome.replace("_", " ")
