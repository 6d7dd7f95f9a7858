"""Patients as a case writes them: the answers that a condition distinguishes, and times on both sides of a window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import Condition, ListValue, Value, comparisons
from ketascreen.language.quantity import Quantity, decimal_text
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Freshness
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.reasoning.partitions import answers, open_lists

UNHEARD_OF = "something_else"
"""The word that a case uses for an entry that no vocabulary knows."""


def unheard_of(fact: Fact) -> str:
    """A word that a list's choices lack."""
    more = (f"{UNHEARD_OF}_{number}" for number in range(2, len(fact.choices) + 3))
    return next(word for word in (UNHEARD_OF, *more) if word not in fact.choices)


Given = dict[str, dict[str, Any]]
"""What a case gives: for each fact its answer, with `at` if it is not of the day."""


def facts_given(given: Given, rulebook: Rulebook, as_of: datetime) -> Facts:
    """What is known of the patient that a case gives.

    Raises:
        ProfileError: the patient is refused, for answers that contradict each other among other reasons.
    """
    return known_facts(profile(given), rulebook.vocabulary, ClinicTime.at(as_of, rulebook.identity.time_zone))


def profile(given: Given) -> PatientProfile:
    """The patient that a case gives."""
    own = {name: raw for name, raw in given.items() if name in BUILT_IN}
    return PatientProfile.model_validate({**own, "extra": {name: given[name] for name in given if name not in own}})


def written_answers(fact: Fact, condition: Condition, dated: Iterable[str | None]) -> Iterator[dict[str, Any]]:
    """The answers that a condition distinguishes, as a case writes them, at each of these times (None: undated)."""
    plain = [_raw(fact, value) for value in _readable(fact, condition)]
    for at in dated:
        yield from ({**raw, "at": at} for raw in plain)


def _readable(fact: Fact, condition: Condition) -> list[Value]:
    """The answers that the condition distinguishes, with the whole numbers next to each bound."""
    found = list(answers(fact, condition))
    if not fact.is_number:
        return [*found[1:], *found[:1], *open_lists(fact, condition)] if found else []
    assert fact.minimum is not None
    assert fact.maximum is not None
    bounds = {end for compare in comparisons(condition) if compare.fact == fact.name for end in compare.numbers}
    beside = {bound + step for bound in bounds if bound == bound.to_integral_value() for step in (-1, 1)}
    numbers = {value for value in found if isinstance(value, Decimal)}
    numbers |= {number for number in beside if fact.minimum <= number <= fact.maximum}
    # The bounds first, then the whole numbers next to them; numbers with many decimals last.
    return [*sorted(numbers, key=lambda one: (len(decimal_text(one)) > 6, min(abs(one - at) for at in bounds), one))]


def _raw(fact: Fact, value: Value) -> dict[str, Any]:
    if isinstance(value, ListValue):
        words = [UNHEARD_OF if word == UNRECOGNISED else word for word in sorted(value.present)]
        return {"present": words, "complete": value.complete}
    if isinstance(value, Decimal):
        assert fact.unit is not None
        return {"value": str(Quantity(value, fact.unit))}
    return {"value": value}


def just_now(fact: Fact, as_of: datetime) -> str:
    """When an answer was observed that surely counts: on the day, or at the time if its window is in minutes."""
    window = fact.freshness.window if fact.freshness else None
    return written_time(as_of) if window is not None and window.minutes else as_of.date().isoformat()


def written_time(when: datetime) -> str:
    """A time as a case writes it."""
    return when.isoformat().replace("+00:00", "Z")


def times(freshness: Freshness | None, as_of: datetime) -> tuple[str, ...]:
    """Times on both sides of the end of a window, and one long before."""
    window = freshness.window if freshness else None
    if window is not None and window.minutes:
        ages = [timedelta(minutes=window.minutes + step) for step in (1, 0, -1)]
    else:
        days = window.days if window else 0
        ages = [timedelta(days=max(0, days + step)) for step in (1, 0, -1)]
    ages.append(max(ages) + timedelta(days=30))
    return tuple(written_time(as_of - age) for age in dict.fromkeys(ages))
