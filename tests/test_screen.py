"""How a screener is asked for, and the times that it is asked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from ketascreen import ClinicianDecision, PatientProfile, ProfileError, RequestError, Screener, Verdict
from ketascreen.verdict.verdict import decided_at
from tests.helpers.screening import AS_OF, shipped, shipped_screener


@pytest.mark.parametrize("isolation", ["Process", "proces", "", None, True])
def test_an_isolation_that_does_not_exist_is_refused_and_not_left_out(isolation: Any) -> None:
    with pytest.raises(RequestError, match="unknown isolation"):
        Screener(shipped(), channels=("reference",), isolation=isolation)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 10**10])
def test_a_deadline_that_cannot_be_kept_is_refused(seconds: float) -> None:
    with pytest.raises(RequestError, match="the deadline is out of range"):
        Screener(shipped(), channels=("reference",), deadline_seconds=seconds)


@pytest.mark.parametrize(
    "as_of",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-14))),
    ],
)
def test_a_screening_at_the_end_of_the_calendar_is_refused_with_its_reason(as_of: datetime) -> None:
    with pytest.raises(RequestError, match="`as_of` must be between the years 1850 and 9000"):
        shipped_screener().screen(PatientProfile(), as_of=as_of)


@pytest.mark.parametrize(
    "as_of",
    [
        datetime(1930, 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam")),  # 19 minutes and 32 seconds
        datetime(2026, 11, 22, 9, tzinfo=timezone(timedelta(seconds=1, microseconds=5))),
    ],
)
def test_an_offset_of_broken_minutes_is_written_down_as_the_same_instant(as_of: datetime) -> None:
    decision = ClinicianDecision(rule="home-use", by="dr-17", at=as_of)
    verdict = shipped_screener().screen(PatientProfile(), as_of=as_of, decisions=[decision])
    again = Verdict.model_validate_json(verdict.model_dump_json())
    assert again == verdict
    assert again.as_of == again.decisions[0].at == as_of.astimezone(UTC)


@pytest.mark.parametrize("by", ["", " ", "\t\n"])
def test_a_decision_by_nobody_is_refused(by: str) -> None:
    with pytest.raises(ValidationError, match="by"):
        ClinicianDecision(rule="home-use", by=by, at=AS_OF)


HOUR = timedelta(hours=1)


def made(at: datetime, until: datetime | None = None) -> ClinicianDecision:
    return ClinicianDecision(rule="home-use", by="dr-17", at=at, until=until)


@pytest.mark.parametrize(
    ("decisions", "counts"),
    [
        ([made(AS_OF)], True),
        ([made(AS_OF + HOUR)], False),
        ([made(AS_OF - HOUR, AS_OF)], False),
        ([made(AS_OF - HOUR, AS_OF + HOUR)], True),
        ([made(AS_OF - 3 * HOUR), made(AS_OF - 2 * HOUR, AS_OF - HOUR)], False),
        ([made(AS_OF - 3 * HOUR, AS_OF - 2 * HOUR), made(AS_OF - HOUR)], True),
        ([made(AS_OF - HOUR), made(AS_OF - HOUR, AS_OF)], False),
        ([], False),
    ],
)
def test_the_newest_decision_on_a_review_is_the_one_that_holds(
    decisions: list[ClinicianDecision], counts: bool
) -> None:
    for given in (decisions, decisions[::-1]):
        assert decided_at(given, AS_OF) == ({"home-use"} if counts else set())


def test_what_is_no_profile_or_no_decision_is_refused_with_its_hint() -> None:
    wrong: Any = {"systolic_bp": 120}
    with pytest.raises(RequestError, match=r"make one with PatientProfile"):
        shipped_screener().screen(wrong, as_of=AS_OF)
    with pytest.raises(RequestError, match=r"make one with ClinicianDecision"):
        shipped_screener().screen(PatientProfile(), as_of=AS_OF, decisions=[wrong])


def test_no_option_of_pydantic_lets_an_unknown_fact_through() -> None:
    with pytest.raises(ProfileError, match="unknown fact"):
        PatientProfile.model_validate({"sistolic_bp": 152}, extra="ignore")
