"""From a profile to the facts that count at the time of a screening: ages, windows, lists, last answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Self

from ketascreen.diagnostic import Diagnostic, ProfileError, did_you_mean
from ketascreen.language.clinic_time import ClinicTime, Instant
from ketascreen.language.condition import Value
from ketascreen.language.effects import EFFECTS
from ketascreen.language.partial_date import Days, PartialDate
from ketascreen.language.quiet import Quiet
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import Grounds, Known, deciding, explain
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.contradictions import OTHER_AGE, Contradicted, contradictions
from ketascreen.patient.counting import Counting
from ketascreen.patient.errors import message_of, unknown_fact
from ketascreen.patient.former_names import BOTH, NamedToday, named_today
from ketascreen.patient.observation import AnyObservation, Observation, read_observation
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.patient.refused import Refused
from ketascreen.patient.since import possible_days, whole_units

_NONE: Mapping[str, Any] = MappingProxyType({})
_LAST = tuple(effect for effect, row in EFFECTS.items() if row.last_answers)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Facts(Quiet):
    """What is known of a patient at a point in time.

    `current` holds the answers that count; `standing` those that are too old or undated and can still meet a rule;
    `last` the last answer to each fact whatever its age, for alerts; `observed` when each was observed, if it was
    dated; `stale` the facts whose answer is too old or undated; `events` the days of the event behind each known
    time since an event. All are read-only, and the repr shows none: channels get them.
    """

    current: Mapping[str, Value]
    last: Mapping[str, Value]
    observed: Mapping[str, Instant]
    unrecognised: Mapping[str, tuple[str, ...]]
    stale: frozenset[str]
    standing: Mapping[str, Value] = field(default_factory=lambda: _NONE)
    events: Mapping[str, Days] = field(default_factory=lambda: _NONE)

    @classmethod
    def of(
        cls,
        current: dict[str, Value],
        last: dict[str, Value],
        observed: dict[str, Instant],
        unrecognised: dict[str, tuple[str, ...]],
        stale: frozenset[str] = frozenset(),
        standing: dict[str, Value] | None = None,
        events: dict[str, Days] | None = None,
    ) -> Self:
        """Facts that nobody can change; the caller must not keep the dictionaries."""
        return cls(
            MappingProxyType(current),
            MappingProxyType(last),
            MappingProxyType(observed),
            MappingProxyType(unrecognised),
            stale,
            MappingProxyType(standing) if standing else _NONE,
            MappingProxyType(events) if events else _NONE,
        )

    def with_standing(self) -> Facts:
        """The facts as if the standing answers counted: what is met then is met."""
        return replace(self, current=MappingProxyType({**self.current, **self.standing}), standing=_NONE)

    def without_standing(self) -> Facts:
        """The facts without the standing answers: what is not met then is not met."""
        return replace(self, standing=_NONE)

    def __reduce__(self) -> tuple[Any, ...]:
        # Most answers share a few times, and a time takes long to pickle: equal ones are pickled once.
        same: dict[object, Instant] = {}
        observed = {name: same.setdefault((at, getattr(at, "tzinfo", None)), at) for name, at in self.observed.items()}
        return type(self).of, (
            dict(self.current), dict(self.last), observed, dict(self.unrecognised), self.stale,
            dict(self.standing), dict(self.events),
        )  # fmt: skip


def known_facts(profile: PatientProfile, vocabulary: Vocabulary, clinic: ClinicTime) -> Facts:
    """The facts of `profile` that count at the time of a screening.

    A date without a time is its earliest instant at the clinic.

    Raises:
        ProfileError: a fact in `extra` that the vocabulary lacks or cannot read, or that is given under two of its
            names, an observation, event or birth date after the screening, an event longer ago than its range, answers
            that contradict each other.
    """
    problems: list[Diagnostic] = []
    observations = profile.observations()
    today = named_today(profile.extra, vocabulary)
    if profile.extra:
        added, refused = added_answers(today, vocabulary)
        observations.update(added)
        problems += refused
    instants = {at: clinic.instant(at) for at in {one.at for one in observations.values()} if at is not None}
    problems += _in_the_future(observations, instants, clinic.as_of)
    counting = Counting(vocabulary, clinic, instants)
    counting.add(observations)
    problems += _since(profile, observations, counting)
    if not problems:
        problems += contradictions(
            vocabulary.contradictions, counting.that_count(), counting.last, counting.observed, clinic, _pointer
        )
    if problems:
        raise ProfileError([_where_given(problem, today) for problem in problems])
    return Facts.of(
        counting.current, counting.last, counting.observed, counting.entries, frozenset(counting.stale),
        counting.standing, counting.events,
    )  # fmt: skip


def answers_for(rule: Rule, facts: Facts) -> Known:
    """The answers that a rule reads: an alert reads the last ones at any age, all other rules those that count."""
    return facts.last if rule.effect in _LAST else facts.current


def deciding_answers(rule: Rule, facts: Facts) -> Known:
    """The answers that decide a rule: as `answers_for`, with the standing ones too if it is met only with them."""
    standing = _NONE if rule.effect in _LAST else facts.standing
    return deciding(rule.when, answers_for(rule, facts), standing)


def grounds_of(rule: Rule, facts: Facts) -> Grounds:
    """Why a rule has its outcome for a patient."""
    return explain(rule.when, deciding_answers(rule, facts))


def _in_the_future(
    observations: Mapping[str, AnyObservation], instants: Mapping[Instant, datetime], as_of: datetime
) -> Iterable[Diagnostic]:
    late = {at for at, instant in instants.items() if instant > as_of}
    for name, observation in observations.items() if late else ():
        if observation.at in late:
            message = f"`{name}` was observed after the time of screening"
            yield Diagnostic("in-the-future", message, "check its date", pointer=f"{_pointer(name)}/at")


def added_answers(today: NamedToday, vocabulary: Vocabulary) -> tuple[dict[str, AnyObservation], list[Diagnostic]]:
    """The answers to facts that the rulebook adds, by name, and what is wrong with the others."""
    added: dict[str, AnyObservation] = {}
    problems = [*today.problems()]
    for name, raw in today.answers.items():
        fact = vocabulary.get(name)
        if fact is None:
            hint = did_you_mean(name, vocabulary, otherwise="the rulebook's vocabulary.yaml does not have it")
            problems.append(unknown_fact(name, hint, "/extra"))
        elif raw is not None:
            try:
                added[name] = read_observation(fact, raw)
            except Refused as refused:
                problems.append(_refusal(name, refused))
    return added, problems


def _since(
    profile: PatientProfile, observations: Mapping[str, AnyObservation], counting: Counting
) -> Iterator[Diagnostic]:
    """Adds the times since events, the age among them; what is wrong with each."""
    vocabulary = counting.vocabulary
    for name in vocabulary.since & observations.keys():
        one = observations[name]
        assert isinstance(one, Observation)
        try:
            counting.add_event(vocabulary[name], one)
        except Refused as refused:
            yield _refusal(name, refused)
    if profile.birth_date is not None:
        try:
            yield from _with_birth_date(profile.birth_date, observations.get("age"), counting)
        except Refused as refused:
            yield Diagnostic(refused.code, f"`birth_date` {refused.message}", refused.hint, pointer="/birth_date")


def _with_birth_date(given: date | PartialDate, age: AnyObservation | None, counting: Counting) -> Iterator[Diagnostic]:
    """Adds the age by the date of birth; a dated age must be the age of its own day."""
    fact, today = BUILT_IN["age"], counting.today
    days = given.days() if isinstance(given, PartialDate) else Days(given, given)
    born = possible_days(fact, days, None, today)
    by_age = counting.events.get("age")
    both = born if by_age is None else born.both(by_age)
    said = age.value if isinstance(age, Observation) and by_age is None else None  # undated
    if both is None or (isinstance(said, Decimal) and said > whole_units(fact, born.first, today)):
        message = "`age` contradicts `birth_date`: that date of birth does not give this age on the day of the answer"
        hint = "correct the one that is wrong, or leave `age` out"
        yield Contradicted("contradiction", message, hint, pointer="/age", name=OTHER_AGE)
    else:
        counting.know(fact, both)


def _refusal(name: str, refused: Refused) -> Diagnostic:
    message, pointer = message_of(name, refused), f"{_pointer(name)}{refused.pointer}"
    return Diagnostic(refused.code, message, refused.hint, pointer=pointer)


def _where_given(problem: Diagnostic, today: NamedToday) -> Diagnostic:
    """A problem with its place where the answer stands, which may be under a former name."""
    _, below, path = (problem.pointer or "").partition("/extra/")
    name, slash, rest = path.partition("/")
    if not below or name not in today.given or problem.code == BOTH:
        return problem
    return replace(problem, pointer=f"/extra/{today.given[name]}{slash}{rest}")


def _pointer(name: str) -> str:
    return f"/{name}" if name in BUILT_IN else f"/extra/{name}"
