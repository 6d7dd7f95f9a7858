"""The clinic's zone: any value that is not the name of one is refused, and its day is the same everywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ketascreen import RequestError, Screener
from ketascreen.language.clinic_time import ClinicTime


@pytest.mark.parametrize(
    "name", ["../UTC", "/UTC", "", "america/los_angeles", "America", "A\0B", 5, True, ["UTC"], b"UTC"]
)
def test_what_is_not_the_name_of_a_zone_is_refused(name: Any) -> None:
    with pytest.raises(RequestError) as caught:
        Screener.default(time_zone=name)
    assert [problem.code for problem in caught.value.diagnostics] == ["time-zone"]


def test_today_is_the_clinic_s_day_where_the_offset_had_seconds() -> None:
    clinic = ClinicTime.at(datetime(1912, 4, 9, 2, 6, tzinfo=UTC), "America/Sao_Paulo")
    assert clinic.today == clinic.day_of(clinic.as_of)
    assert clinic.today.isoformat() == "1912-04-08"
