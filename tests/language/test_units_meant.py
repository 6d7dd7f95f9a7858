"""A unit written in another way is recognised; a unit of another amount is never suggested."""

from __future__ import annotations

import pytest

from ketascreen.language.quantity import NAMES, UNITS, QuantityError, parse_quantity, unit_meant


@pytest.mark.parametrize(
    ("written", "fact", "meant"),
    [
        ("mmhg", "mmHg", "mmHg"),
        ("mm Hg", "mmHg", "mmHg"),
        ("Years", "years", "years"),
        ("yrs", "years", "years"),
        ("yaers", "years", "years"),
        ("YEAR", "months", "years"),
        ("mths", "years", "months"),
        ("ml/min", "mL/min", "mL/min"),
        ("mmol/l", "umol/L", "mmol/L"),
        ("\u00b5mol/L", "umol/L", "umol/L"),
        ("bpm", "beats/min", "beats/min"),
        ("\u00b0C", "degC", "degC"),
        ("kg/m\u00b2", "kg/m2", "kg/m2"),
    ],
)
def test_another_way_to_write_a_unit_of_the_fact_is_recognised(written: str, fact: str, meant: str) -> None:
    found = unit_meant(written, UNITS[fact])
    assert found is not None
    assert found.name == meant
    with pytest.raises(QuantityError, match=rf"^unknown unit; did you mean `{meant}`\?$"):
        parse_quantity(f"2 {written}", UNITS[fact])


@pytest.mark.parametrize(
    ("written", "fact"),
    [
        ("mg/L", "mg/dL"),
        ("g/dL", "mg/dL"),
        ("nmol/L", "umol/L"),
        ("mol/L", "mmol/L"),
        ("cmHg", "mmHg"),
        ("kPa", "mmHg"),
        ("L/min", "mL/min"),
        ("min", "months"),
        ("hours", "years"),
        ("Hours", "years"),
        ("mmhg", "years"),
        ("ng", "ug"),
        ("dm", "cm"),
        ("us", "ms"),
        ("to 20 years", "years"),
    ],
)
def test_another_amount_and_a_unit_of_another_dimension_are_not_suggested(written: str, fact: str) -> None:
    assert unit_meant(written, UNITS[fact]) is None


@pytest.mark.parametrize("name", [name for name in NAMES if name != "1"])
def test_every_unit_in_capitals_is_recognised_as_itself(name: str) -> None:
    for written in (name.upper(), name.lower()):
        found = unit_meant(written, UNITS[name])
        assert found is not None
        assert found.name == name


def test_a_space_that_is_missing_is_named() -> None:
    with pytest.raises(QuantityError, match=r"^put a space between the two; "):
        parse_quantity("140mmHg", UNITS["mmHg"])
