"""From a profile to the facts that count at a point in time: ages, freshness, lists, last answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Self

from ketascreen.diagnostic import Diagnostic, ProfileError, did_you_mean
from ketascreen.language.condition import ListValue, Value
from ketascreen.language.effects import EFFECTS
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import Known
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Vocabulary
from ketascreen.patient.errors import message_of, unknown_fact
from ketascreen.patient.observation import (
    AnyObservation,
    Instant,
    ListObservation,
    Observation,
    Refused,
    at_fixed_offset,
    read_observation,
)
from ketascreen.patient.profile import BUILT_IN, PatientProfile

_LAST = tuple(effect for effect, row in EFFECTS.items() if row.last_answers)


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """What is known of a patient at a point in time.

    `current` holds the answers that count; `last` the last answer to each fact whatever its age, for alerts; `observed`
    when each was observed, if it was dated; `stale` the facts whose answer is too old or undated.
    All are read-only, and the repr shows none: channels get them.
    """

    current: Mapping[str, Value]
    last: Mapping[str, Value]
    observed: Mapping[str, Instant]
    unrecognised: Mapping[str, tuple[str, ...]]
    stale: frozenset[str]

    @classmethod
    def of(
        cls,
        current: dict[str, Value],
        last: dict[str, Value],
        observed: dict[str, Instant],
        unrecognised: dict[str, tuple[str, ...]],
        stale: frozenset[str],
    ) -> Self:
        """Facts that nobody can change; the caller must not keep the dictionaries."""
        return cls(
            MappingProxyType(current),
            MappingProxyType(last),
            MappingProxyType(observed),
            MappingProxyType(unrecognised),
            stale,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # Most answers share a few times, and a time takes long to pickle: equal ones are pickled once.
        same: dict[object, Instant] = {}
        observed = {name: same.setdefault((at, getattr(at, "tzinfo", None)), at) for name, at in self.observed.items()}
        return type(self).of, (dict(self.current), dict(self.last), observed, dict(self.unrecognised), self.stale)


def known_facts(profile: PatientProfile, vocabulary: Vocabulary, as_of: datetime) -> Facts:
    """The facts of `profile` that count at `as_of` (which has an offset).

    A date without a time is its earliest instant in `as_of`'s offset.

    Raises:
        ProfileError: a fact in `extra` that the vocabulary lacks or cannot read, an observation or birth date after
            `as_of`, an age that differs from the birth date's.
    """
    as_of = at_fixed_offset(as_of)  # days of 24 hours, everywhere
    problems: list[Diagnostic] = []
    observations = profile.observations()
    if profile.extra:
        added, refused = _extra(profile, vocabulary)
        observations.update(added)
        problems += refused
    instants = _instants(observations.values(), as_of)
    problems += _in_the_future(observations, instants, as_of)
    if profile.birth_date is not None:
        age = _age(profile.birth_date, as_of.date(), observations.get("age"))
        if isinstance(age, Diagnostic):
            problems.append(age)
        else:
            observations["age"] = age
    if problems:
        raise ProfileError(problems)
    return _count(observations, instants, vocabulary, as_of)


def answers_for(rule: Rule, facts: Facts) -> Known:
    """The answers that a rule reads: an alert reads the last ones at any age, all other rules those that count."""
    return facts.last if rule.effect in _LAST else facts.current


def _instants(observations: Iterable[AnyObservation], as_of: datetime) -> dict[Instant, datetime]:
    """The instant of each date and time of an observation; most observations share a few."""
    times = {observation.at for observation in observations}
    return {
        at: at if isinstance(at, datetime) else datetime.combine(at, time.min, tzinfo=as_of.tzinfo)
        for at in times
        if at is not None
    }


def _in_the_future(
    observations: Mapping[str, AnyObservation], instants: Mapping[Instant, datetime], as_of: datetime
) -> Iterable[Diagnostic]:
    late = {at for at, instant in instants.items() if instant > as_of}
    for name, observation in observations.items() if late else ():
        if observation.at in late:
            message = f"`{name}` was observed after the time of screening"
            yield Diagnostic("in-the-future", message, "check its date", pointer=f"{_pointer(name)}/at")


def _extra(profile: PatientProfile, vocabulary: Vocabulary) -> tuple[dict[str, AnyObservation], list[Diagnostic]]:
    """The answers to facts that the rulebook adds, by name, and what is wrong with the others."""
    added: dict[str, AnyObservation] = {}
    problems = []
    for name, raw in profile.extra.items():
        fact = vocabulary.get(name)
        if fact is None:
            hint = did_you_mean(name, vocabulary, otherwise="the rulebook's vocabulary.yaml does not have it")
            problems.append(unknown_fact(name, hint, "/extra"))
        elif raw is not None:
            try:
                added[name] = read_observation(fact, raw)
            except Refused as refused:
                message, pointer = message_of(name, refused), f"/extra/{name}{refused.pointer}"
                problems.append(Diagnostic(refused.code, message, refused.hint, pointer=pointer))
    return added, problems


def _age(born: date, today: date, given: AnyObservation | None) -> Observation | Diagnostic:
    """The age by the date of birth, observed when a `given` age was; or what is wrong with the two."""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    maximum = BUILT_IN["age"].maximum
    assert maximum is not None
    if born > today:
        message = "`birth_date` is after the time of screening"
        return Diagnostic("in-the-future", message, "check it", pointer="/birth_date")
    if years > maximum:
        message = f"`birth_date` is more than {maximum} years ago"
        return Diagnostic("out-of-range", message, "check it", pointer="/birth_date")
    if isinstance(given, Observation) and given.value != years:
        # If one of the two is removed, the other alone must give the same age (P1).
        message = "`age` is not the age that `birth_date` gives on that day"
        return Diagnostic("contradiction", message, "leave `age` out", pointer="/age")
    return Observation(Decimal(years), given.at if given else None)


def _count(
    observations: Mapping[str, AnyObservation],
    instants: Mapping[Instant, datetime],
    vocabulary: Vocabulary,
    as_of: datetime,
) -> Facts:
    last: dict[str, Value] = {}
    dated: dict[str, Instant] = {}
    entries: dict[str, tuple[str, ...]] = {}
    for name, one in observations.items():
        if (at := one.at) is not None:
            dated[name] = at
        if isinstance(one, Observation):
            last[name] = one.value
        else:
            last[name], entries[name] = _words(one), one.unrecognised
    current, stale = last.copy(), set()
    counts = {
        days: {at for at, instant in instants.items() if instant >= earliest}
        for days, earliest in vocabulary.earliest(as_of).items()
    }
    for name, days in vocabulary.windows.items():
        if dated.get(name) in counts[days] or name not in last:
            continue
        counting = _counting(vocabulary[name], last[name])
        if counting is None:
            del current[name]
        else:
            current[name] = counting
        if counting != last[name]:
            stale.add(name)
    return Facts.of(current, last, dated, entries, frozenset(stale))


def _words(observation: ListObservation) -> ListValue:
    if not observation.unrecognised:
        return ListValue(observation.present, observation.complete)
    # An unknown entry could be any of the words, so nothing can be ruled out.
    return ListValue(observation.present | {UNRECOGNISED}, complete=False)


def _counting(fact: Fact, value: Value) -> Value | None:
    """The part that still counts of an answer that is too old or undated, or None."""
    ageless = fact.freshness.ageless if fact.freshness else frozenset()
    if isinstance(value, ListValue):
        lasting = value.present & ageless
        return ListValue(lasting, complete=False) if lasting else None
    return value if value in ageless else None


def _pointer(name: str) -> str:
    return f"/{name}" if name in BUILT_IN else f"/extra/{name}"
