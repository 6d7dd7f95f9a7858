"""A case, ready to run against many mutants: what no mutant changes is computed once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.examination import holds_for, holds_for_patient, refused_as_expected
from ketascreen.authoring.cases.results import PatientResult, RuleResult, undecidable
from ketascreen.diagnostic import ProfileError
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.screening.situation import open_lists


@dataclass(frozen=True)
class ReadyCase:
    """A case of a rulebook, compared with the reference channel's results for the original or a changed rulebook."""

    case: Case
    rulebook: Rulebook

    @cached_property
    def seen(self) -> Facts | ProfileError:
        """What is known of the case's patient, or why the patient is refused."""
        return self.seen_by(self.rulebook.vocabulary)

    def seen_by(self, vocabulary: Vocabulary) -> Facts | ProfileError:
        """The same with another vocabulary."""
        try:
            return known_facts(self.case.profile, vocabulary, self.case.clinic)
        except ProfileError as error:
            return error

    @property
    def facts(self) -> Facts | None:
        """What is known of the case's patient; None if the patient is refused."""
        return None if isinstance(self.seen, ProfileError) else self.seen

    def is_refused_as_expected(self, seen: Facts | ProfileError) -> bool:
        """Whether the patient is refused as the case expects, or is screened as it expects."""
        return refused_as_expected(self.case, seen if isinstance(seen, ProfileError) else None)

    def holds(self) -> bool:
        """Whether the case holds for the original rulebook."""
        if not self.is_refused_as_expected(self.seen):
            return False
        if self.facts is None:
            return True
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
        """The result of a whole patient's case, who is not refused, for the original rulebook."""
        assert self.facts is not None
        return self._patient(self._results, {}, self.facts)

    @cached_property
    def _results(self) -> tuple[RuleResult, ...]:
        return () if self.facts is None else self._results_of(self.rulebook.rules, self.facts)

    def _results_of(self, rules: Iterable[Rule], facts: Facts) -> tuple[RuleResult, ...]:
        return tuple(RuleResult.of_facts(rule, facts) for rule in rules if rule.asked_at(self.case.stage))

    def _patient(self, results: Collection[RuleResult], changed: Mapping[str, Rule], facts: Facts) -> PatientResult:
        case, vocabulary = self.case, self.rulebook.vocabulary

        def rule(name: str) -> Rule | None:
            return changed.get(name) or self.rulebook.rule(name)

        not_given = undecidable(case.decided, rule)
        decided = [one for name in case.decided if name not in not_given and (one := rule(name)) is not None]
        counting = [one.id for one in decided if not open_lists(one, vocabulary, facts)]
        return PatientResult.of_rules(results, self.rulebook.routes, case.stage, counting, not_given)
