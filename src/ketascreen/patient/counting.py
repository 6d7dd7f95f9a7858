"""Which answers of one patient count at the time of a screening, and how much of an answer that is too old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from ketascreen.language.clinic_time import ClinicTime, Instant
from ketascreen.language.condition import ListValue, Value
from ketascreen.language.partial_date import Days
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Vocabulary
from ketascreen.patient.observation import NEVER, AnyObservation, ListObservation, Observation
from ketascreen.patient.since import event_days, number_since


class Counting:
    """Collects the answers of one patient. `current`, `standing` and the others are as in `Facts`."""

    def __init__(self, vocabulary: Vocabulary, clinic: ClinicTime, instants: Mapping[Instant, datetime]) -> None:
        self.vocabulary, self.today = vocabulary, clinic.today
        self.current: dict[str, Value] = {}
        self.standing: dict[str, Value] = {}
        self.last: dict[str, Value] = {}
        self.observed: dict[str, Instant] = {}
        self.entries: dict[str, tuple[str, ...]] = {}
        self.stale: set[str] = set()
        self.events: dict[str, Days] = {}
        self._days = {at: clinic.day_of(at) for at in instants}
        self._days_old = {at: (self.today - day).days for at, day in self._days.items()}
        self._as_of, self._instants = clinic.as_of, instants

    def that_count(self) -> Mapping[str, Value]:
        """The answers that count, the standing ones included."""
        return {**self.current, **self.standing} if self.standing else self.current

    def add(self, observations: Mapping[str, AnyObservation]) -> None:
        """Adds the answers to the facts that are not times since events."""
        # Local names: there are fifty facts, and this is most of the time of `known_facts`.
        since, in_days, days_old = self.vocabulary.since, self.vocabulary.windows_in_days, self._days_old
        observed, last, current = self.observed, self.last, self.current
        for name, one in observations.items():
            if name in since:
                continue
            if (at := one.at) is not None:
                observed[name] = at
            if isinstance(one, Observation):
                value: Value = one.value  # type: ignore[assignment]  # only a time since an event has a date
            else:
                value, self.entries[name] = _words(one), one.unrecognised
            last[name] = value
            if (days := in_days.get(name)) is not None:
                counts = at is not None and days_old[at] <= days
            else:
                counts = self._counts_for_minutes(name, at)
            if counts:
                current[name] = value
            else:
                self._add_what_is_left(self.vocabulary[name], value)

    def add_event(self, fact: Fact, one: Observation) -> None:
        """Adds the answer to a time since an event. Without its date an answer does not count whole.

        Raises:
            Refused: see `event_days`.
        """
        name, today, at = fact.name, self.today, one.at
        if at is not None:
            self.observed[name] = at
        fresh = at is not None and self._counts(name, at)
        days = event_days(fact, one.value, None if at is None else self._days[at], today)
        if not fresh and (fact.changeable or days is None):
            self.stale.add(name)
        if days is not None:
            self.last[name] = number_since(fact, days, today)
            self.know(fact, days if fresh or not fact.changeable else Days(days.first, today))
        elif one.value == NEVER:
            assert fact.maximum is not None
            self.last[name] = fact.maximum
            if fresh:
                self.current[name] = fact.maximum

    def know(self, fact: Fact, days: Days) -> None:
        """Adds the days of an event that count."""
        name = fact.name
        self.events[name] = days
        self.current[name] = number_since(fact, days, self.today)
        if not fact.changeable:
            self.last[name] = self.current[name]
            self.stale.discard(name)

    def _counts(self, name: str, at: Instant) -> bool:
        days = self.vocabulary.windows_in_days.get(name)
        return self._counts_for_minutes(name, at) if days is None else self._days_old[at] <= days

    def _counts_for_minutes(self, name: str, at: Instant | None) -> bool:
        """Whether an answer counts by a window in minutes, or without any window."""
        window = self.vocabulary.windows.get(name)
        if window is None:
            return True
        return at is not None and self._as_of - self._instants[at] <= timedelta(minutes=window.minutes)

    def _add_what_is_left(self, fact: Fact, value: Value) -> None:
        """The part of an answer that counts, and the part that stands, though it is too old or undated."""
        assert fact.freshness is not None
        counting, standing = _left(value, fact.freshness.ageless), _left(value, fact.freshness.stands)
        if counting is not None:
            self.current[fact.name] = counting
        if counting != value:
            self.stale.add(fact.name)
            if standing is not None:
                self.standing[fact.name] = _joined(counting, standing)


def _words(observation: ListObservation) -> ListValue:
    if not observation.unrecognised:
        return ListValue(observation.present, observation.complete)
    # An unknown entry could be any of the words, so nothing can be ruled out.
    return ListValue(observation.present | {UNRECOGNISED}, complete=False)


def _left(value: Value, words: frozenset[str]) -> Value | None:
    """The part of an answer that consists of these words, or None."""
    if isinstance(value, ListValue):
        present = value.present & words
        return ListValue(present, complete=False) if present else None
    return value if value in words else None


def _joined(counting: Value | None, standing: Value) -> Value:
    if isinstance(counting, ListValue) and isinstance(standing, ListValue):
        return ListValue(counting.present | standing.present, complete=False)
    return standing
