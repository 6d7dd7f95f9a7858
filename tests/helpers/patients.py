"""Patients to count on: a cohort in which no decision on any route is rare.

Each patient starts from reassuring answers, some of which are moved to what a rule asks about. Then all answers are
dated, and some are taken away or made too old. Words, ranges and windows come from the vocabulary, and
thresholds from the rulebook; what reassures is said here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import cache
from itertools import cycle, islice
from random import Random
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from ketascreen import PatientProfile
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import Always, ListValue, comparisons, facts_of
from ketascreen.language.condition import Value as Known
from ketascreen.language.logic import TRUE
from ketascreen.language.operators import OPERATORS
from ketascreen.language.partial_date import days_ago
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import contradicts
from ketascreen.language.terms import Effect
from ketascreen.language.vocabulary import Fact, Kind, Vocabulary
from ketascreen.patient.observation import NEVER
from tests.helpers.reassuring import EVENTS, REASSURING, SPANS, WORDS
from tests.helpers.screening import AS_OF, shipped

Filled = Literal["complete", "few_missing", "sparse"]
Value = str | Decimal | tuple[str, ...]
_T = TypeVar("_T")

UNHEARD_OF = ("zephyr syndrome", "Morbus Kranich", "see letter of 3 May", "?")
"""List entries that no vocabulary knows."""

MOVES: Mapping[int, int] = MappingProxyType({0: 16, 1: 48, 2: 24, 3: 12})
"""How many rules a patient is moved towards, with weights."""
TOWARDS: Mapping[Effect, int] = MappingProxyType(
    {Effect.CAUTION: 36, Effect.REVIEW: 28, Effect.EXCLUDE: 15, Effect.HOLD: 18, Effect.ALERT: 8}
)
"""What the rules that a patient is moved towards lead to, with weights."""
STRAY = 0.4
"""The share of patients with one more answer moved, whatever rules look for."""
ZONES = tuple(timezone(timedelta(minutes=minutes)) for minutes in (0, 0, 60, 330, -480))
"""The offsets that times are written in."""


@dataclass(frozen=True, slots=True)
class Patient:
    """A generated patient: what is known, and how much of what the rules ask for that is."""

    id: str
    profile: PatientProfile
    kind: Filled


def cohort(seed: int, n: int) -> list[Patient]:
    """The first `n` patients of a seed, to be screened at `AS_OF`; the kinds take turns."""
    rng = Random(seed)
    kinds: Iterator[Filled] = cycle(("complete", "few_missing", "sparse"))
    return [Patient(f"{seed}-{number}", _profile(rng, kind), kind) for number, kind in enumerate(islice(kinds, n))]


@cache
def asked() -> tuple[str, ...]:
    """The facts that any rule asks for, by name."""
    return tuple(sorted({name for rule in shipped().rules for name in facts_of(rule.when)}))


@cache
def thresholds() -> Mapping[str, tuple[Decimal, ...]]:
    """The numbers that parameters set for facts, by the fact's name."""
    every = [one for rule in shipped().rules for one in comparisons(rule.when) if one.parameters]
    numbers = {one.fact: {other.constant for other in every if other.fact == one.fact} for one in every}
    return {name: tuple(sorted(one for one in ones if isinstance(one, Decimal))) for name, ones in numbers.items()}


@cache
def _rules(effect: Effect) -> tuple[Rule, ...]:
    """The rules with this effect that ask for a fact."""
    return tuple(rule for rule in shipped().with_effect(effect) if not isinstance(rule.when, Always))


def _vocabulary() -> Vocabulary:
    return shipped().vocabulary


def _profile(rng: Random, kind: Filled) -> PatientProfile:
    values = {name: _reassuring(rng, name) for name, fact in _vocabulary().items() if not fact.replaced_by}
    for _ in range(_weighed(rng, MOVES)):
        values |= _moved(rng, rng.choice(_rules(_weighed(rng, TOWARDS))))
    if rng.random() < STRAY:
        name = rng.choice(rng.choice((tuple(REASSURING), (*SPANS, *WORDS))))
        values[name] = _any_answer(rng, _vocabulary()[name])
    _settle(rng, values)
    answers = {name: _dated(rng, name, value) for name, value in values.items()}
    _take_away(rng, answers, kind)
    return PatientProfile.model_validate(_with_birth_date(rng, answers))


def _weighed(rng: Random, weights: Mapping[_T, int]) -> _T:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def _reassuring(rng: Random, name: str) -> Value:
    if name in REASSURING:
        return rng.choice(REASSURING[name])
    if name in SPANS:
        low, high = SPANS[name]
        return Decimal(rng.choice((low, high)) if rng.random() < 0.2 else rng.randint(low, high))
    always, sometimes = WORDS[name]
    return (*always, *rng.sample(sometimes, min(len(sometimes), rng.choice((0, 0, 1, 2)))))


def _moved(rng: Random, rule: Rule) -> dict[str, Value]:
    """Answers to one of the facts that a rule asks, to some or to all, mostly such as the rule looks for."""
    facts = sorted(facts_of(rule.when))
    chosen = rng.sample(facts, rng.choice((1, rng.randint(1, len(facts)), len(facts))))
    return {name: _looked_for(rng, rule, name, tries=1 if rng.random() < 0.15 else 12) for name in chosen}


def _looked_for(rng: Random, rule: Rule, name: str, tries: int) -> Value:
    """The first of so many answers for which all that the rule compares it with holds, or the last of them."""
    compared = [one for one in comparisons(rule.when) if one.fact == name]
    for _ in range(tries):
        value = _any_answer(rng, _vocabulary()[name])
        known = _known(name, value)
        if all(OPERATORS[one.operator].test(known, one.constant) is TRUE for one in compared):
            break
    return value


def _any_answer(rng: Random, fact: Fact) -> Value:
    """A choice, a few words, or a number about a threshold or anywhere in its range."""
    if fact.kind is Kind.CHOICE:
        return rng.choice(fact.choices)
    if fact.kind is Kind.LIST:
        return tuple(rng.sample(fact.choices, rng.choice((0, 1, 1, 2, 3))))
    assert fact.minimum is not None
    assert fact.maximum is not None
    step = Decimal(1) if fact.is_whole else rng.choice((Decimal(1), Decimal("0.1")))
    if rng.random() < 0.6:
        return rng.choice(thresholds()[fact.name]) + rng.choice((-1, 0, 1)) * step
    return fact.minimum + rng.randint(0, int((fact.maximum - fact.minimum) / step)) * step


def _settle(rng: Random, values: dict[str, Value]) -> None:
    """Changes what contradicts another answer; no screening would accept both."""
    for name, condition in EVENTS.items():
        heart, months = values["heart_conditions"], values[name]
        assert isinstance(heart, tuple)
        assert isinstance(months, Decimal)
        if condition in heart:
            continue
        if months < SPANS[name][0]:  # a time so short was meant
            values["heart_conditions"] = (*heart, condition)
        elif rng.random() < 0.5:
            values[name] = NEVER
        else:
            del values[name]
    if (values["hypertension"], values["antihypertensive_treatment"]) == ("diagnosed", "not_needed"):
        values["antihypertensive_treatment"] = "treated" if rng.random() < 0.9 else "not_needed"
    if values["substance_use"] == "current_without_disorder":
        values["verified_abstinence_months"] = Decimal(0)
    for one in _vocabulary().contradictions:
        while contradicts(one, {name: _known(name, value) for name, value in values.items()}):
            if one.about not in (*REASSURING, *SPANS):
                del values[one.about]
            else:
                values[one.about] = _reassuring(rng, one.about)
                for other in one.against:
                    values[other] = _reassuring(rng, other)


def _known(name: str, value: Value) -> Known:
    if value == NEVER and name in EVENTS:
        return _vocabulary()[name].maximum or Decimal(0)
    return ListValue(frozenset(value), complete=True) if isinstance(value, tuple) else value


def _dated(rng: Random, name: str, value: Value) -> dict[str, Any]:
    """The answer, observed at a time that still counts; where answers do not age, at any time or none."""
    if isinstance(value, Decimal) and name in _vocabulary().since:
        return _event(rng, name, value)
    answer: dict[str, Any] = {"present": value, "complete": True} if isinstance(value, tuple) else {"value": value}
    earliest = _earliest(name)
    if value == NEVER and name in EVENTS and rng.random() < 0.3:  # nobody asks
        return rng.choice((answer, {**answer, "at": _too_old(rng, name)}))
    if earliest is None and rng.random() < 0.3:
        return answer
    return {**answer, "at": _between(rng, earliest or AS_OF - timedelta(days=1500), AS_OF)}


def _event(rng: Random, name: str, count: Decimal) -> dict[str, Any]:
    """A time since an event: as a number of today, or as a day of the event that gives this number today."""
    today = ClinicTime.at(AS_OF).today
    if name == "age" or rng.random() < 0.5:
        return {"value": count, "at": today}
    days = days_ago(int(count), 1, today)
    return {"value": rng.choice((days.first, days.last)), "at": today}


@cache
def _earliest(name: str) -> datetime | None:
    """The earliest time of observing that still counts, or None where answers do not age."""
    window, clinic = _vocabulary().windows.get(name), ClinicTime.at(AS_OF)
    return None if window is None else clinic.start_of(clinic.today - timedelta(window.days))


def _between(rng: Random, first: datetime, last: datetime) -> datetime | date:
    """A time, both ends in, or a day that begins no earlier than `first`; often an end."""
    seconds = int((last - first).total_seconds())
    at = first + timedelta(seconds=rng.choice((0, seconds, *(rng.randint(0, seconds) for _ in range(6)))))
    if rng.random() < 0.5 and datetime.combine(at, time.min, tzinfo=AS_OF.tzinfo) >= first:
        return at.date()
    return at.astimezone(rng.choice(ZONES))


def _take_away(rng: Random, answers: dict[str, dict[str, Any]], kind: Filled) -> None:
    """Leaves none, a few or most of the answers open; those of a sparse patient that stay may be open too."""
    # Nothing asks for an event that nobody had.
    known = [n for n in asked() if n in answers and not (n in EVENTS and answers[n].get("value") == NEVER)]
    if kind == "few_missing":
        for name in rng.sample(known, rng.randint(1, 5)):
            _open(rng, answers, name)
    elif kind == "sparse":
        kept = set(rng.sample(known, rng.randint(2, len(known) * 2 // 5)))
        for name in known:
            if name not in kept:
                del answers[name]
            elif rng.random() < 0.15:
                _open(rng, answers, name)


def _open(rng: Random, answers: dict[str, dict[str, Any]], name: str) -> None:
    """Takes an answer away, or makes it one that no longer counts or leaves something open."""
    answer, fact = answers[name], _vocabulary()[name]
    ways = ["missing", "missing"]
    freshness = fact.freshness
    if freshness is not None and freshness.window is not None and answer.get("value") not in freshness.ageless:
        # An answer cannot be of before the event that it dates.
        ways += ["undated"] if isinstance(answer.get("value"), date) else ["old", "old", "undated"]
    if fact.kind is Kind.LIST:
        ways += ["incomplete", "incomplete", "unheard_of"]
    match rng.choice(ways):
        case "old":
            answer["at"] = _too_old(rng, name)
        case "undated":
            del answer["at"]
        case "incomplete":
            answer["complete"] = False
        case "unheard_of":
            answer["present"] = (*answer["present"], rng.choice(UNHEARD_OF))
        case _:
            del answers[name]


def _too_old(rng: Random, name: str) -> datetime | date:
    """A time before the window, often by a second alone; a day begins before the times on it, so it is old too."""
    earliest = _earliest(name)
    assert earliest is not None
    return _between(rng, earliest - timedelta(days=900), earliest - timedelta(seconds=1))


def _with_birth_date(rng: Random, answers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The same answers, with the birth date in place of the age now and then."""
    if "age" not in answers or rng.random() < 0.75:
        return answers
    birthday = AS_OF.date().replace(year=AS_OF.year - int(answers["age"]["value"]))
    born = birthday - timedelta(days=rng.choice((0, 364, rng.randint(0, 364))))
    return {**{name: answer for name, answer in answers.items() if name != "age"}, "birth_date": born}
