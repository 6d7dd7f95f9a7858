"""Quantities: an exact decimal and a unit from a closed table.

Numbers are decimals with at most 9 digits before and 6 after the point, never binary floats, so that a boundary is
exact. Unit codes are UCUM (ucum.org). Units convert only if the result is exact, and no chemistry is needed for it:
months to years, hours to minutes, but not mmol/L to mg/dL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ketascreen.spelling import near
from ketascreen.texts.catalogue import Catalogue

MAX_WHOLE_DIGITS = 9
MAX_DECIMALS = 6

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_QUANTITY = re.compile(r"(?P<number>-?[0-9][0-9.]*) (?P<unit>\S.*)")
_WITH_COMMA = re.compile(r"-?[0-9][0-9.]*,[0-9][0-9.,]*(?: .*)?")
COMMA = "a comma in a number"
_JOINED = re.compile(r"-?[0-9]+(?:\.[0-9]+)?[A-Za-z%\u00b0\u00b5\u03bc].*")


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
    def is_none(self) -> bool:
        """Whether it stands for no unit, so that its quantities are plain numbers."""
        return self.name == "none"

    @property
    def shown(self) -> str | None:
        """Its name beside a number; None for no unit."""
        return None if self.is_none else self.name

    @property
    def example(self) -> str:
        """A quantity in it, for messages: `1 year`, or `1.7` without a unit."""
        return "1.7" if self.is_none else f"1 {self.singular or self.name}"


NO_UNIT = Unit("none", "1", "plain numbers")
"""`unit: none`, of a fact that is a plain number, such as an INR."""

_TABLE = (
    Unit("mmHg", "mm[Hg]", "pressure"),
    Unit("seconds", "s", "time", 1, "second"),
    Unit("minutes", "min", "time", 60, "minute"),
    Unit("hours", "h", "time", 3600, "hour"),
    Unit("days", "d", "time", 86_400, "day"),
    Unit("weeks", "wk", "time", 604_800, "week"),
    Unit("months", "mo", "calendar time", 1, "month"),
    Unit("years", "a", "calendar time", 12, "year"),
    Unit("trials", "{trial}", "trials", 1, "trial"),
    Unit("sessions", "{session}", "sessions", 1, "session"),
    Unit("points", "{score}", "score", 1, "point"),
    Unit("events", "{event}", "events", 1, "event"),
    Unit("%", "%", "proportion"),
    Unit("1", "1", "proportion", 100),
    Unit("beats/min", "{beats}/min", "heart rate"),
    Unit("breaths/min", "{breaths}/min", "respiratory rate"),
    Unit("ms", "ms", "electrical interval"),
    Unit("ug", "ug", "mass", 1),
    Unit("mg", "mg", "mass", 1000),
    Unit("g", "g", "mass", 1_000_000),
    Unit("kg", "kg", "mass", 1_000_000_000),
    Unit("mm", "mm", "length", 1000),
    Unit("cm", "cm", "length", 10_000),
    Unit("m", "m", "length", 1_000_000),
    Unit("kg/m2", "kg/m2", "body mass index"),
    Unit("degC", "Cel", "temperature"),
    Unit("U/L", "U/L", "catalytic activity"),
    Unit("umol/L", "umol/L", "substance concentration", 1),
    Unit("mmol/L", "mmol/L", "substance concentration", 1000),
    Unit("mg/dL", "mg/dL", "mass concentration"),
    Unit("mL/min", "mL/min", "clearance"),
    Unit("10*9/L", "10*9/L", "number concentration"),
    Unit("mmol/mol", "mmol/mol", "substance ratio"),
)
UNITS: dict[str, Unit] = {name: unit for unit in _TABLE for name in (unit.name, unit.singular) if name}
NAMES = tuple(unit.name for unit in _TABLE)
"""The name of each unit, for messages."""

_UCUM_ALONE = (
    Unit("/min", "/min", "heart rate"),
    Unit("/min", "/min", "respiratory rate"),
    Unit("[in_i]", "[in_i]", "length", 25_400),
    Unit("10*3/uL", "10*3/uL", "number concentration"),
)
"""Other UCUM codes that health records send for the dimensions of the table; a rulebook does not use them."""
_OF_NO_UNIT = re.compile(r"1|\{[!-z|~]+\}")
"""The UCUM codes of a plain number: `1`, or an annotation such as `{INR}`."""


def spellings(unit: Unit) -> tuple[str, ...]:
    """What an answer to a fact in `unit` may give as its unit: names and UCUM codes, its own first."""
    same = [one for one in (*_TABLE, *_UCUM_ALONE) if one.dimension == unit.dimension]
    names = [name for one in (unit, *same) for name in (one.name, one.singular)]
    return tuple(dict.fromkeys(name for name in (*names, *(one.ucum for one in (unit, *same))) if name))


def unit_named(name: str) -> Unit:
    """The unit of that name in rules, `none` among them.

    Raises:
        KeyError: there is none.
    """
    return NO_UNIT if name == NO_UNIT.name else UNITS[name]


def _in_an_answer(name: str, wanted: Unit) -> Unit | None:
    """The unit of that name or UCUM code; a code of several dimensions counts as a unit of the fact's."""
    if name in UNITS:
        return UNITS[name]
    coded = [unit for unit in (*_TABLE, *_UCUM_ALONE) if unit.ucum == name]
    return next((unit for unit in coded if unit.dimension == wanted.dimension), coded[0] if coded else None)


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
        if unit.is_none:
            raise QuantityError(_PLAIN)
        if self.unit.is_none:
            raise QuantityError(f"it has no unit; give it in `{unit.name}`")
        if unit.dimension != self.unit.dimension:
            raise QuantityError(f"`{self.unit.name}` is a unit of {self.unit.dimension}; give it in `{unit.name}`")
        exact = Fraction(self.value) * self.unit.factor / unit.factor
        scaled = exact * 10**MAX_DECIMALS
        if scaled.denominator != 1:
            raise QuantityError(f"this does not convert exactly; give it in `{unit.name}`")
        return Quantity(parse_number(_exact_decimal(scaled.numerator)), unit)

    def __str__(self) -> str:
        number = decimal_text(self.value)
        return number if self.unit.is_none else f"{number} {self.unit.name}"


def _exact_decimal(millionths: int) -> str:
    # From text: arithmetic on decimals would round to the caller's decimal context.
    return decimal_text(Decimal(f"{millionths}e-{MAX_DECIMALS}"))


def decimal_text(value: Decimal) -> str:
    """The shortest plain text of a decimal: `140`, `2.9`; never an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


KPA = "; a pressure in kPa must be converted"


def range_hint(low: Decimal | None, high: Decimal | None, unit: Unit) -> str:
    """The hint for a number outside its range; both ends are in the range."""
    ends = " to ".join(decimal_text(end) if end is not None else "any" for end in (low, high))
    kpa = KPA if unit.name == "mmHg" else ""
    return f"it is {ends}{'' if unit.is_none else f' {unit.name}'}{kpa}"


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


def parse_quantity(text: str, wanted: Unit | None = None, *, in_answer: bool = False) -> Quantity:
    """A quantity from text such as `140 mmHg`: a number, one space, a unit of the table; for no unit, a number alone.

    A message speaks of the `wanted` unit if there is one; the quantity may be in another. An answer (`in_answer`) may
    also be in a UCUM code.

    Raises:
        QuantityError: no unit, an unknown unit, a unit where there must be none, or a number that cannot be read.
    """
    if wanted is not None and wanted.is_none:
        return _plain(text, in_answer=in_answer)
    match = _QUANTITY.fullmatch(text)
    if match is None and _WITH_COMMA.fullmatch(text):
        raise QuantityError(f"{COMMA}; {without_comma(wanted.name if wanted else text.partition(' ')[2])}")
    if match is None:
        example = wanted.example if wanted else "140 mmHg"
        joined = "put a space between the two; " if _JOINED.fullmatch(text) else ""
        raise QuantityError(f"{joined}write a number, a space and a unit, such as `{example}`")
    name = match["unit"]
    unit = _in_an_answer(name, wanted) if in_answer and wanted else UNITS.get(name)
    if unit is None:
        raise QuantityError(f"unknown unit; {_another(name, wanted)}")
    return Quantity(parse_number(match["number"]), unit)


def without_comma(unit: str) -> str:
    """How to write a number such as 1,000 or 100,5. `unit` is shown with it if it is the name of one."""
    after = f" {unit}" if unit in UNITS else ""
    return f"write `1000{after}` or `100.5{after}`"


def _plain(text: str, *, in_answer: bool) -> Quantity:
    number, space, unit = text.partition(" ")
    if space and not (in_answer and _OF_NO_UNIT.fullmatch(unit)):
        raise QuantityError(_PLAIN)
    return Quantity(parse_number(number), NO_UNIT)


def unit_meant(name: str, wanted: Unit | None) -> Unit | None:
    """The unit of the table that `name` writes in another way, if it is of the dimension of `wanted`.

    Upper case, spaces, and common short forms do not count; of a unit that is a word, neither does a slip. No other
    letter may differ: `mg/L` and `mg/dL` are near in spelling, and other amounts.
    """
    units = [unit for unit in _TABLE if unit.name != "1" and (wanted is None or unit.dimension == wanted.dimension)]
    folded = _as_one_word(name)
    short = _SHORT_FORMS.get(folded, folded)
    for unit in units:
        if short in {_as_one_word(one) for one in (unit.name, unit.singular or unit.name, unit.ucum)}:
            return unit
    words = {unit.name: unit for unit in units if unit.singular}
    meant = near(folded, words)
    return words[meant[0]] if len(meant) == 1 else None


def _as_one_word(name: str) -> str:
    return "".join(name.split()).lower()


def _another(name: str, wanted: Unit | None) -> str:
    """What to write in place of a unit that is not in the table; for a UCUM code, the unit's name here."""
    coded = [unit for unit in _TABLE if unit.ucum == name]
    if coded and (wanted is None or wanted.dimension == coded[0].dimension):
        return f"write `{coded[0].name}`"
    if meant := unit_meant(name, wanted):
        return f"did you mean `{meant.name}`?"
    return f"give it in `{wanted.name}`" if wanted else f"the units are {', '.join(NAMES)}"


_SHORT_FORMS = {
    "sec": "seconds", "secs": "seconds", "mins": "minutes", "hr": "hours", "hrs": "hours", "wks": "weeks",
    "mth": "months", "mths": "months", "mos": "months", "yr": "years", "yrs": "years", "y": "years",
    "bpm": "beats/min", "percent": "%", "celsius": "degc", "\u00b0c": "degc", "mcg": "ug", "\u00b5g": "ug",
    "\u03bcg": "ug", "\u00b5mol/l": "umol/l", "\u03bcmol/l": "umol/l", "kg/m\u00b2": "kg/m2", "kg/m^2": "kg/m2",
}  # fmt: skip
"""Other ways to write a unit of the table, in lower case and without spaces."""

_PLAIN = "write a plain number such as `1.7`, without a unit"
