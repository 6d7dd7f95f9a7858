"""An answer may give its unit by the UCUM code that health records send; it is the same answer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ketascreen import PatientProfile, ProfileError, read_profile
from ketascreen.language.quantity import NO_UNIT, UNITS, spellings
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.observation import Observation, dump_observation, read_observation
from ketascreen.patient.profile import BUILT_IN
from ketascreen.patient.refused import Refused
from ketascreen.patient.schema import profile_schema
from tests.helpers.rulebook_files import changed, problems, with_files


def fact(unit: str) -> Fact:
    return Fact("it", Kind.NUMBER, "It", "d", UNITS[unit], Decimal(0), Decimal(1_000_000), is_added=True)


@pytest.mark.parametrize(
    ("unit", "given", "value"),
    [
        ("mmHg", "mm[Hg]", "1"), ("years", "a", "1"), ("months", "mo", "1"), ("months", "a", "12"),
        ("days", "d", "1"), ("days", "wk", "7"), ("minutes", "h", "60"), ("seconds", "min", "60"),
        ("seconds", "s", "1"),
        ("kg", "kg", "1"), ("mg", "ug", "0.001"), ("cm", "[in_i]", "2.54"),
        ("10*9/L", "10*9/L", "1"), ("10*9/L", "10*3/uL", "1"), ("mmol/L", "umol/L", "0.001"), ("degC", "Cel", "1"),
        ("beats/min", "/min", "1"), ("breaths/min", "/min", "1"), ("beats/min", "{beats}/min", "1"),
        ("points", "{score}", "1"), ("%", "1", "100"), ("mmol/mol", "mmol/mol", "1"),
    ],
)  # fmt: skip
def test_a_code_is_read_and_kept_in_the_facts_own_unit(unit: str, given: str, value: str) -> None:
    wanted = Observation(Decimal(value))
    for raw in ({"value": 1, "unit": given}, f"1 {given}", {"value": f"1 {given}"}):
        read = read_observation(fact(unit), raw)
        assert read == wanted
        assert dump_observation(fact(unit), read) == {"value": f"{value} {UNITS[unit].name}"}


def test_what_is_wrong_with_a_plain_number_says_nothing_of_a_unit() -> None:
    inr = replace(fact("points"), unit=NO_UNIT)
    for wrong, it, said in (("abc", inr, "not a number"), ("abc", fact("kg"), "not a number in its unit")):
        with pytest.raises(Refused) as caught:
            read_observation(it, wrong)
        assert caught.value.message == said


@pytest.mark.parametrize(
    ("unit", "given", "says"),
    [
        ("kg", "[lb_av]", "unknown unit; give it in `kg`"),
        ("mmHg", "kPa", "unknown unit; give it in `mmHg`"),
        ("mmHg", "MM[HG]", "unknown unit; did you mean `mmHg`?"),
        ("mmHg", "Cel", "`degC` is a unit of temperature; give it in `mmHg`"),
        ("mmHg", "/min", "`/min` is a unit of heart rate; give it in `mmHg`"),
        ("mL/min", "mL/min/{1.73_m2}", "unknown unit; give it in `mL/min`"),
        ("%", "mmol/mol", "`mmol/mol` is a unit of substance ratio; give it in `%`"),
        ("U/L", "[iU]/L", "unknown unit; give it in `U/L`"),
    ],
)
def test_any_other_code_is_refused_with_the_facts_own_unit(unit: str, given: str, says: str) -> None:
    for raw in ({"value": 1, "unit": given}, f"1 {given}"):
        with pytest.raises(Refused) as caught:
            read_observation(fact(unit), raw)
        assert caught.value.hint == says


def test_each_spelling_is_a_known_unit_of_the_dimension() -> None:
    hints = []
    for unit in UNITS.values():
        assert spellings(unit)[0] == unit.name
        assert {unit.ucum, unit.name} <= set(spellings(unit))
        for spelling in spellings(unit):
            try:
                read_observation(fact(unit.name), {"value": 1, "unit": spelling})
            except Refused as refused:
                hints.append(refused.hint)
    assert {hint.split(";")[0] for hint in hints} == {
        "this does not convert exactly", "at most 9 digits before and 6 after the point",
    }  # fmt: skip


SAME: tuple[dict[str, Any], ...] = (
    {"systolic_bp": {"value": 139, "unit": "mm[Hg]"}},
    {"systolic_bp": "139 mm[Hg]"},
    {"systolic_bp": {"value": 139, "unit": "mmHg"}},
)


def test_a_profile_is_the_same_by_python_json_and_yaml() -> None:
    for given in SAME:
        assert PatientProfile(**given) == PatientProfile(systolic_bp=139)
    assert read_profile(b'{"systolic_bp": {"value": 139, "unit": "mm[Hg]"}}') == PatientProfile(systolic_bp=139)
    assert read_profile(b"systolic_bp: 139 mm[Hg]\n") == PatientProfile(systolic_bp=139)
    with pytest.raises(ProfileError, match="give it in `mmHg`"):
        read_profile(b"systolic_bp: 139 mm\n")


def test_the_schema_has_each_spelling() -> None:
    pressure = profile_schema(BUILT_IN)["properties"]["systolic_bp"]
    answer, observed = pressure["anyOf"][1:]
    assert observed["properties"]["unit"]["enum"] == ["mmHg", "mm[Hg]", None]
    assert answer["anyOf"][1]["pattern"] == r"^-?[0-9][0-9.]* (mmHg|mm\[Hg\])$"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (changed("cautions/young.yaml", "21 years", "21 a"), "cautions/young.yaml:7:16"),
        (changed("vocabulary.yaml", "home: {fresh_for: same day", "home: {fresh_for: 1 d"), "vocabulary.yaml:13:26"),
    ],
)  # fmt: skip
def test_a_rule_file_has_our_name_and_is_told_it(tmp_path: Any, files: dict[str, str], place: str) -> None:
    (problem,) = problems(with_files(tmp_path, files))
    assert str(problem.place) == place
    assert problem.hint.startswith(("unknown unit; write `years`", "unknown unit; write `days`"))
