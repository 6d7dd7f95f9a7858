"""The words of a verdict: what a rulebook says of each finding, fact and route. They are the same for every patient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ketascreen import _version
from ketascreen.language.documents import Citation
from ketascreen.language.rule import RouteSheet, Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Effect, Outcome, Route
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.decision import RouteRecommendation
from ketascreen.verdict.finding import FactLacking, FactUsed, Finding, Source, Want
from ketascreen.verdict.override import OverrideShown
from ketascreen.verdict.recommendation import Recommendation
from ketascreen.verdict.verdict import (
    Ask,
    ClinicianDecision,
    Counts,
    Receipt,
    RouteStatement,
    RouteVerdict,
    RulebookUsed,
    Verdict,
)

_WORST_FIRST = tuple(reversed(Outcome))


def source(citation: Citation) -> Source:
    """A citation in the form that a verdict has."""
    return Source(
        says=citation.says,
        document=citation.document,
        line=citation.line,
        phrase=citation.phrase,
        outside=citation.outside,
    )


class Wording:
    """Words findings, routes and verdicts by one rulebook, whose own words it makes ready once."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._vocabulary = rulebook.vocabulary
        self._rules = {rule.id: _of_rule(rule) for rule in rulebook.rules}
        self._sheets = {route: _of_sheet(sheet) for route, sheet in rulebook.routes.items()}
        unsigned = () if rulebook.signed() else (ENGLISH.text("notice.unsigned"),)
        self._notice = " ".join((ENGLISH.text("notice"), *unsigned))
        self.rulebook = RulebookUsed(
            id=rulebook.identity.id,
            title=rulebook.identity.title,
            version=rulebook.identity.version,
            bytes_digest=rulebook.bytes_digest,
            meaning_digest=rulebook.meaning_digest,
            signed=rulebook.signed(),
        )

    def effect(self, rule: str) -> Effect:
        """The effect of a rule."""
        effect: Effect = self._rules[rule]["effect"]
        return effect

    def used(self, name: str, **known: Any) -> FactUsed:
        """A known fact, with its label and unit; `known` are the fields of `FactUsed` that are the patient's."""
        fact = self._vocabulary[name]
        return FactUsed(fact=name, label=fact.label, unit=fact.unit.name if fact.unit else None, **known)

    def lacking(self, name: str, why: Want) -> FactLacking:
        """A fact that is not known, with its label."""
        return FactLacking(fact=name, label=self._vocabulary[name].label, why=why)

    def finding(
        self, rule: str, outcome: Outcome, rests_on: tuple[FactUsed, ...], lacks: tuple[FactLacking, ...]
    ) -> Finding:
        """The finding of a rule, in the rule's words."""
        return Finding(**self._rules[rule], outcome=outcome, rests_on=rests_on, lacks=lacks)

    def verdict(
        self,
        said: Recommendation,
        findings: Iterable[Finding],
        *,
        decisions: tuple[ClinicianDecision, ...],
        counts: Counts,
        overrides: tuple[OverrideShown, ...],
        library_version: str = _version.VERSION,
        receipt: Receipt | None = None,
    ) -> Verdict:
        """The verdict that says what is recommended, with its findings in the order of their rules."""
        all_findings = tuple(findings)
        here = by_route(all_findings)
        return Verdict(
            notice=self._notice,
            stage=said.stage,
            as_of=said.as_of,
            routes={route: self.route(route, of_route, here[route]) for route, of_route in said.routes.items()},
            findings=all_findings,
            decisions=decisions,
            rulebook=self.rulebook,
            agreement=said.agreement,
            faults=said.faults,
            counts=counts,
            library_version=library_version,
            overrides=overrides,
            receipt=receipt,
        )

    def route(self, route: Route, said: RouteRecommendation, findings: Iterable[Finding]) -> RouteVerdict:
        """The recommendation for one route, whose findings these are."""
        here = list(findings)
        grouped = _grouped(here)
        alerts, advice = (grouped.get(effect, {}) for effect in (Effect.ALERT, Effect.ADVISE))
        return RouteVerdict(
            **self._sheets[route],
            decision=said.decision,
            readiness=said.readiness,
            reasons=said.reasons,
            readiness_reasons=said.readiness_reasons,
            alerts=said.alerts,
            alerts_not_ruled_out=alerts.get(Outcome.UNKNOWN, ()),
            findings=grouped,
            asks=self._asks(here),
            advice=advice.get(Outcome.MET, ()),
        )

    def _asks(self, here: Iterable[Finding]) -> tuple[Ask, ...]:
        waiting: dict[str, list[str]] = {}
        why: dict[str, Want] = {}
        for finding in here:
            for lacking in finding.lacks:
                waiting.setdefault(lacking.fact, []).append(finding.rule)
                why.setdefault(lacking.fact, lacking.why)
        return tuple([self._ask(name, why[name], tuple(rules)) for name, rules in sorted(waiting.items())])

    def _ask(self, name: str, why: Want, rules: tuple[str, ...]) -> Ask:
        fact = self._vocabulary[name]
        unit = fact.unit.name if fact.unit else None
        return Ask(fact=name, label=fact.label, unit=unit, answer=fact.describe(), why=why, rules=rules)


def by_route(findings: Iterable[Finding]) -> dict[Route, list[Finding]]:
    """The findings of each route, in their order."""
    found: dict[Route, list[Finding]] = {route: [] for route in Route}
    for finding in findings:
        for route in finding.routes:
            found[route].append(finding)
    return found


def _grouped(here: Iterable[Finding]) -> dict[Effect, dict[Outcome, tuple[str, ...]]]:
    rules: dict[tuple[Effect, Outcome], list[str]] = {}
    for finding in here:
        rules.setdefault((finding.effect, finding.outcome), []).append(finding.rule)
    effects = {effect for effect, _ in rules}
    return {
        effect: {outcome: tuple(rules.get((effect, outcome), ())) for outcome in _WORST_FIRST}
        for effect in Effect
        if effect in effects
    }


def _of_rule(rule: Rule) -> dict[str, Any]:
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


def _of_sheet(sheet: RouteSheet) -> dict[str, Any]:
    statements = tuple(
        RouteStatement(attribute=attribute, says=said.says, sources=tuple(map(source, said.sources)))
        for attribute, said_of_it in sheet.attributes
        for said in said_of_it
    )
    return {"route": sheet.route, "title": sheet.title, "attributes": statements}
