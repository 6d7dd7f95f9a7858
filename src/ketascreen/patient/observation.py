"""An answer to a fact with the time it was observed, and how one is read from Python, JSON or YAML values.

Reading refuses what it does not understand, and never repeats the refused value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral
from typing import Any, TypeGuard

from ketascreen.diagnostic import did_you_mean
from ketascreen.language.clinic_time import Instant
from ketascreen.language.partial_date import PartialDate
from ketascreen.language.quantity import MAX_DECIMALS, Quantity, QuantityError, decimal_text, parse_quantity, range_hint
from ketascreen.language.quiet import Quiet
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.refused import Refused
from ketascreen.patient.times import FIRST_YEAR, LAST_YEAR, in_our_time, read_instant, read_partial_date

NEVER = "none"
"""The answer to a fact of the kind `since`: such an event never happened."""

UNDATED = "undated"
"""The `at` of an answer without a date, though the profile has one for answers that have none; `null` says the same."""

MAX_ENTRIES = 200
MAX_TEXT = 200

_DATED = re.compile(r"[0-9]{4}(-|$)")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Observation(Quiet):
    """The answer to a fact that is not a list: a number, a choice, the date of an event. Its repr does not show it."""

    value: Decimal | str | PartialDate
    at: Instant | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ListObservation(Quiet):
    """The answer to a list fact: what is present, and whether the list is complete.

    `unrecognised` holds entries that the vocabulary does not know; while there is one, the list is not complete.
    """

    present: frozenset[str]
    complete: bool = False
    unrecognised: tuple[str, ...] = ()
    at: Instant | None = None


AnyObservation = Observation | ListObservation


def read_observation(fact: Fact, raw: object) -> AnyObservation:
    """The observation that `raw` says.

    `raw` is an observation, an answer (`139`, `"139 mmHg"`, `"never"`, `["stroke"]`), or a mapping of `value`, `unit`
    and `at` (for a list fact `present`, `complete` and `at`).

    Raises:
        Refused: `raw` is not an answer to this fact.
    """
    match raw:
        case Observation() | ListObservation():
            return _read_mapping(fact, as_mapping(raw))
        case Mapping():
            return _read_mapping(fact, raw)
        case _ if fact.kind is Kind.LIST:
            return _read_list(fact, raw, "", complete=False, at=None)
        case _:
            return Observation(_read_value(fact, raw, unit=None))


def dated(raw: object, at: Instant | str | None) -> object:
    """What `raw` says, observed `at` unless it has its own time; `at: null` and an observation keep their own.

    It checks nothing: `read_observation` reads the time with the answer.
    """
    match raw:
        case Observation() | ListObservation() | None:
            return raw
        case Mapping():
            return raw if "at" in raw else {**raw, "at": at}
        case str() | bytes():
            return {"value": raw, "at": at}
        case Sequence() | frozenset() | set():
            return {"present": raw, "at": at}
        case _:
            return {"value": raw, "at": at}


def as_mapping(observation: AnyObservation) -> dict[str, Any]:
    """The parts of an observation that a caller built, unchecked, by the keys that an answer has."""
    if isinstance(observation, Observation):
        return {"value": observation.value, "at": observation.at}
    present, unrecognised = observation.present, observation.unrecognised
    both = isinstance(present, frozenset | set) and isinstance(unrecognised, tuple | list)
    entries = [*sorted(present, key=str), *unrecognised] if both else None
    return {"present": entries, "complete": observation.complete, "at": observation.at}


def dump_observation(fact: Fact, observation: AnyObservation, *, undated: bool = False) -> dict[str, Any]:
    """The observation as plain data that `read_observation` reads to the same; decimals as text with their unit.

    `undated`: an observation without a time says so (`at: null`), since the profile has a time for those that do not.
    """
    dumped: dict[str, Any]
    if isinstance(observation, ListObservation):
        entries = [*sorted(observation.present), *observation.unrecognised]
        dumped = {"present": entries, "complete": observation.complete}
    elif isinstance(observation.value, Decimal) and fact.unit:
        dumped = {"value": str(Quantity(observation.value, fact.unit))}
    else:
        dumped = {"value": str(observation.value)}
    if observation.at is not None:
        dumped["at"] = observation.at.isoformat()
    elif undated:
        dumped["at"] = None
    return dumped


def _read_mapping(fact: Fact, raw: Mapping[Any, Any]) -> AnyObservation:
    allowed = ("present", "complete", "at") if fact.kind is Kind.LIST else ("value", "unit", "at")
    if fact.kind is Kind.LIST and isinstance(raw.get("value"), str):  # a word alone, which got its time in `dated`
        raise _not_a_list("")
    for key in raw:
        if key not in allowed:
            hint = did_you_mean(str(key), allowed, otherwise=f"the keys are {', '.join(allowed)}")
            raise Refused("unknown-key", "has a key that an answer does not have", hint)
    at = raw.get("at")
    at = None if at is None or (isinstance(at, str) and at == UNDATED) else read_instant(at)
    if fact.kind is Kind.LIST:
        complete = raw.get("complete", False)
        if not isinstance(complete, bool):
            raise Refused("wrong-type", "`complete` is true or false", "write true or false", "/complete")
        return _read_list(fact, raw.get("present"), "/present", complete=complete, at=at)
    if raw.get("value") is None:
        raise Refused("missing-value", "has no `value`", "leave the whole fact out if it is not known")
    unit = raw.get("unit")
    if unit is not None and not isinstance(unit, str):
        raise Refused("wrong-type", "`unit` is text", "write the unit as text, such as mmHg", "/unit")
    return Observation(_read_value(fact, raw["value"], unit), at)


def _not_a_list(pointer: str) -> Refused:
    hint = "write `[word]`, or `{present: [], complete: true}` for none"
    return Refused("wrong-type", "must be a list of words", hint, pointer)


def _read_list(fact: Fact, raw: object, pointer: str, *, complete: bool, at: Instant | None) -> ListObservation:
    if not isinstance(raw, Sequence | frozenset | set) or isinstance(raw, str | bytes):
        raise _not_a_list(pointer)
    entries = sorted(raw, key=str) if isinstance(raw, frozenset | set) else list(raw)
    if len(entries) > MAX_ENTRIES:
        raise Refused("too-many", f"more than {MAX_ENTRIES} entries", "send the entries that matter", pointer)
    present: set[str] = set()
    unrecognised: list[str] = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, str) or not entry or len(entry) > MAX_TEXT:
            hint = f"each entry is a word of at most {MAX_TEXT} characters"
            raise Refused("wrong-type", "an entry is not a word", hint, f"{pointer}/{index}")
        if not entry.isprintable():
            raise Refused(
                "control-character", "an entry holds a control character", "take it out", f"{pointer}/{index}"
            )
        word = fact.word_of_today(str.__str__(entry))  # plain text, even if a member of an Enum was given
        if word in fact.choices:
            present.add(word)
        elif word not in unrecognised:
            unrecognised.append(word)
    return ListObservation(frozenset(present), complete, tuple(sorted(unrecognised)), at)


def _read_value(fact: Fact, raw: object, unit: str | None) -> Decimal | str | PartialDate:
    if fact.kind is Kind.SINCE and unit is None and (event := _read_event(fact, raw)) is not None:
        return event
    if fact.is_number:
        return _read_number(fact, raw, unit)
    if unit is not None:
        raise Refused("wrong-type", "a choice has no unit", "leave `unit` out", "/unit")
    if fact.kind is Kind.CHOICE and isinstance(raw, str):
        word = fact.word_of_today(raw)
        if word in fact.choices:
            return fact.choices[fact.choices.index(word)]  # plain text, even if a member of an Enum was given
        # The nearest choice is not suggested: it would be the patient's answer in other letters.
        hint = f"the choices are {', '.join(fact.choices)}; leave it out if it is not known"
        raise Refused("unknown-choice", "not one of its choices", hint)
    but = "; true and false are not among them" if isinstance(raw, bool) else ""
    hint = f"the choices are {', '.join(fact.choices)}{but}; leave it out if it is not known"
    raise Refused("wrong-type", "must be one of its choices", hint)


def _read_event(fact: Fact, raw: object) -> PartialDate | str | None:
    """The date of an event, or `none`; None where `raw` is not in one of these forms."""
    if isinstance(raw, PartialDate):
        return read_partial_date(raw, "/value")
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return PartialDate.of(in_our_time(raw, "/value"))
    if isinstance(raw, str) and raw == NEVER and fact.changeable:
        return NEVER
    # A number above every range is a year: 2026 is never a number of months.
    text = exact_text(raw) if is_a_year(raw) else raw
    return read_partial_date(text, "/value") if isinstance(text, str) and _DATED.match(text) else None


def is_a_year(raw: object) -> TypeGuard[int | Decimal]:
    """Whether it is a number that says a year."""
    return is_number(raw) and FIRST_YEAR <= raw <= LAST_YEAR and raw == int(raw)


def _read_number(fact: Fact, raw: object, unit: str | None) -> Decimal:
    assert fact.unit is not None
    example = f"write a number, or a number with its unit, such as {fact.unit.example}"
    if fact.unit.is_none:
        example = f"write a plain number such as {fact.unit.example}"
    if fact.kind is Kind.SINCE:
        example = f"write the date of the event (2026-03-04, 2026-03 or 2026), or a number of {fact.unit.name}"
        if not fact.changeable:
            example = f"write a whole number of {fact.unit.name}, and the date of the answer"
    try:
        if isinstance(raw, float):
            raw = decimal_of(raw)
        elif not isinstance(raw, int | Decimal | str) and isinstance(raw, Integral):  # NumPy's
            raw = int(raw)
        if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
            if isinstance(raw, Decimal) and not raw.is_finite():
                raise Refused("not-a-number", "not a finite number", example)
            text = exact_text(raw)
            own = fact.unit.shown if unit is None else unit
            written = text if own is None else f"{text} {own}"
            value = parse_quantity(written, fact.unit, in_answer=True).to(fact.unit).value
        elif isinstance(raw, str) and unit is None:
            value = parse_quantity(raw, fact.unit, in_answer=True).to(fact.unit).value
        elif isinstance(raw, str):
            hint = f'write {{"value": 1, "unit": "{fact.unit.name}"}}, or "{fact.unit.example}" as one text'
            hint = example if fact.unit.is_none else hint
            raise Refused("wrong-type", "must have its number as a number, not as text, where it has `unit`", hint)
        else:
            raise Refused("wrong-type", "must be a number", example)
    except QuantityError as error:
        hint = str(error)
    else:
        return _checked(fact, value)
    raise Refused("not-a-number", "not a number" if fact.unit.is_none else "not a number in its unit", hint)


def decimal_of(raw: float) -> Decimal:
    """The decimal that a float's shortest text says: 139.7 for the float nearest to 139.7.

    Raises:
        Refused: more than 6 decimal places, which most often come from arithmetic on floats; infinity, or NaN.
    """
    number = Decimal(float.__repr__(raw))  # not repr(): a subclass, such as NumPy's, may write something else
    if not number.is_finite():
        raise Refused("not-a-number", "holds a float that is not a finite number", "leave it out if it is not known")
    if int(number.as_tuple().exponent) < -MAX_DECIMALS:
        hint = "round it, or give a Decimal, or text with its unit"
        raise Refused("not-a-number", f"holds a float with more than {MAX_DECIMALS} decimal places", hint)
    return number


def is_number(raw: object) -> TypeGuard[int | Decimal]:
    """Whether it is a finite number; True and False are not."""
    return isinstance(raw, int | Decimal) and not isinstance(raw, bool) and (isinstance(raw, int) or raw.is_finite())


def exact_text(raw: int | Decimal) -> str:
    """Plain text of a finite number: the same for 1 and 1.0.

    Raises:
        QuantityError: it is too long. It is not written first, since it can have thousands of digits.
    """
    if isinstance(raw, int):
        if abs(raw) >= 10**12:
            raise QuantityError("the number is too long")
        return str(raw)
    if not -12 <= raw.adjusted() <= 12 or int(raw.as_tuple().exponent) < -30:
        if raw == 0:
            return "0"
        raise QuantityError("the number is too long")
    text = decimal_text(raw)
    return "0" if raw == 0 else text


def _checked(fact: Fact, value: Decimal) -> Decimal:
    assert fact.unit is not None
    if fact.is_whole and value != value.to_integral_value():
        raise Refused("not-whole", "must be a whole number", "write it without decimals")
    if not fact.spans(value):
        raise Refused("out-of-range", "outside its range", range_hint(fact.minimum, fact.maximum, fact.unit))
    return value
