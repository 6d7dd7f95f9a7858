"""Coverage of contradictions: of each, a case meets it and another case just does not.

A patient just does not meet a contradiction if all its answers are known, and another answer to one fact alone would
meet it. Of two numbers of which one must be below the other, such a patient has them at most one unit apart. A
contradiction with `newer` also needs a patient whom later answers save from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.examination import refused_as_expected
from ketascreen.authoring.coverage.measure import Share
from ketascreen.diagnostic import ProfileError
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Known, contradicts
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.contradictions import added, compared
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.reasoning.partitions import answers


class Shown(StrEnum):
    """What a case can show of a contradiction."""

    MET = "met"
    JUST_NOT_MET = "just not met"
    LATER = "later answers"


@dataclass(frozen=True, slots=True)
class ContradictionCoverage:
    """What the cases show of one contradiction, each with the first case that shows it."""

    contradiction: Contradiction
    shown: Mapping[Shown, Case]

    @property
    def goals(self) -> tuple[Shown, ...]:
        """Everything that cases must show of it."""
        return tuple(goal for goal in Shown if goal is not Shown.LATER or self.contradiction.newer is not None)

    @property
    def missing(self) -> tuple[Shown, ...]:
        """What no case shows."""
        return tuple(goal for goal in self.goals if goal not in self.shown)

    @property
    def share(self) -> Share:
        """How much of it is shown."""
        return Share(len(self.goals) - len(self.missing), len(self.goals))


def cover_contradictions(rulebook: Rulebook, cases: Iterable[Case]) -> tuple[ContradictionCoverage, ...]:
    """What all cases show of each contradiction of the rulebook, and of each built-in one that a case expects."""
    found = tuple(cases)
    expected = {case.refused for case in found}
    every = rulebook.vocabulary.contradictions
    own = added(every)
    listed = [one for one in every if one.name in expected or one in own]
    shown: dict[str, dict[Shown, Case]] = {one.name: {} for one in listed}
    for case in found if listed else ():
        for name, goal in _shown_by(case, listed, rulebook.vocabulary):
            shown[name].setdefault(goal, case)
    return tuple(ContradictionCoverage(one, shown[one.name]) for one in listed)


def _shown_by(case: Case, listed: Iterable[Contradiction], vocabulary: Vocabulary) -> Iterator[tuple[str, Shown]]:
    try:
        facts = known_facts(case.profile, vocabulary, case.clinic)
    except ProfileError as error:
        if refused_as_expected(case, error) and any(one.name == case.refused for one in listed):
            yield str(case.refused), Shown.MET
        return
    for one in listed:
        if (goal := _of_accepted(one, facts, vocabulary)) is not None:
            yield one.name, goal


def _of_accepted(one: Contradiction, facts: Facts, vocabulary: Vocabulary) -> Shown | None:
    """What a patient who is not refused shows of a contradiction."""
    found = compared(one, facts.with_standing().current, facts.last)
    if found is None or not one.facts <= found.keys():
        return None
    if contradicts(one, found):
        return Shown.LATER
    return Shown.JUST_NOT_MET if _just_not_met(one, found, vocabulary) else None


def _just_not_met(one: Contradiction, found: Known, vocabulary: Vocabulary) -> bool:
    when = one.when
    if isinstance(when, NotBelow):
        low, high = found[when.fact], found[when.other]
        return isinstance(low, Decimal) and isinstance(high, Decimal) and high - low <= 1
    return any(
        contradicts(one, {**found, name: other}) for name in one.facts for other in answers(vocabulary[name], when)
    )
