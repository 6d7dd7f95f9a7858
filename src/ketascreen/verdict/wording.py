"""The words of a verdict: what a rulebook says of each finding, fact and route. They are the same for every patient."""

from __future__ import annotations

from collections.abc import Iterable, KeysView
from datetime import date, timedelta
from typing import Any

from pydantic import TypeAdapter

from ketascreen import _version
from ketascreen.language.documents import Citation
from ketascreen.language.effects import DECIDABLE, EFFECTS
from ketascreen.language.retired import retired_in_words
from ketascreen.language.rule import RouteSheet, Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import ENGINE_CHANNEL, DecidedBy, Effect, Outcome, Route
from ketascreen.language.vocabulary import Fact, Window
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.approved import Approvals
from ketascreen.verdict.by_word import ByWord
from ketascreen.verdict.decided import DecisionShown
from ketascreen.verdict.decision import Found, RouteRecommendation, by_kind
from ketascreen.verdict.finding import FactLacking, FactUsed, Finding, Source, Want, in_order
from ketascreen.verdict.override import OverrideShown
from ketascreen.verdict.read_as import in_words
from ketascreen.verdict.recommendation import Recommendation
from ketascreen.verdict.standing import Standing
from ketascreen.verdict.verdict import (
    Ask,
    Counts,
    Receipt,
    RouteStatement,
    RouteVerdict,
    RulebookUsed,
    Verdict,
    not_in_effect,
)

Grounded = tuple[str, Outcome, tuple[FactUsed, ...], tuple[FactLacking, ...]]
"""What one rule gives: its id, the outcome, the facts that it rests on, and those that it lacks."""
_FINDINGS = TypeAdapter(tuple[Finding, ...])
_WORST_FIRST = tuple(reversed(Outcome))


def source_of(citation: Citation) -> Source:
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
        self._facts = {name: _of_fact(fact) for name, fact in rulebook.vocabulary.items()}
        self._answers = {name: fact.describe() for name, fact in rulebook.vocabulary.items()}
        self._windows = {name: _of_window(window) for name, window in rulebook.vocabulary.windows.items()}
        self._rules = {rule.id: _of_rule(rule) for rule in rulebook.rules}
        self.weights = rulebook.weights
        self.renamed_rules = rulebook.renamed_rules
        self.decidable = frozenset(rule.id for rule in rulebook.rules if rule.decided_by is DecidedBy.CLINICIAN)
        self._sheets = {route: _of_sheet(sheet) for route, sheet in rulebook.routes.items()}
        self._approvals = Approvals(rulebook)
        self._rulebook = RulebookUsed(
            id=rulebook.identity.id,
            title=rulebook.identity.title,
            version=rulebook.identity.version,
            bytes_digest=rulebook.bytes_digest,
            meaning_digest=rulebook.meaning_digest,
            release_key=rulebook.release_key,
        )
        self._days: dict[int, tuple[RulebookUsed, str]] = {}
        self._not_asked = rulebook.identity.not_asked
        self.takes_effect = rulebook.identity.takes_effect
        self._retired = {name: retired_in_words(rule) for rule in rulebook.retired for name in (rule.id, *rule.was)}
        read_old = [rule for rule in rulebook.rules if EFFECTS[rule.effect].last_answers]
        self._do_if_old = {rule.id: rule.do_if_old or rule.do for rule in read_old}

    @property
    def rules(self) -> KeysView[str]:
        """The ids of all rules."""
        return self._rules.keys()

    @property
    def facts(self) -> KeysView[str]:
        """The names of all facts."""
        return self._facts.keys()

    def rulebook_on(self, day: date) -> RulebookUsed:
        """The rulebook, with its approvals on a day of the clinic."""
        return self._today(day)[0]

    def _today(self, day: date) -> tuple[RulebookUsed, str]:
        """The rulebook on a day, and the notice: the same until an approval may stand otherwise, so each is kept."""
        run = self._approvals.run_of(day)
        if run not in self._days:
            approved, said = self._approvals.on(day)
            used = self._rulebook.model_copy(update={"approved": approved})
            self._days[run] = used, f"{ENGLISH.text('notice')} {said}"
        return self._days[run]

    def effect(self, rule: str) -> Effect:
        """The effect of a rule."""
        effect: Effect = self._rules[rule]["effect"]
        return effect

    def routes(self, rule: str) -> tuple[Route, ...]:
        """The routes of a rule."""
        routes: tuple[Route, ...] = self._rules[rule]["routes"]
        return routes

    def used(self, name: str, **known: Any) -> FactUsed:
        """A known fact, with its label and unit; `known` are the fields of `FactUsed` that are the patient's."""
        return FactUsed(**self._facts[name], **known)

    def lacking(
        self, name: str, why: Want, minutes_old: int | None = None, unrecognised: tuple[str, ...] = ()
    ) -> FactLacking:
        """A fact that is not known, with its label, and with its window if its answer is too old or undated."""
        window = self._windows.get(name, {}) if why in ("too_old", "undated") else {}
        label = self._facts[name]["label"]
        return FactLacking(
            fact=name, label=label, why=why, minutes_old=minutes_old, unrecognised=unrecognised, **window
        )

    def findings(self, grounded: Iterable[Grounded], today: date) -> tuple[Finding, ...]:
        """The findings of rules, in the rules' words; `today` is the clinic's day."""
        # All at once: one call of Pydantic takes two thirds of the time that a call for each takes.
        met, alerts = Outcome.MET, self._do_if_old.keys()
        return _FINDINGS.validate_python(
            [
                {
                    **self._rules[rule],
                    **(self._if_old(rule, rests_on, today) if outcome is met and rule in alerts else {}),
                    "outcome": outcome,
                    "rests_on": rests_on,
                    "lacks": lacks,
                }
                for rule, outcome, rests_on, lacks in grounded
            ]
        )

    def _if_old(self, rule: str, rests_on: tuple[FactUsed, ...], today: date) -> dict[str, str]:
        """Other words for an alert that rests on answers that are not of today: the title has their days."""
        old = [fact.days_old for fact in rests_on if fact.days_old != 0]
        if not old:
            return {}
        title, dated = self._rules[rule]["title"], sorted({days for days in old if days is not None}, reverse=True)
        days = ENGLISH.text("join.and").join((today - timedelta(age)).isoformat() for age in dated)
        if not dated:
            titled = ENGLISH.text("alert.undated", title=title)
        elif None in old:
            titled = ENGLISH.text("alert.partly_undated", title=title, days=days)
        else:
            titled = ENGLISH.text("alert.old", title=title, days=days)
        return {"title": titled, "do": self._do_if_old[rule]}

    def verdict(
        self,
        recommendation: Recommendation,
        findings: tuple[Finding, ...],
        *,
        decisions: tuple[DecisionShown, ...],
        counts: Counts,
        overrides: tuple[OverrideShown, ...],
        library_version: str = _version.VERSION,
        receipt: Receipt | None = None,
    ) -> Verdict:
        """The verdict that says what is recommended, with its findings in the order of their rules."""
        ordered = in_order(findings) if self.weights else findings
        kinds = by_kind(((one.rule, one.effect, one.routes, one.outcome) for one in ordered), recommendation.routes)
        lacking = [finding for finding in findings if finding.lacks]
        used, notice = self._today(recommendation.as_of.date())
        return Verdict(
            notice=self._noticed(notice, recommendation, overrides),
            not_asked=self._not_asked,
            stage=recommendation.stage,
            as_of=recommendation.as_of,
            time_zone=recommendation.time_zone,
            takes_effect=recommendation.takes_effect,
            routes=ByWord(
                (route, self._route(route, one, kinds[route], lacking)) for route, one in recommendation.routes.items()
            ),
            findings=findings,
            decisions=decisions,
            rulebook=used,
            agreement=recommendation.agreement,
            faults=recommendation.faults,
            counts=counts,
            library_version=library_version,
            overrides=overrides,
            read_as=recommendation.read_as,
            receipt=receipt,
        )

    def _noticed(self, notice: str, recommendation: Recommendation, overrides: Iterable[OverrideShown]) -> str:
        first = [*not_in_effect(recommendation)]
        if any(one.standing is Standing.OTHER_PERSON for one in overrides):
            first.append(ENGLISH.text("notice.other_person"))
        retired = dict.fromkeys(
            self._retired[name] for one in overrides if (name := one.override.rule) in self._retired
        )
        first += [ENGLISH.text("notice.retired", retired=said) for said in retired]
        if ENGINE_CHANNEL not in recommendation.agreement.channels:
            first.append(ENGLISH.text("notice.without_engine"))
        return " ".join((*first, notice, *in_words(recommendation.read_as)))

    def _route(self, route: Route, given: RouteRecommendation, here: Found, lacking: Iterable[Finding]) -> RouteVerdict:
        return RouteVerdict(
            **self._sheets[route],
            decision=given.decision,
            readiness=given.readiness,
            reasons=given.reasons,
            readiness_reasons=given.readiness_reasons,
            alerts=given.alerts,
            alerts_not_ruled_out=tuple(here.get((Effect.ALERT, Outcome.UNKNOWN), ())),
            findings=_by_effect(here),
            asks=self._asks(finding for finding in lacking if route in finding.routes),
            advice=tuple(here.get((Effect.ADVISE, Outcome.MET), ())),
        )

    def _asks(self, lacking: Iterable[Finding]) -> tuple[Ask, ...]:
        """The facts that these findings lack, by name, each with the rules that wait for it."""
        waiting: dict[str, tuple[FactLacking, list[str]]] = {}
        for finding in lacking:
            for fact in finding.lacks:
                waiting.setdefault(fact.fact, (fact, []))[1].append(finding.rule)
        return tuple([self._ask(fact, tuple(rules)) for _, (fact, rules) in sorted(waiting.items())])

    def _ask(self, fact: FactLacking, rules: tuple[str, ...]) -> Ask:
        return Ask(
            **self._facts[fact.fact],
            answer=self._answers[fact.fact],
            why=fact.why,
            minutes_old=fact.minutes_old,
            counts_days=fact.counts_days,
            counts_minutes=fact.counts_minutes,
            unrecognised=fact.unrecognised,
            rules=rules,
        )


def _by_effect(found: Found) -> ByWord[Effect, ByWord[Outcome, tuple[str, ...]]]:
    effects = {effect for effect, _ in found}
    return ByWord(
        (effect, ByWord((outcome, tuple(found.get((effect, outcome), ()))) for outcome in _WORST_FIRST))
        for effect in Effect
        if effect in effects
    )


def _of_fact(fact: Fact) -> dict[str, Any]:
    return {"fact": fact.name, "label": fact.label, "unit": fact.unit_name}


def _of_window(window: Window) -> dict[str, int]:
    return {"counts_minutes": window.minutes} if window.minutes else {"counts_days": window.days}


def _of_rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "title": rule.title,
        "effect": rule.effect,
        "weight": rule.weight,
        "stage": rule.stage,
        "routes": rule.routes,
        "say": rule.say,
        "do": rule.do,
        "file": rule.place.path,
        "line": rule.place.line,
        "sources": tuple(map(source_of, rule.sources)),
        "conflicts": rule.conflicts,
        "interpretation": rule.interpretation,
        "decided_by": rule.decided_by if rule.effect in DECIDABLE else None,
    }


def _of_sheet(sheet: RouteSheet) -> dict[str, Any]:
    statements = tuple(
        RouteStatement(attribute=attribute, says=said.says, sources=tuple(map(source_of, said.sources)))
        for attribute, said_of_it in sheet.attributes
        for said in said_of_it
    )
    return {"route": sheet.route, "title": sheet.title, "attributes": statements}
