"""An approval by somebody whom rulebook.yaml does not list, or lists in another role."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.approving.subjects import subject_of
from ketascreen.authoring.checks.approval_states import concern, state
from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic, did_you_mean
from ketascreen.language.approval import ApprovalState

CODE = "not-an-approver"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Approvals that do not count, since `approvers` of rulebook.yaml names others."""
    names = [one.name for one in subject.rulebook.identity.approvers]
    for approval, _, _ in state(subject, ApprovalState.NOT_AN_APPROVER):
        if roles := [one.role for one in subject.rulebook.identity.approvers if one.name == approval.by]:
            listed = " and ".join(f"`{role}`" for role in roles)
            message = f"`{approval.by}` approved {subject_of(approval)} as `{approval.role}`, and is listed as {listed}"
            yield concern(CODE, message, "write the role that `approvers` in rulebook.yaml has, or change it", approval)
            continue
        message = f"`{approval.by}` approved {subject_of(approval)}, and is not an approver of this rulebook"
        hint = did_you_mean(
            approval.by, names, otherwise="add the name to `approvers` in rulebook.yaml, or delete it here"
        )
        yield concern(CODE, message, hint, approval)
