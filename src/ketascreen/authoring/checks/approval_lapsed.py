"""An approval of something that was changed since, or that is gone."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.approving.subjects import subject_of
from ketascreen.authoring.checks.approval_states import APPROVE_AGAIN, concern, state
from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.approval import ApprovalState

CODE = "approval-lapsed"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Approvals whose sheet is not today's sheet, or has none.

    Where the cases cannot be read, nothing is said of whole patients.
    """
    for approval, found, _ in state(subject, ApprovalState.LAPSED, ApprovalState.REWORDED, ApprovalState.GONE):
        name, who = subject_of(approval), f"{approval.by} approved on {approval.day}"
        if found is ApprovalState.GONE:
            hint = "put it back; or withdraw the approval, and approve what has taken its place"
            yield concern(
                CODE, f"there is no {approval.kind} `{approval.name}`, which {approval.by} approved", hint, approval
            )
        elif found is ApprovalState.REWORDED:
            message = f"{name} says it in other words than {who}; what it decides is the same"
            yield concern(CODE, message, APPROVE_AGAIN, approval)
        else:
            yield concern(CODE, f"{name} decides otherwise than {who}", APPROVE_AGAIN, approval)
