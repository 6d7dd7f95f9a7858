"""An approval of a day that is still to come."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.approving.subjects import subject_of
from ketascreen.authoring.checks.approval_states import concern, state
from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.approval import ApprovalState

CODE = "approval-date"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Approvals whose day is after today."""
    for approval, _, _ in state(subject, ApprovalState.AHEAD):
        message = (
            f"the approval of {subject_of(approval)} by {approval.by} is of {approval.day}, which is still to come"
        )
        yield concern(CODE, message, "write the day on which the sheet was read", approval)
