"""From a profile to the facts that count at a point in time: ages, freshness, lists, last answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType

from ketascreen.condition import Value, Words
from ketascreen.diagnostic import Diagnostic, ProfileError, did_you_mean
from ketascreen.observation import (
    AnyObservation,
    Instant,
    ListObservation,
    Observation,
    Refused,
    read_observation,
)
from ketascreen.profile import BUILT_IN, PatientProfile
from ketascreen.refusals import unknown_fact
from ketascreen.vocabulary import UNRECOGNISED, Fact, Vocabulary


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """What is known of a patient at a point in time.

    `current` holds the answers that count; `last` the last answer to each fact whatever its age, for alerts; `observed`
    when each was observed, if it was dated; `stale` the facts whose answer is too old or undated.
    All are read-only, and the repr shows none: channels are handed them.
    """

    current: Mapping[str, Value]
    last: Mapping[str, Value]
    observed: Mapping[str, Instant]
    unrecognised: Mapping[str, tuple[str, ...]]
    stale: frozenset[str]


def known_facts(profile: PatientProfile, vocabulary: Vocabulary, as_of: datetime) -> Facts:
    """The facts of `profile` that count at `as_of` (which has an offset).

    A date without a time is its earliest instant in `as_of`'s offset.

    Raises:
        ProfileError: a fact in `extra` that the vocabulary lacks or cannot read, an observation or birth date after
            `as_of`, an age that is not the birth date's.
    """
    as_of = as_of.replace(tzinfo=timezone(as_of.utcoffset() or timedelta(0)), fold=0)  # days of 24 hours, everywhere
    problems: list[Diagnostic] = []
    observations = dict(profile.observations())
    observations.update(_extra(profile, vocabulary, problems))
    for name, observation in observations.items():
        if _instant(observation.at, as_of) > as_of if observation.at is not None else False:
            pointer = f"{_pointer(name)}/at"
            problems.append(
                Diagnostic(
                    "in-the-future",
                    f"`{name}` was observed after the time of screening",
                    "check its date",
                    pointer=pointer,
                )
            )
    _derive_age(profile, as_of, observations, problems)
    if problems:
        raise ProfileError(problems)
    return _count(observations, vocabulary, as_of)


def _extra(
    profile: PatientProfile, vocabulary: Vocabulary, problems: list[Diagnostic]
) -> Iterable[tuple[str, AnyObservation]]:
    for name, raw in profile.extra.items():
        fact = vocabulary.get(name)
        if fact is None:
            mend = did_you_mean(name, vocabulary, otherwise="the rulebook's vocabulary.yaml does not have it")
            problems.append(unknown_fact(name, mend, "/extra"))
        elif raw is not None:
            try:
                yield name, read_observation(fact, raw)
            except Refused as refused:
                message, pointer = f"`{name}`: {refused.message}", f"/extra/{name}{refused.pointer}"
                problems.append(Diagnostic(refused.code, message, refused.mend, pointer=pointer))


def _derive_age(
    profile: PatientProfile,
    as_of: datetime,
    observations: dict[str, AnyObservation],
    problems: list[Diagnostic],
) -> None:
    born, today = profile.birth_date, as_of.date()
    if born is None:
        return
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    fact = BUILT_IN["age"]
    assert fact.maximum is not None
    given = observations.get("age")
    if born > today:
        problems.append(
            Diagnostic(
                "in-the-future",
                "`birth_date` is after the time of screening",
                "check it",
                pointer="/birth_date",
            )
        )
    elif years > fact.maximum:
        problems.append(
            Diagnostic(
                "out-of-range",
                f"`birth_date` is more than {fact.maximum} years ago",
                "check it",
                pointer="/birth_date",
            )
        )
    elif isinstance(given, Observation) and given.value != years:
        # A second opinion on the age that taking one of the two away could change is no safe ground (P1).
        problems.append(
            Diagnostic(
                "contradiction",
                "`age` is not the age that `birth_date` gives on that day",
                "leave `age` out",
                pointer="/age",
            )
        )
    else:
        observations["age"] = Observation(Decimal(years), given.at if given else None)


def _count(observations: Mapping[str, AnyObservation], vocabulary: Vocabulary, as_of: datetime) -> Facts:
    current: dict[str, Value] = {}
    last: dict[str, Value] = {}
    stale = set()
    for name, observation in observations.items():
        fact = vocabulary[name]
        value = last[name] = _value(observation)
        counting = _counting(fact, value, _instant(observation.at, as_of) if observation.at else None, as_of)
        if counting is not None:
            current[name] = counting
        if counting != value:
            stale.add(name)
    dated = {name: seen.at for name, seen in observations.items() if seen.at is not None}
    entries = {name: seen.unrecognised for name, seen in observations.items() if isinstance(seen, ListObservation)}
    return Facts(
        MappingProxyType(current),
        MappingProxyType(last),
        MappingProxyType(dated),
        MappingProxyType(entries),
        frozenset(stale),
    )


def _value(observation: AnyObservation) -> Value:
    if isinstance(observation, Observation):
        return observation.value
    unrecognised = frozenset([UNRECOGNISED]) if observation.unrecognised else frozenset()
    # An entry that is not understood could be any of the words, so nothing can be ruled out.
    return Words(observation.present | unrecognised, observation.complete and not unrecognised)


def _counting(fact: Fact, value: Value, observed: datetime | None, as_of: datetime) -> Value | None:
    """What of the answer still counts, or None."""
    freshness = fact.freshness
    if freshness is None or freshness.is_fresh(observed, as_of):
        return value
    if isinstance(value, Words):
        lasting = value.present & freshness.ageless
        return Words(lasting, complete=False) if lasting else None
    return value if value in freshness.ageless else None


def _instant(at: Instant, as_of: datetime) -> datetime:
    if isinstance(at, datetime):
        return at
    return datetime.combine(at, time.min, tzinfo=as_of.tzinfo)


def _pointer(name: str) -> str:
    return f"/{name}" if name in BUILT_IN else f"/extra/{name}"
