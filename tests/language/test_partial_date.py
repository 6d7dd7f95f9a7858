"""Dates known to the day, the month or the year, and the whole months between two days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen import PatientProfile, ProfileError
from ketascreen.language.partial_date import Days, PartialDate, days_ago, months_between
from tests.helpers.observations import partial_dates

LEAP = date(2028, 2, 29)
DAY = timedelta(days=1)


@given(partial_dates)
def test_a_date_is_read_back_from_its_text(made: PartialDate) -> None:
    assert PartialDate.parse(str(made)) == made


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2028-02-29", LEAP, LEAP),
        ("2028-02", date(2028, 2, 1), LEAP),
        ("2027-02", date(2027, 2, 1), date(2027, 2, 28)),
        ("2028", date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_a_date_spans_all_days_that_it_can_be(text: str, first: date, last: date) -> None:
    assert PartialDate.parse(text).days() == Days(first, last)


@pytest.mark.parametrize("text", ["2027-02-29", "2028-13", "0000", "28", "2028-2", "2028-02-1", "2028-", "٢٠٢٨", ""])
def test_another_form_or_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|day|month|year"):
        PartialDate.parse(text)


@pytest.mark.parametrize("parts", [(2027, 2, 29), (2028, 13), (0,), (2028, None, 3)])
def test_such_a_date_cannot_be_made_from_its_parts_either(parts: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r"date|day|month|year"):
        PartialDate(*parts)


@pytest.mark.parametrize(("year", "accepted"), [(1849, False), (1850, True), (9000, True), (9001, False)])
@pytest.mark.parametrize(("fact", "pointer"), [("birth_date", "/birth_date"), ("last_stroke", "/last_stroke/value")])
def test_a_date_that_a_caller_made_is_of_our_time_as_its_text_is(
    fact: str, pointer: str, year: int, accepted: bool
) -> None:
    for given_as in (PartialDate(year), str(PartialDate(year))):
        if accepted:
            assert PatientProfile.model_validate({fact: given_as}).model_dump()[fact] is not None
        else:
            with pytest.raises(ProfileError) as caught:
                PatientProfile.model_validate({fact: given_as})
            assert [(one.code, one.pointer) for one in caught.value.diagnostics] == [("out-of-range", pointer)]


@pytest.mark.parametrize(
    ("other", "within", "overlaps", "both"),
    [
        (Days(LEAP, LEAP + DAY), True, True, Days(LEAP, LEAP)),
        (Days(LEAP, LEAP), True, True, Days(LEAP, LEAP)),
        (Days(LEAP + DAY, LEAP + DAY), False, False, None),
        (Days(LEAP - DAY, LEAP - DAY), False, False, None),
    ],
)
def test_a_day_is_compared_with_other_days_both_ends_included(
    other: Days, within: bool, overlaps: bool, both: Days | None
) -> None:
    one = Days(LEAP, LEAP)
    assert (one.within(other), one.overlaps(other), one.both(other)) == (within, overlaps, both)


def test_days_that_reach_beyond_others_overlap_them_and_are_not_within_them() -> None:
    one, other = Days(LEAP, LEAP + DAY), Days(LEAP, LEAP)
    assert (one.within(other), one.overlaps(other)) == (False, True)


@pytest.mark.parametrize(
    ("until", "left"), [(LEAP - DAY, None), (LEAP, Days(LEAP, LEAP)), (LEAP + DAY, Days(LEAP, LEAP + DAY))]
)
def test_days_until_a_day_end_with_it(until: date, left: Days | None) -> None:
    assert Days(LEAP, LEAP + DAY).until(until) == left


@pytest.mark.parametrize(
    ("then", "months"),
    [(date(2028, 3, 28), 0), (date(2028, 3, 29), 1), (date(2029, 2, 28), 11), (date(2029, 3, 1), 12)],
)
def test_a_month_is_over_on_the_same_day_of_the_next_one(then: date, months: int) -> None:
    assert months_between(LEAP, then) == months


@given(
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.integers(0, 1200),
    st.sampled_from([1, 12]),
    st.integers(0, 400),
)
def test_the_days_so_many_units_ago_are_exactly_those_with_that_number_of_units(
    today: date, count: int, months: int, step: int
) -> None:
    count = min(count, 1200 // months)
    days = days_ago(count, months, today)
    for day in (days.first, days.last, min(days.first + step * DAY, days.last)):
        assert months_between(day, today) // months == count
    assert months_between(days.first - DAY, today) // months == count + 1
    if count:
        assert months_between(days.last + DAY, today) // months == count - 1
