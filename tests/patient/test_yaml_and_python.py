"""Profiles of YAML, of Python callers and of files: read like JSON, and refused alike."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ketascreen import (
    ListObservation,
    Observation,
    PatientProfile,
    ProfileError,
    read_profile,
)
from tests.helpers.profiles import AS_OF, CANARY, known, refused


@pytest.mark.parametrize("reader", ["json", "yaml", "python"])
def test_json_yaml_and_python_are_read_alike(reader: str) -> None:
    pressure = '{"value": 139.5, "at": "2026-11-22T09:00:00Z"}'
    if reader == "python":
        profile = PatientProfile(systolic_bp={"value": Decimal("139.5"), "at": AS_OF}, heart_conditions=("stroke",))
    else:
        text = f'{{"systolic_bp": {pressure}, "heart_conditions": ["stroke"]}}'
        profile = read_profile(text.encode() if reader == "json" else b"# YAML\n" + text.encode())
    assert profile.systolic_bp == Observation(Decimal("139.5"), AS_OF)
    assert profile.heart_conditions == ListObservation(frozenset(["stroke"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("systolic_bp: true", "profile:1:14: /systolic_bp: `systolic_bp` must be a number"),
        ('systolic_bp: "180"', "profile:1:14: /systolic_bp: `systolic_bp`: not a number in its unit"),
        ("systolic_bp: 139.99999999999999999", "profile:1:14: a number that cannot be read"),
        ("systolic_bp: 1e2", "profile:1:14: can be read as a number in more than one way"),
        ("systolic_bp: \uff11\uff18\uff10 mmHg", "profile:1:14: digits of another script"),
        ("pregnancy: no", "profile:1:12: /pregnancy: `pregnancy`: not one of its choices; the choices are "),
        ("pregnancy: ~", "profile:1:12: no value"),
        (f"pregnancy: {CANARY}", "profile:1:12: /pregnancy: `pregnancy`: not one of its choices"),
        ("age: 34\nage: 17", "profile:2:1: a key twice, first on line 1"),
        ("age: 34\nheart_conditions:\n  - stroke\n  - 17", "profile:4:5: /heart_conditions/1: "),
        (
            "age: 34\nheart_conditions:\n  present:\n    - stroke\n    - 17",
            "profile:5:7: /heart_conditions/present/1: ",
        ),
        (r'heart_conditions: ["\e[2J"]', "profile:1:20: a character that cannot be seen"),
        ("age: &x 34", "profile:1:6: a value that begins with `&` or `*`"),
        ("- age: 34", "profile:1:1: /: a profile is one object of facts"),
        ("", "profile:1:1: an empty file"),
    ],
)
def test_yaml_is_refused_at_its_line_without_the_value(text: str, expected: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(text.encode())
    assert str(caught.value.diagnostics[0]).startswith(expected)
    refused(lambda: read_profile(text.encode()), CANARY, "139.9", "17\n", "\uff11", "180")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (139.1234567, "not-a-number"),
        (float("nan"), "not-a-number"),
        (True, "wrong-type"),
        (Decimal("NaN"), "not-a-number"),
        (Decimal("sNaN"), "not-a-number"),
        (Decimal("Infinity"), "not-a-number"),
        (Decimal("1E+999999999"), "not-a-number"),
        (Decimal("1E-999999999"), "not-a-number"),
        (Decimal("139.99999999999999999"), "not-a-number"),
        (10**5000, "not-a-number"),
        (-(10**5000), "not-a-number"),
        (b"139 mmHg", "wrong-type"),
        (object(), "wrong-type"),
        ("139", "not-a-number"),
        (Observation(139.1234567), "not-a-number"),  # type: ignore[arg-type]
        (Observation(Decimal("1E+99999999")), "not-a-number"),
        (Observation("139"), "not-a-number"),
        (Observation(Decimal(139), datetime(2026, 11, 22)), "time-without-offset"),  # noqa: DTZ001
        (Observation(Decimal(139), "yesterday"), "not-a-date"),  # type: ignore[arg-type]
        (ListObservation(frozenset()), "unknown-key"),
        ({"value": 139, "at": datetime(2026, 11, 22)}, "time-without-offset"),  # noqa: DTZ001
        ({"value": 139, "at": 5}, "not-a-date"),
        ({5: 139}, "unknown-key"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else None,
)
def test_python_callers_are_refused_alike(answer: Any, code: str) -> None:
    found = refused(lambda: PatientProfile(systolic_bp=answer), "139", "yesterday", "E+9")
    assert [problem[0] for problem in found] == [code]


@pytest.mark.parametrize(
    "answer",
    [
        ListObservation(frozenset([1, "stroke"])),  # type: ignore[list-item]
        ListObservation(5),  # type: ignore[arg-type]
        ListObservation(frozenset(), complete=1),  # type: ignore[arg-type]
        ListObservation(frozenset(["a\x1b[2J"])),
        ListObservation(frozenset(), at="soon"),  # type: ignore[arg-type]
        Observation("stroke"),
        [["stroke"]],
        "stroke",
        b"stroke",
        {"stroke": True},
    ],
)
def test_lists_of_python_callers_are_refused_alike(answer: Any) -> None:
    assert refused(lambda: PatientProfile(heart_conditions=answer), "stroke", "soon", "\x1b")


@pytest.mark.parametrize(
    "answer", [139, Decimal(139), Decimal("139.0"), Decimal("1.39E+2"), "139 mmHg", Observation(Decimal(139))]
)
def test_python_callers_may_send_whole_numbers_and_decimals(answer: Any) -> None:
    assert PatientProfile(systolic_bp=answer).systolic_bp == Observation(Decimal(139))


@pytest.mark.parametrize("raw", [None, 5, "age", [("age", 34)], object()])
def test_what_is_no_object_of_facts_is_refused(raw: object) -> None:
    assert refused(lambda: PatientProfile.model_validate(raw)) == [("wrong-type", "")]


def test_text_with_a_lone_surrogate_is_refused() -> None:
    assert refused(lambda: PatientProfile.model_validate_json(f'{{"{CANARY}": "\ud800"}}'), CANARY) == [
        ("not-utf-8", None)
    ]


def test_an_answer_that_no_choice_fits_names_the_choices_but_suggests_none() -> None:
    with pytest.raises(ProfileError) as caught:
        PatientProfile(pregnancy="pregnent")  # type: ignore[arg-type]
    (problem,) = caught.value.diagnostics
    assert problem.hint == "the choices are not_pregnant, pregnant, not_possible; leave it out if it is not known"


# Files


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path, tmp_path / ("a" * 300)):
        with pytest.raises(ProfileError) as caught:
            read_profile(path)
        assert [problem.code for problem in caught.value.diagnostics] == ["unreadable"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "profile.json")
    assert refused(lambda: read_profile(tmp_path / "profile.json")) == [("unreadable", None)]


def test_a_file_is_never_read_past_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    with file.open("wb") as open_file:
        open_file.truncate(10**12)  # a hole: nothing is written
    assert refused(lambda: read_profile(file)) == [("too-large", None)]


@pytest.mark.parametrize("name", ["p.json", "p.JSON", "p.yaml", "p"])
def test_a_file_of_either_form_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(json.dumps(known()))
    assert read_profile(tmp_path / name) == PatientProfile(**known())
    assert read_profile(str(tmp_path / name)) == PatientProfile(**known())


# What the numbers must not depend on


def test_the_decimal_context_of_the_caller_changes_no_number() -> None:
    import decimal

    with decimal.localcontext() as context:
        context.prec, context.Emax, context.Emin = 2, 9, -9
        context.clear_traps()
        profile = PatientProfile(systolic_bp=Decimal("139.5"), age="216 months")
        assert profile.systolic_bp == Observation(Decimal("139.5"))
        assert profile.age == Observation(Decimal(18))
        assert refused(lambda: PatientProfile(systolic_bp=Decimal("139.99999999999999999")))


def test_a_time_keeps_its_instant_whatever_zone_it_came_in() -> None:
    from zoneinfo import ZoneInfo

    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    for at in (first, first.replace(fold=1), datetime(1960, 1, 1, tzinfo=ZoneInfo("Africa/Monrovia"))):
        profile = PatientProfile(age={"value": 34, "at": at})
        assert profile.age is not None
        assert isinstance(profile.age.at, datetime)
        assert profile.age.at - at.astimezone(UTC) == timedelta(0)
        assert isinstance(profile.age.at.tzinfo, timezone)
        assert PatientProfile.model_validate(profile.model_dump()) == profile
