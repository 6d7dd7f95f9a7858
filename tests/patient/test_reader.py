"""What a profile may say, in JSON, YAML and Python alike; what is refused is named by pointer and never by value."""

from __future__ import annotations

import copy
import json
import os
import pickle
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ketascreen import (
    Decision,
    ListObservation,
    Observation,
    PatientProfile,
    ProfileError,
    Screener,
    load_rulebook,
    read_profile,
)
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.places import EXAMPLES

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
EXAMPLE = EXAMPLES / "resistant-depression.json"
CANARY = "canary7f3a91"


@cache
def screener() -> Screener:
    """By the shipped rulebook; one channel is enough to see what was read."""
    return Screener(load_rulebook(built_in_rules()), channels=("reference",))


def known(**changes: Any) -> dict[str, Any]:
    """A complete profile as plain data, with some facts answered otherwise, or left out where they are None."""
    facts = {**json.loads(EXAMPLE.read_text("utf-8")), **changes}
    return {name: answer for name, answer in facts.items() if answer is not None}


def json_with(name: str, written: str) -> bytes:
    """The complete profile in JSON, with one fact written as it stands here."""
    return json.dumps(known(**{name: "@"})).replace('"@"', written).encode()


def decision(profile: PatientProfile) -> Decision:
    """The decision on the intravenous route."""
    return screener().screen(profile, as_of=AS_OF, routes=["iv"]).routes["iv"].decision  # type: ignore[index]


def everything_of(error: BaseException) -> str:
    """All that an error could show: its text, arguments, context, cause, diagnostics and notes."""
    parts = [str(error), repr(error), repr(error.args), repr(vars(error))]
    parts += ["".join(traceback.format_exception_only(error)), repr(error.__context__), repr(error.__cause__)]
    parts += [str(problem) + repr(problem) for problem in getattr(error, "diagnostics", ())]
    return "\n".join(parts)


def refused(read: Callable[[], object], *hidden: str) -> list[tuple[str, str | None]]:
    """Code and pointer of each problem; the error has no context and shows none of the hidden texts."""
    began = time.process_time()
    with pytest.raises(ProfileError) as caught:
        read()
    assert time.process_time() - began < 1
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = everything_of(error) + everything_of(pickle.loads(pickle.dumps(error)))
    assert not [text for text in hidden if text in shown]
    assert all(problem.hint for problem in error.diagnostics)
    return [(problem.code, problem.pointer) for problem in error.diagnostics]


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
        ('{"value": 180, "at": "2026-11-22T09:00:00"}', ("not-a-date", "/systolic_bp/at")),
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
        ("diastolic_bp", "118", ("contradiction", "/diastolic_bp")),
        ("Pregnancy", '"pregnant"', ("unknown-fact", "/Pregnancy")),
        (r"\u0440regnancy", '"pregnant"', ("unknown-fact", "")),
        ("eligible", "true", ("unknown-fact", "/eligible")),
        ("costarring", "5", ("unknown-fact", "/costarring")),
        ("$s", "1", ("unknown-fact", "")),
        ("sid", '"another"', ("unknown-fact", "/sid")),
        ("123-45-6789", "1", ("unknown-fact", "")),
        ("extra", '{"age": 5}', ("unknown-fact", "/extra")),
        ("extra", "[]", ("wrong-type", "/extra")),
        ("extra", '{"x": {"value": {"value": {"value": {"value": 1}}}}}', ("wrong-type", "/extra")),
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
    assert problem.hint == "did you mean `systolic_bp`?"


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
        ("systolic_bp: true", "profile:1:14: /systolic_bp: `systolic_bp`: a number is wanted"),
        ('systolic_bp: "180"', "profile:1:14: /systolic_bp: `systolic_bp`: not a number in its unit"),
        ("systolic_bp: 139.99999999999999999", "profile:1:14: a number that cannot be read"),
        ("systolic_bp: 1e2", "profile:1:14: a number that can be read in more than one way"),
        ("systolic_bp: \uff11\uff18\uff10 mmHg", "profile:1:14: digits of another script"),
        ("pregnancy: no", "profile:1:12: a word that YAML may read as true or false"),
        ("pregnancy: ~", "profile:1:12: no value"),
        (f"pregnancy: {CANARY}", "profile:1:12: /pregnancy: `pregnancy`: not one of its choices"),
        ("age: 34\nage: 17", "profile:2:1: a key twice, first on line 1"),
        ("age: 34\nheart_conditions:\n  - stroke\n  - 17", "profile:4:5: /heart_conditions/1: "),
        (
            "age: 34\nheart_conditions:\n  present:\n    - stroke\n    - 17",
            "profile:5:7: /heart_conditions/present/1: ",
        ),
        (r'heart_conditions: ["\e[2J"]', "profile:1:20: a character that cannot be seen"),
        ("age: &x 34", "profile:1:6: an anchor or alias"),
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
        (139.0, "wrong-type"),
        (float("nan"), "wrong-type"),
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
        (Observation(139.0), "wrong-type"),  # type: ignore[arg-type]
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
def test_python_callers_are_refused_alike(answer: object, code: str) -> None:
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
def test_lists_of_python_callers_are_refused_alike(answer: object) -> None:
    assert refused(lambda: PatientProfile(heart_conditions=answer), "stroke", "soon", "\x1b")


@pytest.mark.parametrize(
    "answer", [139, Decimal(139), Decimal("139.0"), Decimal("1.39E+2"), "139 mmHg", Observation(Decimal(139))]
)
def test_python_callers_may_send_whole_numbers_and_decimals(answer: object) -> None:
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
        PatientProfile(pregnancy="pregnent")
    (problem,) = caught.value.diagnostics
    assert problem.hint == "the choices are not_pregnant, pregnant, not_possible; leave it out where it is not known"


# Files


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path, tmp_path / ("a" * 300), tmp_path / "a\0b"):
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


# Ways around the check


def ways_around() -> Mapping[str, Callable[[PatientProfile], object]]:
    """Ways in which Pydantic or Python would make a profile without the check, each with a canary for a pressure."""
    from pydantic import TypeAdapter

    adapter: TypeAdapter[PatientProfile] = TypeAdapter(PatientProfile)
    answer: dict[str, Any] = {"systolic_bp": CANARY}
    return {
        "model_construct": lambda _: PatientProfile.model_construct(**answer),
        "construct": lambda _: PatientProfile.construct(**answer),
        "model_copy": lambda profile: profile.model_copy(update=answer),
        "copy": lambda profile: profile.copy(update=answer),
        "parse_obj": lambda _: PatientProfile.parse_obj(answer),
        "parse_raw with a key twice": lambda _: PatientProfile.parse_raw('{"age": 34, "age": 17}'),
        "a nested reader of JSON": lambda _: adapter.validate_json('{"age": 34, "age": 17}'),
        "strings": lambda _: PatientProfile.model_validate_strings(answer),
        "attributes": lambda _: PatientProfile.model_validate(type("Other", (), answer)(), from_attributes=True),
        "an attribute": lambda profile: setattr(profile, "systolic_bp", CANARY),
        "a new attribute": lambda profile: setattr(profile, "eligible", CANARY),
        "an unchecked copy of extra": lambda profile: profile.model_copy(update={"extra": {"x": float("nan")}}),
    }


@pytest.mark.filterwarnings("ignore::pydantic.PydanticDeprecatedSince20")
@pytest.mark.parametrize("way", ways_around())
def test_no_way_of_making_a_profile_goes_around_the_check(way: str) -> None:
    profile = PatientProfile(age=34)
    assert refused(lambda: ways_around()[way](profile), CANARY)
    assert profile == PatientProfile(age=34)


def test_a_profile_copied_or_pickled_is_the_same_profile() -> None:
    profile = PatientProfile(**known(), extra={"egfr": Decimal("60.5"), "words": {"b", "a"}})
    assert copy.copy(profile) == copy.deepcopy(profile) == pickle.loads(pickle.dumps(profile)) == profile
    assert profile.model_copy() == profile
    assert PatientProfile.model_validate(profile) == profile


def test_a_fact_is_replaced_or_taken_away_by_model_copy() -> None:
    profile = PatientProfile(age=34, pregnancy="pregnant")
    assert profile.model_copy(update={"age": 35, "pregnancy": None}) == PatientProfile(age=35)
    assert profile.age == Observation(Decimal(34))


def test_nothing_that_prints_a_profile_shows_an_answer() -> None:
    profile = PatientProfile(age=34, heart_conditions=[CANARY], extra={"note": CANARY})
    assert repr(profile) == str(profile) == "PatientProfile(2 facts)"
    assert CANARY not in f"{profile.heart_conditions!r} {profile.heart_conditions}"
    assert "34" not in repr(profile.age)
