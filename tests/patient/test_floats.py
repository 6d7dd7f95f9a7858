"""A Python float is read by its shortest decimal text, or refused; a JSON number never becomes a float."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen import Observation, PatientProfile, ProfileError, load_rulebook
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.facts import known_facts
from ketascreen.patient.observation import read_observation
from ketascreen.patient.profile import BUILT_IN
from tests.helpers.profiles import AS_OF, known, refused, screener
from tests.helpers.rulebook_files import GOOD

NUMBERS = [fact for fact in BUILT_IN.values() if fact.is_number]
SMALL = load_rulebook(GOOD).vocabulary


class Numeric(float):
    """A float that writes itself in another way, as NumPy's does."""

    def __repr__(self) -> str:
        return f"Numeric({float(self)})"


@st.composite
def answers(draw: st.DrawFn) -> tuple[Fact, Decimal]:
    """A fact, and a number in its range with at most 6 decimal places and 15 digits."""
    fact = draw(st.sampled_from(NUMBERS))
    assert fact.minimum is not None
    assert fact.maximum is not None
    places = 0 if fact.is_whole else draw(st.integers(0, 6))
    return fact, draw(st.decimals(fact.minimum, fact.maximum, places=places))


@given(answers())
def test_a_float_is_the_same_answer_as_the_decimal_that_was_written(answer: tuple[Fact, Decimal]) -> None:
    fact, number = answer
    expected = read_observation(fact, number)
    assert isinstance(expected, Observation)
    assert expected.value == number
    assert read_observation(fact, float(number)) == expected
    assert read_observation(fact, {"value": float(number)}) == expected
    assert read_observation(fact, Observation(float(number))) == expected  # type: ignore[arg-type]
    assert read_observation(fact, Numeric(number)) == expected


@given(st.decimals(-(10**9) + 1, 10**9 - 1, places=6))
def test_so_is_every_float_of_15_digits(number: Decimal) -> None:
    wide = Fact("wide", Kind.NUMBER, "Wide", "test", unit=SMALL["egfr"].unit)
    assert read_observation(wide, float(number)) == Observation(number)


@given(st.floats())
def test_a_float_is_read_to_what_it_says_or_refused(number: float) -> None:
    try:
        profile = PatientProfile(systolic_bp=number)
    except ProfileError as error:
        codes = {problem.code for problem in error.diagnostics}
    else:
        assert profile.systolic_bp == Observation(Decimal(str(number)))
        codes = set()
    places = -int(Decimal(str(number)).as_tuple().exponent) if math.isfinite(number) else math.inf
    if places > 6 or abs(number) >= 1e9:
        assert codes == {"not-a-number"}
    else:
        assert codes == (set() if 30 <= number <= 350 else {"out-of-range"})


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (139.0, "139"),
        (139.5, "139.5"),
        (139.123456, "139.123456"),
        (30.000001, "30.000001"),
        (3e1, "30"),
        (349.999999, "349.999999"),
        (350.0, "350"),
    ],
)
def test_a_float_of_at_most_6_places_is_read(number: float, read: str) -> None:
    assert PatientProfile(systolic_bp=number).systolic_bp == Observation(Decimal(read))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (139.1234567, "not-a-number"),
        (139.1 + 0.2, "not-a-number"),  # 139.29999999999998
        (1e-7, "not-a-number"),
        (5e-324, "not-a-number"),
        (1e300, "not-a-number"),
        (float("nan"), "not-a-number"),
        (float("inf"), "not-a-number"),
        (float("-inf"), "not-a-number"),
        (29.999999, "out-of-range"),
        (350.000001, "out-of-range"),
        (-139.5, "out-of-range"),
    ],
)
def test_any_other_float_is_refused_everywhere_without_its_value(number: float, code: str) -> None:
    forms: tuple[Any, ...] = (number, {"value": number, "at": "2026-11-22"}, Observation(number), Numeric(number))  # type: ignore[arg-type]
    for answer in forms:
        found = refused(lambda: PatientProfile(systolic_bp=answer), "139", "29.9", "350.0", "e-07", "nan)")  # noqa: B023
        assert found == [(code, "/systolic_bp")]


def test_nought_may_have_a_sign() -> None:
    assert PatientProfile(verified_abstinence_months=-0.0).verified_abstinence_months == Observation(Decimal(0))


def test_a_float_with_a_unit_of_its_own_is_converted_exactly() -> None:
    assert PatientProfile(verified_abstinence_months={"value": 1.5, "unit": "years"}) == PatientProfile(
        verified_abstinence_months=18
    )


def test_what_the_standard_library_makes_of_json_is_the_same_profile_as_its_text() -> None:
    text = json.dumps(known(systolic_bp={"value": 139.7, "at": "2026-11-22"}, birth_date=None, age=34.0))
    from_dict, from_text = PatientProfile.model_validate(json.loads(text)), PatientProfile.model_validate_json(text)
    assert from_dict == from_text
    screened = [screener().screen(profile, as_of=AS_OF).model_dump_json() for profile in (from_dict, from_text)]
    assert screened[0] == screened[1]


def test_a_number_in_json_text_is_never_a_float() -> None:
    with pytest.raises(ProfileError):
        PatientProfile.model_validate_json('{"systolic_bp": 139.70000000000000001}')  # the float is 139.7
    assert PatientProfile(systolic_bp=float("139.70000000000000001")) == PatientProfile(systolic_bp="139.7 mmHg")


@pytest.mark.parametrize("answer", [60.5, {"value": 60.5, "at": "2026-11-22"}])
def test_a_float_of_a_fact_of_the_rulebook_is_kept_as_its_decimal(answer: Any) -> None:
    profile = PatientProfile(extra={"egfr": answer})
    kept = profile.extra["egfr"]
    assert type(kept["value"] if isinstance(answer, dict) else kept) is Decimal
    assert known_facts(profile, SMALL, ClinicTime.at(AS_OF)).last == {"egfr": Decimal("60.5")}
    assert PatientProfile.model_validate(profile.model_dump()) == profile
    assert PatientProfile.model_validate_json(profile.model_dump_json()) == profile


@pytest.mark.parametrize("answer", [[60.5], {"present": [60.5]}, [[60.5]], {"value": [float("nan")]}])
def test_a_float_in_a_list_is_refused_as_before(answer: Any) -> None:
    assert refused(lambda: PatientProfile(extra={"egfr": answer}), "60.5") == [("wrong-type", "/extra/egfr")]
    if isinstance(answer, list):
        assert refused(lambda: PatientProfile(heart_conditions=answer), "60.5") == [
            ("wrong-type", "/heart_conditions/0")
        ]


@pytest.mark.parametrize("name", ["egfr of 1234", "123-45-6789"])
def test_a_refused_float_repeats_no_name_that_could_be_a_value(name: str) -> None:
    assert refused(lambda: PatientProfile(extra={name: float("inf")}), name) == [("not-a-number", "/extra")]
