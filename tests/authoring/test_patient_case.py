"""A case of a patient has the findings of the patient, and no date, and no unread word, that was the patient's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest
from hypothesis import assume, example, given, reject
from hypothesis import strategies as st

from ketascreen import PatientProfile, Rulebook, Screener, Stage
from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.read import cases_in
from ketascreen.authoring.moved_patient import PatientThen, landed, moved_to, patient_of
from ketascreen.authoring.patient_case import CaseWanted, PatientCase, case_of
from ketascreen.diagnostic import InputError, ProfileError
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.partial_date import PartialDate
from ketascreen.patient.facts import known_facts
from ketascreen.patient.observation import Observation
from ketascreen.syntax.yaml_tree import NOT_TEXT
from tests.helpers import generate
from tests.helpers.patients import UNHEARD_OF, cohort
from tests.helpers.screening import AS_OF, SOME, rngs, shipped

ONTO = date(2025, 3, 4)


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(shipped(), channels=["reference"])


def _wanted(stage: Stage = Stage.CANDIDACY, rule: str | None = None, **more: Any) -> CaseWanted:
    found = None if rule is None else shipped().rule(rule)
    return CaseWanted(**{"stage": stage, "rule": found, "decided": (), "onto": ONTO, "name": None, **more})


def _read(made: PatientCase, rulebook: Rulebook, rule: str | None = None) -> Case:
    path = "vignettes/a.cases.yaml" if rule is None else f"{rule}.cases.yaml"
    (case,) = cases_in({path: made.text.encode()}, rulebook).cases
    return case


def _findings(screener: Screener, profile: PatientProfile, as_of: datetime, stage: Stage) -> Any:
    verdict = screener.screen(profile, as_of=as_of, stage=stage)
    found = [
        (one.rule, one.outcome, [used.fact for used in one.rests_on], [(lack.fact, lack.why) for lack in one.lacks])
        for one in verdict.findings
    ]
    return found, {route: (one.decision, one.readiness, one.reasons) for route, one in verdict.routes.items()}


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_case_of_a_patient_has_every_finding_of_the_patient(screener: Screener, stage: Stage, seed: int) -> None:
    for patient in cohort(seed, 20):
        made = case_of(patient.profile, AS_OF, _wanted(stage), screener, ())
        case = _read(made, screener.rulebook)
        assert _findings(screener, case.profile, case.as_of, stage) == _findings(
            screener, patient.profile, AS_OF, stage
        )
        assert not any(word in made.text for word in UNHEARD_OF[:3])


@given(rngs, st.sampled_from(list(Stage)), st.booleans())
@SOME
def test_the_case_of_a_patient_of_any_rulebook_has_every_finding(rng: Random, stage: Stage, of_a_rule: bool) -> None:
    rulebook = generate.rulebook(rng)
    assume(not NOT_TEXT.intersection(rulebook.routes))  # no file can name such a route
    profile = PatientProfile.model_validate(generate.raw_profile(rng, rulebook, AS_OF))
    asked = rulebook.asked_at(stage)
    rule = rng.choice(asked) if of_a_rule and asked else None
    wanted = CaseWanted(stage, rule, (), ONTO, None)
    with Screener(rulebook, channels=["reference"]) as screener:
        try:
            was = _findings(screener, profile, AS_OF, stage)
        except ProfileError:
            reject()
        made = case_of(profile, AS_OF, wanted, screener, ())
        case = _read(made, rulebook, None if rule is None else rule.id)
        now = _findings(screener, case.profile, case.as_of, stage)
    if rule is None:
        assert now == was
    else:
        assert [one for one in now[0] if one[0] == rule.id] == [one for one in was[0] if one[0] == rule.id]
    assert "zephyr" not in made.text


@pytest.mark.parametrize("seed", range(4))
def test_no_date_stays(seed: int) -> None:
    vocabulary = shipped().vocabulary
    for patient in cohort(seed, 25):
        then = patient_of(patient.profile, vocabulary, ClinicTime.at(AS_OF))
        moved = landed(then, shipped(), Stage.SESSION, ONTO)
        assert moved.clinic.today != then.clinic.today
        assert moved.clinic.as_of.timetz() == then.clinic.as_of.timetz()
        for name, one in then.answers.items():
            other = moved.answers[name]
            assert (one.at is None) is (other.at is None)
            assert one.at is None or one.at != other.at
            if isinstance(one, Observation) and isinstance(one.value, PartialDate):
                assert isinstance(other, Observation)
                assert str(one.value) != str(other.value)
                assert len(str(one.value)) == len(str(other.value))
        assert then.birth_date is None or str(then.birth_date) != str(moved.birth_date)


def _then(profile: PatientProfile, as_of: datetime = AS_OF, zone: str | None = None) -> PatientThen:
    return patient_of(profile, shipped().vocabulary, ClinicTime.at(as_of, zone))


def test_all_dates_move_by_the_same_number_of_days_and_times_keep_their_hour() -> None:
    at = AS_OF - timedelta(minutes=40)
    profile = PatientProfile.model_validate(
        {"predose_systolic_bp": {"value": 120, "at": at}, "mood_state": {"value": "manic", "at": "2026-11-01"}}
    )
    moved = moved_to(_then(profile), ONTO)
    assert moved is not None
    by = ONTO - AS_OF.date()
    assert moved.clinic.as_of == AS_OF + by
    assert moved.answers["predose_systolic_bp"].at == at + by
    assert moved.answers["mood_state"].at == date(2026, 11, 1) + by


@pytest.mark.parametrize(
    ("given", "day", "moved"),
    [
        ("2019", date(2020, 5, 6), "2012"),
        ("2019-03", date(2020, 5, 6), "2012-08"),
        ("2019-03-31", date(2026, 11, 21), "2019-03-30"),
        ("2019", date(2026, 5, 24), None),
        ("2019", date(2026, 5, 23), "2018"),
        ("2019", date(2027, 1, 5), None),
        ("2019-03", date(2026, 11, 7), None),
        ("2019-03", date(2026, 11, 6), "2019-02"),
        ("2019-01", date(2026, 10, 22), "2018-12"),
    ],
)
def test_a_date_that_is_not_known_to_the_day_moves_by_whole_months_or_years(
    given: str, day: date, moved: str | None
) -> None:
    profile = PatientProfile.model_validate({"last_stroke": {"value": given, "at": "2026-11-01"}})
    found = moved_to(_then(profile), day)
    answer = found.answers["last_stroke"] if found is not None else None
    assert (None if answer is None else str(getattr(answer, "value", ""))) == moved


def _full_dates(patient: PatientThen) -> dict[str, date]:
    """Each date that is known to the day, by what it is the date of."""
    found: dict[str, Any] = {"screening": patient.clinic.today, "birth": patient.birth_date}
    for name, one in patient.answers.items():
        found[f"{name} at"] = None if one.at is None else patient.clinic.day_of(one.at)
        if isinstance(one, Observation) and isinstance(one.value, PartialDate) and one.value.day is not None:
            found[name] = one.value.days().first
    return {name: one for name, one in found.items() if isinstance(one, date)}


_days_back = st.dates(date(1990, 1, 1), date(2026, 12, 1))
_at_some_precision = st.builds(lambda day, length: str(day)[:length], _days_back, st.sampled_from([4, 7, 10]))


@given(
    born=st.dates(date(1930, 1, 1), date(2005, 12, 31)),
    events=st.fixed_dictionaries({}, optional={"last_heart_attack": _at_some_precision, "last_stroke": _days_back}),
    days=st.integers(0, 800),
    onto=st.dates(date(2020, 1, 1), date(2030, 12, 31)) | st.just(None),
)
@example(
    born=date(1961, 12, 21),
    events={"last_heart_attack": "2019"},
    days=20,
    onto=None,
)
@SOME
def test_no_full_date_keeps_its_day_and_month(born: date, events: dict[str, Any], days: int, onto: date | None) -> None:
    as_of = datetime(2026, 12, 2, 7, 13, 5, tzinfo=UTC) + timedelta(days=days)
    profile = PatientProfile.model_validate(
        {"birth_date": born, "observed_at": as_of, **{name: str(one) for name, one in events.items()}}
    )
    then = _then(profile, as_of, "Europe/Berlin")
    moved = landed(then, shipped(), Stage.CANDIDACY, onto or as_of.date())
    real, now = _full_dates(then), _full_dates(moved)
    assert real.keys() == now.keys()
    assert [name for name, one in real.items() if (one.month, one.day) == (now[name].month, now[name].day)] == []
    assert len({now[name] - one for name, one in real.items()}) == 1


def test_a_date_known_to_the_year_alone_does_not_keep_the_others_where_they_are(screener: Screener) -> None:
    given = {"birth_date": "1961-12-21", "last_heart_attack": "2019", "observed_at": "2026-12-22T08:13:05+01:00"}
    as_of = datetime(2026, 12, 22, 8, 20, 41, tzinfo=timezone(timedelta(hours=1)))
    made = case_of(PatientProfile.model_validate(given), as_of, _wanted(), screener, ())
    assert [real for real in ("-12-21", "-12-22", ": 2019", '"2019"', ":05+", ":41+") if real in made.text] == []


def test_where_nothing_moves_a_date_known_to_the_year_alone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ketascreen.authoring.moved_patient.moved_to", lambda *_: None)
    for stroke, said in (("2019", "known to the year alone"), ("2019-03", "known to the month alone")):
        with pytest.raises(InputError, match=f"a date that is {said} keeps the others from moving"):
            landed(_then(PatientProfile.model_validate({"last_stroke": stroke})), shipped(), Stage.CANDIDACY, ONTO)
    with pytest.raises(InputError) as refused:
        landed(_then(PatientProfile.model_validate({"birth_date": "1961-12-21"})), shipped(), Stage.CANDIDACY, ONTO)
    assert "keeps the others" not in str(refused.value)


def test_seconds_stay_only_if_a_finding_needs_them() -> None:
    at = AS_OF.replace(second=41) - timedelta(minutes=10)
    profile = PatientProfile.model_validate({"predose_systolic_bp": {"value": 120, "at": at}})
    then = _then(profile, AS_OF.replace(second=50))
    moved = landed(then, shipped(), Stage.SESSION, ONTO)
    then_at = moved.answers["predose_systolic_bp"].at
    assert isinstance(then_at, datetime)
    assert (then_at.second, moved.clinic.as_of.second) == (0, 0)
    kept = moved_to(then, ONTO, True)
    assert kept is not None
    assert kept.clinic.as_of.second == 50


@pytest.mark.parametrize("born", ["1960-02-29", "1961-11-21", "1961-11-22", "1961-11-23", "1961", "1961-11"])
@pytest.mark.parametrize("onto", [date(2024, 2, 29), date(2026, 11, 22), date(2026, 11, 21), date(2023, 3, 1)])
def test_the_age_stays_on_whatever_day_the_birthday_is(born: str, onto: date) -> None:
    then = _then(PatientProfile.model_validate({"birth_date": born}))
    moved = landed(then, shipped(), Stage.CANDIDACY, onto)
    was, now = (known_facts(one.profile, shipped().vocabulary, one.clinic).current["age"] for one in (then, moved))
    assert now == was
    assert str(moved.birth_date) != born


@pytest.mark.parametrize("as_of", [datetime(2024, 2, 29, 9, tzinfo=UTC), datetime(2026, 3, 29, 0, 30, tzinfo=UTC)])
def test_a_leap_day_and_a_change_of_the_clock_are_survived(as_of: datetime) -> None:
    profile = PatientProfile.model_validate(
        {
            "birth_date": "1960-02-29",
            "last_stroke": {"value": "2019", "at": (as_of - timedelta(days=3)).isoformat()},
            "predose_systolic_bp": {"value": 120, "at": (as_of - timedelta(minutes=50)).isoformat()},
        }
    )
    for zone in (None, "Europe/Berlin", "America/Los_Angeles"):
        then = _then(profile, as_of, zone)
        moved = landed(then, shipped(), Stage.SESSION, ONTO)
        facts = [known_facts(one.profile, shipped().vocabulary, one.clinic) for one in (then, moved)]
        assert facts[0].current == facts[1].current


def test_a_time_is_written_by_the_clock_of_the_clinic() -> None:
    far = AS_OF.astimezone(timezone(timedelta(hours=-8))) - timedelta(minutes=30)
    profile = PatientProfile.model_validate({"predose_systolic_bp": {"value": 120, "at": far}})
    moved = moved_to(_then(profile), ONTO)
    assert moved is not None
    at = moved.answers["predose_systolic_bp"].at
    assert isinstance(at, datetime)
    assert at.utcoffset() == AS_OF.utcoffset()


def test_a_rule_has_the_facts_alone_that_its_finding_needs(screener: Screener) -> None:
    profile = PatientProfile.model_validate(
        {"age": {"value": "70 years", "at": AS_OF}, "psychosis": {"value": "never", "at": AS_OF}}
    )
    case = _read(case_of(profile, AS_OF, _wanted(rule="older-adult"), screener, ()), shipped(), "older-adult")
    assert set(case.profile.observations()) == {"age"}
    assert case.expect == {"finding": "met", "because": ["age"]}
    other = _read(case_of(profile, AS_OF, _wanted(rule="past-psychosis"), screener, ()), shipped(), "past-psychosis")
    assert set(other.profile.observations()) == {"psychosis"}
    unasked = PatientProfile.model_validate({"age": {"value": "70 years", "at": AS_OF}})
    asked = _read(case_of(unasked, AS_OF, _wanted(rule="past-psychosis"), screener, ()), shipped(), "past-psychosis")
    assert (asked.profile.observations(), asked.expect) == ({}, {"finding": "unknown", "asks": ["psychosis"]})


def test_a_patient_who_is_refused_for_a_contradiction_has_a_case_that_says_so(screener: Screener) -> None:
    profile = PatientProfile.model_validate(
        {"observed_at": AS_OF, "systolic_bp": 90, "diastolic_bp": 95, "mood_state": "manic"}
    )
    case = _read(case_of(profile, AS_OF, _wanted(), screener, ()), shipped())
    assert case.expect == {"refused": "diastolic_not_below_systolic"}
    twice = profile.model_copy(
        update={"predose_systolic_bp": {"value": 90, "at": AS_OF}, "predose_diastolic_bp": {"value": 95, "at": AS_OF}}
    )
    with pytest.raises(InputError):
        case_of(twice, AS_OF, _wanted(), screener, ())


def test_an_answer_without_a_date_stays_without_one(screener: Screener) -> None:
    profile = PatientProfile.model_validate({"psychosis": "never", "mood_state": {"value": "manic", "at": AS_OF}})
    made = case_of(profile, AS_OF, _wanted(), screener, ())
    assert "psychosis: {value: never, at: undated}" in made.text


def test_a_second_case_of_a_name_is_numbered_and_a_name_that_is_given_is_refused(screener: Screener) -> None:
    profile = PatientProfile.model_validate({})
    first = case_of(profile, AS_OF, _wanted(), screener, ())
    assert case_of(profile, AS_OF, _wanted(), screener, [first.name]).name == f"{first.name}, case 2"
    with pytest.raises(InputError, match="a case of that name is there already"):
        case_of(profile, AS_OF, _wanted(name="mine"), screener, ["mine"])
