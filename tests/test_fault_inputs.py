"""Profiles whose verdict was once too good, each beside the same profile without its fault.

All are the complete profile of a woman of 42 with resistant depression, eligible and ready, with one change.
"""

from __future__ import annotations

from typing import Any

import pytest

from ketascreen import Decision, Readiness
from tests.helpers.fault_inputs import TODAY, at, refusals, told

ELIGIBLE, CAUTION, REVIEW = Decision.ELIGIBLE, Decision.CAUTION, Decision.REVIEW
MISSING, EXCLUDED = Decision.INSUFFICIENT_DATA, Decision.NOT_ELIGIBLE
NOVEMBER_2, OCTOBER_1 = "2026-11-02", "2026-10-01"


def heart(*present: str) -> Any:
    """A list of heart conditions that was gone through to its end today."""
    return {"present": list(present), "complete": True, "at": TODAY}


def contradiction(fact: str) -> list[tuple[str, str]]:
    """The one problem of answers that contradict each other."""
    return [("contradiction", f"/{fact}")]


def test_the_profile_without_a_change_is_eligible_and_ready() -> None:
    found = told("session")
    assert (found.decision, found.readiness) == (ELIGIBLE, Readiness.READY)
    assert found.reasons == found.readiness_reasons == found.asks == found.alerts == ()


# An age grows


def test_an_age_of_64_in_2010_is_an_age_of_80_or_81_today() -> None:
    found = told(birth_date=None, age=at(64, "2010-01-01"))
    assert (found.decision, found.reasons) == (MISSING, ("older-adult-without-checkup",))
    assert found.asks == ("older_adult_checkup",)


def test_an_age_of_42_today_needs_no_check_up() -> None:
    assert told(birth_date=None, age=at(42, TODAY)).decision is ELIGIBLE


def test_with_the_check_up_an_age_of_64_in_2010_is_a_caution() -> None:
    found = told(birth_date=None, age=at(64, "2010-01-01"), older_adult_checkup=at("complete", TODAY))
    assert (found.decision, found.reasons, found.asks) == (CAUTION, ("older-adult",), ())


@pytest.mark.parametrize(("day", "decision"), [(TODAY, ELIGIBLE), ("2026-11-20", MISSING)])
def test_an_age_of_64_may_be_65_two_days_later(day: str, decision: Decision) -> None:
    found = told(birth_date=None, age=at(64, day))
    assert found.decision is decision
    assert found.asks == (() if decision is ELIGIBLE else ("age", "older_adult_checkup"))


def test_an_age_without_a_date_is_not_known() -> None:
    found = told(birth_date=None, age=80)
    assert (found.decision, found.asks) == (MISSING, ("age", "older_adult_checkup"))
    assert told(birth_date=None, age=at(80, TODAY)).asks == ("older_adult_checkup",)


@pytest.mark.parametrize(("born", "decision"), [("1984", ELIGIBLE), ("1961", MISSING), ("1962", ELIGIBLE)])
def test_a_year_of_birth_is_enough_where_every_day_of_it_gives_one_result(born: str, decision: Decision) -> None:
    assert told(birth_date=born).decision is decision


# A date of birth and an age with its date


def test_an_age_that_the_date_of_birth_does_not_give_on_its_day_is_refused() -> None:
    assert refusals(birth_date="1984-03-02", age=at(64, "2010-01-01")) == contradiction("age")
    assert told(birth_date="1984-03-02", age=at(25, "2010-01-01")).decision is ELIGIBLE


# Pressures


@pytest.mark.parametrize("diastolic", [14.6, 10, 19.9])
def test_a_diastolic_pressure_in_kilopascal_or_short_of_a_zero_is_refused(diastolic: float) -> None:
    assert refusals(diastolic_bp=at(diastolic, TODAY)) == [("out-of-range", "/diastolic_bp")]


@pytest.mark.parametrize("diastolic", [20, 76])
def test_a_diastolic_pressure_in_its_range_is_not(diastolic: int) -> None:
    assert told(diastolic_bp=at(diastolic, TODAY)).decision is ELIGIBLE


def test_a_diastolic_pressure_of_january_contradicts_no_systolic_one_of_today_and_is_measured_again() -> None:
    found = told(systolic_bp=at(90, TODAY), diastolic_bp=at(95, "2026-01-10"))
    assert (found.decision, found.asks) == (MISSING, ("diastolic_bp",))
    assert found.reasons == ("uncontrolled-hypertension", "raised-pressure-without-diagnosis")


def test_a_diastolic_pressure_of_the_same_day_contradicts_it() -> None:
    assert refusals(systolic_bp=at(90, TODAY), diastolic_bp=at(95, TODAY)) == contradiction("diastolic_bp")
    assert told(systolic_bp=at(90, TODAY), diastolic_bp=at(60, TODAY)).decision is ELIGIBLE


# Pregnancy


def test_a_positive_test_beside_not_pregnant_is_refused() -> None:
    answers: dict[str, Any] = {"pregnancy": at("not_pregnant", "2026-11-20"), "pregnancy_test": at("positive", TODAY)}
    assert refusals(**answers) == contradiction("pregnancy_test")
    assert told(**{**answers, "pregnancy_test": at("negative", TODAY)}).decision is ELIGIBLE


# Strokes


def test_the_months_of_before_say_nothing_of_a_stroke_that_is_listed_today() -> None:
    months = at(7, "2020-01-01")
    found = told(heart_conditions=heart("stroke"), months_since_heart_attack_or_stroke=months)
    assert (found.decision, found.reasons) == (MISSING, ("severe-cardiovascular-disease",))
    assert found.asks == ("last_stroke",)


def test_a_stroke_of_2020_with_its_date_is_for_review() -> None:
    found = told(heart_conditions=heart("stroke"), last_stroke=at("2020-01-01", TODAY))
    assert (found.decision, found.reasons) == (REVIEW, ("other-heart-condition",))
    assert told(heart_conditions=heart()).decision is ELIGIBLE


# Substances


def test_abstinence_of_a_month_without_a_disorder_asks_for_the_use() -> None:
    found = told(verified_abstinence_months=at(1, "2026-11-20"), substance_use=None)
    assert (found.decision, found.reasons) == (MISSING, ("current-substance-use",))
    assert found.asks == ("substance_use",)


def test_abstinence_from_nothing_is_refused() -> None:
    abstinence = at(1, "2026-11-20")
    assert refusals(verified_abstinence_months=abstinence) == contradiction("verified_abstinence_months")
    assert told(verified_abstinence_months=abstinence, substance_use=at("past", TODAY)).decision is ELIGIBLE
    assert told(verified_abstinence_months=at(0, TODAY)).decision is ELIGIBLE


def test_present_use_short_of_a_disorder_is_for_review_and_past_use_is_not() -> None:
    found = told(substance_use=at("current_without_disorder", TODAY))
    assert (found.decision, found.reasons) == (REVIEW, ("current-substance-use",))
    assert told(substance_use=at("past", TODAY)).decision is ELIGIBLE


# Contradictions: the last answer of one fact against the answers of the others that count

ABSTINENCE, TEST = "verified_abstinence_months", "pregnancy_test"
NOT_PREGNANT: dict[str, dict[str, Any]] = {
    day: {"pregnancy": at("not_pregnant", day)} for day in ("2026-10-28", "2026-11-20", OCTOBER_1)
}
TREATED = {"antihypertensive_treatment": at("treated", None)}


@pytest.mark.parametrize(
    ("about", "answers"),
    [
        pytest.param(ABSTINENCE, {ABSTINENCE: at(1, None)}, id="never today and abstinence without a date"),
        pytest.param(ABSTINENCE, {ABSTINENCE: at(1, "2026-10-20")}, id="never today and abstinence 33 days old"),
        pytest.param("last_stroke", {"last_stroke": at("2026-10", None)}, id="no stroke listed and one with a date"),
        pytest.param("antihypertensive_treatment", TREATED, id="no hypertension and treated"),
        pytest.param(
            TEST, {**NOT_PREGNANT["2026-10-28"], TEST: at("positive", NOVEMBER_2)}, id="a test after not pregnant"
        ),
        pytest.param(
            TEST,
            {"pregnancy": at("not_possible", "2019-05-01"), TEST: at("positive", NOVEMBER_2)},
            id="a test after not possible",
        ),
        pytest.param(
            TEST,
            {**NOT_PREGNANT["2026-11-20"], TEST: at("positive", None)},
            id="not pregnant and a test without a date",
        ),
    ],
)
def test_an_alarm_of_any_age_contradicts_a_reassurance_that_counts(about: str, answers: dict[str, Any]) -> None:
    assert refusals(**answers) == contradiction(about)
    assert refusals(**{**answers, about: None}) == []


@pytest.mark.parametrize(
    ("answers", "asks"),
    [
        pytest.param(
            {**NOT_PREGNANT[OCTOBER_1], TEST: at("positive", TODAY)}, ("pregnancy",), id="not pregnant in October"
        ),
        pytest.param(
            {"substance_use_disorder": at("never", OCTOBER_1), ABSTINENCE: at(1, TODAY)},
            ("substance_use_disorder",),
            id="never in October",
        ),
        pytest.param(
            {"systolic_bp": at(90, TODAY), "diastolic_bp": at(95, "2026-01-10")},
            ("diastolic_bp",),
            id="a diastolic pressure of January",
        ),
    ],
)
def test_a_reassurance_that_is_too_old_contradicts_nothing_and_is_asked_again(
    answers: dict[str, Any], asks: tuple[str, ...]
) -> None:
    found = told("session", **answers)
    assert (found.decision, found.asks) == (MISSING, asks)
    assert found.readiness is not Readiness.READY


def test_a_positive_test_before_a_later_answer_lets_the_decision_stand_and_asks_for_a_test() -> None:
    found = told("session", **NOT_PREGNANT["2026-11-20"], pregnancy_test=at("positive", NOVEMBER_2))
    assert (found.decision, found.readiness) == (ELIGIBLE, Readiness.INSUFFICIENT_DATA)
    assert found.asks == ("pregnancy_test",)


@pytest.mark.parametrize(
    ("pregnancy", "test", "is_refused"),
    [
        ("2026-11-21", "2026-11-20", False),
        ("2026-11-20", "2026-11-20", True),
        ("2026-11-20T12:00:00+01:00", "2026-11-20", True),
        ("2026-11-20T12:00:00+01:00", "2026-11-20T11:59:00+01:00", False),
        ("2026-11-20T12:00:00+01:00", "2026-11-20T12:00:00+01:00", True),
        ("2026-11-20T12:00:00+01:00", "2026-11-20T12:01:00+01:00", True),
        ("2026-11-20", None, True),
    ],
)
def test_only_an_answer_known_to_be_of_after_the_test_lifts_the_contradiction(
    pregnancy: str, test: str | None, is_refused: bool
) -> None:
    answers = {"pregnancy": at("not_pregnant", pregnancy), TEST: at("positive", test)}
    assert refusals(**answers) == (contradiction(TEST) if is_refused else [])


def test_no_hypertension_with_no_treatment_is_refused_and_not_needed_is_not() -> None:
    answers = {"antihypertensive_treatment": at("not_treated", TODAY)}
    assert refusals(**answers) == contradiction("antihypertensive_treatment")
    assert told(antihypertensive_treatment=at("not_needed", TODAY)).decision is ELIGIBLE


# Dates of events


@pytest.mark.parametrize(
    ("last", "decision"),
    [
        (at("2026-05-22", TODAY), EXCLUDED),
        (at("2026-04-23", TODAY), EXCLUDED),
        (at("2026-04-22", TODAY), REVIEW),
        (at("2026-05", TODAY), EXCLUDED),
        (at("2026-04", TODAY), MISSING),
        (at("2026-03", TODAY), REVIEW),
        (at("2026", TODAY), MISSING),
        (at("2025", TODAY), REVIEW),
    ],
)
@pytest.mark.parametrize(("word", "fact"), [("stroke", "last_stroke"), ("myocardial_infarction", "last_heart_attack")])
def test_six_months_and_thirty_days_are_within_six_months(word: str, fact: str, last: Any, decision: Decision) -> None:
    found = told(**{"heart_conditions": heart(word), fact: last})
    assert found.decision is decision
    assert found.asks == ((fact,) if decision is MISSING else ())


@pytest.mark.parametrize(
    ("last", "decision"),
    [
        (at("2020-01", None), MISSING),
        (at("2020-01", OCTOBER_1), MISSING),
        (at("2020-01", "2026-10-23"), REVIEW),
        (at("2026-10", None), EXCLUDED),
        (at("2026-09", OCTOBER_1), EXCLUDED),
    ],
)
def test_a_date_of_an_event_that_is_too_old_or_undated_says_only_that_the_last_one_was_no_earlier(
    last: dict[str, Any], decision: Decision
) -> None:
    assert told(heart_conditions=heart("stroke"), last_stroke=last).decision is decision


def test_no_stroke_contradicts_a_list_that_names_one() -> None:
    assert refusals(heart_conditions=heart("stroke"), last_stroke=at("none", TODAY)) == contradiction(
        "heart_conditions"
    )
    assert told(heart_conditions=heart(), last_stroke=at("none", TODAY)).decision is ELIGIBLE
