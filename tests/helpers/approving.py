"""Rulebooks with approvals of their rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from ketascreen import Rulebook
from ketascreen.diagnostic import Place
from ketascreen.language.approval import Approval, SubjectKind, Withdrawal
from ketascreen.loading.load import rulebook_of_files
from tests.helpers.written import text

CLINICIAN = "Example Clinician (not real)"
DAY = date(2026, 11, 22)


def approval(
    rulebook: Rulebook,
    rule: str,
    *,
    by: str = CLINICIAN,
    day: date = DAY,
    until: date | None = None,
    withdrawn: date | None = None,
) -> Approval:
    """An approval of a rule as it is in a rulebook."""
    found = rulebook.rule(rule)
    assert found is not None
    gone = None if withdrawn is None else Withdrawal(by, withdrawn, "Read again.")
    sheet = rulebook.sheet(found).digest
    return Approval(SubjectKind.RULE, rule, sheet, by, "psychiatrist", day, Place("approvals.yaml"), until, gone)


def with_approvals(rulebook: Rulebook, approvals: Iterable[Approval]) -> Rulebook:
    """The rulebook with these approvals."""
    return replace(rulebook, approvals=tuple(approvals))


def all_approved(rulebook: Rulebook) -> Rulebook:
    """The rulebook with each of its rules approved."""
    return with_approvals(rulebook, [approval(rulebook, rule.id) for rule in rulebook.rules])


def some_approvals(rng: Random, rulebook: Rulebook) -> list[Approval]:
    """Approvals of any of its rules, with any dates, some of another sheet than today's, some withdrawn."""
    found = []
    for rule in rng.sample(rulebook.rules, rng.randint(0, len(rulebook.rules))):
        day = DAY + timedelta(days=rng.randint(-400, 3))
        until = day + timedelta(days=rng.randint(0, 500)) if rng.random() < 0.5 else None
        withdrawn = day + timedelta(days=rng.randint(0, 500)) if rng.random() < 0.2 else None
        one = approval(rulebook, rule.id, day=day, until=until, withdrawn=withdrawn)
        form, decides, says = str(one.sheet).split("-")
        sheet = rng.choice((one.sheet, one.sheet, f"{form}-{says}-{says}", f"{form}-{decides}-{decides}"))
        found.append(replace(one, sheet=sheet))
    return found


def loaded_with(rulebook: Rulebook, approvals: Iterable[Approval]) -> Rulebook:
    """The rulebook read again from its files, with an approvals.yaml beside them."""
    return rulebook_of_files({**rulebook.files, "approvals.yaml": text([_entry(one) for one in approvals]).encode()})


def _entry(one: Approval) -> dict[str, Any]:
    said: dict[str, Any] = {str(one.kind): one.name, "sheet": one.sheet, "by": one.by, "role": one.role}
    said["date"] = one.day.isoformat()
    if one.until is not None:
        said["until"] = one.until.isoformat()
    if one.withdrawn is not None:
        gone = one.withdrawn
        said["withdrawn"] = {"by": gone.by, "date": gone.day.isoformat(), "reason": gone.reason}
    return said
