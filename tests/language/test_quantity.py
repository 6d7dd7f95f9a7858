"""Numbers are exact decimals; quantities convert exactly or are refused."""

from __future__ import annotations

import decimal
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen.language.quantity import (
    NO_UNIT,
    UNITS,
    Quantity,
    QuantityError,
    decimal_text,
    parse_number,
    parse_quantity,
)
from tests.helpers.reached import often_reached, reached

numbers = st.decimals(min_value=-999_999_999, max_value=999_999_999, places=6)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("140", "140"),
        ("2.9", "2.9"),
        ("2.90", "2.9"),
        ("-40", "-40"),
        ("0.000001", "0.000001"),
        ("999999999.999999", "999999999.999999"),
        ("-999999999.999999", "-999999999.999999"),
    ],
)
def test_a_plain_number_is_read_exactly(text: str, number: str) -> None:
    assert decimal_text(parse_number(text)) == number


@pytest.mark.parametrize(
    "text",
    [
        "", " 1", "1 ", "+1", "-", "--1", "-0", "-0.0", "007", "1.", ".5", "1e3", "1_000", "1,5", "0x8C", "nan", "inf",
        "\uff11", "\u0661", "1\n", "1000000000", "0.0000001", "1.1.1", "9" * 5000, "1." + "0" * 5000, "½",
    ],
)  # fmt: skip
def test_any_other_number_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_number(text)
    assert len(text) < 4 or text not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["140", "140mmHg", "140  mmHg", "mmHg", "140 mmhg", "140 MMHG", "140 mmHg ", "140 mm Hg", "1e2 mmHg", "140 "],
)
def test_a_quantity_is_a_number_a_space_and_a_unit_of_the_table(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("18 years", "months", "216"),
        ("216 months", "years", "18"),
        ("6 months", "years", "0.5"),
        ("90 minutes", "hours", "1.5"),
        ("1 week", "days", "7"),
        ("2 hours", "minutes", "120"),
        ("1.5 kg", "g", "1500"),
        ("140 mmHg", "mmHg", "140"),
        ("1 year", "year", "1"),
        ("90 seconds", "minutes", "1.5"),
        ("1 week", "seconds", "604800"),
        ("250 ug", "mg", "0.25"),
        ("0.5 mg", "ug", "500"),
        ("0.97 1", "%", "97"),
        ("97 %", "1", "0.97"),
        ("88 umol/L", "mmol/L", "0.088"),
        ("70 kg", "g", "70000"),
        ("180 cm", "m", "1.8"),
        ("150 10*9/L", "10*9/L", "150"),
    ],
)
def test_a_conversion_that_is_exact_is_made(text: str, unit: str, value: str) -> None:
    assert parse_quantity(text).to(UNITS[unit]) == Quantity(Decimal(value), UNITS[unit])


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("1 months", "years", "does not convert exactly"),
        ("1 minutes", "hours", "does not convert exactly"),
        ("0.000001 mg", "g", "does not convert exactly"),
        ("30 days", "months", "`days` is a unit of time; give it in `months`"),
        ("140 mmHg", "years", "`mmHg` is a unit of pressure; give it in `years`"),
        ("1 mmol/L", "mg/dL", "is a unit of substance concentration"),
        ("999999999 years", "months", "at most 9 digits"),
        ("48 mmol/mol", "%", "is a unit of substance ratio"),
        ("48 mmol/mol", "1", "is a unit of substance ratio"),
        ("400 ms", "seconds", "is a unit of electrical interval"),
        ("7 %", "mmol/mol", "`%` is a unit of proportion"),
    ],
)
def test_a_conversion_that_is_not_exact_or_has_no_meaning_is_refused(text: str, unit: str, says: str) -> None:
    with pytest.raises(QuantityError, match=says):
        parse_quantity(text).to(UNITS[unit])


@given(numbers)
def test_a_number_is_written_and_read_to_itself(number: Decimal) -> None:
    assert parse_number(decimal_text(number + 0)) == number


@often_reached
@given(numbers, st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.integers(1, 40))
def test_a_conversion_is_exact_in_any_decimal_context_or_refused(
    number: Decimal, name: str, other: str, digits: int
) -> None:
    quantity, unit = Quantity(number, UNITS[name]), UNITS[other]
    with decimal.localcontext() as context:
        context.prec = digits
        try:
            converted = quantity.to(unit)
        except QuantityError:
            return
    assert Fraction(converted.value) * unit.factor == Fraction(number) * quantity.unit.factor
    assert unit.dimension == quantity.unit.dimension
    reached("a conversion")


def test_a_plain_number_has_no_unit_and_converts_to_none() -> None:
    plain = parse_quantity("1.7", NO_UNIT)
    assert (plain, str(plain)) == (Quantity(Decimal("1.7"), NO_UNIT), "1.7")
    assert plain.to(NO_UNIT) == plain
    for unit in UNITS.values():
        with pytest.raises(QuantityError, match=f"it has no unit; give it in `{re.escape(unit.name)}`"):
            plain.to(unit)
        with pytest.raises(QuantityError, match="write a plain number such as"):
            Quantity(Decimal(1), unit).to(NO_UNIT)
        with pytest.raises(QuantityError, match="without a unit"):
            parse_quantity(f"1.7 {unit.name}", NO_UNIT)


def test_a_rulebook_writes_a_unit_by_its_name_and_a_code_names_it_in_the_message() -> None:
    for unit in UNITS.values():
        if unit.ucum not in UNITS:
            with pytest.raises(QuantityError, match=f"unknown unit; write `{re.escape(unit.name)}`"):
                parse_quantity(f"1 {unit.ucum}", unit)
            with pytest.raises(QuantityError, match=f"unknown unit; write `{re.escape(unit.name)}`"):
                parse_quantity(f"1 {unit.ucum}")
    with pytest.raises(QuantityError, match="unknown unit; give it in `years`"):
        parse_quantity("1 mm[Hg]", UNITS["years"])


def test_a_name_or_a_code_is_of_one_unit_only() -> None:
    coded: dict[str, set[str]] = {}
    for unit in UNITS.values():
        for name in (unit.name, unit.singular, unit.ucum):
            coded.setdefault(str(name), set()).add(unit.name)
    coded.pop("None")
    assert {name for name, units in coded.items() if len(units) > 1} == set()
    assert UNITS.keys().isdisjoint({NO_UNIT.name})


def test_units_of_one_name_have_one_dimension_and_a_code() -> None:
    assert all(unit.ucum and unit.dimension and unit.factor >= 1 for unit in UNITS.values())
    assert {UNITS[unit.singular] is unit for unit in UNITS.values() if unit.singular} == {True}
