"""Approvals: that a clinician has read the sheet of a rule, a route or a whole patient, and the state of an approval.

Nobody's identity is checked: an approval says what somebody wrote, and a sheet's digest says what it was written of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ketascreen.diagnostic import Place
from ketascreen.language.sheet import Sheet, form_of, halves_of


class SubjectKind(StrEnum):
    """What an approval can be of."""

    RULE = "rule"
    ROUTE = "route"
    PATIENT = "patient"


class ApprovalState(StrEnum):
    """The state of an approval on a day, the best first.

    `lapsed`: what the rule decides was changed since; `reworded`: only what it says. `gone`: there is no such rule now;
    it would count if there were. `ended`: its last day has passed. `ahead`: it counts from a later day. `unbound`: it
    names no sheet, as the sign-off of format 1. `not_an_approver`: the rulebook names its approvers, and not this one
    in this role.
    """

    APPROVED = "approved"
    REWORDED = "reworded"
    LAPSED = "lapsed"
    GONE = "gone"
    ENDED = "ended"
    AHEAD = "ahead"
    UNBOUND = "unbound"
    NOT_AN_APPROVER = "not_an_approver"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody whose approvals count in a rulebook."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That an approval does not count any more, from its day on."""

    by: str
    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval of a subject by name: by whom, of which sheet, from which day, and to which last day, if any.

    `sheet` is None where it is bound to nothing. The name of a patient is the path of the file, a space, and the
    patient's name in it.
    """

    kind: SubjectKind
    name: str
    sheet: str | None
    by: str
    role: str
    day: date
    place: Place
    until: date | None = None
    withdrawn: Withdrawal | None = None

    def state(self, sheet: Sheet | None, approvers: Collection[Approver], day: date) -> ApprovalState:
        """Its state on a day; `sheet` is the sheet of its subject today, None if the subject is gone."""
        if self.withdrawn is not None and self.withdrawn.day <= day:
            return ApprovalState.WITHDRAWN
        if approvers and Approver(self.by, self.role) not in approvers:
            return ApprovalState.NOT_AN_APPROVER
        if self.sheet is None:
            return ApprovalState.UNBOUND
        if day < self.day:
            return ApprovalState.AHEAD
        if self.until is not None and self.until < day:
            return ApprovalState.ENDED
        if sheet is None:
            return ApprovalState.GONE
        now = sheet.in_form(form_of(self.sheet))
        if now is None or halves_of(self.sheet).decides != now.halves.decides:
            return ApprovalState.LAPSED
        return ApprovalState.APPROVED if self.sheet == now.digest else ApprovalState.REWORDED


_STATES = tuple(ApprovalState)


def best_states(
    approvals: Iterable[Approval], sheets: Mapping[str, Sheet], approvers: Collection[Approver], day: date
) -> dict[str, ApprovalState]:
    """By name of a rule in `sheets`, the best state of its approvals on a day; a rule without any is left out.

    A rule that is not in `sheets` is there too, as `gone`, if an approval of it would count.
    """
    best: dict[str, ApprovalState] = {}
    for one in approvals:
        if one.kind is SubjectKind.RULE:
            found = one.state(sheets.get(one.name), approvers, day)
            if one.name in sheets or found is ApprovalState.GONE:
                best[one.name] = min(best.get(one.name, found), found, key=_STATES.index)
    return best


def counted(states: Mapping[str, ApprovalState]) -> Mapping[ApprovalState, int]:
    """How many rules have each state; every state is there, the best first."""
    found = Counter(states.values())
    return {state: found[state] for state in ApprovalState}
