"""A case, ready to run against many mutants: what no mutant changes is computed once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.examination import holds_for, holds_for_patient
from ketascreen.authoring.cases.results import PatientResult, RuleResult, refused
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import explain
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.facts import Facts, answers_for, known_facts
from ketascreen.screening.situation import open_lists


@dataclass(frozen=True)
class ReadyCase:
    """A case of a rulebook, compared with the reference channel's results for the original or a changed rulebook."""

    case: Case
    rulebook: Rulebook

    @cached_property
    def facts(self) -> Facts:
        """What is known of the case's patient.

        Raises:
            ProfileError: the vocabulary cannot read the patient.
        """
        return self.facts_by(self.rulebook.vocabulary)

    def facts_by(self, vocabulary: Vocabulary) -> Facts:
        """What is known of the case's patient with another vocabulary.

        Raises:
            ProfileError: the vocabulary cannot read the patient.
        """
        return known_facts(self.case.profile, vocabulary, self.case.as_of)

    def holds(self) -> bool:
        """Whether the case holds for the original rulebook.

        Raises:
            ProfileError: the vocabulary cannot read the patient.
        """
        if self.case.rule is None:
            return holds_for_patient(self.case, self.patient_result())
        rule = self.rulebook.rule(self.case.rule)
        return rule is not None and holds_for(self.case, rule, self.facts)

    def holds_with(self, changed: Collection[Rule], facts: Facts) -> bool:
        """Whether a whole patient's case holds with some rules changed, and `facts` for these."""
        by_id = {rule.id: rule for rule in changed}
        kept = [result for result in self._results if result.rule not in by_id]
        result = self._patient([*kept, *self._results_of(changed, facts)], by_id, facts)
        return holds_for_patient(self.case, result)

    def patient_result(self) -> PatientResult:
        """The result of a whole patient's case for the original rulebook."""
        return self._patient(self._results, {}, self.facts)

    @cached_property
    def _results(self) -> tuple[RuleResult, ...]:
        return self._results_of(self.rulebook.rules, self.facts)

    def _results_of(self, rules: Iterable[Rule], facts: Facts) -> tuple[RuleResult, ...]:
        return tuple(
            RuleResult.of_grounds(rule, explain(rule.when, answers_for(rule, facts)))
            for rule in rules
            if rule.asked_at(self.case.stage)
        )

    def _patient(self, results: Collection[RuleResult], changed: Mapping[str, Rule], facts: Facts) -> PatientResult:
        case, vocabulary = self.case, self.rulebook.vocabulary

        def rule(name: str) -> Rule | None:
            return changed.get(name) or self.rulebook.rule(name)

        not_given = refused(case.decided, rule)
        decided = [one for name in case.decided if name not in not_given and (one := rule(name)) is not None]
        counting = [one.id for one in decided if not open_lists(one, vocabulary, facts)]
        return PatientResult.of_rules(results, self.rulebook.routes, case.stage, counting, not_given)
