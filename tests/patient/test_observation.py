"""An answer with its time is read to what it says and written to what reads the same."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen import ListObservation, Observation, PatientProfile, ProfileError, RequestError, read_time
from ketascreen.language.clinic_time import Instant
from ketascreen.language.vocabulary import Fact
from ketascreen.patient.observation import dump_observation, read_observation
from ketascreen.patient.profile import BUILT_IN
from ketascreen.patient.refused import Refused
from ketascreen.patient.times import read_instant
from tests.helpers.observations import observations

PRESSURE, AGE, PREGNANCY = BUILT_IN["systolic_bp"], BUILT_IN["age"], BUILT_IN["pregnancy"]
HEART = BUILT_IN["heart_conditions"]

any_fact = st.sampled_from(sorted(BUILT_IN.values(), key=lambda fact: fact.name))


@given(any_fact.flatmap(lambda fact: st.tuples(st.just(fact), observations(fact))))
def test_an_observation_is_written_and_read_to_itself(pair: tuple[Fact, Observation | ListObservation]) -> None:
    fact, observation = pair
    assert read_observation(fact, observation) == observation
    assert read_observation(fact, dump_observation(fact, observation)) == observation


def test_a_decimal_is_written_as_text_with_its_unit() -> None:
    dumped = dump_observation(PRESSURE, Observation(Decimal("139.5"), date(2026, 11, 22)))
    assert dumped == {"value": "139.5 mmHg", "at": "2026-11-22"}


@pytest.mark.parametrize(
    "raw", [139, "139 mmHg", {"value": 139}, {"value": "139 mmHg"}, {"value": 139, "unit": "mmHg", "at": None}]
)
def test_all_forms_of_a_number_say_the_same(raw: object) -> None:
    assert read_observation(PRESSURE, raw) == Observation(Decimal(139))


@pytest.mark.parametrize(
    "raw", [["stroke"], ("stroke",), {"stroke"}, frozenset({"stroke"}), {"present": ["stroke", "stroke"]}]
)
def test_all_forms_of_a_list_say_the_same_and_none_is_complete_by_itself(raw: object) -> None:
    assert read_observation(HEART, raw) == ListObservation(frozenset({"stroke"}), complete=False)


def test_a_number_in_another_unit_of_its_dimension_is_read_where_it_is_exact() -> None:
    assert read_observation(AGE, "216 months") == Observation(Decimal(18))
    with pytest.raises(Refused) as caught:
        read_observation(AGE, "217 months")
    assert (caught.value.code, caught.value.hint) == (
        "not-a-number",
        "this does not convert exactly; give it in `years`",
    )
    with pytest.raises(Refused) as caught:
        read_observation(AGE, "210 months")
    assert caught.value.code == "not-whole"


@pytest.mark.parametrize(
    ("raw", "read"), [(30, True), ("29.999999 mmHg", False), (350, True), ("350.000001 mmHg", False)]
)
def test_both_ends_of_a_range_are_in_it(raw: object, read: bool) -> None:
    if read:
        assert isinstance(read_observation(PRESSURE, raw), Observation)
        return
    with pytest.raises(Refused) as caught:
        read_observation(PRESSURE, raw)
    hint = "it is 30 to 350 mmHg; a pressure in kPa must be converted"
    assert (caught.value.code, caught.value.hint) == ("out-of-range", hint)


@pytest.mark.parametrize(
    ("fact", "lowest"),
    [("systolic_bp", 30), ("predose_systolic_bp", 30), ("diastolic_bp", 20), ("predose_diastolic_bp", 20)],
)
def test_a_pressure_begins_where_none_in_kilopascals_is_but_a_severe_one(fact: str, lowest: int) -> None:
    assert read_observation(BUILT_IN[fact], lowest) == Observation(Decimal(lowest))
    for below in (Decimal(lowest) - Decimal("0.000001"), "14.6 mmHg", 10):  # 14.6 kPa are 110 mmHg
        with pytest.raises(Refused) as caught:
            read_observation(BUILT_IN[fact], below)
        assert caught.value.code == "out-of-range"
        assert caught.value.hint.endswith("mmHg; a pressure in kPa must be converted")


def test_an_entry_that_the_list_does_not_know_is_kept_once_and_in_order() -> None:
    read = read_observation(HEART, {"present": ["zeta", "stroke", "alpha", "zeta"], "complete": True})
    assert read == ListObservation(frozenset({"stroke"}), complete=True, unrecognised=("alpha", "zeta"))


def test_the_reserved_word_is_an_entry_like_any_that_is_not_known() -> None:
    read = read_observation(HEART, ["unrecognised"])
    assert read == ListObservation(frozenset(), unrecognised=("unrecognised",))


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("2026-11-22", date(2026, 11, 22)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-11-22T09:00Z", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("2026-11-22T10:00:00+01:00", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("2026-11-22T09:00:00.5Z", datetime(2026, 11, 22, 9, 0, 0, 500_000, tzinfo=UTC)),
        (date(2026, 11, 22), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 9, tzinfo=UTC), datetime(2026, 11, 22, 9, tzinfo=UTC)),
    ],
)
def test_a_date_or_a_time_with_its_offset_is_read(raw: object, instant: Instant) -> None:
    assert read_instant(raw) == instant
    assert type(read_instant(raw)) is type(instant)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2025-02-29", "not-a-date"),
        ("2026-11-22T24:00Z", "not-a-date"),
        ("2026-10-05T07:31", "time-without-offset"),
        ("2026-10-05 07:31Z", "not-a-date"),
        ("20261122", "not-a-date"),
        ("2026-W47-7", "not-a-date"),
        ("2026-11-22T09:00:00,5Z", "not-a-date"),
        ("2026-11-22T09:00+25:00", "not-a-date"),
        ("2026-11-22T09:00+01:75", "not-a-date"),
        ("2026-11-22T09:60Z", "not-a-date"),
        ("\uff12026-11-22", "not-a-date"),
        ("infinity", "not-a-date"),
        ("", "not-a-date"),
        (1795341600, "not-a-date"),
        (datetime(2026, 11, 22), "time-without-offset"),  # noqa: DTZ001
        ("1849-12-31", "out-of-range"),
        ("9001-01-01", "out-of-range"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), "out-of-range"),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))), "out-of-range"),
    ],
)
def test_any_other_time_is_refused_without_a_trace_of_it(raw: Any, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read_instant(raw)
    assert (caught.value.code, caught.value.pointer) == (code, "/at")
    assert caught.value.__context__ is None
    assert not raw or str(raw) not in f"{caught.value!r} {caught.value.message} {caught.value.hint}"


NEXT_DAY = "24:00 is 00:00 of the next day; write 2026-11-22T09:00:00+01:00"
A_TIME = "write 2026-11-22T09:00:00+01:00"
A_DATE = "write 2026-11-22, or 2026-11-22T09:00:00+01:00"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("2026-11-22T24:00Z", f"not a time; {NEXT_DAY}"),
        ("2026-11-22T24:00:00+01:00", f"not a time; {NEXT_DAY}"),
        ("2026-11-22T24:00:00.000", f"not a time; {NEXT_DAY}"),
        ("20261122T240000Z", f"not a time; {NEXT_DAY}"),
        ("2026-11-22T24:01Z", f"not a time; {A_TIME}"),
        ("2026-11-22T25:00Z", f"not a time; {A_TIME}"),
        ("2026-11-22T09:60Z", f"not a time; {A_TIME}"),
        ("2026-11-22T09:00:60Z", f"not a time; {A_TIME}"),
        ("2026-11-22t09:00Z", f"not a time; {A_TIME}"),
        ("2026-11-22T09:00z", f"not a time; {A_TIME}"),
        ("2026-11-22 09:00Z", f"not a time; {A_TIME}"),
        ("20261122T090000Z", f"not a time; {A_TIME}"),
        ("2026-02-30T09:00Z", f"not a time; {A_TIME}"),
        ("09:00", f"not a time; {A_TIME}"),
        ("2026-11-31", f"not a date; {A_DATE}"),
        ("20261122", f"not a date; {A_DATE}"),
        ("22.11.2026", f"not a date; {A_DATE}"),
        ("2026-11-22T", f"not a date; {A_DATE}"),
    ],
)
def test_what_is_nearly_a_time_is_told_how_a_time_is_written(raw: str, told: str) -> None:
    with pytest.raises(Refused) as caught:
        read_instant(raw)
    assert f"{caught.value.message}; {caught.value.hint}" == told
    for text in ('{"age": {"value": 40, "at": "%s"}}', '{"observed_at": "%s"}'):
        with pytest.raises(ProfileError, match=re.escape(told)):
            PatientProfile.model_validate_json(text % raw)
    with pytest.raises(RequestError, match=re.escape(told)):
        read_time(raw)


@pytest.mark.parametrize("raw", ["1984-03-02T24:00Z", "1984-03-02T00:00:00Z", "1984-03-02 00:00:00"])
def test_a_birth_date_with_a_time_is_told_to_leave_it_out(raw: str) -> None:
    with pytest.raises(ProfileError, match="must be a date without a time; write 1984-03-02, 1984-03 or 1984"):
        PatientProfile(birth_date=raw)


def test_no_observation_shows_its_answer() -> None:
    shown = f"{Observation('pregnant', date(2026, 11, 22))!r} {ListObservation(frozenset({'stroke'}), True, ('x1',))!r}"
    assert not [word for word in ("pregnant", "2026", "stroke", "True", "x1") if word in shown]


def test_a_member_of_an_enum_is_taken_as_its_plain_word() -> None:
    class Word(str, Enum):  # noqa: UP042
        PREGNANT = "pregnant"
        STROKE = "stroke"
        OTHER = "zephyr"

    read = read_observation(PREGNANCY, {"value": Word.PREGNANT})
    assert isinstance(read, Observation)
    assert type(read.value) is str
    listed = read_observation(HEART, [Word.STROKE, Word.OTHER])
    assert isinstance(listed, ListObservation)
    assert listed == ListObservation(frozenset(["stroke"]), unrecognised=("zephyr",))
    assert {type(word) for word in (*listed.present, *listed.unrecognised)} == {str}
