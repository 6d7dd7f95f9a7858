"""The grounds of a verdict as text: findings with their facts and sources, and the facts that are still missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ketascreen.language.clinic_time import MINUTES_A_DAY
from ketascreen.language.quantity import measured
from ketascreen.language.terms import DecidedBy, Decision, Effect, Outcome
from ketascreen.rendering.page import Line, entries, entry, heading, wrapped
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.finding import FactLacking, FactUsed, Finding, Source
from ketascreen.verdict.recommendation import in_doubt
from ketascreen.verdict.verdict import Ask, Verdict


def render_group(
    verdict: Verdict, decision: Decision, reasons: Iterable[str], shown: set[str], texts: Catalogue
) -> Iterator[Line]:
    """What a decision means, what it says nothing about, and its reasons."""
    yield from wrapped(texts.label("meaning", decision), indent=2)
    if decision in (Decision.ELIGIBLE, Decision.CAUTION):
        yield from not_asked(verdict, texts)
    if decision is Decision.INSUFFICIENT_DATA and in_doubt(verdict):
        yield from wrapped(texts.text("verdict.doubt"), indent=2)
    yield from render_listed(verdict, reasons, shown, texts)


def not_asked(verdict: Verdict, texts: Catalogue) -> Iterator[Line]:
    """What the rulebook has no rule on, if it says so."""
    if verdict.not_asked:
        yield from entry(texts.text("entry.not_asked"), texts.text("join.semicolon").join(verdict.not_asked), indent=2)


def render_listed(
    verdict: Verdict, rules: Iterable[str], shown: set[str], texts: Catalogue, *, with_routes: bool = False
) -> Iterator[Line]:
    """Each finding in full, or only its title if its rule is in `shown`; adds the rules to `shown`."""
    for rule in rules:
        finding = verdict.finding(rule)
        if rule in shown:
            again = texts.text("finding.again", title=finding.title, rule=rule)
            yield from wrapped(again, indent=2, first="- ")
        else:
            yield Line()
            yield from render_finding(verdict, finding, texts, with_routes=with_routes)
            shown.add(rule)


def render_finding(
    verdict: Verdict, finding: Finding, texts: Catalogue, *, with_routes: bool, with_sources: bool = True
) -> Iterator[Line]:
    """A finding in full: what it says, what it rests on or lacks, its sources, its rule."""
    yield from wrapped(_titled(finding, texts), indent=2, first="- ")
    routes = [route for route in verdict.routes if route in finding.routes]
    if with_routes and len(routes) < len(verdict.routes):
        yield from entry(texts.text("option.head.many"), texts.listed(routes), indent=4)
    unknown = finding.outcome is Outcome.UNKNOWN
    says = texts.text("entry.if_met") if unknown else texts.text("entry.says")
    yield from entry(says, finding.say, indent=4)
    if finding.do:
        do = texts.text("entry.if_met_do") if unknown else texts.text("entry.do")
        yield from entry(do, finding.do, indent=4)
    if decider := _who_decides(finding):
        yield from entry(texts.text("entry.decided_by"), texts.label("decided_by", decider), indent=4)
    yield from grounds(finding, texts, indent=4)
    if with_sources:
        sources = (source(cited, texts) for cited in finding.sources)
        yield from entries(texts.text("entry.sources"), sources, indent=4)
    yield from entry(texts.text("entry.rule"), placed(finding, texts), indent=4)


def _who_decides(finding: Finding) -> DecidedBy | None:
    """Who decides on a met review, or on a hold that is a clinician's; of all other holds nobody expects it."""
    asked = finding.effect is Effect.REVIEW or finding.decided_by is DecidedBy.CLINICIAN
    return finding.decided_by if asked and finding.outcome is Outcome.MET else None


def _titled(finding: Finding, texts: Catalogue) -> str:
    if finding.outcome is not Outcome.UNKNOWN:
        return finding.title
    if finding.effect is Effect.CAUTION:
        return texts.text("finding.open.caution", title=finding.title)
    return texts.text("finding.open", title=finding.title)


def placed(finding: Finding, texts: Catalogue) -> str:
    """The rule of a finding, and its place."""
    return texts.text("place.rule", rule=finding.rule, file=finding.file, line=finding.line)


def grounds(finding: Finding, texts: Catalogue, *, indent: int) -> Iterator[Line]:
    """The facts that a finding rests on, and the facts that it lacks."""
    used = (fact_used(fact, texts) for fact in finding.rests_on)
    yield from entries(texts.text("entry.rests_on"), used, indent=indent)
    lacking = (fact_lacking(fact, texts) for fact in finding.lacks)
    yield from entries(texts.text("entry.lacks"), lacking, indent=indent)


def fact_used(used: FactUsed, texts: Catalogue) -> str:
    """A known fact: label, name, value with unit, date and age."""
    answer, age = _answer(used, texts), _age(used, texts)
    if not used.counts and used.observed_at is None:
        return texts.text("grounds.used.undated", label=used.label, fact=used.fact, answer=answer)
    if not used.counts:
        return texts.text("grounds.used.too_old", label=used.label, fact=used.fact, answer=answer, age=age)
    if used.counts_through is not None:
        age = texts.text("grounds.counts_through", age=age, day=used.counts_through)
    return texts.text("grounds.used", label=used.label, fact=used.fact, answer=answer, age=age)


def _answer(used: FactUsed, texts: Catalogue) -> str:
    if isinstance(used.value, str):
        number = measured(used.value, used.unit, texts)
        if used.earliest is None:
            return number
        if used.earliest == used.latest:
            return texts.text("grounds.event.day", number=number, day=used.earliest)
        return texts.text("grounds.event", number=number, earliest=used.earliest, latest=str(used.latest))
    words = texts.listed(used.value) or texts.text("grounds.list.empty")
    if used.complete:
        return texts.text("grounds.list.whole", words=words)
    return texts.text("grounds.list.partial", words=words)


def _age(used: FactUsed, texts: Catalogue) -> str:
    if used.observed_at is None or used.days_old is None:
        return texts.text("grounds.undated.accepted") if used.counts else texts.text("grounds.undated")
    if used.days_old == 0:
        return texts.text("grounds.today", time=used.observed_at)
    return texts.counted("grounds.days_old", used.days_old, time=used.observed_at)


def fact_lacking(lacking: FactLacking, texts: Catalogue = ENGLISH) -> str:
    """A fact that is not known, and why."""
    return texts.text("grounds.lacking", label=lacking.label, fact=lacking.fact, why=why_lacking(lacking, texts))


def why_lacking(lacking: FactLacking | Ask, texts: Catalogue) -> str:
    """Why a fact is not known; of an answer that is too old, how old it is, and how long one counts."""
    why = texts.label("want", lacking.why)
    if lacking.unrecognised:
        entries = texts.text("join.semicolon").join(lacking.unrecognised)
        return texts.text("grounds.unrecognised", why=why, entries=entries)
    days, minutes, old = lacking.counts_days, lacking.counts_minutes, lacking.minutes_old
    if minutes is not None:
        window = texts.counted("grounds.window.minutes", minutes)
        age = texts.text("grounds.minutes", count=old or 0)
    elif days is not None:
        window = texts.counted("grounds.window.days", days) if days else texts.text("grounds.window.same_day")
        age = texts.counted("grounds.days", (old or 0) // MINUTES_A_DAY)
    else:
        return why
    if old is None:
        return texts.text("grounds.undated.window", why=why, window=window)
    return texts.text("grounds.too_old", why=why, age=age, window=window)


def source(cited: Source, texts: Catalogue = ENGLISH) -> str:
    """A citation: `file:line "phrase"`, or an outside source, and its claim, such as `avoid`."""
    if cited.outside:
        return texts.text("citation.outside", source=cited.outside, says=cited.says)
    return texts.text(
        "citation.document", document=cited.document, line=cited.line, phrase=cited.phrase, says=cited.says
    )


@dataclass
class _Wanted:
    """A fact that is asked for, with the rules of all routes that need it."""

    ask: Ask
    rules: dict[str, None] = field(default_factory=dict)


def missing_from(verdict: Verdict, texts: Catalogue) -> Iterator[Line]:
    """Each missing fact: what an answer looks like, why the fact is not known, and which rules wait for it."""
    wanted: dict[str, _Wanted] = {}
    for route in verdict.routes.values():
        for ask in route.asks:
            wanted.setdefault(ask.fact, _Wanted(ask)).rules.update(dict.fromkeys(ask.rules))
    if not wanted:
        return
    yield from heading(texts.text("verdict.missing", count=len(wanted)))
    for name, one in sorted(wanted.items()):
        yield Line()
        yield from wrapped(texts.text("grounds.fact", label=one.ask.label, fact=name), indent=2, first="- ")
        yield from entry(texts.text("entry.answer"), one.ask.answer, indent=4)
        yield from entry(texts.text("entry.why"), why_lacking(one.ask, texts), indent=4)
        yield from entry(texts.text("entry.rules_waiting"), texts.listed(one.rules), indent=4)
