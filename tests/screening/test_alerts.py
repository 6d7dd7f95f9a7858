"""Alerts read the last answer, whatever its age. Where that answer is not of today, its title has the date."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ketascreen import LeanVerdict, Screener, Verdict
from ketascreen.language.terms import Outcome
from ketascreen.rendering.verdict import render
from tests.helpers.screening import AS_OF, profile_of, shipped, shipped_screener

THOUGHTS, CRISIS = "suicidal-thoughts", "hypertensive-crisis"


def screened(**answers: Any) -> Verdict:
    return shipped_screener().screen(profile_of(answers), as_of=AS_OF)


def at(value: object, day: str | None) -> dict[str, Any]:
    return {"value": value, "at": day}


def words(verdict: Verdict, rule: str) -> tuple[str, str]:
    finding = verdict.finding(rule)
    assert finding.outcome is Outcome.MET
    return finding.title, finding.do


def of(rule_id: str) -> Any:
    return next(rule for rule in shipped().rules if rule.id == rule_id)


@pytest.mark.parametrize(
    ("day", "ending"),
    [("2026-11-22", None), ("2026-11-21", ", on 2026-11-21"), ("2026-01-10", ", on 2026-01-10"), (None, ", undated")],
)
def test_the_title_has_the_date_of_an_answer_of_an_earlier_day_and_the_advice_is_to_ask(
    day: str | None, ending: str | None
) -> None:
    rule = of(THOUGHTS)
    plain, old = (rule.title, rule.do), (f"{rule.title}{ending}", rule.do_if_old)
    assert words(screened(suicidality=at("thoughts", day)), THOUGHTS) == (plain if ending is None else old)
    assert rule.do_if_old not in ("", rule.do)


def test_an_old_reading_beside_one_that_counts_changes_nothing() -> None:
    verdict = screened(systolic_bp=at(210, "2026-11-22"), diastolic_bp=at(125, "2026-01-10"))
    assert words(verdict, CRISIS) == (of(CRISIS).title, of(CRISIS).do)
    assert [used.fact for used in verdict.finding(CRISIS).rests_on] == ["systolic_bp"]


def test_two_old_readings_give_both_dates() -> None:
    verdict = screened(systolic_bp=at(210, "2026-02-01"), diastolic_bp=at(125, "2026-01-10"))
    assert words(verdict, CRISIS)[0] == f"{of(CRISIS).title}, on 2026-01-10 and 2026-02-01"


def test_an_undated_reading_hides_no_date_of_another() -> None:
    verdict = screened(systolic_bp=at(210, "2026-02-01"), diastolic_bp=at(125, None))
    assert words(verdict, CRISIS)[0] == f"{of(CRISIS).title}, on 2026-02-01 and undated"


def test_the_date_is_the_clinics_day_and_not_the_day_of_the_offset_that_was_written() -> None:
    screener = Screener(shipped(), channels=("reference",), time_zone="America/Los_Angeles")
    as_of = datetime.fromisoformat("2026-11-22T00:30:00-08:00")
    profile = profile_of({"systolic_bp": at(210, "2026-11-22T08:20:00+01:00")})
    verdict = screener.screen(profile, as_of=as_of)
    assert words(verdict, CRISIS)[0] == f"{of(CRISIS).title}, on 2026-11-21"
    assert LeanVerdict.of(verdict).whole(shipped()) == verdict


def test_the_page_and_the_lean_form_have_the_words_of_an_old_answer() -> None:
    verdict = screened(suicidality=at("thoughts", "2025-11-01"))
    page = "\n".join(line.text for line in render(verdict))
    assert "ALERT: Suicidal thoughts, on 2025-11-01" in page
    before, _, _ = page.partition("Recommendation:")
    assert "Sources:" in before, "an alert shows what it rests on, as every finding does"
    assert LeanVerdict.of(verdict).whole(shipped()) == verdict
