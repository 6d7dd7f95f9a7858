"""Builds the parts of a verdict out of what the rules came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from ketascreen.channels.agreement import Answers
from ketascreen.documents import Citation
from ketascreen.evidence import Evidence
from ketascreen.facts import Facts
from ketascreen.finding import FactLacking, FactUsed, Finding, Source, Want
from ketascreen.rule import RouteSheet, Rule
from ketascreen.rulebook import Rulebook
from ketascreen.terms import Decision, Effect, Outcome, Readiness, Route, Stage
from ketascreen.verdict import DECIDING, Ask, RouteStatement, RouteVerdict, combine, combine_readiness
from ketascreen.vocabulary import Vocabulary

_REVIEW_MET = (Effect.REVIEW, Outcome.MET)


def source(citation: Citation) -> Source:
    """A citation as it stands in a verdict."""
    return Source(
        says=citation.says,
        document=citation.document,
        line=citation.line,
        phrase=citation.phrase,
        outside=citation.outside,
    )


class Reporter:
    """Words findings and route verdicts by one rulebook; what is the same for every patient is built once."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._wording = {rule.id: _wording(rule) for rule in rulebook.rules}
        self._statements = {route: _statements(sheet) for route, sheet in rulebook.routes.items()}

    def evidence(self, facts: Facts, as_of: datetime) -> Evidence:
        """What findings on these facts rest on and lack."""
        return Evidence(self._rulebook.vocabulary, facts, as_of)

    def finding(self, rule: Rule, outcome: Outcome, evidence: Evidence) -> Finding:
        """The finding of a rule; its grounds are looked up in `evidence` when they are asked for."""
        return Finding.deferred({**self._wording[rule.id], "outcome": outcome}, _Because(rule, evidence))

    def route(
        self,
        route: Route,
        effects: Mapping[str, Effect],
        answers: Answers,
        stage: Stage,
        decided: frozenset[str],
        faulty: bool,
        findings: Callable[[], Iterable[Finding]],
    ) -> RouteVerdict:
        """The recommendation for one route.

        `effects`: of the rules for this route, by id. `decided`: reviews to go ahead with. `faulty`: a fault lies over
        all. `findings`: those of the screening; asked for with the details.
        """
        doubtful = faulty or any(rule in effects for rule in answers.disagreements)
        decision, readiness = _decide(effects, answers, doubtful, decided)
        shown = readiness if stage is Stage.SESSION else None
        fields = {
            "route": route,
            "title": self._rulebook.routes[route].title,
            "decision": decision,
            "readiness": shown,
            "attributes": self._statements[route],
        }
        details = _Details(route, decision, shown, decided, findings, self._rulebook.vocabulary)
        return RouteVerdict.deferred(fields, details)


@dataclass(frozen=True, slots=True)
class _Because:
    """The rest of a finding."""

    rule: Rule
    evidence: Evidence

    def rests_on(self) -> tuple[FactUsed, ...]:
        return self.evidence.rests_on(self.rule)

    def lacks(self) -> tuple[FactLacking, ...]:
        return self.evidence.lacks(self.rule)


@dataclass(frozen=True)
class _Details:
    """The rest of a route's verdict; `readiness` is None where it is not asked."""

    route: Route
    decision: Decision
    readiness: Readiness | None
    decided: frozenset[str]
    of_screening: Callable[[], Iterable[Finding]]
    vocabulary: Vocabulary

    @cached_property
    def _here(self) -> list[Finding]:
        return [finding for finding in self.of_screening() if self.route in finding.routes]

    def _met(self, effect: Effect, outcome: Outcome = Outcome.MET) -> tuple[str, ...]:
        return self.findings().get(effect, {}).get(outcome, ())

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
    grouped: dict[Effect, dict[Outcome, tuple[str, ...]]] = {}
    for effect in Effect:
        if rules := [finding for finding in here if finding.effect is effect]:
            grouped[effect] = {
                outcome: tuple(one.rule for one in rules if one.outcome is outcome) for outcome in reversed(Outcome)
            }
    return grouped


def _decide(
    effects: Mapping[str, Effect], answers: Answers, doubtful: bool, decided: frozenset[str]
) -> tuple[Decision, Readiness]:
    """The most cautious of what each channel gives, and of insufficient data where something is in doubt (P4)."""
    decisions = [Decision.INSUFFICIENT_DATA] if doubtful else []
    readinesses = [Readiness.INSUFFICIENT_DATA] if doubtful else []
    for noted in answers.noted.values():
        found = {(effect, outcome) for rule, outcome in noted.items() if (effect := effects.get(rule)) is not None}
        undecided = _REVIEW_MET in found and any(
            effects.get(rule) is Effect.REVIEW and outcome is Outcome.MET and rule not in decided
            for rule, outcome in noted.items()
        )
        decisions.append(combine(found))
        readinesses.append(combine_readiness(decisions[-1], found, undecided_review=undecided))
    return Decision.most_cautious(decisions), Readiness.most_cautious(readinesses)


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


def _statements(sheet: RouteSheet) -> tuple[RouteStatement, ...]:
    return tuple(
        RouteStatement(attribute=attribute, says=said.says, sources=tuple(map(source, said.sources)))
        for attribute, statements in sheet.attributes
        for said in statements
    )
