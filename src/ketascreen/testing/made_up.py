"""Verdicts that nobody screened, with the decisions that a test wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from ketascreen._version import VERSION
from ketascreen.arguments import refuse
from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.rule import RuleStage
from ketascreen.language.terms import (
    BUILT_IN_ROUTES,
    DecidedBy,
    Decision,
    Effect,
    Outcome,
    Readiness,
    Route,
    Stage,
    in_order,
    is_route,
)
from ketascreen.screening.request import read_as_of, require_zone
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.approved import Approved
from ketascreen.verdict.by_word import ByWord
from ketascreen.verdict.decision import RouteRecommendation, by_kind, combine
from ketascreen.verdict.finding import FactLacking, Finding, Source
from ketascreen.verdict.lean import recommendation_of
from ketascreen.verdict.recommendation import Recommendation
from ketascreen.verdict.verdict import MADE_UP, Agreement, Ask, Counts, RouteVerdict, RulebookUsed, Verdict

WordT = TypeVar("WordT", Decision, Readiness)
Decisions = str | Mapping[str, str] | Mapping[Route, str]
"""One decision for every route, or one for each route by its name."""
Readinesses = str | Mapping[str, str] | Mapping[Route, str] | None
"""The same of readiness; None: what follows from the decision where nothing else is in the way."""

_NOTICE = ENGLISH.text("notice.made_up")
_GIVES: Mapping[Decision, tuple[Effect, Outcome]] = {
    Decision.NOT_ELIGIBLE: (Effect.EXCLUDE, Outcome.MET),
    Decision.INSUFFICIENT_DATA: (Effect.EXCLUDE, Outcome.UNKNOWN),
    Decision.REVIEW: (Effect.REVIEW, Outcome.MET),
    Decision.CAUTION: (Effect.CAUTION, Outcome.MET),
}
"""The finding that gives each; `eligible` needs none."""


def made_up_verdict(
    decisions: Decisions = Decision.ELIGIBLE,
    *,
    as_of: datetime,
    stage: Stage | str = Stage.CANDIDACY,
    readiness: Readinesses = None,
    time_zone: str | None = None,
) -> Verdict:
    """A verdict with these decisions, made of findings that give them. Its channels are `made-up`.

    A word is the decision for each route of the built-in rulebook. A mapping has the decision of each route that the
    verdict is to have, whatever its name. `readiness` is for a session alone.

    Raises:
        RequestError: something that cannot name a route, an unknown decision, readiness or stage, a time without an
            offset, a time zone that does not exist, or a readiness that cannot go with its decision (`ready` with
            `not_eligible`).
    """
    if not isinstance(stage, str) or stage not in tuple(Stage):
        refuse("stage", "a stage", f"the stages are {', '.join(Stage)}", code="stage")
    require_zone(time_zone)
    at, asked = read_as_of(as_of), Stage(stage)
    if readiness is not None and asked is Stage.CANDIDACY:
        refuse("readiness", "left out where no session is asked", 'give stage="session"')
    wanted = decided(decisions)
    ready = dict.fromkeys(wanted) if readiness is None else readied(readiness, asked=tuple(wanted))
    findings = tuple(one for route in wanted for one in _findings(route, wanted[route], ready[route]))
    recommended = _recommended(findings, wanted, ready, asked)
    return _verdict(findings, recommended, at, asked, time_zone)


def made_up_recommendation(verdict: Verdict) -> Recommendation:
    """What a made-up verdict recommends, in the form that `decide` gives."""
    return Recommendation(
        verdict.stage,
        verdict.as_of,
        verdict.time_zone,
        ByWord((route, recommendation_of(one)) for route, one in verdict.routes.items()),
        {finding.rule: finding.outcome for finding in verdict.findings},
        verdict.agreement,
        verdict.faults,
        verdict.takes_effect,
        verdict.read_as,
    )


def decided(decisions: object, offered: tuple[Route, ...] | None = None) -> dict[Route, Decision]:
    """The decision for each route, in the order of all lists of routes; `offered` are the routes that there are.

    Raises:
        RequestError: an unknown route or decision.
    """
    return _by_route(decisions, BUILT_IN_ROUTES, offered, Decision, "decisions")


def readied(
    readiness: object, *, asked: tuple[Route, ...] | None = None, offered: tuple[Route, ...] | None = None
) -> dict[Route, Readiness]:
    """The readiness for each route `asked`; None: for those that it names. `offered` are the routes that there are.

    Raises:
        RequestError: an unknown readiness, or not one for each of the routes.
    """
    found = _by_route(readiness, asked or BUILT_IN_ROUTES, offered, Readiness, "readiness")
    if asked is not None and tuple(found) != asked:
        refuse("readiness", "one word for all, or one for each route that has a decision", "name the same routes")
    return found


def _by_route(
    given: object, usual: tuple[Route, ...], offered: tuple[Route, ...] | None, words: type[WordT], name: str
) -> dict[Route, WordT]:
    among = f"with routes of {', '.join(offered)}" if offered else f"with routes such as {', '.join(usual)}"
    hint = f"write one of {', '.join(words)}, or {{route: word}} {among}"
    by_route = given if isinstance(given, Mapping) else dict.fromkeys(offered or usual, given)
    known = all(is_route(key) and (offered is None or key in offered) for key in by_route)
    if not by_route or not known or not all(isinstance(one, str) and one in tuple(words) for one in by_route.values()):
        refuse(name, "a word, or a mapping of routes to words", hint)
    return {route: words(str(by_route[route])) for route in in_order(by_route)}


def _findings(route: Route, decision: Decision, readiness: Readiness | None) -> Iterator[Finding]:
    if decision in _GIVES:
        yield _finding(route, *_GIVES[decision])
    if readiness is Readiness.NOT_READY and decision is not Decision.NOT_ELIGIBLE:
        yield _finding(route, Effect.HOLD, Outcome.MET)
    if readiness is Readiness.INSUFFICIENT_DATA and decision in (Decision.ELIGIBLE, Decision.CAUTION):
        yield _finding(route, Effect.HOLD, Outcome.UNKNOWN)


def _finding(route: Route, effect: Effect, outcome: Outcome) -> Finding:
    lacks = (FactLacking(fact="made_up", label="Made up", why="not_recorded"),) if outcome is Outcome.UNKNOWN else ()
    return Finding(
        rule=f"made-up-{effect}-{route}",
        title="Made up for a test",
        effect=effect,
        stage=RuleStage.SESSION if effect is Effect.HOLD else RuleStage.CANDIDACY,
        routes=(route,),
        outcome=outcome,
        say=_NOTICE,
        do="",
        file="ketascreen.testing",
        line=1,
        sources=(Source(says=str(effect), outside="ketascreen.testing"),),
        conflicts=(),
        interpretation="",
        decided_by=DecidedBy.CLINICIAN if effect in (Effect.REVIEW, Effect.HOLD) else None,
        lacks=lacks,
    )


def _recommended(
    findings: tuple[Finding, ...],
    wanted: Mapping[Route, Decision],
    ready: Mapping[Route, Readiness | None],
    stage: Stage,
) -> dict[Route, RouteRecommendation]:
    """What the findings give, by the same combining as of a real screening; a met review counts as decided.

    Raises:
        RequestError: they give something else.
    """
    kinds = by_kind(((one.rule, one.effect, one.routes, one.outcome) for one in findings), wanted)
    reviews = [one.rule for one in findings if one.effect is Effect.REVIEW]
    found: dict[Route, RouteRecommendation] = {}
    for route in wanted:
        passes = reviews if ready[route] is Readiness.READY else ()
        one = found[route] = combine(kinds[route], stage, decided=passes)
        if one.decision is not wanted[route] or ready[route] not in (None, one.readiness):
            message = f"no findings give `{wanted[route]}` with `{ready[route]}`"
            raise RequestError([Diagnostic("argument", message, "leave `readiness` out, or change one of the two")])
    return found


def _verdict(
    findings: tuple[Finding, ...],
    recommended: Mapping[Route, RouteRecommendation],
    as_of: datetime,
    stage: Stage,
    time_zone: str | None,
) -> Verdict:
    number = len(findings)
    nothing = "0" * 64
    return Verdict(
        notice=_NOTICE,
        stage=stage,
        as_of=as_of,
        time_zone=time_zone,
        routes=ByWord((route, _route(route, one, findings)) for route, one in recommended.items()),
        findings=findings,
        decisions=(),
        rulebook=RulebookUsed(
            id=MADE_UP,
            title=_NOTICE,
            version="0",
            bytes_digest=nothing,
            meaning_digest=nothing,
            approved=Approved(rules=0, of=number),
        ),
        agreement=Agreement(channels=(MADE_UP,), agreed=True, disagreements=()),
        faults=(),
        counts=Counts(
            loaded=number,
            in_scope=number,
            out_of_scope_stage=0,
            out_of_scope_route=0,
            evaluated={MADE_UP: number},
            reported=number,
        ),
        library_version=VERSION,
    )


def _route(route: Route, one: RouteRecommendation, findings: tuple[Finding, ...]) -> RouteVerdict:
    here = [finding for finding in findings if route in finding.routes]
    lacking = tuple(
        Ask(fact=lack.fact, label=lack.label, unit=None, answer="anything", why=lack.why, rules=(finding.rule,))
        for finding in here
        for lack in finding.lacks
    )
    return RouteVerdict(
        route=route,
        title=f"Made up: {route}",
        decision=one.decision,
        readiness=one.readiness,
        reasons=one.reasons,
        readiness_reasons=one.readiness_reasons,
        alerts=(),
        alerts_not_ruled_out=(),
        findings=ByWord(
            (finding.effect, ByWord((outcome, (finding.rule,) * (finding.outcome is outcome)) for outcome in Outcome))
            for finding in here
        ),
        asks=lacking,
        advice=(),
        attributes=(),
    )
