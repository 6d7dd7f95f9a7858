"""The rules that nobody has approved, or whose approval does not count, and approved rules that are gone."""

from __future__ import annotations

from collections import Counter, defaultdict
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
    ApprovalState.GONE: "there is no such rule any more, and {by} approved it on {day}",
    ApprovalState.ENDED: "the approval of {by} ended on {until}",
    ApprovalState.AHEAD: "the approval of {by} counts from {day} on",
    ApprovalState.UNBOUND: "signed off by {by}, and nothing says what was read",
    ApprovalState.NOT_AN_APPROVER: "{by}, as `{role}`, is not an approver of this rulebook",
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


class Left(NamedTuple):
    """What is left to do: of `of` rules those that are not approved, and of each approved rule that is gone, its
    approval. Nobody knows which effect or routes a rule had that is gone, so it is in every choice of rules.

    `retired` are the retired rules that somebody approved, by id; nothing is to do about them.
    """

    rules: Sequence[Unapproved]
    gone: Sequence[JudgedApproval]
    of: int
    retired: Sequence[str] = ()


def unapproved(subjects: Subjects, rules: Sequence[Rule], day: date) -> Left:
    """Of these rules, those without an approval that counts on a day; and the approved rules that are gone."""
    judged: dict[str, list[JudgedApproval]] = defaultdict(list)
    for each in subjects.judged(day):
        if each.approval.kind is SubjectKind.RULE:
            judged[each.approval.name].append(each)
    stand = {name: stands for name, given in judged.items() if (stands := best(given)) is not None}
    found = [Unapproved(rule, stand.get(rule.id)) for rule in rules]
    gone = [stand[name] for name in sorted(stand) if stand[name].state is ApprovalState.GONE]
    book = subjects.rulebook
    retired = sorted({one.name for one in book.approvals if book.is_of_retired(one)})
    return Left([one for one in found if one.why != ApprovalState.APPROVED], gone, len(rules), retired)


def render_unapproved(left: Left) -> Iterator[Line]:
    """A line for each rule, then the counts."""
    for one in left.rules:
        yield from wrapped(f"{one.rule.effect:<7} {one.rule.id}: {_why(one.judged)}", hang=8)
    for gone in left.gone:
        yield from wrapped(f"{'gone':<7} {gone.approval.name}: {_why(gone)}", hang=8)
    approved = f"{left.of - len(left.rules)} of {left.of} rules {'is' if left.of == 1 else 'are'} approved"
    yield from wrapped(f"{approved}{_counts(left.rules)}{_gone(left)}.", hang=2)
    if left.retired:
        yield from wrapped(f"Approved once, and retired: {', '.join(left.retired)}.", hang=2)


def gone_in_words(count: int) -> str:
    """How many approved rules are gone."""
    return f"{count} approved {'rule is' if count == 1 else 'rules are'} gone"


def _gone(left: Left) -> str:
    return f"; {gone_in_words(len(left.gone))}" if left.gone else ""


def _why(judged: JudgedApproval | None) -> str:
    if judged is None:
        return "nobody has approved it"
    one = judged.approval
    by = one.withdrawn.by if one.withdrawn and judged.state is ApprovalState.WITHDRAWN else one.by
    return _WHY[judged.state].format(by=by, role=one.role, day=one.day, until=one.until)


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


def unapproved_data(left: Left, day: date) -> dict[str, Any]:
    """The same as data."""
    counted = Counter(one.why for one in left.rules)
    return {
        "date": day.isoformat(),
        "rules": left.of,
        "approved": left.of - len(left.rules),
        "counts": {why: counted[why] for why in (*map(str, ApprovalState), NONE) if counted[why]},
        "unapproved": [one.as_data() for one in left.rules],
        "gone": [
            {"rule": one.approval.name, "by": one.approval.by, "date": one.approval.day.isoformat()}
            for one in left.gone
        ],
        "retired": list(left.retired),
    }
