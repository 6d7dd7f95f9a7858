"""The forms that an answer may have, for type checkers and editors; given.py says which form each fact has.

They say what the reader accepts, as far as types can. A number outside its range, a text that cannot be read and a
`bool` as a number are refused when the profile is made. Text that is not known before a program runs is not a
`Literal`: give it to `PatientProfile.model_validate`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Generic, NotRequired, TypeAlias, TypedDict, TypeVar

from ketascreen.language.partial_date import PartialDate
from ketascreen.patient.observation import Observation

WordT = TypeVar("WordT", bound=str)
MeasuredT = TypeVar("MeasuredT")
"""A mapping of a number with its unit, one for each dimension; given.py has them."""

At: TypeAlias = date | str | None
"""A date, a time with its offset, the ISO 8601 text of one, or `undated`; None says the same as `undated`."""

Number: TypeAlias = Decimal | int | float
Day: TypeAlias = date | PartialDate
WrittenDay: TypeAlias = Day | str | int


class ChosenAt(TypedDict, Generic[WordT]):
    """A word of the fact's list, with its time."""

    value: WordT
    at: NotRequired[At]


class WrittenAt(TypedDict):
    """A number and its unit as text (`139 mmHg`), with its time."""

    value: str
    at: NotRequired[At]


class HappenedAt(TypedDict):
    """The date of an event, with the time of the answer."""

    value: Day
    at: NotRequired[At]


Chosen: TypeAlias = WordT | ChosenAt[WordT] | Observation | None
Measured: TypeAlias = Number | str | MeasuredT | WrittenAt | Observation | None
Happened: TypeAlias = Number | str | Day | MeasuredT | WrittenAt | HappenedAt | Observation | None

Words: TypeAlias = list[WordT] | list[str] | tuple[str, ...] | set[WordT] | set[str] | frozenset[str]
"""What is present: the words of the fact, which editors complete, and others, which make the list incomplete."""
