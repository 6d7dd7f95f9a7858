"""A patient on another day: no date is the real one, and what counts is the same.

All dates move by one number of days, which is not a number of whole years: no date keeps its day and month. Each time
keeps its hour and minute by the clinic's clock. A date that is known to the month or the year moves by the whole months
or years that are nearest to those days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ketascreen.authoring.cases.results import RuleResult
from ketascreen.authoring.mutation.given import unheard_of
from ketascreen.diagnostic import InputError, refused
from ketascreen.language.clinic_time import ClinicTime, Instant
from ketascreen.language.partial_date import PartialDate
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Stage
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.contradictions import Contradicted
from ketascreen.patient.facts import Facts, added_answers, known_facts
from ketascreen.patient.former_names import named_today
from ketascreen.patient.observation import AnyObservation, ListObservation, Observation
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.patient.refused import Refused

CODE = "moved-dates"
_YEARS = (0, *(sign * years for years in (*range(1, 9), 12, 28) for sign in (1, -1)))
_NEAR = range(1, 32)
_BESIDE = tuple(sign * days for days in (4, 6, 9, 13, 18, 24) for sign in (-1, 1))
_DAYS_A_YEAR = 365.2425
_DAYS_A_MONTH = _DAYS_A_YEAR / 12
_OFF = 3
"""How many days a move is off whole years, at least; leap days make two of them."""


@dataclass(frozen=True, slots=True)
class PatientThen:
    """The answers of a patient by fact, the date of birth, and the time of the screening."""

    answers: Mapping[str, AnyObservation]
    birth_date: date | PartialDate | None
    clinic: ClinicTime

    @property
    def profile(self) -> PatientProfile:
        """The patient's profile."""
        own = {name: one for name, one in self.answers.items() if name in BUILT_IN}
        extra = {name: one for name, one in self.answers.items() if name not in BUILT_IN}
        born = {} if self.birth_date is None else {"birth_date": self.birth_date}
        return PatientProfile.model_validate({**own, **born, "extra": extra})

    def only(self, facts: frozenset[str]) -> PatientThen:
        """The same patient, of whom these facts alone are recorded."""
        answers = {name: one for name, one in self.answers.items() if name in facts}
        return replace(self, answers=answers, birth_date=self.birth_date if "age" in facts else None)


def patient_of(profile: PatientProfile, vocabulary: Vocabulary, clinic: ClinicTime) -> PatientThen:
    """A patient at the time of a screening, with another word for each entry that the vocabulary does not know.

    Such an entry may be a name; the word in its place is not known either.

    Raises:
        ProfileError: an answer that the vocabulary lacks or cannot read, among others.
    """
    try:
        known_facts(profile, vocabulary, clinic)
    except InputError as error:
        if any(not isinstance(one, Contradicted) for one in error.diagnostics):
            raise
    answers = {**profile.observations(), **added_answers(named_today(profile.extra, vocabulary), vocabulary)[0]}
    read = {name: _without_unread(one, name, vocabulary) for name, one in answers.items()}
    return PatientThen(read, profile.birth_date, clinic)


def _without_unread(one: AnyObservation, name: str, vocabulary: Vocabulary) -> AnyObservation:
    if isinstance(one, ListObservation) and one.unrecognised:
        return replace(one, unrecognised=(unheard_of(vocabulary[name]),))
    return one


def landed(patient: PatientThen, rulebook: Rulebook, stage: Stage, onto: date) -> PatientThen:
    """The patient on the day `onto`, or the first of other days, on which everything counts as it does.

    Other days are the days around `onto`, the same day of other years, then days beside the day of the real screening
    in other years. Times are of whole minutes, if everything counts as it does then.

    Raises:
        InputError: each such day changes a finding.
    """
    facts = _Known.of(patient, rulebook.vocabulary)
    days = tuple(_days(patient.clinic.today, onto))
    for seconds in (False, True):
        moved = [one for day in days if (one := moved_to(patient, day, seconds)) is not None]
        found = _first(moved, lambda one: _Known.of(one, rulebook.vocabulary).is_as(facts))
        if found is None:
            found = _first(moved, lambda one: _Known.of(one, rulebook.vocabulary).finds_as(facts, rulebook, stage))
        if found is not None:
            return found
    raise _no_day(patient)


def _no_day(patient: PatientThen) -> InputError:
    message = "no other day was found on which every finding is the same, and a case has no real date"
    given = (patient.birth_date, *(one.value for one in patient.answers.values() if isinstance(one, Observation)))
    partial = [one for one in given if isinstance(one, PartialDate) and one.day is None]
    if partial:
        known = "year" if any(one.month is None for one in partial) else "month"
        message += f"; a date that is known to the {known} alone keeps the others from moving"
    return refused(CODE, message, "write the case by hand, or name another day with --onto")


def _first(moved: list[PatientThen], holds: Callable[[PatientThen], bool]) -> PatientThen | None:
    return next((one for one in moved if holds(one)), None)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a patient, or the contradictions for which the patient is refused, or nothing else."""

    facts: Facts | None
    contradictions: tuple[str, ...] = ()

    @classmethod
    def of(cls, patient: PatientThen, vocabulary: Vocabulary) -> _Known:
        try:
            return cls(known_facts(patient.profile, vocabulary, patient.clinic))
        except InputError as error:
            return cls(None, tuple(one.name if isinstance(one, Contradicted) else "" for one in error.diagnostics))

    def is_as(self, other: _Known) -> bool:
        """Whether each answer counts as it does for the other, and is the same."""
        mine, others = self.facts, other.facts
        if mine is None or others is None:
            return mine is others and self.contradictions == other.contradictions
        return (mine.current, mine.last, mine.standing, mine.stale, mine.unrecognised) == (
            others.current, others.last, others.standing, others.stale, others.unrecognised,
        )  # fmt: skip

    def finds_as(self, other: _Known, rulebook: Rulebook, stage: Stage) -> bool:
        """Whether each rule finds what it does for the other, and the age is the same."""
        mine, others = self.facts, other.facts
        if mine is None or others is None:
            return self.is_as(other)
        asked = rulebook.asked_at(stage)
        return mine.last.get("age") == others.last.get("age") and all(
            RuleResult.of_facts(rule, mine) == RuleResult.of_facts(rule, others) for rule in asked
        )


def _days(today: date, onto: date) -> Iterator[date]:
    """The days to try, none of them twice, and none that is whole years from the real one."""
    tried: set[date] = set()
    for day in _wanted(today, onto):
        if day is not None and day not in tried and not _whole_years((day - today).days):
            tried.add(day)
            yield day


def _whole_years(days: int) -> bool:
    """Whether so many days are whole years, or nearly so; none is a number of years too."""
    return abs(days - round(days / _DAYS_A_YEAR) * _DAYS_A_YEAR) < _OFF


def _wanted(today: date, onto: date) -> Iterator[date | None]:
    yield onto
    yield from (_later(onto, sign * days) for days in _NEAR for sign in (1, -1))
    yield from (_day(onto.year + years, onto.month, onto.day) for years in _YEARS)
    there = [_day(onto.year + years, today.month, today.day) for years in _YEARS]
    yield from (_later(day, days) for days in _BESIDE for day in there if day is not None)


def _later(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def moved_to(patient: PatientThen, day: date, seconds: bool = False) -> PatientThen | None:
    """The patient with `day` as the day of the screening; None if a date would stay, or leave the calendar.

    Times are of whole minutes; with `seconds` they keep their seconds.
    """
    try:
        move = _Move(patient.clinic, day, seconds)
        answers = {name: move.answer(one) for name, one in patient.answers.items()}
        born = None if patient.birth_date is None else move.date(patient.birth_date)
        return PatientThen(answers, born, move.there)
    except (ValueError, OverflowError, Refused):
        return None


class _Stays(ValueError):
    """A date that is known to the year or the month alone would be the real one."""


@dataclass(frozen=True, slots=True)
class _Move:
    """From the day of a screening to another day."""

    clinic: ClinicTime
    day: date
    seconds: bool

    @property
    def _by(self) -> timedelta:
        return self.day - self.clinic.today

    @property
    def there(self) -> ClinicTime:
        return ClinicTime.at(self._time(self.clinic.as_of), self.clinic.name)

    def answer(self, one: AnyObservation) -> AnyObservation:
        at = None if one.at is None else self._instant(one.at)
        if isinstance(one, Observation) and isinstance(one.value, PartialDate):
            value = self.date(one.value)
            return replace(one, value=value if isinstance(value, PartialDate) else PartialDate.of(value), at=at)
        return replace(one, at=at)

    def date(self, given: date | PartialDate) -> date | PartialDate:
        if not isinstance(given, PartialDate):
            return given + self._by
        if given.day is not None:
            return PartialDate.of(given.days().first + self._by)
        whole = round(self._by.days / (_DAYS_A_YEAR if given.month is None else _DAYS_A_MONTH))
        if not whole:
            raise _Stays
        if given.month is None:
            return PartialDate(given.year + whole)
        year, month = divmod(12 * given.year + given.month - 1 + whole, 12)
        return PartialDate(year, month + 1)

    def _instant(self, at: Instant) -> Instant:
        return self._time(at) if isinstance(at, datetime) else at + self._by

    def _time(self, at: datetime) -> datetime:
        """The same hour and minute by the clinic's clock, so many days later or earlier."""
        local = at.astimezone(self.clinic.zone)
        local = local if self.seconds else local.replace(second=0, microsecond=0)
        return (local.replace(tzinfo=None) + self._by).replace(tzinfo=self.clinic.zone, fold=local.fold)
