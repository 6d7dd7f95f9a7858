"""What counts at a screening and for how long, by the day of the clinic; the shipped rulebook's windows by example.

All profiles are the complete one of a woman of 42 with resistant depression, eligible and ready, with one change.
"""

from __future__ import annotations

from typing import Any

import pytest

from ketascreen import Decision, Readiness
from tests.helpers.fault_inputs import TODAY, at, finding_of, refusals, told

ELIGIBLE, REVIEW = Decision.ELIGIBLE, Decision.REVIEW
MISSING, EXCLUDED = Decision.INSUFFICIENT_DATA, Decision.NOT_ELIGIBLE
MISSING_TODAY = Readiness.INSUFFICIENT_DATA
PRESSURES = ("predose_systolic_bp", "predose_diastolic_bp")


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


@pytest.mark.parametrize(
    ("route", "rule"), [("iv", "response-review-due"), ("intranasal", "esketamine-response-review-due")]
)
def test_after_forty_sessions_a_review_of_last_year_is_too_old(route: str, rule: str) -> None:
    def after_forty(review: Any) -> Any:
        return told("session", route=route, sessions_given=at(40, TODAY), response_review=review)

    assert after_forty(at("done", "2026-08-24")).readiness is Readiness.READY
    old = after_forty(at("done", "2026-08-23"))
    assert (old.readiness, old.readiness_reasons, old.asks) == (MISSING_TODAY, (rule,), ("response_review",))
    never = after_forty(at("not_done", TODAY))
    assert (never.readiness, never.readiness_reasons) == (Readiness.NOT_READY, (rule,))


@pytest.mark.parametrize(
    ("sessions", "held"), [(5, []), (6, ["iv"]), (7, ["iv"]), (8, ["iv", "intranasal"]), (9, ["iv", "intranasal"])]
)
def test_esketamine_is_reviewed_after_eight_sessions_and_an_infusion_after_six(sessions: int, held: list[str]) -> None:
    given = {"sessions_given": at(sessions, TODAY), "response_review": at("not_done", TODAY)}
    today = {route: told("session", route=route, **given).readiness for route in ("iv", "intranasal")}
    assert [route for route, readiness in today.items() if readiness is Readiness.NOT_READY] == held


def test_a_quiet_place_is_advised_and_one_that_is_not_known_is_asked_and_holds_nothing() -> None:
    not_known = (at("arranged", "2026-11-21"), at("arranged", None), None)
    for place in (at("lacking", TODAY), *not_known):
        assert told("session", rest_place=place).readiness is Readiness.READY
    for place in not_known:
        assert told("session", rest_place=place).asks == ("rest_place",)
    advised = finding_of("no-quiet-place", "session", rest_place=at("lacking", TODAY))
    assert (advised.effect, advised.outcome) == ("advise", "met")


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


def test_an_intent_a_plan_and_a_recent_attempt_raise_another_alert_than_thoughts() -> None:
    crisis = finding_of("suicidal-crisis", suicidality=at("intent_or_plan", TODAY))
    assert crisis.title == "Suicidal crisis: intent, plan or recent attempt"
    assert crisis.do.startswith("Do not leave the person alone.")
    assert told(suicidality=at("recent_attempt", TODAY)).alerts == ("suicidal-crisis",)
    thoughts = finding_of("suicidal-thoughts", suicidality=at("thoughts", TODAY))
    assert (thoughts.title, thoughts.do.split(",")[0]) == ("Suicidal thoughts", "Assess the risk in person today")
    assert told(suicidality=at("thoughts", TODAY)).alerts == ("suicidal-thoughts",)


@pytest.mark.parametrize(("day", "dated"), [("2026-11-01", ", on 2026-11-01"), (None, ", undated")])
@pytest.mark.parametrize(("word", "alert"), [("thoughts", "suicidal-thoughts"), ("recent_attempt", "suicidal-crisis")])
def test_an_old_suicidal_answer_has_its_date_in_the_title_and_is_asked_again_now(
    word: str, alert: str, day: str | None, dated: str
) -> None:
    old = finding_of(alert, suicidality=at(word, day))
    assert old.title.endswith(dated)
    assert old.do.startswith("Ask again now")


# A hypertensive crisis

CRISIS, AT_THE_DOSE = "hypertensive-crisis", "hypertensive-crisis-before-dose"


def before_dose(systolic: int, diastolic: int, day: str | None = TODAY) -> dict[str, Any]:
    return dict(zip(PRESSURES, (at(systolic, day), at(diastolic, day)), strict=True))


def test_210_over_125_before_the_dose_holds_the_session_and_says_what_to_do_within_minutes() -> None:
    held = told("session", **before_dose(210, 125))
    assert (held.decision, held.readiness) == (ELIGIBLE, Readiness.NOT_READY)
    assert (held.readiness_reasons, held.alerts) == (("raised-pressure-before-dose",), (AT_THE_DOSE,))
    alert = finding_of(AT_THE_DOSE, "session", **before_dose(210, 125))
    assert "above 180 mmHg systolic or 120 mmHg diastolic" in alert.say
    assert alert.do.startswith("Do not dose. Measure again within minutes. Call emergency care if")
    assert not alert.title.endswith(TODAY)


@pytest.mark.parametrize(
    ("systolic", "diastolic", "alerts"),
    [(181, 70, 1), (180, 121, 1), (180, 120, 0), (179, 119, 0)],
)
def test_a_pressure_above_180_or_above_120_raises_an_alert(systolic: int, diastolic: int, alerts: int) -> None:
    screened = {"systolic_bp": at(systolic, TODAY), "diastolic_bp": at(diastolic, TODAY)}
    for stage in ("candidacy", "session"):
        assert told(stage, **screened).alerts == (CRISIS,) * alerts
    assert told("session", **before_dose(systolic, diastolic)).alerts == (AT_THE_DOSE,) * alerts


@pytest.mark.parametrize(("day", "dated"), [("2025-11-01", ", on 2025-11-01"), (None, ", undated")])
def test_an_old_pressure_of_200_is_missing_and_its_alert_says_to_measure_now(day: str | None, dated: str) -> None:
    screened = told(systolic_bp=at(200, day))
    assert (screened.decision, screened.asks, screened.alerts) == (MISSING, ("systolic_bp",), (CRISIS,))
    alert = finding_of(CRISIS, systolic_bp=at(200, day))
    assert alert.title == f"Blood pressure in the range of a hypertensive crisis{dated}"
    assert alert.do.startswith("Measure the blood pressure now, before any dose.")


def test_a_pressure_before_the_dose_of_yesterday_is_measured_now() -> None:
    alert = finding_of(AT_THE_DOSE, "session", **before_dose(200, 110, "2026-11-21"))
    assert (alert.title[-15:], alert.do[:8]) == (", on 2026-11-21", "Measure ")


def test_a_candidate_is_not_asked_for_the_pressure_before_a_dose() -> None:
    assert told("candidacy", **before_dose(210, 125)).alerts == ()


# How near a bar is


def test_a_raised_pressure_without_a_diagnosis_says_how_near_the_bar_is() -> None:
    raised = finding_of("raised-pressure-without-diagnosis", systolic_bp=at(178, TODAY), diastolic_bp=at(99, TODAY))
    assert raised.outcome == "met"
    assert "above 180 mmHg systolic or 100 mmHg diastolic bars treatment by itself" in raised.say


def test_uncontrolled_hypertension_says_from_where_it_is_a_crisis_and_that_one_reading_is_not_enough() -> None:
    told_to = finding_of("uncontrolled-hypertension", systolic_bp=at(210, TODAY), diastolic_bp=at(99, TODAY)).do
    assert told_to.startswith("Above 180 mmHg systolic or 120 mmHg diastolic, do not dose and follow the alert.")
    assert "one raised reading is not enough" in told_to


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
DATED_TODAY: dict[str, Any] = {fact: at(value, TODAY) for fact, value in OF_THE_DAY.items()}


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
