"""Profiles whose verdict was once too good, each beside the same profile without its fault; and the rules' examples.

All are the complete profile of a woman of 42 with resistant depression, eligible and ready, with one change.
"""

from __future__ import annotations

from typing import Any

import pytest

from ketascreen import Decision, Readiness
from tests.helpers.fault_inputs import refusals, told

ELIGIBLE, CAUTION, REVIEW = Decision.ELIGIBLE, Decision.CAUTION, Decision.REVIEW
MISSING, EXCLUDED = Decision.INSUFFICIENT_DATA, Decision.NOT_ELIGIBLE
TODAY, NOVEMBER_2, OCTOBER_1 = "2026-11-22", "2026-11-02", "2026-10-01"
PRESSURES = ("predose_systolic_bp", "predose_diastolic_bp")


def at(value: object, day: str | None) -> dict[str, Any]:
    """An answer of a day."""
    return {"value": value, "at": day}


def heart(*present: str) -> dict[str, Any]:
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
    assert found.reasons == ("raised-pressure-without-diagnosis", "uncontrolled-hypertension")


def test_a_diastolic_pressure_of_the_same_day_contradicts_it() -> None:
    assert refusals(systolic_bp=at(90, TODAY), diastolic_bp=at(95, TODAY)) == contradiction("diastolic_bp")
    assert told(systolic_bp=at(90, TODAY), diastolic_bp=at(60, TODAY)).decision is ELIGIBLE


# Pregnancy


def test_a_positive_test_beside_not_pregnant_is_refused() -> None:
    answers = {"pregnancy": at("not_pregnant", "2026-11-20"), "pregnancy_test": at("positive", TODAY)}
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
NOT_PREGNANT = {day: {"pregnancy": at("not_pregnant", day)} for day in ("2026-10-28", "2026-11-20", OCTOBER_1)}
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


# The hold on a positive test


def test_a_later_answer_does_not_lift_the_hold_on_a_positive_test_and_a_later_test_does() -> None:
    pregnancy = at("not_pregnant", TODAY)
    held = told("session", pregnancy=pregnancy, pregnancy_test=at("positive", "2026-11-20"))
    assert (held.decision, held.readiness) == (ELIGIBLE, Readiness.NOT_READY)
    assert held.readiness_reasons == ("positive-pregnancy-test",)
    assert (
        told("session", pregnancy=pregnancy, pregnancy_test=at("negative", "2026-11-21")).readiness is Readiness.READY
    )


def test_who_cannot_be_pregnant_needs_no_test() -> None:
    found = told("session", pregnancy=at("not_possible", "2019-05-01"), pregnancy_test=None)
    assert (found.decision, found.readiness) == (ELIGIBLE, Readiness.READY)


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
def test_six_months_and_thirty_days_are_within_six_months(
    word: str, fact: str, last: dict[str, Any], decision: Decision
) -> None:
    found = told(heart_conditions=heart(word), **{fact: last})
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
    assert refusals(heart_conditions=heart("stroke"), last_stroke=at("none", TODAY)) == contradiction("last_stroke")
    assert told(heart_conditions=heart(), last_stroke=at("none", TODAY)).decision is ELIGIBLE


# What counts for a session


@pytest.mark.parametrize(
    ("fact", "value", "counts", "too_old"),
    [
        ("informed_consent", "signed", "2025-11-22", "2025-11-21"),
        ("off_label_consent", "signed", "2025-11-22", "2025-11-21"),
        ("treatment_plan", "recorded", "2026-05-26", "2026-05-25"),
        ("preparation_instructions", "given", "2026-10-23", "2026-10-22"),
        ("driving_restriction", "acknowledged", "2026-10-23", "2026-10-22"),
        ("emergency_contact", "given", "2026-05-26", "2026-05-25"),
        ("emergency_plan", "in_place", "2025-11-22", "2025-11-21"),
        ("clinic_licensed", "licensed", "2025-11-22", "2025-11-21"),
        ("rest_place", "arranged", TODAY, "2026-11-21"),
        ("follow_up", "scheduled", TODAY, "2026-11-21"),
        ("planned_observation_minutes", 120, TODAY, "2026-11-21"),
    ],
)
def test_what_a_session_needs_does_not_count_for_ever(fact: str, value: object, counts: str, too_old: str) -> None:
    assert told("session", **{fact: at(value, counts)}).readiness is Readiness.READY
    for day in (too_old, None):
        found = told("session", **{fact: at(value, day)})
        assert (found.decision, found.readiness, found.asks) == (ELIGIBLE, Readiness.INSUFFICIENT_DATA, (fact,))


def test_sessions_are_counted_on_the_day() -> None:
    review = at("not_done", TODAY)
    assert told("session", sessions_given=at(5, TODAY), response_review=review).readiness is Readiness.READY
    found = told("session", sessions_given=at(5, "2026-11-21"), response_review=review)
    assert (found.readiness, found.asks) == (Readiness.INSUFFICIENT_DATA, ("sessions_given",))


def test_after_forty_sessions_a_review_of_last_year_is_too_old() -> None:
    sessions = at(40, TODAY)
    assert (
        told("session", sessions_given=sessions, response_review=at("done", "2026-08-24")).readiness is Readiness.READY
    )
    found = told("session", sessions_given=sessions, response_review=at("done", "2026-08-23"))
    assert (found.readiness, found.asks) == (Readiness.INSUFFICIENT_DATA, ("response_review",))


# Pregnancy and breast-feeding are answered apart


def test_that_a_pregnancy_is_not_possible_does_not_settle_breast_feeding() -> None:
    pregnancy = at("not_possible", "2019-05-01")
    found = told(pregnancy=pregnancy, breastfeeding=None)
    assert (found.decision, found.asks) == (MISSING, ("breastfeeding",))
    assert told(pregnancy=pregnancy, breastfeeding=at("not_possible", "2019-05-01")).decision is ELIGIBLE


# An alarm of before is still told


def test_an_old_answer_on_suicidal_thoughts_is_told_and_asked_again() -> None:
    found = told(suicidality=at("thoughts", "2026-11-01"))
    assert (found.decision, found.asks, found.alerts) == (MISSING, ("suicidality",), ("suicidal-thoughts",))
    assert told(suicidality=at("none", TODAY)).alerts == ()


def test_a_diagnosis_that_does_not_heal_still_meets_rules_when_its_answer_is_too_old() -> None:
    found = told(bipolar=at("bipolar_ii", "2024-01-10"))
    assert (found.decision, found.reasons) == (REVIEW, ("bipolar-disorder",))
    assert told(bipolar=at("none", "2024-01-10")).decision is MISSING


# The clinic's day


def pressures(when: str) -> dict[str, Any]:
    """The pressures before the dose, taken at a time."""
    return dict(zip(PRESSURES, (at(121, when), at(78, when)), strict=True))


LOS_ANGELES, SYDNEY = "America/Los_Angeles", "Australia/Sydney"
OF_THE_DAY = {
    "change_since_screening": "unchanged", "medications_reconciled": "reconciled", "ride_home": "arranged",
    "companion": "named", "supervising_prescriber": "present", "trained_practitioner": "present",
    "vital_signs_monitoring": "ready", "rescue_medication": "on_hand", "nasal_product": "esketamine",
}  # fmt: skip
DATED_TODAY = {fact: at(value, TODAY) for fact, value in OF_THE_DAY.items()}


def test_a_pressure_of_the_evening_before_does_not_count_by_the_clinics_day() -> None:
    ten_in_the_morning, evening_before = "2026-11-22T18:00:00+00:00", "2026-11-22T00:30:00+00:00"
    given = {**DATED_TODAY, **pressures(evening_before)}
    found = told("session", as_of=ten_in_the_morning, time_zone=LOS_ANGELES, **given)
    assert (found.readiness, set(found.asks)) == (Readiness.INSUFFICIENT_DATA, set(PRESSURES))
    in_the_morning = {**DATED_TODAY, **pressures("2026-11-22T17:30:00+00:00")}
    assert (
        told("session", as_of=ten_in_the_morning, time_zone=LOS_ANGELES, **in_the_morning).readiness is Readiness.READY
    )


@pytest.mark.parametrize(("born", "decision"), [("2008-11-23", EXCLUDED), ("2008-11-22", ELIGIBLE)])
def test_the_day_before_the_eighteenth_birthday_is_the_clinics(born: str, decision: Decision) -> None:
    five_in_the_afternoon = "2026-11-23T01:00:00+00:00"
    found = told(as_of=five_in_the_afternoon, time_zone=LOS_ANGELES, birth_date=born)
    assert found.decision is decision
    assert found.reasons == (("below-minimum-age",) if decision is EXCLUDED else ())


def test_answers_of_today_are_not_in_the_future_in_the_morning_at_sydney() -> None:
    nine_in_the_morning = "2026-11-21T22:00:00+00:00"
    given = {**DATED_TODAY, **pressures(TODAY)}
    assert told("session", as_of=nine_in_the_morning, time_zone=SYDNEY, **given).readiness is Readiness.READY
    late = refusals(as_of=nine_in_the_morning, time_zone=None, **given)
    assert {code for code, _ in late} == {"in-the-future"}


def test_a_time_without_its_hour_is_the_day_at_the_clinic() -> None:
    half_past_midnight = "2026-11-21T23:30:00+00:00"
    assert told("session", **pressures(half_past_midnight)).readiness is Readiness.READY
    assert told("session", **pressures("2026-11-22")).readiness is Readiness.READY
    assert told("session", **pressures("2026-11-21")).readiness is Readiness.INSUFFICIENT_DATA
