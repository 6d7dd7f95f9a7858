"""P1 near the baseline: at most three changes, and then each single thing taken away, with decisions, in a time zone.

Many random changes and removals hide each other. Near a patient whom nothing keeps from a session, each one shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from ketascreen import ClinicianDecision, PatientProfile, ProfileError, Screener, Stage, Verdict
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.terms import DecidedBy
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.observation import NEVER
from ketascreen.patient.profile import BUILT_IN
from tests.helpers.generate import constants
from tests.helpers.patients import thresholds
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, assert_no_better, baseline, rngs, shipped

ZONE = "America/Los_Angeles"
CLINIC = ClinicTime.at(AS_OF, ZONE)
NEAR = settings(deadline=None, max_examples=120)
Answers = dict[str, Any]


@cache
def screener(zone: str | None = ZONE) -> Screener:
    return Screener(shipped(), channels=["compiled"], time_zone=zone)


def screen(answers: Answers, decided: list[ClinicianDecision]) -> Verdict | None:
    """The verdict, or None for a profile that is refused."""
    try:
        profile = PatientProfile.model_validate(answers)
        return screener().screen(profile, as_of=CLINIC.as_of, stage=Stage.SESSION, decisions=decided)
    except ProfileError:
        return None


def near_the_baseline(rng: Random) -> Answers:
    """The baseline with at most three changes: an answer, its time, the birth date, the time of all answers."""
    answers = deepcopy(baseline())
    answers.pop("extra", None)
    for _ in range(rng.choice((1, 2, 2, 3, 3))):
        change = rng.random()
        if change < 0.1:
            answers["birth_date"] = rng.choice(
                ("1984-03-02", "1984-03", "1984", "1961", "1961-11", "2008-11", "1961-11-22")
            )
            answers.pop("age", None)
        elif change < 0.2:
            name = rng.choice(sorted(answers.keys() & BUILT_IN.keys()))
            answers["observed_at"] = time_of(rng, BUILT_IN[name])
            for other in rng.sample(sorted(answers.keys() & BUILT_IN.keys()), 5):
                answers[other].pop("at", None)
        else:
            name = rng.choice(sorted(BUILT_IN))
            answers[name] = answer_of(rng, BUILT_IN[name])
            at = time_of(rng, BUILT_IN[name])
            if at is not None or rng.random() < 0.5:
                answers[name]["at"] = at
    return answers


def answer_of(rng: Random, fact: Fact) -> Answers:
    if fact.kind is Kind.CHOICE:
        return {"value": rng.choice(fact.choices)}
    if fact.kind is Kind.LIST:
        words = rng.sample((*fact.choices, "zephyr"), rng.choice((0, 1, 1, 2, 3)))
        return {"present": words, "complete": rng.random() < 0.7}
    near = [*thresholds().get(fact.name, ()), *constants(fact)[:1]]
    number = max(fact.minimum or 0, rng.choice(near) + rng.choice((-1, 0, 1)))
    if fact.kind is not Kind.SINCE or (fact.name == "age" and rng.random() < 0.7):
        return {"value": number}
    if fact.changeable and rng.random() < 0.2:
        return {"value": NEVER}
    if rng.random() < 0.3:
        return {"value": number}
    day = CLINIC.today - timedelta(days=rng.choice((0, 20, 30, 170, 183, 184, 200, 214, 400, 2000)))
    return {"value": str(day)[: rng.choice((4, 7, 7, 10))]}


def time_of(rng: Random, fact: Fact) -> str | None:
    """A time about the ends of the fact's window, with a time of day or without; None for no time."""
    window = shipped().vocabulary.windows.get(fact.name)
    days = window.days if window else 30
    if rng.random() < 0.15:
        return None
    day = CLINIC.today - timedelta(days=max(0, rng.choice((0, 0, 1, days, days + 1, days - 1, days + 400))))
    if rng.random() < 0.5:
        return day.isoformat()
    start = CLINIC.start_of(day)
    at = min(start + timedelta(minutes=rng.choice((0, 1, 30, 60 * 17, 60 * 24 - 1))), AS_OF)
    return at.astimezone(timezone(timedelta(hours=rng.choice((-8, 0, 1, 11))))).isoformat()


def decisions_of(rng: Random) -> list[ClinicianDecision]:
    decidable = [rule.id for rule in shipped().rules if rule.decided_by is DecidedBy.CLINICIAN]
    times = (AS_OF, AS_OF - timedelta(minutes=59), AS_OF - timedelta(hours=2), AS_OF - timedelta(days=700))
    return [
        ClinicianDecision(rule=rule, by="dr", at=rng.choice(times)) for rule in rng.sample(decidable, rng.randint(0, 3))
    ]


def each_removal(answers: Answers) -> Iterator[tuple[str, Answers, bool]]:
    """Each single thing taken away: what it was, the answers without it, and whether it was an answer."""
    for name, answer in answers.items():
        without = {other: kept for other, kept in answers.items() if other != name}
        is_answer = name != "observed_at"
        yield name, without, is_answer
        if not isinstance(answer, dict):
            if name == "birth_date":
                yield from ((f"part of {name}", {**without, name: less}, True) for less in less_of_a_date(answer))
            continue
        for what, less in less_of(answer):
            yield f"{what} of {name}", {**without, name: less}, what != "time"


def less_of(answer: Answers) -> Iterator[tuple[str, Answers]]:
    rest = {key: part for key, part in answer.items() if key != "at"}
    at = answer.get("at")
    if at is not None:
        yield "time", {**rest, "at": None}
        if "T" in at:
            yield "time", {**answer, "at": CLINIC.day_of(datetime.fromisoformat(at)).isoformat()}
    if isinstance(answer.get("value"), str):
        for less in less_of_a_date(answer["value"]):
            yield "day", {**answer, "value": less}
    if "present" in answer:
        if answer["complete"]:
            yield "completeness", {**answer, "complete": False}
        else:
            for word in answer["present"]:
                yield "entry", {**answer, "present": [one for one in answer["present"] if one != word]}


def less_of_a_date(text: str) -> Iterator[str]:
    if text[:4].isdigit() and "-" in text:
        yield from (text[:end] for end in (7, 4) if len(text) > end)


@often_reached
@NEAR
@given(rngs)
def test_no_single_thing_taken_away_makes_a_verdict_better(rng: Random) -> None:
    answers, decided = near_the_baseline(rng), decisions_of(rng)
    before = screen(answers, decided)
    if before is None:
        return
    for what, less, was_answer in each_removal(answers):
        after = screen(less, decided)
        if after is None:
            assert not was_answer, f"without the {what} the patient is refused"
            continue
        for route, verdict in before.routes.items():
            assert_no_better(verdict, after.routes[route])
    reached("a patient near the baseline who is not refused")


OFFSETS = [timezone(timedelta(minutes=minutes)) for minutes in (0, -480, 60, 840, -720)]


@often_reached
@NEAR
@given(rngs)
def test_in_a_time_zone_the_offset_of_the_time_changes_nothing(rng: Random) -> None:
    """P7: one instant, one verdict."""
    answers = near_the_baseline(rng)
    if screen(answers, []) is None:
        return
    profile = PatientProfile.model_validate(answers)
    told = {
        screener().screen(profile, as_of=AS_OF.astimezone(offset), stage=Stage.SESSION).model_dump_json()
        for offset in OFFSETS
    }
    assert len(told) == 1
    reached("a patient at five offsets")


@pytest.mark.parametrize(
    ("as_of", "counts"),
    [("2026-03-08T10:00:00-07:00", False), ("2026-03-07T23:45:00-08:00", True), ("2026-11-01T23:30:00-08:00", False)],
)
def test_the_same_day_ends_at_the_clinic_s_midnight_where_the_clocks_change(as_of: str, counts: bool) -> None:
    """The clocks change in Los Angeles on 8 March and 1 November 2026."""
    when = datetime.fromisoformat(as_of)
    at = "2026-03-07T23:30:00-08:00" if when.month == 3 else "2026-11-01T00:30:00-08:00"
    if when.month == 11:
        at, counts = "2026-11-01T00:30:00-07:00", True  # the day has 25 hours
    profile = PatientProfile(predose_systolic_bp={"value": 120, "at": at})
    found = screener().screen(profile, as_of=when, stage=Stage.SESSION).finding("raised-pressure-before-dose")
    assert ("predose_systolic_bp" not in {fact.fact for fact in found.lacks}) is counts


def test_a_zone_is_known_by_its_name_alone() -> None:
    verdict = screener().screen(PatientProfile(), as_of=datetime(2026, 11, 22, 18, tzinfo=UTC))
    assert (verdict.time_zone, verdict.as_of.isoformat()) == (ZONE, "2026-11-22T10:00:00-08:00")
    assert verdict.as_of.date() == date(2026, 11, 22)
    assert screener(None).screen(PatientProfile(), as_of=AS_OF).time_zone is None
