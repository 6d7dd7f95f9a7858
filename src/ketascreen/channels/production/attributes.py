"""What productions test: attributes, and the value that each has for one patient."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import Final, NamedTuple

from ketascreen.language.condition import ListValue, Span
from ketascreen.language.quantity import MAX_DECIMALS, MAX_WHOLE_DIGITS
from ketascreen.patient.facts import Facts

_SCALE: Final[int] = 10**MAX_DECIMALS
_TOO_LARGE: Final[int] = 10 ** (MAX_WHOLE_DIGITS + MAX_DECIMALS)


class AttributeKind(IntEnum):
    """Where the value of an attribute comes from."""

    CONSTANT = 0
    NUMBER = 1
    CHOICE = 2
    WORD = 3
    LOW = 4
    HIGH = 5
    DEFINITION = 6
    NODE = 7


_CONSTANT, _NUMBER, _CHOICE, _WORD, _LOW, _HIGH, *_ = AttributeKind


class Attribute(NamedTuple):
    """What a term tests; `last` reads the last answers, for alerts.

    A time since an event has two: the `LOW` and the `HIGH` end of its span, which are equal if the number is known.
    """

    source: AttributeKind
    name: str = ""
    word: str = ""
    last: bool = False

    @property
    def is_derived(self) -> bool:
        """Whether productions decide its value."""
        return self.source >= AttributeKind.DEFINITION

    @property
    def is_end(self) -> bool:
        """Whether it is an end of a span."""
        return self.source is _LOW or self.source is _HIGH


def scaled(number: Decimal) -> int:
    """A decimal as an exact integer, whatever the decimal context.

    Raises:
        ValueError: more digits than a quantity has; the engine would round or cut them.
    """
    numerator, denominator = number.as_integer_ratio()
    whole, rest = divmod(numerator * _SCALE, denominator)
    if rest or abs(whole) >= _TOO_LARGE:
        raise ValueError("a number has too many digits")
    return whole


def value_of(attribute: Attribute, facts: Facts) -> int | str | None:
    """The known value of an attribute that is not derived, or None.

    Raises:
        TypeError, ValueError: the answer has the wrong type for its fact; the message holds no value.
    """
    source, name, word, last = attribute
    if source is _CONSTANT:
        return 1
    answer = (facts.last if last else facts.current).get(name)
    if answer is None:
        return None
    if source is _CHOICE and isinstance(answer, str):
        return answer
    if source is _NUMBER and isinstance(answer, Decimal):
        return scaled(answer)
    if source is _WORD and isinstance(answer, ListValue):
        return 1 if word in answer.present else 0 if answer.complete else None
    if attribute.is_end and isinstance(answer, Decimal):
        return scaled(answer)
    if attribute.is_end and isinstance(answer, Span):
        return scaled(answer.low if source is _LOW else answer.high)
    raise TypeError("an answer has the wrong type for its fact")


def span_of(attribute: Attribute, facts: Facts) -> tuple[int, int] | None:
    """The two ends of the answer to an attribute, if the answer is a span."""
    answer = (facts.last if attribute.last else facts.current).get(attribute.name)
    return (scaled(answer.low), scaled(answer.high)) if isinstance(answer, Span) else None
