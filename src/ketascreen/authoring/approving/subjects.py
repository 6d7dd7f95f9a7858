"""What there is to approve in a folder: the sheets of its rules, its routes and its whole patients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ketascreen.authoring.cases.read import Case, read_cases
from ketascreen.language.approval import Approval, ApprovalState, SubjectKind
from ketascreen.language.first_names import FirstNames
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.sheet import Sheet
from ketascreen.loading.load import load_rulebook


class SubjectName(NamedTuple):
    """What an approval is of, by its kind and its name."""

    kind: SubjectKind
    name: str

    def __str__(self) -> str:
        return f"`{self.name}`" if self.kind is SubjectKind.RULE else f"the {self.kind} `{self.name}`"


def subject_of(approval: Approval, rulebook: Rulebook | None = None) -> SubjectName:
    """What an approval is of; with a `rulebook`, a rule by its id of today."""
    named = approval if rulebook is None else rulebook.of_today(approval)
    return SubjectName(named.kind, named.name)


@dataclass(frozen=True)
class Subjects:
    """A rulebook with its cases: every sheet that there is to approve.

    `cases` are needed only for whole patients.
    """

    rulebook: Rulebook
    cases: tuple[Case, ...] = ()

    def sheet(self, subject: SubjectName) -> Sheet | None:
        """The sheet of a subject; None if there is no such subject."""
        match subject.kind:
            case SubjectKind.RULE:
                return self.rulebook.sheets.get(self.rulebook.id_of_today(subject.name))
            case SubjectKind.ROUTE:
                found = [route for route in self.rulebook.routes if str(route) == subject.name]
                return self.rulebook.route_sheet(found[0]) if found else None
            case SubjectKind.PATIENT:
                case = self.patients.get(subject.name)
                return None if case is None else sheet_of_patient(case, self.rulebook)

    @cached_property
    def patients(self) -> Mapping[str, Case]:
        """The whole patients, each by the path of its file, a space, and its name."""
        return {f"{case.place.path} {case.name}": case for case in self.cases if case.rule is None}

    def judged(self, day: date) -> Iterator[JudgedApproval]:
        """Each approval, with its state on a day; of a rule by the rule's id of today.

        Subjects of retired rules are left out: nobody has to look after them.
        """
        for approval in self.rulebook.standing_approvals:
            sheet = self.sheet(subject_of(approval))
            yield JudgedApproval(approval, approval.state(sheet, self.rulebook.identity.approvers, day), sheet is None)


class JudgedApproval(NamedTuple):
    """An approval with how it stands, and whether what it approves is gone."""

    approval: Approval
    state: ApprovalState
    is_gone: bool


def best(judged: Iterable[JudgedApproval]) -> JudgedApproval | None:
    """The one that stands best, and of several the newest; None if there is none."""
    order = list(ApprovalState)
    return min(judged, key=lambda one: (order.index(one.state), -one.approval.day.toordinal()), default=None)


def read_subjects(folder: Path, *, patients: bool) -> Subjects:
    """The rulebook of a folder, with its cases if `patients` says so.

    Raises:
        RulebookError: the rulebook does not load, or its cases cannot be read.
    """
    rulebook = load_rulebook(folder)
    return Subjects(rulebook, read_cases(folder, rulebook) if patients else ())


def sheet_of_patient(case: Case, rulebook: Rulebook, names: FirstNames | None = None) -> Sheet:
    """The sheet of a whole patient: what is given, when and at which stage, and what is expected.

    Rules have their first ids; facts and choices their names of today, or their first ones by `names`.
    """
    given = case.profile.model_dump(mode="json", exclude_defaults=True)
    extra = given.pop("extra", None) or {}
    first = _First(rulebook, names or FirstNames.within({}, {}))
    decides = {
        "as_of": case.as_of.isoformat(),
        "stage": str(case.stage),
        "given": first.answers(_known({**given, **extra})),
        "decisions": sorted(map(first.rule, case.decided)),
        "expect": {key: first.expected(key, value) for key, value in case.expect.items()},
    }
    return Sheet({name: value for name, value in decides.items() if value}, {})


def _known(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer for name, answer in given.items() if answer is not None}


class _First:
    """The first names of what a patient names: facts, choices and rules."""

    def __init__(self, rulebook: Rulebook, names: FirstNames) -> None:
        self._names = names
        self._rules = {rule.id: rule.was[0] for rule in rulebook.rules if rule.was}

    def rule(self, name: str) -> str:
        return self._rules.get(name, name)

    def answers(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {self._names.fact_name(name): self._answer(name, answer) for name, answer in given.items()}

    def _answer(self, fact: str, answer: Any) -> Any:
        if isinstance(answer, Mapping):
            return {key: self._answer(fact, one) if key in _WORDS else one for key, one in answer.items()}
        if isinstance(answer, list):
            return [self._answer(fact, one) for one in answer]
        return self._names.word(fact, answer) if isinstance(answer, str) else answer

    def expected(self, key: str, value: Any) -> Any:
        if key in _FACTS:
            return [self._names.fact_name(name) for name in value]
        return [self.rule(name) for name in value] if key in _RULES else value


_WORDS = ("value", "present")
"""The parts of an answer that hold words of choices."""
_FACTS = ("because", "asks")
"""What a case expects that names facts, and rules."""
_RULES = ("met", "unknown", "alerts", "not_decidable")
