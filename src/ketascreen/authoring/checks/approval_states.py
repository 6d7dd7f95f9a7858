"""The approvals of a rulebook by their state on the day of the check; each check of approvals reports some."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.approving.subjects import JudgedApproval
from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.language.approval import Approval, ApprovalState, SubjectKind

APPROVE_AGAIN = "`ketascreen approve` shows what changed, and asks again; or withdraw the approval"


def state(subject: Subject, *states: ApprovalState) -> Iterator[JudgedApproval]:
    """The approvals in one of these states; without whole patients that nobody can judge, since no case was read."""
    for one in subject.approvals:
        unread = one.is_gone and one.approval.kind is SubjectKind.PATIENT and not subject.cases
        if one.state in states and not (unread and one.state is ApprovalState.GONE):
            yield one


def concern(code: str, message: str, hint: str, approval: Approval) -> Concern:
    """A finding about what an approval is of, at the approval."""
    return Concern(code, message, hint, approval.place, about=approval.name)
