"""Decides the fate of each mutant: killed by a case, refused by the loader, the same as the original, or a survivor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property, partial

from ketascreen.authoring.cases.case import Case, CaseForm
from ketascreen.authoring.cases.examination import holds_for
from ketascreen.authoring.cases.results import gives
from ketascreen.authoring.mutation.distinguish import answers_giving, distinguish
from ketascreen.authoring.mutation.distinguish_refusal import refused_otherwise
from ketascreen.authoring.mutation.mutant import Mutant
from ketascreen.authoring.mutation.ready_case import ReadyCase
from ketascreen.authoring.mutation.suggest_case import CONTRADICTIONS, in_form, written, written_for_patient
from ketascreen.diagnostic import ProfileError
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Grounds
from ketascreen.language.terms import Effect, Outcome, Stage
from ketascreen.loading.invariants import check_whole
from ketascreen.patient.facts import Facts, grounds_of
from ketascreen.runtime.process_pool import in_order
from ketascreen.syntax.folder import CASES
from ketascreen.syntax.problems import Problems


class Fate(StrEnum):
    """The fate of a mutant."""

    KILLED = "killed"
    REFUSED = "refused"
    EQUIVALENT = "equivalent"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class MutantResult:
    """A mutant with its fate. `why` is the case that killed it, the loader's message, or why no case is shown.

    `missing` is the case that would kill a survivor, as YAML, for the cases of the rule `missing_for`.
    """

    fate: Fate
    why: str = ""
    missing: str = ""
    missing_for: str = ""


@dataclass(frozen=True)
class MutantRun:
    """The cases of a rulebook, ready to run against many mutants."""

    rulebook: Rulebook
    cases: tuple[Case, ...]

    @cached_property
    def _ready(self) -> tuple[ReadyCase, ...]:
        return tuple(ReadyCase(case, self.rulebook) for case in self.cases)

    @cached_property
    def _by_rule(self) -> Mapping[str | None, list[ReadyCase]]:
        by_rule: dict[str | None, list[ReadyCase]] = {}
        for ready in self._ready:
            by_rule.setdefault(ready.case.rule, []).append(ready)
        return by_rule

    def result(self, mutant: Mutant) -> MutantResult:
        """The fate of a mutant: its rules' own cases first, then whole patients; then the loader, then all answers.

        The loader is after the cases only because it takes longer; it may also refuse a mutant that a case kills.
        """
        if mutant.refused:
            return MutantResult(Fate.REFUSED, mutant.refused)
        if killer := next(self._killers(mutant), None):
            return MutantResult(Fate.KILLED, str(killer))
        if refusal := self._refusal(mutant):
            return MutantResult(Fate.REFUSED, refusal)
        return self._survivor(mutant)

    def failing(self) -> tuple[Case, ...]:
        """The cases that do not hold before anything is changed."""
        return tuple(ready.case for ready in self._ready if not ready.holds())

    def without(self, failing: Collection[Case]) -> MutantRun:
        """The same with the other cases alone: one that does not hold would notice every slip."""
        left = frozenset(map(id, failing))
        return MutantRun(self.rulebook, tuple(case for case in self.cases if id(case) not in left))

    def _killers(self, mutant: Mutant) -> Iterator[Case]:
        changed = mutant.rulebook(self.rulebook)

        def seen(ready: ReadyCase) -> Facts | ProfileError:
            return ready.seen_by(changed.vocabulary) if mutant.reads_otherwise else ready.seen

        touched = [_rule(changed, rule_id) for rule_id in mutant.touches]
        alone = [(rule, ready) for rule in touched for ready in self._by_rule.get(rule.id, ())]
        whole = [(None, ready) for ready in self._by_rule.get(None, ())]
        for rule, ready in (*alone, *whole):
            facts = seen(ready)
            if isinstance(facts, ProfileError) or ready.facts is None:
                holds = ready.is_refused_as_expected(facts)
            elif rule is not None:
                holds = holds_for(ready.case, rule, facts)
            else:
                shown = any(self._shows(ready, one, ready.facts, facts) for one in touched)
                holds = not shown or ready.holds_with(touched, facts)
            if not holds:
                yield ready.case

    def _shows(self, ready: ReadyCase, new: Rule, before: Facts, facts: Facts) -> bool:
        """Whether a changed rule gives anything else for a whole patient; if not, the verdict cannot differ."""
        old = _rule(self.rulebook, new.id)
        said = _said(old, ready.case, before), _said(new, ready.case, facts)
        silent = said[0] == said[1] and (said[0] is None or said[0].truth is Truth.FALSE)
        return not silent and (said[0] != said[1] or _decides(old) != _decides(new))

    def _refusal(self, mutant: Mutant) -> str:
        """What the loader says about the whole rulebook with this slip in it."""
        changed, problems = mutant.rulebook(self.rulebook), Problems()
        called = changed.identity.options
        given = changed.rules, changed.vocabulary, changed.routes, called, changed.conflicts
        check_whole(*given, problems, changed.retired)
        return next((problem.message for problem in problems.sorted()), "")

    def _survivor(self, mutant: Mutant) -> MutantResult:
        """The missing case, or that no patient distinguishes the mutant from the original."""
        certain = True
        if mutant.contradictions or not mutant.touches:
            as_of = self.cases[0].as_of if self.cases else _NO_CASE
            refusal = refused_otherwise(mutant, self.rulebook, as_of)
            if refusal.given is not None:
                taken = [ready.case.name for ready in self._by_rule.get(None, ())]
                beside = (case.form for case in self.cases if case.place.path == f"{CONTRADICTIONS}{CASES}")
                text = in_form(
                    written_for_patient(refusal.given, self.rulebook, as_of, taken), next(beside, CaseForm())
                )
                return MutantResult(Fate.SURVIVED, "", text, CONTRADICTIONS)
            certain = refusal.certain
        for rule_id in mutant.touches:
            rule = _rule(self.rulebook, rule_id)
            changed = mutant.rules.get(rule_id, rule)
            own = self._by_rule.get(rule_id, [])
            as_of = (own or self._ready)[0].case.as_of if self.cases else _NO_CASE
            if reason := _beyond_cases(rule, changed):
                return MutantResult(Fate.SURVIVED, reason)
            found = distinguish(mutant, rule_id, self.rulebook, as_of)
            given = found.given
            if given is None and (truth := _shown_by(rule, changed)) is not None:
                given = answers_giving(rule, truth, self.rulebook, as_of).given
                certain = certain and given is not None
            if given is not None:
                taken = [ready.case.name for ready in own]
                added = bool(set(changed.routes) - set(rule.routes))
                form = own[0].case.form if own else CaseForm()
                text = in_form(written(rule, given, self.rulebook, as_of, taken, added), form)
                return MutantResult(Fate.SURVIVED, "", text, rule_id)
            certain = certain and found.certain
        if certain:
            return MutantResult(Fate.EQUIVALENT)
        return MutantResult(Fate.SURVIVED, "no answers were found that distinguish the two, and not all could be tried")


_NO_CASE = datetime(2026, 11, 22, 9, tzinfo=UTC)
"""The time of a proposed case where no case holds that it could be of the time of."""


def _said(rule: Rule, case: Case, facts: Facts) -> Grounds | None:
    return grounds_of(rule, facts) if rule.asked_at(case.stage) else None


def _decides(rule: Rule) -> tuple[object, ...]:
    """What a rule does with its outcome."""
    return rule.effect, rule.routes, rule.decided_by


def _rule(rulebook: Rulebook, rule_id: str) -> Rule:
    rule = rulebook.rule(rule_id)
    assert rule is not None
    return rule


def _shown_by(rule: Rule, changed: Rule) -> Truth | None:
    """The outcome that shows another effect, route or stage of a rule; None if no outcome shows it."""
    if set(rule.routes) != set(changed.routes) or not changed.asked_at(_first_stage(rule)):
        return Truth.TRUE
    for truth, outcome in ((Truth.TRUE, Outcome.MET), (Truth.UNKNOWN, Outcome.UNKNOWN)):
        if gives(rule.effect, outcome) != gives(changed.effect, outcome):
            return truth
    return None


def _first_stage(rule: Rule) -> Stage:
    return Stage.CANDIDACY if rule.asked_at(Stage.CANDIDACY) else Stage.SESSION


def _beyond_cases(rule: Rule, changed: Rule) -> str:
    """Why no case of a rule can show a change, or nothing."""
    if changed.asked_at(Stage.CANDIDACY) and not rule.asked_at(Stage.CANDIDACY):
        return "a rule's case cannot say that the rule is not asked at candidacy"
    if (rule.effect is Effect.ALERT) is not (changed.effect is Effect.ALERT):
        return "a rule alone gives the same with either effect; a whole patient shows it by its `alerts`"
    if rule.decided_by is not changed.decided_by:
        return "a rule's case cannot say who decides; a whole patient shows it by `decisions` and `not_decidable`"
    return ""


ENOUGH = 1000
"""The least number of mutants for each worker: with fewer, its start takes longer than it saves."""
PIECE = 5
"""The number of mutants that a worker gets at a time; one can take a second, as no screening does."""


def _result_of(rulebook: Rulebook, cases: tuple[Case, ...]) -> Callable[[Mutant], MutantResult]:
    return MutantRun(rulebook, cases).result


def try_all(
    mutants: Sequence[Mutant],
    tried: MutantRun,
    *,
    workers: int = 1,
    progress: Callable[[int], None] = lambda done: None,
) -> list[MutantResult]:
    """The fate of each mutant, in order, over `workers` processes; `progress` gets the number done.

    Raises:
        ChannelFault: a worker process ended, or did not answer in time.
    """
    workers = min(workers, len(mutants) // ENOUGH)
    make = partial(_result_of, tried.rulebook, tried.cases) if workers > 1 else lambda: tried.result
    results: list[MutantResult] = []
    for result in in_order(make, mutants, workers=workers, piece=PIECE):
        results.append(result)
        progress(len(results))
    return results
