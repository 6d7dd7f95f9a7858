"""An approval that is bound to nothing: the sign-off of format 1."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.approving.subjects import subject_of
from ketascreen.authoring.checks.approval_states import concern, state
from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.approval import ApprovalState
from ketascreen.loading.formats import TO_NEWEST

CODE = "approval-unbound"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Sign-offs that say `approved`: they would stay whatever is changed, so they count for nothing."""
    for approval, _, _ in state(subject, ApprovalState.UNBOUND):
        message = f"{subject_of(approval)} is marked as approved by {approval.by}, and nothing says what was read"
        hint = f"{TO_NEWEST}; then approve the rule"
        yield concern(CODE, message, hint, approval)
