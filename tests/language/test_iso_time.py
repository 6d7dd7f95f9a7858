"""Dates and times are read the same on every Python, by one module."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import ketascreen
from ketascreen import RequestError
from ketascreen.language.iso_time import read_iso, read_iso_date, read_iso_time
from ketascreen.verdict.decided import ClinicianDecision
from tests.helpers.command_line import flat, run
from tests.helpers.places import EXAMPLES

READ = {
    "2026-11-22": date(2026, 11, 22),
    "2026-11-22T23:59Z": datetime(2026, 11, 22, 23, 59, tzinfo=UTC),
    "2026-11-22T00:00Z": datetime(2026, 11, 22, tzinfo=UTC),
    "2026-11-22T09:00:59.123456+23:59": datetime(
        2026, 11, 22, 9, 0, 59, 123456, tzinfo=timezone(timedelta(hours=23, minutes=59))
    ),
    "2026-11-22T09:00-00:00": datetime(2026, 11, 22, 9, tzinfo=UTC),
    "2026-11-22T09:00": datetime(2026, 11, 22, 9),  # noqa: DTZ001
}

REFUSED = (
    "2026-11-22T24:00Z",  # Python 3.14 reads the next day
    "2026-11-22T24:00:00.000000+01:00",
    "2026-11-22T09:00+01:75",  # Python reads +02:15
    "2026-11-22T09:00+24:00",
    "2026-11-22T09:60Z",
    "2026-11-22T09:00:60Z",
    "2026-11-22T09:00:00,5Z",
    "2026-11-22T09:00:00.1234567Z",
    "2026-11-22T09Z",
    "2026-11-22T0900Z",
    "2026-11-22t09:00z",
    "2026-11-22 09:00Z",
    "2026-11-22T09:00+01",
    "2026-11-22T09:00+01:00:30",
    "20261122",
    "2026-W47-7",
    "2026-326",
    "2026-02-29",
    "2026-11-22T09:00\u0660Z",
    "\uff12026-11-22",
    "2026-11-22\n",
    "1795341600",
    "",
)
"""Each is refused on every Python; some Pythons read it."""


@pytest.mark.parametrize("text", READ)
def test_a_date_or_a_time_is_read(text: str) -> None:
    assert (read_iso(text), type(read_iso(text))) == (READ[text], type(READ[text]))
    assert (read_iso_time if "T" in text else read_iso_date)(text) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_some_pythons_read_is_refused_on_each(text: str) -> None:
    for read in (read_iso, read_iso_date, read_iso_time):
        with pytest.raises(ValueError, match=r"not a (date|time); write 2026|day|month"):
            read(text)


def test_no_other_module_reads_a_date_or_a_time() -> None:
    source = Path(ketascreen.__file__).parent
    asks = re.compile(r"fromisoformat|strptime|fromtimestamp|fromisocalendar|parsedate")
    found = {file.relative_to(source).as_posix() for file in source.rglob("*.py") if asks.search(file.read_text())}
    assert found == {"language/iso_time.py"}


@pytest.mark.parametrize("at", ["2026-11-22T24:00Z", "2026-11-22T09:00+01:75", "1795341600", 1795341600, 1795341600.0])
@pytest.mark.parametrize("field", ["at", "until"])
def test_the_time_of_a_decision_is_read_as_every_other_time(field: str, at: Any) -> None:
    given: dict[str, Any] = {"rule": "pregnancy", "by": "Dr N", "at": "2026-11-22T09:00:00Z"}
    assert ClinicianDecision(**given).at == datetime(2026, 11, 22, 9, tzinfo=UTC)
    with pytest.raises(RequestError, match=f"`{field}` of a decision is missing or of a wrong form; write a datetime"):
        ClinicianDecision(**{**given, field: at})


def test_every_time_of_what_is_reported_is_read_by_that_module() -> None:
    source = Path(ketascreen.__file__).parent
    own = {file.name for file in source.rglob("*.py") if re.search(r"(Aware|Naive)Datetime", file.read_text())}
    assert own == {"base_model.py"}  # its WrittenTime


@pytest.mark.parametrize(
    "args",
    [
        ("screen", str(EXAMPLES / "resistant-depression.json"), "--as-of"),
        ("audit", "stats", "no.db", "--until"),
        ("audit", "retire", "no.db", ".", "--as-of"),
        (
            *("audit", "override", "no.db", "1", "--rule", "r", "--reason", "other"),
            *("--text", "t", "--by", "b", "--until"),
        ),
    ],
    ids=lambda args: " ".join(args[:2]),
)
def test_an_option_with_a_time_refuses_24_o_clock(args: tuple[str, ...]) -> None:
    ran = run(*args, "2026-11-22T24:00Z")
    assert ran.status == 2
    assert f"Invalid value for {args[-1]}: not a time; 24:00 is 00:00 of the next day; write 2026-11-22" in ran.err


@pytest.mark.parametrize("text", ["2026-11-22T24:00Z", "2026-W47-7"])
def test_today_of_a_check_is_a_day(text: str) -> None:
    ran = run("check", "--today", text)
    assert (ran.status, "Invalid value for --today: not a date; write 2026-11-22" in ran.err) == (2, True)


def test_a_profile_of_yaml_and_its_observed_at_refuse_24_o_clock() -> None:
    for text in ('systolic_bp: {value: 120 mmHg, at: "2026-11-21T24:00Z"}', 'observed_at: "2026-11-21T24:00Z"'):
        ran = run("screen", "-", "--as-of", "2026-11-22T09:00Z", stdin=text.encode())
        assert (ran.status, "not a time; 24:00 is 00:00 of the next day" in flat(ran.err)) == (2, True)
