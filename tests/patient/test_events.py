"""Ages, times since events, and one time for all answers of a profile."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from ketascreen import Observation, PatientProfile, ProfileError, read_profile
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import Span
from ketascreen.language.partial_date import PartialDate
from ketascreen.language.quantity import UNITS
from ketascreen.language.vocabulary import Fact, Freshness, Kind, Window
from ketascreen.patient.facts import known_facts
from ketascreen.patient.profile import BUILT_IN
from tests.helpers.known import AS_OF, EAST, VOCABULARY, WEST, facts, problems

# Ages


@pytest.mark.parametrize(
    ("birth_date", "as_of", "age"),
    [
        ("2008-11-22", AS_OF, 18),
        ("2008-11-23", AS_OF, 17),
        ("2008-11-23", AS_OF.astimezone(EAST), 17),
        ("2008-11-22", AS_OF.astimezone(WEST), 17),  # the birthday has not begun there
        ("2026-11-22", AS_OF, 0),
        ("1906-11-22", AS_OF, 120),
        ("2008-02-29", datetime(2026, 2, 28, 12, tzinfo=UTC), 17),
        ("2008-02-29", datetime(2026, 3, 1, 0, tzinfo=UTC), 18),
        ("2008-02-29", datetime(2028, 2, 28, 12, tzinfo=UTC), 19),
        ("2008-02-29", datetime(2028, 2, 29, 0, tzinfo=UTC), 20),
    ],
)
def test_a_birth_date_gives_the_age_on_the_day_of_screening(birth_date: str, as_of: datetime, age: int) -> None:
    today = as_of.date()
    assert facts(as_of, birth_date=birth_date).current["age"] == age
    assert facts(as_of, birth_date=birth_date, age={"value": age, "at": today}).current["age"] == age
    for other in {max(0, age - 1), min(120, age + 1)} - {age}:
        dated = {"value": other, "at": today}
        assert problems(as_of, birth_date=birth_date, age=dated) == [("contradiction", "/age")]


def test_a_birth_date_to_come_or_of_long_ago_is_refused() -> None:
    assert problems(birth_date="2026-11-23") == [("in-the-future", "/birth_date")]
    assert problems(birth_date="1905-11-22") == [("out-of-range", "/birth_date")]
    assert problems(birth_date="2999-01-01", age=34) == [("in-the-future", "/birth_date")]


@pytest.mark.parametrize(
    ("given", "today", "age"),
    [
        ({"value": 64, "at": "2010-01-01"}, "2026-11-22", Span(Decimal(80), Decimal(81))),
        ({"value": 64, "at": "2026-11-20"}, "2026-11-22", Span(Decimal(64), Decimal(65))),
        ({"value": 64, "at": "2026-11-22"}, "2026-11-22", Decimal(64)),
        ({"value": 64, "at": "2025-11-23"}, "2026-11-22", Span(Decimal(64), Decimal(65))),
        ({"value": 64, "at": "2025-11-22"}, "2026-11-22", Decimal(65)),
        ({"value": 17, "at": "2016-11-22"}, "2026-11-22", Decimal(27)),
        ({"value": 119, "at": "2024-11-20"}, "2026-11-22", None),
    ],
)
def test_an_age_grows_from_its_own_day(given: dict[str, Any], today: str, age: object) -> None:
    as_of = datetime.fromisoformat(f"{today}T09:00:00+00:00")
    if age is None:
        assert problems(as_of, age=given) == [("out-of-range", "/age/value")]
    else:
        known = facts(as_of, age=given)
        assert known.current["age"] == age
        assert known.stale == frozenset()


def test_an_age_without_its_date_is_not_known() -> None:
    for age in (64, {"value": 64, "at": None}, {"value": 64, "unit": "years"}):
        known = facts(age=age)
        assert ("age" in known.current, "age" in known.last, known.stale) == (False, False, frozenset({"age"}))


def test_a_birth_date_settles_an_age_without_its_date_unless_it_is_too_high() -> None:
    known = facts(birth_date="1984-03-02", age=40)
    assert (known.current["age"], known.last["age"], known.stale) == (Decimal(42), Decimal(42), frozenset[str]())
    assert problems(birth_date="1984-03-02", age=43) == [("contradiction", "/age")]


@pytest.mark.parametrize(
    ("birth_date", "age", "now"),
    [
        ("1984", None, Span(Decimal(41), Decimal(42))),
        ("1984-11", None, Span(Decimal(41), Decimal(42))),
        ("1984-12", None, Decimal(41)),
        ("1984-10", None, Decimal(42)),
        ("1984", {"value": 41, "at": "2026-11-22"}, Decimal(41)),  # the span is what both leave
        ("1984", {"value": 42, "at": "2026-11-22"}, Decimal(42)),
    ],
)
def test_a_birth_date_may_be_a_month_or_a_year(birth_date: str, age: object, now: object) -> None:
    assert facts(birth_date=birth_date, age=age).current["age"] == now
    assert PatientProfile.model_validate(PatientProfile(birth_date=birth_date).model_dump()).birth_date is not None


def test_a_year_of_birth_that_leaves_nothing_of_an_age_contradicts_it() -> None:
    assert problems(birth_date="1984", age={"value": 43, "at": "2026-11-22"}) == [("contradiction", "/age")]
    assert problems(birth_date=1984, age={"value": 40, "at": "2026-11-22"}) == [("contradiction", "/age")]


# Times since events


@pytest.mark.parametrize(
    ("answer", "months"),
    [
        ({"value": "2026-05-22", "at": "2026-11-22"}, Decimal(6)),
        ({"value": "2026-05-23", "at": "2026-11-22"}, Decimal(5)),
        ({"value": "2026-04-23", "at": "2026-11-22"}, Decimal(6)),  # six months and thirty days: rounded down
        ({"value": "2026-04-22", "at": "2026-11-22"}, Decimal(7)),
        ({"value": "2026-03", "at": "2026-11-20"}, Span(Decimal(7), Decimal(8))),
        ({"value": 2026, "at": "2026-11-20"}, Span(Decimal(0), Decimal(10))),
        ({"value": date(2026, 3, 4), "at": "2026-11-20"}, Decimal(8)),
        ({"value": "7 months", "at": "2026-11-22"}, Decimal(7)),
        ({"value": 7, "at": "2020-01-01"}, Span(Decimal(0), Decimal(90))),  # too old: another may have followed
        ({"value": "2020-01", "at": "2020-02-01"}, Span(Decimal(0), Decimal(82))),
        ("2026-10", Span(Decimal(0), Decimal(1))),  # undated: no earlier than that
        ({"value": "none", "at": "2026-11-20"}, Decimal(1200)),
        ({"value": "none", "at": "2020-11-20"}, None),
        ("none", None),
        ("7 months", None),
    ],
)
def test_the_time_since_an_event_is_a_number_or_a_span_or_not_known(answer: Any, months: object) -> None:
    vocabulary = VOCABULARY.extended([], {"last_stroke": Freshness(Window(365))})
    known = known_facts(PatientProfile(last_stroke=answer), vocabulary, ClinicTime.at(AS_OF))
    assert known.current.get("last_stroke") == months


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"value": "2026-11-23", "at": "2026-11-22"}, "in-the-future"),
        ({"value": "2026-12"}, "in-the-future"),
        ({"value": "2026-03", "at": "2026-02-28"}, "in-the-future"),
        ({"value": "1926-11-21"}, None),
        ({"value": "1926-10-22"}, "out-of-range"),
    ],
)
def test_an_event_is_not_after_its_answer_and_not_before_its_range(answer: dict[str, Any], code: str | None) -> None:
    if code is None:
        facts(last_stroke=answer)
    else:
        assert problems(last_stroke=answer) == [(code, "/last_stroke/value")]


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13", "2026-3", "20260304", "03-2026", "2026-03-04T09:00:00Z"])
def test_a_date_of_another_form_is_refused_without_the_text(text: str) -> None:
    with pytest.raises(ProfileError) as caught:
        PatientProfile(last_stroke=text)
    (problem,) = caught.value.diagnostics
    assert problem.code in {"not-a-date", "not-a-number"}
    assert text not in str(problem)


# One time for all answers


def test_the_profile_s_own_time_dates_the_answers_that_do_not_have_one() -> None:
    profile = PatientProfile(
        observed_at="2026-11-20",
        systolic_bp=120,
        pregnancy={"value": "not_pregnant", "at": None},
        heart_conditions=["stroke"],
        ride_home={"value": "arranged", "at": "2026-11-21"},
        age="64 years",
        extra={"egfr": "60 mL/min"},
    )
    known = known_facts(profile, VOCABULARY, ClinicTime.at(AS_OF))
    of_the_day = dict.fromkeys(["systolic_bp", "heart_conditions", "age", "egfr"], date(2026, 11, 20))
    assert known.observed == {**of_the_day, "ride_home": date(2026, 11, 21)}
    assert "pregnancy" in known.stale


def test_a_profile_with_its_own_time_is_written_and_read_to_itself() -> None:
    profile = PatientProfile(
        observed_at="2026-11-20T10:00:00+01:00", systolic_bp=120, pregnancy={"value": "not_pregnant", "at": None}
    )
    for again in (
        PatientProfile.model_validate(profile.model_dump()),
        PatientProfile.model_validate_json(profile.model_dump_json()),
        profile.model_copy(),
        profile.model_copy(update={"diastolic_bp": {"value": 80, "at": None}}).model_copy(
            update={"diastolic_bp": None}
        ),
    ):
        assert again == profile
    assert profile.model_dump()["pregnancy"] == {"value": "not_pregnant", "at": None}
    assert profile.model_copy(update={"diastolic_bp": 80}).diastolic_bp == Observation(Decimal(80), profile.observed_at)


@pytest.mark.parametrize(
    "profile",
    [
        PatientProfile(observed_at="2026-11-22", extra={"egfr": Observation(Decimal(50))}),
        PatientProfile(observed_at="2026-11-22", extra={"egfr": {"value": 50, "at": None}}),
        PatientProfile(extra={"egfr": 50}).model_copy(update={"observed_at": "2026-11-22"}),
    ],
    ids=["an observation", "no time", "a time that came later"],
)
def test_an_undated_answer_to_an_added_fact_stays_undated_when_the_profile_is_read_again(
    profile: PatientProfile,
) -> None:
    vocabulary = VOCABULARY.extended((), {"egfr": Freshness(Window(30))})
    for one in (
        profile,
        PatientProfile.model_validate(profile.model_dump()),
        PatientProfile.model_validate_json(profile.model_dump_json()),
        pickle.loads(pickle.dumps(profile)),
    ):
        known = known_facts(one, vocabulary, ClinicTime.at(AS_OF))
        assert ("egfr" in known.current, "egfr" in known.stale) == (False, True)


def test_a_partial_date_of_an_added_event_is_written_as_its_text() -> None:
    profile = PatientProfile(extra={"last_seizure": PartialDate(2025, 3)})
    assert '"last_seizure":"2025-03"' in profile.model_dump_json()


@pytest.mark.parametrize("text", ["2026-00", "2026-00-15", "2026-05-00", "2026-13", "2025-02-29", "0000"])
@pytest.mark.parametrize("name", ["last_stroke", "birth_date"])
def test_a_day_or_a_month_that_does_not_exist_is_refused_and_never_read_as_the_first(name: str, text: str) -> None:
    with pytest.raises(ProfileError) as caught:
        PatientProfile.model_validate({name: text})
    assert {problem.code for problem in caught.value.diagnostics} <= {"not-a-date", "out-of-range"}


@pytest.mark.parametrize("parts", [(2026, 13), (2026, 0), (2026, 5, 0), (0,), (1984, None, 5)])
def test_a_partial_date_that_does_not_exist_cannot_be_made(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"month|day|year"):
        PartialDate(*parts)


@pytest.mark.parametrize("name", ["last_stroke", "birth_date"])
def test_a_partial_date_of_long_ago_is_refused_like_its_text(name: str) -> None:
    for given in (PartialDate(1849), "1849"):
        with pytest.raises(ProfileError) as caught:
            PatientProfile.model_validate({name: given})
        assert [problem.code for problem in caught.value.diagnostics] == ["out-of-range"]


@pytest.mark.parametrize("name", ["age", "last_stroke", "systolic_bp"])
@pytest.mark.parametrize("number", ["NaN", "sNaN", "-Infinity"])
def test_a_decimal_that_is_not_a_number_is_refused_for_every_kind_of_number(name: str, number: str) -> None:
    with pytest.raises(ProfileError) as caught:
        PatientProfile.model_validate({name: Decimal(number)})
    assert [problem.code for problem in caught.value.diagnostics] == ["not-a-number"]


@pytest.mark.parametrize(
    "profile",
    [
        PatientProfile(extra={"egfr": 60}).model_copy(update={"observed_at": "2026-11-22"}),
        PatientProfile(observed_at="2026-11-22", extra={"egfr": Observation(Decimal(60))}),
        PatientProfile(observed_at="2026-11-22", extra=MappingProxyType({"egfr": 60})),
        PatientProfile(observed_at="2026-11-22", extra={"egfr": {"value": 60, "at": None}}),
    ],
)
def test_an_undated_answer_of_a_rulebook_s_own_fact_stays_undated_when_it_is_written(profile: PatientProfile) -> None:
    """Otherwise a record would know more than the screening did, and its replay could be milder."""
    for read in (PatientProfile.model_validate_json(profile.model_dump_json()), pickle.loads(pickle.dumps(profile))):
        for one in (profile, read):
            assert known_facts(one, VOCABULARY, ClinicTime.at(AS_OF)).observed == {}


def test_a_number_of_years_before_the_calendar_is_refused() -> None:
    long = Fact("long", Kind.SINCE, "L", "d", UNITS["years"], Decimal(0), Decimal(9000), is_added=True)
    vocabulary = BUILT_IN.extended([long], {})
    profile = PatientProfile(extra={"long": {"value": "9000 years", "at": "1850-01-01"}})
    with pytest.raises(ProfileError) as caught:
        known_facts(profile, vocabulary, ClinicTime.at(AS_OF))
    assert [problem.code for problem in caught.value.diagnostics] == ["out-of-range"]


def test_undated_is_a_word_for_no_date_in_yaml_too(tmp_path: Path) -> None:
    file = tmp_path / "patient.yaml"
    file.write_text("observed_at: 2026-11-20\nsystolic_bp: 120\npregnancy: {value: pregnant, at: undated}\n")
    profile = read_profile(file)
    assert profile.pregnancy == Observation("pregnant", None)
    assert profile.systolic_bp == Observation(Decimal(120), date(2026, 11, 20))
    with pytest.raises(ProfileError):
        PatientProfile(pregnancy={"value": "pregnant", "at": "unknown"})
