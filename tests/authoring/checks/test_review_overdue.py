"""A rule whose review is overdue is found the day after."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ketascreen.authoring.checks import review_overdue
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.check_findings import findings, rule

SIGNED = "{status: approved, by: Dr. A, date: 2025-11-22, review_by: 2026-11-22}"
RULE = rule("reviews/rest.yaml", "  rest_place: {is: lacking}", sign_off=SIGNED)


def test_the_day_after_it_is_overdue(tmp_path: Path) -> None:
    assert findings(review_overdue, tmp_path, RULE, today=date(2026, 11, 23)) == [
        Diagnostic(
            "review-overdue",
            "the review of `rest` was due by 2026-11-22",
            "read it against its sources, then sign it with a new `review_by`",
            Place("reviews/rest.yaml", 11, 70, 10),
        )
    ]


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2025, 11, 22)])
def test_on_the_day_itself_and_before_there_is_time(today: date, tmp_path: Path) -> None:
    assert findings(review_overdue, tmp_path, RULE, today=today) == []


def test_a_rule_without_a_date_of_review_is_never_overdue(tmp_path: Path) -> None:
    assert findings(review_overdue, tmp_path, {}, today=date(2999, 1, 1)) == []
