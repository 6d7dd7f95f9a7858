"""What of a profile counts at a point in time: windows, dates, ages, lasting choices, lists that are partly stale."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ketascreen import ListObservation, Observation, PatientProfile, ProfileError
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import ListValue
from ketascreen.language.vocabulary import Freshness, Window
from ketascreen.patient.facts import known_facts
from ketascreen.patient.given import HeartConditionsAt
from tests.helpers.known import AS_OF, EAST, VOCABULARY, WEST, facts, problems

# Windows


@pytest.mark.parametrize(
    ("at", "fresh"),
    [
        (AS_OF - timedelta(days=30), True),
        (AS_OF, True),
        ("2026-10-23", True),  # the first of the thirty days before, which counts whole
        ("2026-10-23T00:00:00Z", True),
        ("2026-10-22T23:59:59Z", False),
        ("2026-10-22", False),
        (None, False),
    ],
)
def test_an_answer_counts_for_30_days_and_no_longer(at: Any, fresh: bool) -> None:
    known = facts(systolic_bp={"value": 120, "at": at})
    assert known.last["systolic_bp"] == 120
    assert ("systolic_bp" in known.current) is fresh
    assert ("systolic_bp" in known.stale) is not fresh


@pytest.mark.parametrize(
    ("as_of", "at", "fresh"),
    [
        (AS_OF, "2026-11-22", True),
        (AS_OF, "2026-11-22T00:00:00Z", True),
        (AS_OF, "2026-11-21T23:59:59Z", False),
        (AS_OF, "2026-11-21", False),
        (AS_OF, "2026-11-22T01:00:00+01:00", True),
        (AS_OF, "2026-11-22T00:59:59+01:00", False),  # still the day before, where the screening is
        (AS_OF.astimezone(EAST), "2026-11-21T10:00:00Z", True),  # past midnight already, where the screening is
        (AS_OF.astimezone(EAST), "2026-11-21T09:59:59Z", False),
        (AS_OF.astimezone(WEST), "2026-11-21T12:00:00Z", True),
        (AS_OF.astimezone(WEST), "2026-11-21", True),
        (AS_OF, None, False),
    ],
)
def test_the_same_day_is_that_of_the_place_of_screening(as_of: datetime, at: object, fresh: bool) -> None:
    known = facts(as_of, ride_home={"value": "arranged", "at": at})
    assert ("ride_home" in known.current) is fresh


@pytest.mark.parametrize(
    ("at", "fresh"),
    [
        ("2026-11-22T07:00:00Z", True),
        ("2026-11-22T06:59:59Z", False),
        ("2026-11-22T08:00:00+01:00", True),
        ("2026-11-22", False),  # its earliest instant is midnight
        (None, False),
    ],
)
def test_a_window_in_hours_counts_to_the_instant(at: Any, fresh: bool) -> None:
    vocabulary = VOCABULARY.extended([], {"systolic_bp": Freshness(Window(minutes=120))})
    profile = PatientProfile(systolic_bp={"value": 120, "at": at})
    assert ("systolic_bp" in known_facts(profile, vocabulary, ClinicTime.at(AS_OF)).current) is fresh


def test_a_date_counts_within_hours_of_the_midnight_that_began_it() -> None:
    vocabulary = VOCABULARY.extended([], {"systolic_bp": Freshness(Window(minutes=120))})
    profile = PatientProfile(systolic_bp={"value": 120, "at": "2026-11-22"})
    for hour, fresh in ((2, True), (3, False)):
        at = ClinicTime.at(AS_OF.replace(hour=hour))
        assert ("systolic_bp" in known_facts(profile, vocabulary, at).current) is fresh


def test_an_answer_without_a_window_counts_undated_and_however_old() -> None:
    known = facts(psychosis={"value": "past", "at": "1990-01-01"}, schizophrenia="none")
    assert known.current == {"psychosis": "past", "schizophrenia": "none"}
    assert known.stale == frozenset()


@pytest.mark.parametrize(
    ("zone", "first"),
    [("Europe/Berlin", "2026-10-02T00:00:00+02:00"), (None, "2026-10-02T00:00:00+01:00")],
)
def test_a_window_begins_at_midnight_where_the_clocks_were_changed_in_between(zone: str | None, first: str) -> None:
    as_of = datetime(2026, 11, 1, 11, tzinfo=timezone(timedelta(hours=1)))  # the clocks went back on 25 October
    begins = datetime.fromisoformat(first)
    for at, fresh in ((begins, True), (begins - timedelta(seconds=1), False)):
        profile = PatientProfile(systolic_bp={"value": 120, "at": at})
        assert ("systolic_bp" in known_facts(profile, VOCABULARY, ClinicTime.at(as_of, zone)).current) is fresh


@pytest.mark.parametrize(
    ("answer", "at", "counts"),
    [
        ("pregnant", "2020-01-01", True),
        ("pregnant", None, True),
        ("not_possible", "2020-01-01", True),
        ("not_possible", None, True),
        ("not_pregnant", "2026-11-20", True),
        ("not_pregnant", "2026-10-20", False),
        ("not_pregnant", None, False),
    ],
)
def test_lasting_and_permanent_choices_do_not_age(answer: str, at: object, counts: bool) -> None:
    known = facts(pregnancy={"value": answer, "at": at})
    assert known.current.get("pregnancy") == (answer if counts else None)
    assert known.last["pregnancy"] == answer
    assert ("pregnancy" in known.stale) is not counts


# Lists


def test_of_a_stale_list_only_the_lasting_words_count_and_nothing_is_ruled_out() -> None:
    listed: HeartConditionsAt = {"present": ["stroke", "aneurysm"], "complete": True, "at": "2026-01-01"}
    known = facts(heart_conditions=listed)
    assert known.current["heart_conditions"] == ListValue(frozenset({"aneurysm"}), complete=False)
    assert known.last["heart_conditions"] == ListValue(frozenset({"stroke", "aneurysm"}), complete=True)
    assert known.stale == {"heart_conditions"}
    assert "heart_conditions" not in facts(heart_conditions={**listed, "present": ["stroke"]}).current


def test_a_fresh_list_counts_as_it_is() -> None:
    known = facts(heart_conditions={"present": ["stroke"], "complete": True, "at": "2026-11-01"})
    assert known.current["heart_conditions"] == ListValue(frozenset({"stroke"}), complete=True)
    assert known.stale == frozenset()


def test_an_entry_that_is_not_recognised_keeps_a_list_from_being_complete() -> None:
    known = facts(heart_conditions={"present": ["Stroke", "aneurysm"], "complete": True, "at": "2026-11-01"})
    assert known.current["heart_conditions"] == ListValue(frozenset({"aneurysm", "unrecognised"}), complete=False)
    assert known.unrecognised["heart_conditions"] == ("Stroke",)


# Times to come


@pytest.mark.parametrize(
    ("as_of", "at", "refused"),
    [
        (AS_OF, AS_OF, False),
        (AS_OF, AS_OF + timedelta(microseconds=1), True),
        (AS_OF, "2026-11-22", False),
        (AS_OF, "2026-11-23", True),
        (AS_OF.astimezone(EAST), "2026-11-22", False),
        (AS_OF.astimezone(EAST), "2026-11-23", True),
        (AS_OF.astimezone(WEST), "2026-11-22", True),  # still the day before, where the screening is
        (AS_OF, "2026-11-22T10:00:00+01:00", False),
        (AS_OF, "2026-11-22T09:59:59-00:01", True),
    ],
)
def test_an_observation_after_the_screening_is_refused(as_of: datetime, at: object, refused: bool) -> None:
    given = {"systolic_bp": {"value": 120, "at": at}}
    if refused:
        assert problems(as_of, **given) == [("in-the-future", "/systolic_bp/at")]
    else:
        assert facts(as_of, **given).current["systolic_bp"] == 120


def test_an_observation_of_another_fact_after_the_screening_is_refused_too() -> None:
    assert problems(extra={"egfr": {"value": 60, "at": "2026-11-23"}}) == [("in-the-future", "/extra/egfr/at")]


# Facts of the rulebook


def test_a_fact_of_the_rulebook_is_read_from_extra() -> None:
    known = facts(extra={"egfr": {"value": "60.5 mL/min", "at": "2026-11-22"}})
    assert known.current == {"egfr": Decimal("60.5")}
    assert known.observed == {"egfr": date(2026, 11, 22)}
    assert facts(extra={"egfr": None}).current == {}


@pytest.mark.parametrize(
    ("answer", "code", "pointer"),
    [
        ("60", "not-a-number", "/extra/egfr"),
        (True, "wrong-type", "/extra/egfr"),
        (201, "out-of-range", "/extra/egfr"),
        (10**5000, "not-a-number", "/extra/egfr"),
        ("60 mmHg", "not-a-number", "/extra/egfr"),
        ({"value": 60, "at": "soon"}, "not-a-date", "/extra/egfr/at"),
        ({"value": 60, "at": datetime(2026, 11, 22)}, "time-without-offset", "/extra/egfr/at"),  # noqa: DTZ001
        (["stroke"], "wrong-type", "/extra/egfr"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else None,
)
def test_a_fact_of_the_rulebook_is_checked_like_any_other(answer: object, code: str, pointer: str) -> None:
    assert problems(extra={"egfr": answer}) == [(code, pointer)]


def test_a_fact_that_the_rulebook_lacks_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ProfileError) as caught:
        facts(extra={"egrf": 60})
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.pointer, problem.hint) == ("unknown-fact", "/extra/egrf", "did you mean `egfr`?")


def test_all_problems_are_reported_at_once() -> None:
    found = problems(
        extra={"egrf": 60, "egfr": "60"}, birth_date="2999-01-01", systolic_bp={"value": 120, "at": "2026-12-01"}
    )
    assert [code for code, _ in found] == ["not-a-number", "unknown-fact", "in-the-future", "in-the-future"]


def test_observations_built_by_hand_count_like_those_that_were_read() -> None:
    by_hand = facts(
        systolic_bp=Observation(Decimal(120), AS_OF),
        heart_conditions=ListObservation(frozenset(["stroke"]), True, (), AS_OF),
    )
    read = facts(
        systolic_bp={"value": "120 mmHg", "at": AS_OF.isoformat()},
        heart_conditions={"present": ["stroke"], "complete": True, "at": AS_OF.isoformat()},
    )
    assert by_hand == read


def test_the_day_is_that_of_the_offset_of_the_screening_and_not_of_a_zone_behind_it() -> None:
    as_of = datetime(2026, 10, 25, 12, tzinfo=ZoneInfo("Europe/Berlin"))  # the clocks went back that morning
    for asked in (as_of, as_of.replace(tzinfo=timezone(timedelta(hours=1)))):
        for at, fresh in (("2026-10-24T22:30:00Z", False), ("2026-10-24T23:00:00Z", True)):
            assert ("ride_home" in facts(asked, ride_home={"value": "arranged", "at": at}).current) is fresh


# Answers that stand


def test_a_standing_answer_is_kept_apart_from_those_that_count() -> None:
    stands = VOCABULARY.extended(
        [],
        {
            "hypertension": Freshness(Window(30), stands=frozenset({"diagnosed"})),
            "heart_conditions": Freshness(
                Window(30), lasting=frozenset({"aneurysm"}), stands=frozenset({"arrhythmia"})
            ),
        },
    )
    listed: HeartConditionsAt = {"present": ["aneurysm", "arrhythmia", "stroke"], "complete": True}
    profile = PatientProfile(hypertension="diagnosed", heart_conditions=listed)
    known = known_facts(profile, stands, ClinicTime.at(AS_OF))
    assert known.current == {"heart_conditions": ListValue(frozenset({"aneurysm"}), complete=False)}
    assert known.standing == {
        "hypertension": "diagnosed",
        "heart_conditions": ListValue(frozenset({"aneurysm", "arrhythmia"}), complete=False),
    }
    assert known.stale == {"hypertension", "heart_conditions"}
    assert known.with_standing().current["hypertension"] == "diagnosed"
    assert known.without_standing().standing == {}
    fresh = PatientProfile(hypertension={"value": "diagnosed", "at": "2026-11-20"})
    assert known_facts(fresh, stands, ClinicTime.at(AS_OF)).standing == {}
