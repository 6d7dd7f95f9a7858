"""The rules that nobody has approved, or whose approval does not count, as text and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from ketascreen.authoring.approving.subjects import JudgedApproval, Subjects, best
from ketascreen.language.approval import ApprovalState, SubjectKind
from ketascreen.language.rule import Rule
from ketascreen.rendering.page import Line, wrapped

NONE = "none"
"""Why a rule without any approval is not approved."""

_WHY: Mapping[ApprovalState, str] = {
    ApprovalState.REWORDED: "other words than {by} approved on {day}; what it decides is the same",
    ApprovalState.LAPSED: "decides otherwise than {by} approved on {day}",
    ApprovalState.ENDED: "the approval of {by} ended on {until}",
    ApprovalState.AHEAD: "the approval of {by} counts from {day} on",
    ApprovalState.UNBOUND: "signed off by {by}, and nothing says what was read",
    ApprovalState.NOT_AN_APPROVER: "{by} is not an approver of this rulebook",
    ApprovalState.WITHDRAWN: "{by} withdrew it",
}


class Unapproved(NamedTuple):
    """A rule that is not approved, and its approval that stands best, if it has one."""

    rule: Rule
    judged: JudgedApproval | None

    @property
    def why(self) -> str:
        """`none`, or how its best approval stands."""
        return NONE if self.judged is None else str(self.judged.state)

    def as_data(self) -> dict[str, Any]:
        """The rule's id, and why it is not approved."""
        found = self.judged.approval if self.judged else None
        told = {"by": found and found.by, "date": found and found.day.isoformat()}
        return {"rule": self.rule.id, "effect": str(self.rule.effect), "why": self.why, **told}


def unapproved(subjects: Subjects, rules: Sequence[Rule], day: date) -> list[Unapproved]:
    """Of these rules, those without an approval that counts on a day."""
    judged = [one for one in subjects.judged(day) if one.approval.kind is SubjectKind.RULE]
    found = [Unapproved(rule, best(one for one in judged if one.approval.name == rule.id)) for rule in rules]
    return [one for one in found if one.why != ApprovalState.APPROVED]


def render_unapproved(found: Sequence[Unapproved], of: int) -> Iterator[Line]:
    """A line for each rule, then the counts."""
    for one in found:
        yield from wrapped(f"{one.rule.effect:<7} {one.rule.id}: {_why(one.judged)}", hang=8)
    yield from wrapped(
        f"{of - len(found)} of {of} rules {'is' if of == 1 else 'are'} approved{_counts(found)}.", hang=2
    )


def _why(judged: JudgedApproval | None) -> str:
    if judged is None:
        return "nobody has approved it"
    one = judged.approval
    by = one.withdrawn.by if one.withdrawn and judged.state is ApprovalState.WITHDRAWN else one.by
    return _WHY[judged.state].format(by=by, day=one.day, until=one.until)


def _counts(found: Sequence[Unapproved]) -> str:
    counted = Counter(one.why for one in found)
    told = [f"{counted[why]} {_SAID.get(why, why)}" for why in (*map(str, ApprovalState), NONE) if counted[why]]
    return f"; not approved: {', '.join(told)}" if told else ""


_SAID = {
    NONE: "without an approval",
    "not_an_approver": "by somebody who is not an approver",
    "ahead": "still to come",
    "unbound": "bound to nothing",
}


def unapproved_data(found: Sequence[Unapproved], of: int, day: date) -> dict[str, Any]:
    """The same as data."""
    counted = Counter(one.why for one in found)
    return {
        "date": day.isoformat(),
        "rules": of,
        "approved": of - len(found),
        "counts": {why: counted[why] for why in (*map(str, ApprovalState), NONE) if counted[why]},
        "unapproved": [one.as_data() for one in found],
    }
