"""Builds the parts of a verdict out of what the rules came to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from ketascreen.language.documents import Citation
from ketascreen.language.rule import RouteSheet, Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Decision, Effect, Outcome, Readiness, Route, Stage
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.facts import Facts
from ketascreen.screening.agreement import ChannelResults
from ketascreen.screening.explanation import Evidence
from ketascreen.verdict.decision import DECIDING
from ketascreen.verdict.finding import FactLacking, FactUsed, Finding, Source, Want
from ketascreen.verdict.verdict import Ask, RouteStatement, RouteVerdict

_WORST_FIRST = tuple(reversed(Outcome))


def source(citation: Citation) -> Source:
    """A citation as it stands in a verdict."""
    return Source(
        says=citation.says,
        document=citation.document,
        line=citation.line,
        phrase=citation.phrase,
        outside=citation.outside,
    )


class VerdictBuilder:
    """Words findings and route verdicts by one rulebook; what is the same for every patient is built once."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._wording = {rule.id: _wording(rule) for rule in rulebook.rules}
        self._sheets = {
            route: {"route": route, "title": sheet.title, "attributes": _statements(sheet)}
            for route, sheet in rulebook.routes.items()
        }

    def evidence(self, facts: Facts, as_of: datetime) -> Evidence:
        """What findings on these facts rest on and lack."""
        return Evidence(self._rulebook.vocabulary, facts, as_of)

    def finding(self, rule: Rule, outcome: Outcome, evidence: Evidence) -> Finding:
        """The finding of a rule; its grounds are looked up in `evidence` when they are asked for."""
        return Finding.deferred({**self._wording[rule.id], "outcome": outcome}, _Because(rule, evidence))

    def route(
        self,
        route: Route,
        stage: Stage,
        weighed: tuple[Decision, Readiness],
        decided: frozenset[str],
        findings: Callable[[], Mapping[Route, list[Finding]]],
    ) -> RouteVerdict:
        """The recommendation for one route.

        `weighed`: what the answers come to. `decided`: reviews to go ahead with. `findings`: those of the screening
        by route; asked for with the details.
        """
        decision, readiness = weighed
        shown = readiness if stage is Stage.SESSION else None
        fields = {**self._sheets[route], "decision": decision, "readiness": shown}
        details = _Details(route, decision, shown, decided, findings, self._rulebook.vocabulary)
        return RouteVerdict.deferred(fields, details)


def by_route(findings: Iterable[Finding]) -> dict[Route, list[Finding]]:
    """The findings of each route, in their order."""
    found: dict[Route, list[Finding]] = {route: [] for route in Route}
    for finding in findings:
        for route in finding.routes:
            found[route].append(finding)
    return found


class _Because(NamedTuple):
    """The rest of a finding."""

    rule: Rule
    evidence: Evidence

    def rests_on(self) -> tuple[FactUsed, ...]:
        return self.evidence.rests_on(self.rule)

    def lacks(self) -> tuple[FactLacking, ...]:
        return self.evidence.lacks(self.rule)


class _Details(NamedTuple):
    """The rest of a route's verdict; `readiness` is None where it is not asked."""

    route: Route
    decision: Decision
    readiness: Readiness | None
    decided: frozenset[str]
    by_route: Callable[[], Mapping[Route, list[Finding]]]
    vocabulary: Vocabulary

    @property
    def _here(self) -> list[Finding]:
        return self.by_route()[self.route]

    def _met(self, effect: Effect, outcome: Outcome = Outcome.MET) -> tuple[str, ...]:
        return tuple([one.rule for one in self._here if one.effect is effect and one.outcome is outcome])

    def findings(self) -> dict[Effect, dict[Outcome, tuple[str, ...]]]:
        return _grouped(self._here)

    def reasons(self) -> tuple[str, ...]:
        return tuple(one.rule for one in self._here if (one.effect, one.outcome) in DECIDING[self.decision])

    def readiness_reasons(self) -> tuple[str, ...]:
        return _readiness_reasons(self._here, self.readiness, self.decided) if self.readiness else ()

    def alerts(self) -> tuple[str, ...]:
        return self._met(Effect.ALERT)

    def alerts_not_ruled_out(self) -> tuple[str, ...]:
        return self._met(Effect.ALERT, Outcome.UNKNOWN)

    def advice(self) -> tuple[str, ...]:
        return self._met(Effect.ADVISE)

    def asks(self) -> tuple[Ask, ...]:
        return _asks(self._here, self.vocabulary)


def _wording(rule: Rule) -> dict[str, Any]:
    """The part of a rule's findings that is the same for every patient."""
    return {
        "rule": rule.id,
        "title": rule.title,
        "effect": rule.effect,
        "stage": rule.stage,
        "routes": rule.routes,
        "say": rule.say,
        "do": rule.do,
        "file": rule.place.path,
        "line": rule.place.line,
        "sources": tuple(map(source, rule.sources)),
        "conflicts": rule.conflicts,
        "interpretation": rule.interpretation,
        "sign_off": rule.sign_off.status,
    }


def _grouped(here: list[Finding]) -> dict[Effect, dict[Outcome, tuple[str, ...]]]:
    rules: dict[tuple[Effect, Outcome], list[str]] = defaultdict(list)
    for one in here:
        rules[one.effect, one.outcome].append(one.rule)
    effects = {effect for effect, _ in rules}
    return {
        effect: {outcome: tuple(rules.get((effect, outcome), ())) for outcome in _WORST_FIRST}
        for effect in Effect
        if effect in effects
    }


def _readiness_reasons(here: list[Finding], readiness: Readiness, decided: frozenset[str]) -> tuple[str, ...]:
    """What stands between this route and a session today, worst first."""
    met = [one.rule for one in here if one.effect in (Effect.EXCLUDE, Effect.HOLD) and one.outcome is Outcome.MET]
    if readiness is Readiness.READY:
        return ()
    if readiness is Readiness.NOT_READY:
        return tuple(met)
    unknown = (one.rule for one in here if one.effect is Effect.HOLD and one.outcome is Outcome.UNKNOWN)
    undecided = (
        one.rule
        for one in here
        if one.effect is Effect.REVIEW and one.outcome is Outcome.MET and one.rule not in decided
    )
    lacking = (
        one.rule for one in here if one.effect in (Effect.EXCLUDE, Effect.REVIEW) and one.outcome is Outcome.UNKNOWN
    )
    return tuple(dict.fromkeys([*lacking, *unknown, *undecided]))


def _asks(here: list[Finding], vocabulary: Vocabulary) -> tuple[Ask, ...]:
    waiting: dict[str, list[str]] = {}
    why: dict[str, Want] = {}
    for one in here:
        for lacking in one.lacks:
            waiting.setdefault(lacking.fact, []).append(one.rule)
            why.setdefault(lacking.fact, lacking.why)
    return tuple(
        Ask.made(
            {
                "fact": name,
                "label": vocabulary[name].label,
                "unit": unit.name if (unit := vocabulary[name].unit) else None,
                "answer": vocabulary[name].describe(),
                "why": why[name],
                "rules": tuple(rules),
            }
        )
        for name, rules in sorted(waiting.items())
    )


@dataclass(frozen=True)
class Wording:
    """The rest of a verdict: its findings, worded when somebody asks for one."""

    builder: VerdictBuilder
    rules: tuple[Rule, ...]
    results: ChannelResults
    evidence: Evidence

    @cached_property
    def _findings(self) -> tuple[Finding, ...]:
        outcome = self.results.outcome
        return tuple([self.builder.finding(rule, outcome(rule.id), self.evidence) for rule in self.rules])

    @cached_property
    def _by_route(self) -> Mapping[Route, list[Finding]]:
        return by_route(self._findings)

    def findings(self) -> tuple[Finding, ...]:
        return self._findings

    def by_route(self) -> Mapping[Route, list[Finding]]:
        return self._by_route


def _statements(sheet: RouteSheet) -> tuple[RouteStatement, ...]:
    return tuple(
        RouteStatement(attribute=attribute, says=said.says, sources=tuple(map(source, said.sources)))
        for attribute, statements in sheet.attributes
        for said in statements
    )
