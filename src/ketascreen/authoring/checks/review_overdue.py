"""A rule whose next review was due before today."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.iso_time import read_iso_date

CODE = "review-overdue"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Rules whose `review_by` has passed; on that day itself there is still time."""
    for rule in subject.rulebook.rules:
        due = rule.sign_off.review_by
        if due is not None and read_iso_date(due) < subject.today:
            yield Diagnostic(
                CODE,
                f"the review of `{rule.id}` was due by {due}",
                "read it against its sources, then sign it with a new `review_by`",
                subject.place(rule.place.path, "sign_off", "review_by"),
            )
