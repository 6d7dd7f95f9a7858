"""What a profile may say, in JSON, YAML and Python alike; what is refused is named by pointer and never by value."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ketascreen import (
    Decision,
    ListObservation,
    Observation,
    PatientProfile,
    ProfileError,
    read_profile,
)
from tests.helpers.profiles import CANARY, decision, json_with, known, refused


def test_the_control_is_read_and_decided() -> None:
    profile = read_profile(json.dumps(known()).encode())
    assert decision(profile) is Decision.ELIGIBLE


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("NaN", ("not-a-number", "/systolic_bp")),
        ("-Infinity", ("not-a-number", "/systolic_bp")),
        ("1e999", ("not-a-number", "/systolic_bp")),
        ("1e99999999999999999999", ("not-a-number", "/systolic_bp")),
        ("9" * 5000, ("not-a-number", "/systolic_bp")),
        ("139.99999999999999999", ("not-a-number", "/systolic_bp")),
        ("139.1234567", ("not-a-number", "/systolic_bp")),
        ('"180"', ("not-a-number", "/systolic_bp")),
        ('"180 mmHg "', ("not-a-number", "/systolic_bp")),
        ('"180mmHg"', ("not-a-number", "/systolic_bp")),
        ('"180 kPa"', ("not-a-number", "/systolic_bp")),
        ('"180 years"', ("not-a-number", "/systolic_bp")),
        ('"0180 mmHg"', ("not-a-number", "/systolic_bp")),
        ('"1e2 mmHg"', ("not-a-number", "/systolic_bp")),
        (r'"\uff11\uff18\uff10"', ("not-a-number", "/systolic_bp")),
        (r'"\uff11\uff18\uff10 mmHg"', ("not-a-number", "/systolic_bp")),
        (f'"{CANARY}"', ("not-a-number", "/systolic_bp")),
        ("true", ("wrong-type", "/systolic_bp")),
        ("[180]", ("wrong-type", "/systolic_bp")),
        ('{"value": true, "unit": "mmHg"}', ("wrong-type", "/systolic_bp")),
        ('{"value": "180", "unit": "mmHg"}', ("wrong-type", "/systolic_bp")),
        ('{"value": 180, "unit": ""}', ("not-a-number", "/systolic_bp")),
        ('{"value": 180, "unit": "mmHg", "unit": "years"}', ("duplicate-key", "/systolic_bp/unit")),
        ('{"value": 180, "unit": 7}', ("wrong-type", "/systolic_bp/unit")),
        ('{"value": null, "at": "2026-11-22"}', ("missing-value", "/systolic_bp")),
        ("{}", ("missing-value", "/systolic_bp")),
        ('{"valeu": 180}', ("unknown-key", "/systolic_bp")),
        ('{"present": ["stroke"]}', ("unknown-key", "/systolic_bp")),
        ('{"value": 180, "at": "2026-11-22T09:00:00"}', ("time-without-offset", "/systolic_bp/at")),
        ('{"value": 180, "at": "2026-02-30"}', ("not-a-date", "/systolic_bp/at")),
        ('{"value": 180, "at": 1795341600}', ("not-a-date", "/systolic_bp/at")),
        ('{"value": 180, "at": "9999-12-31T23:59:59-23:59"}', ("out-of-range", "/systolic_bp/at")),
        ('{"value": 180, "at": "0001-01-01T00:00:00+23:59"}', ("out-of-range", "/systolic_bp/at")),
        ("9999", ("out-of-range", "/systolic_bp")),
        ("351", ("out-of-range", "/systolic_bp")),
        ("29.999999", ("out-of-range", "/systolic_bp")),
        ("-120", ("out-of-range", "/systolic_bp")),
    ],
)
def test_a_number_that_cannot_be_read_exactly_is_refused(written: str, expected: tuple[str, str]) -> None:
    hidden = [CANARY, "9999", "139.9", "139.1", "1e999", "1795341600", 'kPa"', "\uff11", "valeu"]
    assert refused(lambda: read_profile(json_with("systolic_bp", written)), *hidden) == [expected]


@pytest.mark.parametrize("written", ["350", '"350 mmHg"', "350.0", '{"value": 350, "unit": "mmHg"}', "3.5e2"])
def test_a_number_at_the_end_of_its_range_is_read(written: str) -> None:
    profile = read_profile(json_with("systolic_bp", written))
    assert profile.systolic_bp == Observation(Decimal(350))


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("pregnancy", '"no"', ("unknown-choice", "/pregnancy")),
        ("pregnancy", '"unknown"', ("unknown-choice", "/pregnancy")),
        ("pregnancy", '"Pregnant"', ("unknown-choice", "/pregnancy")),
        ("pregnancy", '" pregnant"', ("unknown-choice", "/pregnancy")),
        ("pregnancy", "false", ("wrong-type", "/pregnancy")),
        ("pregnancy", "0", ("wrong-type", "/pregnancy")),
        ("pregnancy", '["pregnant"]', ("wrong-type", "/pregnancy")),
        ("pregnancy", f'"{CANARY}"', ("unknown-choice", "/pregnancy")),
        ("pregnancy", '{"value": "pregnant", "unit": "mmHg"}', ("wrong-type", "/pregnancy/unit")),
        ("heart_conditions", "[null]", ("wrong-type", "/heart_conditions/0")),
        ("heart_conditions", '["stroke", 5]', ("wrong-type", "/heart_conditions/1")),
        ("heart_conditions", '["stroke", ""]', ("wrong-type", "/heart_conditions/1")),
        ("heart_conditions", '"stroke"', ("wrong-type", "/heart_conditions")),
        ("heart_conditions", "true", ("wrong-type", "/heart_conditions")),
        ("heart_conditions", "{}", ("wrong-type", "/heart_conditions/present")),
        ("heart_conditions", '{"present": [], "complete": "true"}', ("wrong-type", "/heart_conditions/complete")),
        ("heart_conditions", '{"present": [], "complete": 1}', ("wrong-type", "/heart_conditions/complete")),
        ("heart_conditions", '{"value": []}', ("unknown-key", "/heart_conditions")),
        ("heart_conditions", json.dumps(["x"] * 201), ("too-many", "/heart_conditions")),
        ("heart_conditions", json.dumps(["x" * 201]), ("wrong-type", "/heart_conditions/0")),
        ("heart_conditions", r'["\ud800"]', ("control-character", "/heart_conditions/0")),
        ("heart_conditions", r'["stroke\u0000x"]', ("control-character", "/heart_conditions/0")),
        ("heart_conditions", r'["\u001b[2J"]', ("control-character", "/heart_conditions/0")),
        ("heart_conditions", r'["\u202e"]', ("control-character", "/heart_conditions/0")),
        ("age", "17.99", ("not-whole", "/age")),
        ("age", "121", ("out-of-range", "/age")),
        ("age", '"215 months"', ("not-a-number", "/age")),
        ("birth_date", '"infinity"', ("not-a-date", "/birth_date")),
        ("birth_date", '"01/02/1990"', ("not-a-date", "/birth_date")),
        ("birth_date", '"1990-05-01T00:00:00Z"', ("wrong-type", "/birth_date")),
        ("birth_date", "19900501", ("not-a-date", "/birth_date")),
        ("birth_date", '"1849-12-31"', ("out-of-range", "/birth_date")),
        ("birth_date", '"2026-W47-7"', ("not-a-date", "/birth_date")),
        ("birth_date", r'"\uff12026-11-22"', ("not-a-date", "/birth_date")),
        ("Pregnancy", '"pregnant"', ("unknown-fact", "/Pregnancy")),
        (r"\u0440regnancy", '"pregnant"', ("unknown-fact", "")),
        ("eligible", "true", ("unknown-fact", "/eligible")),
        ("costarring", "5", ("unknown-fact", "/costarring")),
        ("$s", "1", ("unknown-fact", "")),
        ("sid", '"another"', ("unknown-fact", "/sid")),
        ("123-45-6789", "1", ("unknown-fact", "")),
        ("extra", '{"age": 5}', ("unknown-fact", "/extra")),
        ("extra", "[]", ("wrong-type", "/extra")),
        ("extra", '{"x": {"value": {"value": {"value": {"value": 1}}}}}', ("wrong-type", "/extra/x")),
    ],
)
def test_an_answer_that_is_not_understood_is_refused(name: str, written: str, expected: tuple[str, str]) -> None:
    plain = name.replace(r"\u0440", "\u0440")
    data = json_with(plain, written)
    hidden = [CANARY, "123-45-6789", "infinity", "01/02", "\u202e", "\x1b", "17.99", "215"]
    assert refused(lambda: read_profile(data), *hidden) == [expected]
    assert refused(lambda: PatientProfile.model_validate_json(data.decode()), *hidden) == [expected]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"systolic_bp": 190, "systolic_bp": 120}', ("duplicate-key", "/systolic_bp")),
        (rb'{"systolic_bp": 190, "\u0073ystolic_bp": 120}', ("duplicate-key", "/systolic_bp")),
        (b"[{}]", ("wrong-type", "")),
        (b'"eligible"', ("wrong-type", "")),
        (b"[" * 20_000, ("over-limit", None)),
        (b'{"age": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", ("over-limit", None)),
        (b'{"heart_conditions": ["\xff"]}', ("not-utf-8", None)),
        (b'{"heart_conditions": ["\xed\xa0\x80"]}', ("not-utf-8", None)),
        (b'{"age": 34,', ("not-json", None)),
        (b'{"age": 34} {}', ("not-json", None)),
        (b'{"age": 34,}', ("not-json", None)),
        (b"{'age': 34}", ("not-json", None)),
        (b'{"a": ' + b'\\"' * 400_000, ("not-json", None)),
        (b'{"a": "' + b"\\\n" * 400_000, ("not-json", None)),
        (b'{"a": ' + b'"x' * 400_000, ("not-json", None)),
        (b'{"age": "' + b"x" * 1_000_001 + b'"}', ("too-large", None)),
        (b"{" + b",".join(b'"k%d":0' % n for n in range(80_000)) + b"}", ("too-many", "")),
        (b'{"extra": {' + b",".join(b'"k%d":0' % n for n in range(80_000)) + b"}}", ("too-many", "/extra")),
    ],
    ids=lambda value: value[:30].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_json_that_readers_differ_on_or_choke_on_is_refused(data: bytes, expected: tuple[str, str | None]) -> None:
    assert refused(lambda: read_profile(data), "190", "eligible") == [expected]


def test_json_in_a_file_with_a_comment_is_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    file.write_text("// x\n" + json.dumps(known()))
    with pytest.raises(ProfileError) as caught:
        read_profile(file)
    assert str(caught.value).startswith(f"{file}:1:1: not JSON from here on")


def test_300_keys_too_many_are_each_refused() -> None:
    data = json.dumps({**known(), **{f"k{number}": number for number in range(300)}}).encode()
    assert len(refused(lambda: read_profile(data))) == 300


def test_all_problems_of_a_profile_are_reported_at_once() -> None:
    data = json.dumps({"age": "x", "systolic_bp": True, "colour": 1, "pregnancy": "no"}).encode()
    assert sorted(refused(lambda: read_profile(data), "no\n")) == [
        ("not-a-number", "/age"),
        ("unknown-choice", "/pregnancy"),
        ("unknown-fact", "/colour"),
        ("wrong-type", "/systolic_bp"),
    ]


def test_an_unknown_fact_is_met_with_the_nearest_name() -> None:
    with pytest.raises(ProfileError) as caught:
        PatientProfile.model_validate({"systolic_pb": 120})
    (problem,) = caught.value.diagnostics
    assert problem.hint == "did you mean `systolic_bp`? If it is a fact of the rulebook, put it under `extra`"


@pytest.mark.parametrize(
    "missing",
    [["pregnancy"], ["heart_conditions"], ["current_diagnoses"], ["systolic_bp"], ["birth_date"], list(known())],
)
@pytest.mark.parametrize("as_null", [True, False])
def test_what_is_not_known_makes_the_data_insufficient(missing: list[str], as_null: bool) -> None:
    facts: dict[str, Any] = {name: answer for name, answer in known().items() if name not in missing}
    facts |= dict.fromkeys(missing) if as_null else {}
    assert decision(read_profile(json.dumps(facts).encode())) is Decision.INSUFFICIENT_DATA


@pytest.mark.parametrize(
    "entry", ["<img src=x onerror=alert(1)>", " Stroke ", "zzz-not-a-code", "STROKE", "stroke.", "none"]
)
@pytest.mark.parametrize("fact", ["heart_conditions", "current_diagnoses"])
def test_a_word_that_a_list_does_not_know_is_kept_and_nobody_is_eligible_with_it(fact: str, entry: str) -> None:
    listed = {"present": [*known()[fact]["present"], entry], "complete": True, "at": "2026-11-22"}
    profile = read_profile(json.dumps(known(**{fact: listed})).encode())
    kept: ListObservation = getattr(profile, fact)
    assert kept.unrecognised == (entry,)
    assert decision(profile) in (Decision.INSUFFICIENT_DATA, Decision.REVIEW)


def test_a_problem_of_a_file_of_json_names_the_file_and_no_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text('{"sistolic_bp": 139}', encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        read_profile(file)
    assert str(caught.value).startswith(
        f"{file}: /sistolic_bp: unknown fact `sistolic_bp`; did you mean `systolic_bp`?"
    )


def test_a_file_that_is_not_there_is_said_to_be_missing_and_has_no_line(tmp_path: Path) -> None:
    file = tmp_path / "nope.json"
    with pytest.raises(ProfileError) as caught:
        read_profile(file)
    assert str(caught.value).startswith(f"{file}: cannot be read (no such file)")
