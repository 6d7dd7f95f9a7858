"""The texts about approvals in English."""

from __future__ import annotations

from collections.abc import Mapping

APPROVALS: Mapping[str, str] = {
    # The state of an approval on a day, on the page of a rule.
    "approval.approved": "counts",
    "approval.reworded": "is of other words; what the rule decides is the same",
    "approval.lapsed": "has lapsed: what the rule decides was changed since",
    "approval.gone": "is of a rule that is gone",
    "approval.ended": "has ended",
    "approval.ahead": "does not count yet",
    "approval.unbound": "does not count: it is bound to no text of the rule",
    "approval.not_an_approver": "does not count: the rulebook names its approvers, and not this one in this role",
    "approval.withdrawn": "was withdrawn",
    # The same of one approval and of several, in the notice of a verdict.
    "approval_one.reworded": "is of other words",
    "approval_one.lapsed": "has lapsed",
    "approval_one.gone": "is of a rule that is gone",
    "approval_one.ended": "has ended",
    "approval_one.ahead": "does not count yet",
    "approval_one.unbound": "is bound to no text",
    "approval_one.not_an_approver": "is by somebody who is not an approver",
    "approval_one.withdrawn": "was withdrawn",
    "approval_many.reworded": "are of other words",
    "approval_many.lapsed": "have lapsed",
    "approval_many.gone": "are of rules that are gone",
    "approval_many.ended": "have ended",
    "approval_many.ahead": "do not count yet",
    "approval_many.unbound": "are bound to no text",
    "approval_many.not_an_approver": "are by somebody who is not an approver",
    "approval_many.withdrawn": "were withdrawn",
    "approved.none": "No clinician has approved this rulebook.",
    "approved.none.today": "No rule is approved by a clinician",
    "approved.some.one": "{count} of {of} rules is approved by a clinician",
    "approved.some.many": "{count} of {of} rules are approved by a clinician",
    "approved.all.one": "The only rule is approved by a clinician.",
    "approved.all.many": "All {count} rules are approved by a clinician.",
    "approved.whole": "{said}.",
    "approved.beside": "{said}; {others}.",
    "approved.first.one": "{count} approval {state}",
    "approved.first.many": "{count} approvals {state}",
    "approved.next": "{count} {state}",
    "entry.signed_by": "Signed by",
    "verdict.release_key": "the key {key}, which was trusted",
    # The page of a rule.
    "rule_page.approvals": "Approvals",
    "rule_page.approvals.none": "No clinician has approved it.",
    "rule_page.approval": "{by}, {role}, on {date}: {state}",
    "rule_page.approval.without_role": "{by}, on {date}: {state}",
    "rule_page.approval.until": "{said}; its last day is {until}",
    "rule_page.approval.withdrawn": "{said} by {by} on {date}: {reason}",
}
