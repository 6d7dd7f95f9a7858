"""Time since an event: from an answer to the days on which the event can have been, and to a number at a later day.

An event that can happen again (a stroke) may have done so after an answer that no longer counts: the span then ends
today. An event that happens once (a birth) cannot.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ketascreen.language.condition import Span
from ketascreen.language.partial_date import MONTHS_OF, Days, PartialDate, days_ago, months_between
from ketascreen.language.vocabulary import Fact
from ketascreen.patient.observation import NEVER
from ketascreen.patient.refused import Refused

SinceAnswer = PartialDate | Decimal | str
"""A date, a whole number of units at the day of the answer, or `none`: such an event never happened."""


def event_days(fact: Fact, answer: SinceAnswer, observed: date | None, today: date) -> Days | None:
    """The days on which the event can have been by an answer of the day `observed`; None if it says nothing.

    Raises:
        Refused: the event is after the answer or after today, or longer ago than the fact's range.
    """
    if answer == NEVER:
        return None
    said = answer.days() if isinstance(answer, PartialDate) else _counted(fact, answer, observed)
    return None if said is None else possible_days(fact, said, observed, today)


def possible_days(fact: Fact, said: Days, observed: date | None, today: date) -> Days:
    """The days among `said` on which the event can have been by an answer of the day `observed`.

    Raises:
        Refused: see `event_days`.
    """
    last = today if observed is None else min(observed, today)
    days = said.until(last)
    if days is None:
        late = "must not be after the day of its own answer" if said.first <= today else "must not be in the future"
        raise Refused("in-the-future", late, "check the date", "/value")
    if whole_units(fact, days.last, today) > (fact.maximum or 0):
        raise Refused("out-of-range", f"must be at most {fact.maximum} {_unit(fact)} ago", "check the date", "/value")
    return days


def number_since(fact: Fact, days: Days, today: date) -> Decimal | Span:
    """The whole units from the event to today, rounded down; a span if they are not the same for all of its days."""
    assert fact.maximum is not None
    low, high = whole_units(fact, days.last, today), min(whole_units(fact, days.first, today), int(fact.maximum))
    return Decimal(low) if low == high else Span(Decimal(low), Decimal(high))


def whole_units(fact: Fact, day: date, today: date) -> int:
    """The whole units from a day to today, rounded down."""
    return months_between(day, today) // MONTHS_OF[_unit(fact)]


def _unit(fact: Fact) -> str:
    assert fact.unit is not None
    return fact.unit.name


def _counted(fact: Fact, answer: SinceAnswer, observed: date | None) -> Days | None:
    """The days of a number, which says something only together with its own day."""
    assert isinstance(answer, Decimal)
    if observed is None:
        return None
    try:
        return days_ago(int(answer), MONTHS_OF[_unit(fact)], observed)
    except (ValueError, OverflowError):
        pass  # refused below, so that no context of the error holds the number
    raise Refused(
        "out-of-range", "must not be before the first year of the calendar", "check it and its date", "/value"
    )
