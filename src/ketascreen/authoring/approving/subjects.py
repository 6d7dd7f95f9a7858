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
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.sheet import Sheet
from ketascreen.loading.load import load_rulebook


class SubjectName(NamedTuple):
    """What an approval is of, by its kind and its name."""

    kind: SubjectKind
    name: str

    def __str__(self) -> str:
        return f"`{self.name}`" if self.kind is SubjectKind.RULE else f"the {self.kind} `{self.name}`"


def subject_of(approval: Approval) -> SubjectName:
    """What an approval is of."""
    return SubjectName(approval.kind, approval.name)


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
                return self.rulebook.sheets.get(subject.name)
            case SubjectKind.ROUTE:
                found = [route for route in self.rulebook.routes if str(route) == subject.name]
                return self.rulebook.route_sheet(found[0]) if found else None
            case SubjectKind.PATIENT:
                case = self.patients.get(subject.name)
                return None if case is None else sheet_of_patient(case)

    @cached_property
    def patients(self) -> Mapping[str, Case]:
        """The whole patients, each by the path of its file, a space, and its name."""
        return {f"{case.place.path} {case.name}": case for case in self.cases if case.rule is None}

    def judged(self, day: date) -> Iterator[JudgedApproval]:
        """Each approval, with its state on a day; without those of retired rules, which nobody has to look after."""
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


def sheet_of_patient(case: Case) -> Sheet:
    """The sheet of a whole patient: what is given, when and at which stage, and what is expected."""
    given = case.profile.model_dump(mode="json", exclude_defaults=True)
    extra = given.pop("extra", None) or {}
    decides = {
        "as_of": case.as_of.isoformat(),
        "stage": str(case.stage),
        "given": _known({**given, **extra}),
        "decisions": sorted(case.decided),
        "expect": case.expect,
    }
    return Sheet({name: value for name, value in decides.items() if value}, {})


def _known(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer for name, answer in given.items() if answer is not None}
