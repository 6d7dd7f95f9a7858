"""Whether each parameter fits the facts that it is compared with.

A value that fits nowhere is reported once, where it stands. One that fits some facts is reported where it does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ketascreen.diagnostic import Place
from ketascreen.language.quantity import KPA, NO_UNIT, Quantity, QuantityError, decimal_text, parse_quantity, range_hint
from ketascreen.language.rule import Parameter
from ketascreen.language.vocabulary import Fact
from ketascreen.syntax.problems import Problems

_PLAIN = re.compile(r"-?[0-9.]+")
_UNIT, _RANGE = "quantity", "out-of-range"


@dataclass(frozen=True, slots=True)
class _Use:
    """A comparison of a fact with a parameter; `fault` is the code of what is wrong with it, or empty."""

    fact: Fact
    place: Place
    fault: str = ""
    hint: str = ""


@dataclass
class ParameterUses:
    """The comparisons with parameters, by the parameter's name.

    `unread` has the facts that are compared with each parameter whose value cannot be read.
    """

    unread: dict[str, list[Fact]] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _uses: dict[str, list[_Use]] = field(default_factory=dict)

    def read(self, name: str, text: str) -> Quantity | None:
        """The value of a parameter; None if it cannot be read, noted for `report`."""
        try:
            return parse_quantity(text, NO_UNIT if _PLAIN.fullmatch(text) else None)
        except QuantityError:
            self._texts[name], self.unread[name] = text, []
            return None

    def number(self, parameter: Parameter, fact: Fact, place: Place) -> Decimal | None:
        """The parameter in the unit of a fact that is compared with it; None if it does not fit, noted for `report`."""
        assert fact.unit is not None
        uses = self._uses.setdefault(parameter.name, [])
        try:
            number = parameter.value.to(fact.unit).value
        except QuantityError as error:
            uses.append(_Use(fact, place, _UNIT, str(error)))
            return None
        if not fact.spans(number):
            uses.append(_Use(fact, place, _RANGE, range_hint(fact.minimum, fact.maximum, fact.unit)))
            return None
        uses.append(_Use(fact, place))
        return number

    def report(self, parameters: Mapping[str, Parameter], values: Mapping[str, Place], problems: Problems) -> None:
        """Reports each value that does not fit; `values` are the places of the parameters' values."""
        for name, facts in self.unread.items():
            message, hint = _unread(self._texts[name], facts)
            problems.report(_UNIT, message, hint, values[name])
        for name, uses in self._uses.items():
            wrong = [use for use in uses if use.fault]
            if len(wrong) == len(uses):
                for code, message, hint in _at_the_value(parameters[name], wrong):
                    problems.report(code, message, hint, values[name])
                continue
            for use in wrong:
                said = f"{use.hint}; `{name}` is {parameters[name].value}, and fits other facts"
                what = "not in the unit of" if use.fault == _UNIT else "outside the range of"
                problems.report(use.fault, f"{what} `{use.fact.name}`", said, use.place)


def _unread(text: str, facts: Iterable[Fact]) -> tuple[str, str]:
    """The message and the hint for a value that cannot be read, in the unit of the facts that are compared with it."""
    units = {fact.unit.dimension: fact.unit for fact in facts if fact.unit}
    wanted = next(iter(units.values())) if len(units) == 1 else None
    try:
        parse_quantity(text, wanted or (NO_UNIT if _PLAIN.fullmatch(text) else None))
    except QuantityError as error:
        return f"must be a {'plain number' if wanted and wanted.is_none else 'quantity'}", str(error)
    return "must be a quantity", f"write it plainly, such as `{wanted.example if wanted else '140 mmHg'}`"


def _at_the_value(parameter: Parameter, wrong: list[_Use]) -> Iterator[tuple[str, str, str]]:
    """Code, message and hint of what is wrong with a value that fits none of the facts."""
    if others := _facts(use for use in wrong if use.fault == _UNIT):
        units = ", ".join(f"`{fact.name}` {_in_unit(fact)}" for fact in others)
        hints = dict.fromkeys(use.hint for use in wrong if use.fault == _UNIT)
        such = ":" if len({fact.unit_name for fact in others}) == 1 else ", such as"
        hint = f"write the unit{such} `{parameter.value} {others[0].unit_name}`"
        missing = parameter.value.unit.is_none
        yield _UNIT, f"{parameter.value}; {units}", hint if missing else "; or ".join(hints)
    if others := _facts(use for use in wrong if use.fault == _RANGE):
        ranges = ", ".join(f"`{fact.name}` goes from {_ends(fact)}" for fact in others)
        kpa = KPA if any(fact.unit_name == "mmHg" for fact in others) else ""
        yield _RANGE, f"{parameter.value}; {ranges}", f"write a value in that range{kpa}"


def _facts(uses: Iterable[_Use]) -> list[Fact]:
    return list({use.fact.name: use.fact for use in uses}.values())


def _in_unit(fact: Fact) -> str:
    return f"is in {fact.unit_name}" if fact.unit_name else "has no unit"


def _ends(fact: Fact) -> str:
    low, high = (decimal_text(end) for end in (fact.minimum, fact.maximum) if end is not None)
    return f"{low} to {high} {fact.unit_name or ''}".rstrip()
