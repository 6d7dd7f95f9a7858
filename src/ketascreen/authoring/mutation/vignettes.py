"""Screens whole patients by a changed rulebook, without repeating what the change does not touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.examination import holds_for_patient
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import evaluate
from ketascreen.language.terms import OUTCOME
from ketascreen.patient.facts import Facts, answers_for, known_facts
from ketascreen.screening.agreement import ChannelResults
from ketascreen.screening.builder import VerdictBuilder, by_route
from ketascreen.screening.combine import Weighing
from ketascreen.verdict.finding import Finding

_TRUTH = {outcome: truth for truth, outcome in OUTCOME.items()}


@dataclass(frozen=True)
class Changed:
    """A changed rulebook: its builder and rules, the ids of the rules that it touches, the facts that count by it."""

    builder: VerdictBuilder
    rules: tuple[Rule, ...]
    touched: tuple[str, ...]
    facts: Facts


@dataclass(frozen=True)
class Patients:
    """The facts of a rulebook's cases, and the findings of its whole patients, computed once."""

    rulebook: Rulebook
    _facts: dict[int, Facts] = field(default_factory=dict)
    _findings: dict[int, tuple[Finding, ...]] = field(default_factory=dict)

    @cached_property
    def _builder(self) -> VerdictBuilder:
        return VerdictBuilder(self.rulebook)

    def facts(self, case: Case) -> Facts:
        """What is known of a case's patient."""
        if id(case) not in self._facts:
            self._facts[id(case)] = known_facts(case.profile, self.rulebook.vocabulary, case.as_of)
        return self._facts[id(case)]

    def holds(self, case: Case, changed: Changed | None = None) -> bool:
        """Whether a whole patient's case holds on the reference channel, by the rulebook as it is or as changed."""
        if id(case) not in self._findings:
            self._findings[id(case)] = _findings(self.rulebook.rules, self._builder, case, self.facts(case))
        findings, builder = self._findings[id(case)], self._builder
        if changed:
            kept = [finding for finding in findings if finding.rule not in changed.touched]
            again = [rule for rule in changed.rules if rule.id in changed.touched]
            builder = changed.builder
            anew = _findings(again, builder, case, changed.facts)
            findings = tuple(sorted((*kept, *anew), key=lambda finding: finding.rule))
        results = ChannelResults({"reference": {finding.rule: _TRUTH[finding.outcome] for finding in findings}}, {}, ())
        decided = frozenset(case.decided)
        rules = {finding.rule: (finding.effect, finding.routes) for finding in findings}
        weighed = Weighing.of(rules, self.rulebook.routes).weigh(results, decided, faulty=False)
        here = by_route(findings)
        routes = {
            route: builder.route(route, case.stage, given, decided, lambda: here) for route, given in weighed.items()
        }
        return holds_for_patient(case, routes, findings)


def _findings(rules: Iterable[Rule], builder: VerdictBuilder, case: Case, facts: Facts) -> tuple[Finding, ...]:
    evidence = builder.evidence(facts, case.as_of)
    return tuple(
        builder.finding(rule, OUTCOME[evaluate(rule.when, answers_for(rule, facts))], evidence)
        for rule in rules
        if rule.asked_at(case.stage)
    )
