"""Observations of any fact, as strategies."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from hypothesis import strategies as st

from ketascreen.language.clinic_time import Instant
from ketascreen.language.partial_date import PartialDate
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.observation import ListObservation, Observation

offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants: st.SearchStrategy[Instant | None] = st.one_of(
    st.none(),
    st.dates(date(1850, 1, 1), date(9000, 12, 31)),
    st.datetimes(datetime(1850, 1, 1), datetime(9000, 12, 31), timezones=offsets),  # noqa: DTZ001
)
partial_dates = st.builds(
    lambda day, parts: PartialDate(*(day.year, day.month, day.day)[:parts]),
    st.dates(date(1850, 1, 1), date(9000, 12, 31)),
    st.integers(1, 3),
)
words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30)


@st.composite
def observations(draw: st.DrawFn, fact: Fact) -> Observation | ListObservation:
    """An observation of a fact."""
    at = draw(instants)
    if fact.kind is Kind.LIST:
        unknown = draw(st.frozensets(words, max_size=3)) - set(fact.choices)
        present = draw(st.frozensets(st.sampled_from(fact.choices), max_size=3))
        return ListObservation(present, draw(st.booleans()), tuple(sorted(unknown)), at)
    if fact.kind is Kind.CHOICE:
        return Observation(draw(st.sampled_from(fact.choices)), at)
    assert fact.minimum is not None
    assert fact.maximum is not None
    if fact.kind is Kind.SINCE and draw(st.booleans()):
        return Observation(draw(partial_dates), at)
    places = 0 if fact.is_whole else draw(st.integers(0, 6))
    return Observation(draw(st.decimals(fact.minimum, fact.maximum, places=places)), at)
