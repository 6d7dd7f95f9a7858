"""Builds the parts of a verdict out of what the rules came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from ketascreen.channels.agreement import Answers
from ketascreen.channels.reference import Grounds, answers_for, explain
from ketascreen.condition import Value, Words
from ketascreen.documents import Citation
from ketascreen.facts import Facts
from ketascreen.finding import FactLacking, FactUsed, Fault, Finding, Source, Want
from ketascreen.logic import Truth
from ketascreen.quantity import decimal_text
from ketascreen.rule import RouteSheet, Rule
from ketascreen.rulebook import Rulebook
from ketascreen.terms import Decision, Effect, Outcome, Readiness, Route, Stage
from ketascreen.verdict import DECIDING, Ask, RouteStatement, RouteVerdict, combine, combine_readiness
from ketascreen.vocabulary import UNRECOGNISED, Fact, Vocabulary


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

    def finding(self, rule: Rule, outcome: Outcome, facts: Facts, as_of: datetime) -> tuple[Finding, Fault | None]:
        """The finding of a rule with the reference channel's grounds; and a fault where these cannot be had."""
        grounds, fault = _explain(rule, facts)
        answers, vocabulary = answers_for(rule, facts), self._rulebook.vocabulary
        rests_on = tuple(_used(vocabulary[name], answers[name], facts, as_of) for name in sorted(grounds.rests_on))
        lacks = tuple(_lacking(vocabulary[name], name in answers, facts) for name in sorted(grounds.lacks))
        wording = self._wording[rule.id]
        return Finding.model_construct(**wording, outcome=outcome, rests_on=rests_on, lacks=lacks), fault

    def route(
        self,
        route: Route,
        findings: Iterable[Finding],
        answers: Answers,
        stage: Stage,
        decided: frozenset[str],
        faulty: bool,
    ) -> RouteVerdict:
        """The recommendation for one route. `decided`: reviews to go ahead with; `faulty`: a fault lies over all."""
        here = [finding for finding in findings if route in finding.routes]
        doubtful = faulty or any(one.rule in answers.disagreements for one in here)
        decision, readiness = _decide({one.rule: one.effect for one in here}, answers, doubtful, decided)
        grouped = _grouped(here)
        reasons = tuple(one.rule for one in here if (one.effect, one.outcome) in DECIDING[decision])
        in_session = stage is Stage.SESSION
        alerts = grouped.get(Effect.ALERT, {})
        return RouteVerdict(
            route=route,
            title=self._rulebook.routes[route].title,
            decision=decision,
            readiness=readiness if in_session else None,
            reasons=reasons,
            readiness_reasons=_readiness_reasons(here, readiness, decided) if in_session else (),
            alerts=alerts.get(Outcome.MET, ()),
            alerts_not_ruled_out=alerts.get(Outcome.UNKNOWN, ()),
            findings=grouped,
            asks=_asks(here, self._rulebook.vocabulary),
            advice=grouped.get(Effect.ADVISE, {}).get(Outcome.MET, ()),
            attributes=self._statements[route],
        )


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


def _explain(rule: Rule, facts: Facts) -> tuple[Grounds, Fault | None]:
    try:
        return explain(rule.when, answers_for(rule, facts)), None
    except Exception as error:  # noqa: BLE001 - a finding that cannot be explained must not end the screening
        message = f"`{rule.id}` could not be explained ({type(error).__name__})"
    return Grounds(Truth.UNKNOWN), Fault(where="explanation", message=message)


def _used(fact: Fact, value: Value, facts: Facts, as_of: datetime) -> FactUsed:
    name, observed = fact.name, facts.observed.get(fact.name)
    known: str | tuple[str, ...]
    if isinstance(value, Words):
        known = (*sorted(value.present - {UNRECOGNISED}), *facts.unrecognised.get(name, ()))
    else:
        known = decimal_text(value) if isinstance(value, Decimal) else value
    days = None
    if observed is not None:
        instant = observed if isinstance(observed, datetime) else datetime.combine(observed, time.min, as_of.tzinfo)
        days = (as_of - instant).days
    return FactUsed.model_construct(
        fact=name,
        label=fact.label,
        value=known,
        unit=fact.unit.name if fact.unit else None,
        complete=value.complete if isinstance(value, Words) else None,
        observed_at=observed.isoformat() if observed is not None else None,
        days_old=days,
        counts=facts.current.get(name) == value,
    )


def _lacking(fact: Fact, answered: bool, facts: Facts) -> FactLacking:
    why: Want
    if fact.name in facts.stale:
        why = "too_old" if fact.name in facts.observed else "undated"
    else:
        why = "list_incomplete" if answered else "not_recorded"
    return FactLacking.model_construct(fact=fact.name, label=fact.label, why=why)


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
    for outcomes in answers.by_channel.values():
        found = [(effect, outcomes[rule]) for rule, effect in effects.items()]
        undecided = any(
            effect is Effect.REVIEW and outcomes[rule] is Outcome.MET and rule not in decided
            for rule, effect in effects.items()
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
        Ask.model_construct(
            fact=name,
            label=vocabulary[name].label,
            unit=unit.name if (unit := vocabulary[name].unit) else None,
            answer=vocabulary[name].describe(),
            why=why[name],
            rules=tuple(rules),
        )
        for name, rules in sorted(waiting.items())
    )


def _statements(sheet: RouteSheet) -> tuple[RouteStatement, ...]:
    return tuple(
        RouteStatement(attribute=attribute, says=said.says, sources=tuple(map(source, said.sources)))
        for attribute, statements in sheet.attributes
        for said in statements
    )
