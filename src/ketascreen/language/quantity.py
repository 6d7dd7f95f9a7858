"""Quantities: an exact decimal and a unit from a closed table.

Numbers are decimals with at most 9 digits before and 6 after the point, never binary floats, so that a boundary is
exact. Unit codes are UCUM (ucum.org). Units convert only if the result is exact: months to years, hours to minutes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ketascreen.texts.catalogue import Catalogue

MAX_WHOLE_DIGITS = 9
MAX_DECIMALS = 6

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_QUANTITY = re.compile(r"(?P<number>-?[0-9][0-9.]*) (?P<unit>\S.*)")


class QuantityError(ValueError):
    """A number or quantity that cannot be read. The message says how to write it, and holds no value."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its name in rules, its UCUM code, its dimension, and how many base units of the dimension it is."""

    name: str
    ucum: str
    dimension: str
    factor: int = 1
    singular: str | None = None

    @property
    def example(self) -> str:
        """A quantity in it, for messages: `1 year`."""
        return f"1 {self.singular or self.name}"


_TABLE = (
    Unit("mmHg", "mm[Hg]", "pressure"),
    Unit("minutes", "min", "time", 1, "minute"),
    Unit("hours", "h", "time", 60, "hour"),
    Unit("days", "d", "time", 1440, "day"),
    Unit("weeks", "wk", "time", 10080, "week"),
    Unit("months", "mo", "calendar time", 1, "month"),
    Unit("years", "a", "calendar time", 12, "year"),
    Unit("trials", "{trial}", "trials", 1, "trial"),
    Unit("sessions", "{session}", "sessions", 1, "session"),
    Unit("points", "{score}", "score", 1, "point"),
    Unit("events", "{event}", "events", 1, "event"),
    Unit("%", "%", "proportion"),
    Unit("beats/min", "{beats}/min", "heart rate"),
    Unit("breaths/min", "{breaths}/min", "respiratory rate"),
    Unit("ms", "ms", "electrical interval"),
    Unit("mg", "mg", "mass", 1),
    Unit("g", "g", "mass", 1000),
    Unit("kg", "kg", "mass", 1_000_000),
    Unit("mm", "mm", "length", 1),
    Unit("cm", "cm", "length", 10),
    Unit("m", "m", "length", 1000),
    Unit("kg/m2", "kg/m2", "body mass index"),
    Unit("degC", "Cel", "temperature"),
    Unit("U/L", "U/L", "catalytic activity"),
    Unit("mmol/L", "mmol/L", "substance concentration"),
    Unit("mg/dL", "mg/dL", "mass concentration"),
    Unit("mL/min", "mL/min", "clearance"),
)
UNITS: dict[str, Unit] = {name: unit for unit in _TABLE for name in (unit.name, unit.singular) if name}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit."""

    value: Decimal
    unit: Unit

    def to(self, unit: Unit) -> Quantity:
        """The same quantity in another unit.

        Raises:
            QuantityError: another dimension, or a result that is not exact.
        """
        if unit == self.unit:
            return self
        if unit.dimension != self.unit.dimension:
            raise QuantityError(f"`{self.unit.name}` is a unit of {self.unit.dimension}; give it in `{unit.name}`")
        exact = Fraction(self.value) * self.unit.factor / unit.factor
        scaled = exact * 10**MAX_DECIMALS
        if scaled.denominator != 1:
            raise QuantityError(f"this does not convert exactly; give it in `{unit.name}`")
        return Quantity(parse_number(_exact_decimal(scaled.numerator)), unit)

    def __str__(self) -> str:
        return f"{decimal_text(self.value)} {self.unit.name}"


def _exact_decimal(millionths: int) -> str:
    # From text: arithmetic on decimals would round to the caller's decimal context.
    return decimal_text(Decimal(f"{millionths}e-{MAX_DECIMALS}"))


def decimal_text(value: Decimal) -> str:
    """The shortest plain text of a decimal: `140`, `2.9`; never an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def range_hint(low: Decimal | None, high: Decimal | None, unit: Unit) -> str:
    """The hint for a number outside its range; both ends are in the range."""
    ends = " to ".join(decimal_text(end) if end is not None else "any" for end in (low, high))
    kpa = "; a pressure in kPa must be converted" if unit.name == "mmHg" else ""
    return f"it is {ends} {unit.name}{kpa}"


def measured(number: str, unit: str | None, texts: Catalogue) -> str:
    """A number for people. `texts` words its unit, which is given by its name in rules; None means without a unit."""
    return number if unit is None else texts.text("quantity", number=number, unit=texts.label("unit", unit))


def parse_number(text: str) -> Decimal:
    """An exact decimal from plain text such as `139` or `2.9`.

    Raises:
        QuantityError: anything else (exponents, plus signs, leading zeros, other digits, NaN, too many digits).
    """
    if len(text) > MAX_WHOLE_DIGITS + MAX_DECIMALS + 2 or not _NUMBER.fullmatch(text) or not text.isascii():
        if text.isascii() and re.fullmatch(r"-?[0-9]+(\.[0-9]*)?", text):
            raise QuantityError(f"at most {MAX_WHOLE_DIGITS} digits before and {MAX_DECIMALS} after the point")
        raise QuantityError("write a plain number such as `140` or `2.9`")
    whole, _, decimals = text.lstrip("-").partition(".")
    if len(whole) > MAX_WHOLE_DIGITS or len(decimals) > MAX_DECIMALS:
        raise QuantityError(f"at most {MAX_WHOLE_DIGITS} digits before and {MAX_DECIMALS} after the point")
    if text.startswith("-") and not any(digit in "123456789" for digit in text):
        raise QuantityError("write `0`, without a sign")
    return Decimal(decimal_text(Decimal(text)))


def parse_quantity(text: str, wanted: Unit | None = None) -> Quantity:
    """A quantity from text such as `140 mmHg`: a number, one space, a unit of the table.

    A message speaks of the `wanted` unit if there is one; the quantity may be in another.

    Raises:
        QuantityError: no unit, an unknown unit, or a number that cannot be read.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        example = wanted.example if wanted else "140 mmHg"
        raise QuantityError(f"write a number, a space and a unit, such as `{example}`")
    unit = UNITS.get(match["unit"])
    if unit is None:
        known = f"give it in `{wanted.name}`" if wanted else f"the units are {', '.join(unit.name for unit in _TABLE)}"
        raise QuantityError(f"unknown unit; {known}")
    return Quantity(parse_number(match["number"]), unit)
