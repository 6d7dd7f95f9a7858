"""A verdict as a page of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ketascreen.language.complete import complete
from ketascreen.language.terms import Decision, Effect, Outcome, Readiness, Stage
from ketascreen.rendering.appendix import render_attributes, render_findings
from ketascreen.rendering.grounds import (
    fact_used,
    missing_from,
    not_asked,
    placed,
    render_finding,
    render_group,
    render_listed,
    source,
)
from ketascreen.rendering.overrides import render_overrides
from ketascreen.rendering.page import WIDTH, Line, Style, cut, entries, entry, heading, wrapped
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.decided import DecisionShown
from ketascreen.verdict.finding import FactLacking, Finding, in_order
from ketascreen.verdict.verdict import Counts, Receipt, RouteVerdict, Verdict

STYLES = complete(
    "the styles of decisions",
    {
        Decision.ELIGIBLE: Style.GOOD,
        Decision.CAUTION: Style.WARNING,
        Decision.REVIEW: Style.WARNING,
        Decision.INSUFFICIENT_DATA: Style.WARNING,
        Decision.NOT_ELIGIBLE: Style.URGENT,
    },
    Decision,
)

_WIDEST = 24
"""The columns that a name of a route may take in the table, so that the rest fits beside it."""


def render(
    verdict: Verdict, *, by_clock: bool = False, everything: bool = False, texts: Catalogue = ENGLISH
) -> list[Line]:
    """The page of a verdict; `by_clock`: its time is the machine's; `everything`: every finding and route attribute.

    `texts` holds the fixed texts of the page; the texts inside the verdict do not change.
    """
    shown: set[str] = set()
    lines = _before_all(verdict, texts)
    lines += _head(verdict, by_clock, texts)
    lines += _table(verdict, texts)
    lines += _alerts(verdict, texts)
    for group in _groups(verdict):
        lines += _group(verdict, group, shown, texts)
    lines += _beside(verdict, shown, texts)
    lines += missing_from(verdict, texts)
    lines += render_overrides(verdict, texts)
    lines += _advice(verdict, everything, texts)
    if everything:
        lines += [*render_findings(verdict, texts), *render_attributes(verdict, texts)]
    return lines


def _before_all(verdict: Verdict, texts: Catalogue) -> list[Line]:
    """The notice, and above it what puts all in doubt; if the rulebook takes effect later, the notice is above all."""
    doubts, notice = [*_unsure_day(verdict, texts), *_failures(verdict, texts)], wrapped(verdict.notice)
    return [*notice, *doubts, Line()] if verdict.takes_effect is not None else [*doubts, *notice, Line()]


def _unsure_day(verdict: Verdict, texts: Catalogue) -> Iterator[Line]:
    """At a session, which day was taken as today, if nobody has said in which time zone the clinic is."""
    if verdict.time_zone is None and verdict.stage is Stage.SESSION:
        day, offset = verdict.as_of.date().isoformat(), verdict.as_of.strftime("%z")
        text = texts.text("verdict.today", day=day, offset=f"{offset[:3]}:{offset[3:]}")
        yield from wrapped(text, hang=2, style=Style.WARNING)


def _failures(verdict: Verdict, texts: Catalogue) -> list[Line]:
    """Faults and disagreements. They come first, because they put all that follows in doubt."""
    lines: list[Line] = []
    for fault in verdict.faults:
        text = texts.text("verdict.fault", where=fault.where, message=fault.message)
        lines += wrapped(text, hang=2, style=Style.URGENT)
    for differing in verdict.agreement.disagreements:
        outcomes = texts.listed(
            texts.text("verdict.disagreement.channel", channel=channel, outcome=texts.label("outcome", outcome))
            for channel, outcome in differing.outcomes.items()
        )
        text = texts.text("verdict.disagreement", rule=differing.rule, outcomes=outcomes)
        lines += wrapped(text, hang=2, style=Style.URGENT)
    return [*lines, Line()] if lines else []


def _head(verdict: Verdict, by_clock: bool, texts: Catalogue) -> Iterator[Line]:
    used, time = verdict.rulebook, verdict.as_of.isoformat()
    rulebook = texts.text("verdict.rulebook", rulebook=used.id, version=used.version, digest=used.bytes_digest[:12])
    yield from entry(texts.text("entry.rulebook"), rulebook)
    if used.release_key is not None:
        yield from entry(texts.text("entry.signed_by"), texts.text("verdict.release_key", key=used.release_key[:12]))
    yield from entry(texts.text("entry.as_of"), texts.text("verdict.by_clock", time=time) if by_clock else time)
    if verdict.time_zone is not None:
        today = texts.text("verdict.today.zone", day=verdict.as_of.date().isoformat(), zone=verdict.time_zone)
        yield from entry(texts.text("entry.today"), today)
    yield from entry(texts.text("entry.stage"), texts.label("stage", verdict.stage))
    yield from entry(texts.text("entry.channels"), _channels(verdict, texts))
    yield from entry(texts.text("entry.rules"), _counts(verdict.counts, texts))
    if verdict.receipt:
        yield from entry(texts.text("entry.on_record"), _receipt(verdict.receipt, texts))
    for shown in verdict.decisions:
        yield from entry(texts.text("entry.decided"), _decided(shown, texts))
    words = (
        texts.text("verdict.read_as", was=one.was, now=one.now, fact=one.fact) for one in verdict.read_as if one.fact
    )
    yield from entries(texts.text("entry.read_as"), words)


def _channels(verdict: Verdict, texts: Catalogue) -> str:
    names = verdict.agreement.channels
    channels = texts.text("join.and").join(names)
    if not verdict.agreement.agreed:
        return texts.text("verdict.channels.differ", channels=channels)
    if len(names) == 1:
        return texts.text("verdict.channels.alone", channel=channels)
    return texts.text("verdict.channels.agree", channels=channels)


def _counts(counts: Counts, texts: Catalogue) -> str:
    return texts.text(
        "verdict.rules",
        loaded=counts.loaded,
        in_scope=counts.in_scope,
        other_stage=counts.out_of_scope_stage,
        other_routes=counts.out_of_scope_route,
        options=texts.text("option.many"),
    )


def _receipt(receipt: Receipt, texts: Catalogue) -> str:
    ledger, digest = receipt.ledger[:8], receipt.digest[:12]
    return texts.text("verdict.on_record", record=receipt.record, ledger=ledger, digest=digest)


def _decided(shown: DecisionShown, texts: Catalogue) -> str:
    made, standing = shown.decision, texts.label("standing", shown.standing)
    if made.until is None:
        return texts.text("verdict.decided", rule=made.rule, by=made.by, standing=standing)
    until = made.until.isoformat()
    return texts.text("verdict.decided.until", rule=made.rule, by=made.by, until=until, standing=standing)


def _table(verdict: Verdict, texts: Catalogue) -> list[Line]:
    """The recommendation for each route; a column is as wide as its longest word. A long name has a line of its own."""
    columns: list[tuple[str, list[str]]] = [
        (texts.text("option.head.one"), [route for route in verdict.routes if len(route) <= _WIDEST]),
        (texts.text("verdict.column.decision"), [texts.label("decision", one) for one in Decision]),
    ]
    if any(route.readiness is not None for route in verdict.routes.values()):
        columns.append((texts.text("verdict.column.readiness"), [texts.label("readiness", one) for one in Readiness]))
    widths = [max(map(len, [head, *words])) + 2 for head, words in columns]
    lines = [Line(), Line(_row([head for head, _ in columns], widths, ""), Style.HEADING)]
    for route in verdict.routes.values():
        is_long = len(route.route) > _WIDEST
        lines += [Line(route.route, STYLES[route.decision])] * is_long
        cells = ["" if is_long else route.route, texts.label("decision", route.decision)]
        if route.readiness is not None:
            cells.append(texts.label("readiness", route.readiness))
        lines.append(Line(_row(cells, widths, route.title), STYLES[route.decision]))
    return lines


def _row(cells: Iterable[str], widths: Iterable[int], title: str) -> str:
    columns = "".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=False))
    return f"{columns}{cut(title, WIDTH - len(columns))}".rstrip()


def _alerts(verdict: Verdict, texts: Catalogue) -> Iterator[Line]:
    """The alerts that are met, each with its grounds, and those that are not ruled out, by what they lack."""
    alerts = [finding for finding in in_order(verdict.findings) if finding.effect is Effect.ALERT]
    for alert in alerts:
        if alert.outcome is Outcome.MET:
            yield from heading(texts.text("verdict.alert", title=alert.title), Style.URGENT)
            yield from _alert(alert, texts)
    waiting: dict[tuple[FactLacking, ...], list[Finding]] = {}
    for alert in alerts:
        if alert.outcome is Outcome.UNKNOWN:
            waiting.setdefault(alert.lacks, []).append(alert)
    for lacks, same in waiting.items():
        yield from _not_ruled_out(lacks, same, texts)


def _alert(alert: Finding, texts: Catalogue) -> Iterator[Line]:
    yield from wrapped(alert.say, indent=2)
    if alert.do:
        yield from entry(texts.text("entry.do"), alert.do, indent=2)
    for used in alert.rests_on:
        yield from entry(texts.text("entry.last_answer"), fact_used(used, texts), indent=2)
    yield from entries(texts.text("entry.sources"), (source(cited, texts) for cited in alert.sources), indent=2)
    yield from entry(texts.text("entry.rule"), placed(alert, texts), indent=2)


def _not_ruled_out(lacks: Iterable[FactLacking], alerts: list[Finding], texts: Catalogue) -> Iterator[Line]:
    """Alerts that lack the same facts. What to do if one is met is not said, since nobody knows that it is."""
    titles = texts.text("join.semicolon").join(alert.title for alert in alerts)
    yield from heading(texts.text("verdict.alert.open", title=titles), Style.URGENT)
    yield from wrapped(texts.text("verdict.alert.ask"), indent=2)
    for lacking in lacks:
        fact = texts.text("grounds.fact", label=lacking.label, fact=lacking.fact)
        yield from entry(texts.text("entry.not_known"), fact, indent=2)
    for alert in alerts:
        yield from entry(texts.text("entry.rule"), placed(alert, texts), indent=2)


def _groups(verdict: Verdict) -> list[list[RouteVerdict]]:
    """The routes with the same recommendation for the same reasons."""
    groups: dict[object, list[RouteVerdict]] = {}
    for route in verdict.routes.values():
        same = (route.decision, route.reasons, route.readiness, route.readiness_reasons)
        groups.setdefault(same, []).append(route)
    return list(groups.values())


def _group(verdict: Verdict, group: list[RouteVerdict], shown: set[str], texts: Catalogue) -> Iterator[Line]:
    first = group[0]
    routes = texts.listed(route.route for route in group)
    decision = texts.label("decision", first.decision)
    yield from heading(texts.text("verdict.decision", routes=routes, decision=decision), STYLES[first.decision])
    yield from render_group(verdict, first.decision, first.reasons, shown, texts)
    if first.readiness is not None:
        style = Style.GOOD if first.readiness is Readiness.READY else Style.WARNING
        readiness = texts.label("readiness", first.readiness)
        yield from heading(texts.text("verdict.readiness", routes=routes, readiness=readiness), style)
        if first.readiness is Readiness.READY and first.decision is Decision.REVIEW:
            yield from not_asked(verdict, texts)
        yield from render_listed(verdict, first.readiness_reasons, shown, texts)


def _beside(verdict: Verdict, shown: set[str], texts: Catalogue) -> Iterator[Line]:
    """Reviews and cautions that are not yet in `shown`, so not a reason for any route."""
    left = [finding for finding in in_order(verdict.findings) if finding.rule not in shown]
    reviews = [one.rule for one in left if one.effect is Effect.REVIEW and one.outcome is Outcome.MET]
    cautions = [one.rule for one in left if one.effect is Effect.CAUTION and one.outcome is not Outcome.NOT_MET]
    if reviews:
        yield from heading(texts.text("verdict.reviews"))
        yield from render_listed(verdict, reviews, shown, texts, with_routes=True)
    if cautions:
        yield from heading(texts.text("verdict.cautions"))
        yield from render_listed(verdict, cautions, shown, texts, with_routes=True)


def _advice(verdict: Verdict, everything: bool, texts: Catalogue) -> Iterator[Line]:
    given = {rule for route in verdict.routes.values() for rule in route.advice}
    advice = [finding for finding in in_order(verdict.findings) if finding.rule in given]
    if advice:
        yield from heading(texts.text("verdict.advice"))
    for finding in advice:
        yield Line()
        yield from render_finding(verdict, finding, texts, with_routes=True, with_sources=everything)
