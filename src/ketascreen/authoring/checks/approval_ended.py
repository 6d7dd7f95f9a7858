"""An approval whose last day has passed."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.approving.subjects import subject_of
from ketascreen.authoring.checks.approval_states import concern, state
from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.approval import ApprovalState

CODE = "approval-ended"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Approvals whose `until` is before today; on that day itself they still count."""
    for approval, _, _ in state(subject, ApprovalState.ENDED):
        message = f"the approval of {subject_of(approval)} by {approval.by} ended on {approval.until}"
        yield concern(CODE, message, "read it against its sources, then approve it again", approval)
