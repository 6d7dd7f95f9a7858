"""The page of a rule: who has approved it, and how that stands on the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ketascreen import Rulebook
from ketascreen.cli.show import context_of
from ketascreen.diagnostic import Place
from ketascreen.language.approval import Approval, Approver, SubjectKind
from ketascreen.rendering.rule import render_rule
from tests.helpers.approving import CLINICIAN, DAY, approval, with_approvals
from tests.helpers.screening import shipped

RULE = "older-adult"
LAST = DAY + timedelta(days=30)
SAID = f"{CLINICIAN}, psychiatrist, on 2026-11-22:"


def approvals_on(rulebook: Rulebook, day: date = DAY) -> str:
    rule = rulebook.rule(RULE)
    assert rule is not None
    page = "\n".join(line.text for line in render_rule(context_of(rule, rulebook, day)))
    return " ".join(page.partition("\nApprovals\n")[2].split())


def of_other_text(decides: str, says: str) -> Approval:
    one = approval(shipped(), RULE)
    form, *halves = str(one.sheet).split("-")
    changed = [half[::-1] if is_other else half for half, is_other in zip(halves, (decides, says), strict=True)]
    return replace(one, sheet="-".join([form, *changed]))


def test_a_rule_that_nobody_has_approved_says_so() -> None:
    assert approvals_on(shipped()) == "No clinician has approved it."
    other = with_approvals(shipped(), [approval(shipped(), "past-psychosis")])
    assert approvals_on(other) == "No clinician has approved it."


@pytest.mark.parametrize(
    ("one", "day", "said"),
    [
        (approval(shipped(), RULE), DAY, "counts"),
        (approval(shipped(), RULE, until=LAST), LAST, "counts; its last day is 2026-12-22"),
        (approval(shipped(), RULE, until=LAST), LAST + timedelta(days=1), "has ended; its last day is 2026-12-22"),
        (approval(shipped(), RULE), DAY - timedelta(days=1), "does not count yet"),
        (of_other_text("", "other"), DAY, "is of other words; what the rule decides is the same"),
        (of_other_text("other", ""), DAY, "has lapsed: what the rule decides was changed since"),
        (approval(shipped(), RULE, withdrawn=LAST), LAST, f"was withdrawn by {CLINICIAN} on 2026-12-22: Read again."),
        (approval(shipped(), RULE, withdrawn=LAST), DAY, "counts"),
    ],
)
def test_the_page_says_how_an_approval_stands_on_the_day(one: Approval, day: date, said: str) -> None:
    assert approvals_on(with_approvals(shipped(), [one]), day) == f"{SAID} {said}"


def test_the_page_says_that_somebody_is_not_an_approver() -> None:
    rulebook = with_approvals(shipped(), [approval(shipped(), RULE)])
    named = replace(rulebook, identity=replace(rulebook.identity, approvers=(Approver("Another", "psychiatrist"),)))
    said = "does not count: the rulebook names its approvers, and not this one in this role"
    assert approvals_on(named) == f"{SAID} {said}"


def test_a_sign_off_of_before_has_no_role_and_does_not_count() -> None:
    one = Approval(SubjectKind.RULE, RULE, None, CLINICIAN, "", DAY, Place("cautions/older-adult.yaml"))
    said = "does not count: it is bound to no text of the rule"
    assert approvals_on(with_approvals(shipped(), [one])) == f"{CLINICIAN}, on 2026-11-22: {said}"


def test_every_approval_of_the_rule_is_on_its_page() -> None:
    both = [approval(shipped(), RULE), approval(shipped(), RULE, by="Another")]
    page = approvals_on(with_approvals(shipped(), both))
    assert page == f"{SAID} counts Another, psychiatrist, on 2026-11-22: counts"
