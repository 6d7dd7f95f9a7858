"""Answers that cannot all be right are refused by name when screening begins, and each alone is accepted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ketascreen import PatientProfile, ProfileError
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import AllOf, AnyOf, Compare
from ketascreen.language.contradiction import Contradiction
from ketascreen.language.vocabulary import Fact, Freshness, Kind, Window
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.patient.profile import BUILT_IN

MONTHS = "months_since_heart_attack_or_stroke"
CLINIC = ClinicTime.at(datetime.fromisoformat("2026-11-22T10:00:00-08:00"), "America/Los_Angeles")
VOCABULARY = BUILT_IN.extended(
    [],
    {
        "pregnancy": Freshness(Window(30), frozenset({"pregnant"}), frozenset({"not_possible"})),
        "pregnancy_test": Freshness(Window(7)),
        "systolic_bp": Freshness(Window(30)),
        "diastolic_bp": Freshness(Window(30)),
        "hypertension": Freshness(Window(365)),
        "antihypertensive_treatment": Freshness(Window(30)),
        "substance_use_disorder": Freshness(Window(30)),
        "verified_abstinence_months": Freshness(Window(30)),
        "heart_conditions": Freshness(Window(365)),
        "last_stroke": Freshness(Window(365)),
    },
)


def facts(**answers: Any) -> Facts:
    return known_facts(PatientProfile(**answers), VOCABULARY, CLINIC)


def refused(**answers: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(ProfileError) as caught:
        facts(**answers)
    return [(problem.code, problem.pointer) for problem in caught.value.diagnostics]


def at(day: str | None, value: Any) -> Any:
    """An answer of a day of 2026, or of no known day."""
    key = "present" if isinstance(value, list) else "value"
    return {key: value, **({"complete": True} if key == "present" else {}), "at": day and f"2026-{day}"}


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"systolic_bp": 120, "diastolic_bp": 120}, "/diastolic_bp"),
        ({"predose_systolic_bp": 80, "predose_diastolic_bp": 90}, "/predose_diastolic_bp"),
        ({"pregnancy": "not_pregnant", "pregnancy_test": "positive"}, "/pregnancy_test"),
        ({"hypertension": "none", "antihypertensive_treatment": "treated"}, "/antihypertensive_treatment"),
        ({"hypertension": "none", "antihypertensive_treatment": "not_treated"}, "/antihypertensive_treatment"),
        ({MONTHS: 2, "heart_conditions": ["arrhythmia"]}, f"/{MONTHS}"),
        ({"last_stroke": "2026-10", "heart_conditions": ["myocardial_infarction"]}, "/last_stroke"),
        ({"last_heart_attack": "2026-10", "heart_conditions": []}, "/last_heart_attack"),
        ({"last_stroke": "none", "heart_conditions": ["stroke"]}, "/heart_conditions"),
    ],
)
def test_answers_of_one_day_that_contradict_each_other_are_refused_and_each_alone_is_accepted(
    answers: dict[str, Any], pointer: str
) -> None:
    dated = {name: at("11-22", answer) for name, answer in answers.items()}
    assert refused(**dated) == [("contradiction", pointer)]
    for name, answer in dated.items():
        facts(**{name: answer})


@pytest.mark.parametrize(
    "answers",
    [
        {"systolic_bp": 121, "diastolic_bp": 120},
        {"pregnancy": "pregnant", "pregnancy_test": "positive"},
        {"pregnancy": "not_possible", "pregnancy_test": "negative"},
        {"hypertension": "none", "antihypertensive_treatment": "not_needed"},
        {"hypertension": "diagnosed", "antihypertensive_treatment": "treated"},
        {MONTHS: 2, "heart_conditions": ["stroke"]},
        {MONTHS: 2, "heart_conditions": ["something_else"]},
        {"last_stroke": "2026-10", "heart_conditions": ["stroke"]},
        {"last_stroke": "none", "heart_conditions": []},
        {"substance_use_disorder": "never", "verified_abstinence_months": 1},
    ],
)
def test_answers_that_can_both_be_right_are_accepted(answers: dict[str, Any]) -> None:
    facts(**{name: at("11-22", answer) for name, answer in answers.items()})


def test_a_profile_is_built_whatever_contradicts_and_refused_when_screening_begins() -> None:
    profile = PatientProfile(systolic_bp=at("11-22", 120), diastolic_bp=at("11-22", 121))
    with pytest.raises(ProfileError) as caught:
        known_facts(profile, VOCABULARY, CLINIC)
    (problem,) = caught.value.diagnostics
    assert problem.message.startswith("`diastolic_bp` contradicts `systolic_bp`: The diastolic pressure")
    assert (problem.hint, "121" in str(problem)) == ("correct the one that is wrong, then screen again", False)


@pytest.mark.parametrize(
    "answers",
    [
        {"heart_conditions": at("11-22", []), "last_stroke": at(None, "2026-10")},
        {"hypertension": at("11-22", "none"), "antihypertensive_treatment": at(None, "treated")},
        {"hypertension": at("11-22", "none"), "antihypertensive_treatment": at("10-20", "treated")},
        {"pregnancy": at("10-28", "not_pregnant"), "pregnancy_test": at("11-02", "positive")},
        {"pregnancy": {"value": "not_possible", "at": "2019-05-01"}, "pregnancy_test": at("11-02", "positive")},
        {"pregnancy": at("11-20", "not_pregnant"), "pregnancy_test": at(None, "positive")},
        {"pregnancy": at("11-02", "not_pregnant"), "pregnancy_test": at("11-02", "positive")},
        {"pregnancy": at(None, "not_possible"), "pregnancy_test": at("11-02", "positive")},
        {"heart_conditions": at(None, ["stroke"]), "last_stroke": at("11-22", "none")},
    ],
)
def test_an_old_or_undated_alarm_contradicts_a_reassurance_that_counts(answers: dict[str, Any]) -> None:
    assert [code for code, _ in refused(**answers)] == ["contradiction"]


@pytest.mark.parametrize(
    ("answers", "unknown"),
    [
        ({"pregnancy": at("10-01", "not_pregnant"), "pregnancy_test": at("11-22", "positive")}, "pregnancy"),
        (
            {"substance_use_disorder": at("10-01", "never"), "verified_abstinence_months": at("11-22", 1)},
            "substance_use_disorder",
        ),
        ({"systolic_bp": at("11-22", 90), "diastolic_bp": at("01-10", 95)}, "diastolic_bp"),
        ({"heart_conditions": at("11-22", ["stroke"]), "last_stroke": at(None, "none")}, "last_stroke"),
    ],
)
def test_an_old_reassurance_contradicts_nothing_and_does_not_count(answers: dict[str, Any], unknown: str) -> None:
    known = facts(**answers)
    assert unknown not in known.current
    assert unknown in known.stale


@pytest.mark.parametrize(
    ("pregnancy", "test", "stands"),
    [
        ("2026-11-20", "2026-11-02", False),
        ("2026-11-02T10:00:00-08:00", "2026-11-02T09:59:59-08:00", False),
        ("2026-11-02T10:00:00-08:00", "2026-11-02T10:00:00-08:00", True),
        ("2026-11-02T10:00:00-08:00", "2026-11-02", True),  # on one day, without both times
        ("2026-11-02", "2026-11-02T00:00:00-08:00", True),
        ("2026-11-03T00:30:00-08:00", "2026-11-03T08:00:00Z", False),  # the test is of 00:00 at the clinic
        ("2026-11-01", "2026-11-02", True),
    ],
)
def test_an_answer_known_to_be_of_after_the_test_is_news_and_any_other_contradicts_it(
    pregnancy: str, test: str, stands: bool
) -> None:
    answers = {
        "pregnancy": {"value": "not_pregnant", "at": pregnancy},
        "pregnancy_test": {"value": "positive", "at": test},
    }
    if stands:
        assert refused(**answers) == [("contradiction", "/pregnancy_test")]
    else:
        assert facts(**answers).current["pregnancy"] == "not_pregnant"


@pytest.mark.parametrize("test", ["2026-11-18", "2026-11-22", "2026-11-21T09:00:00-08:00"])
@pytest.mark.parametrize("pregnancy", ["2019-05-01", "2026-11-18", "2026-11-22", None])
def test_a_positive_test_that_counts_contradicts_not_possible_whichever_is_later(
    pregnancy: str | None, test: str
) -> None:
    """A later answer does not lift the hold on a positive test, and `not_possible` would."""
    answers = {
        "pregnancy": {"value": "not_possible", "at": pregnancy},
        "pregnancy_test": {"value": "positive", "at": test},
    }
    assert ("contradiction", "/pregnancy") in refused(**answers)


def test_an_old_positive_test_does_not_contradict_not_possible_of_after_it() -> None:
    known = facts(pregnancy=at("11-20", "not_possible"), pregnancy_test=at("11-14", "positive"))
    assert known.current["pregnancy"] == "not_possible"


def test_an_answer_that_is_taken_away_makes_no_contradiction_where_the_others_are_news() -> None:
    """Each of two answers after the test contradicts it; with one of them unknown, the other is still news."""
    when = AllOf(
        (
            Compare("pregnancy_test", "is", "positive"),
            AnyOf((Compare("pregnancy", "is", "not_pregnant"), Compare("hypertension", "is", "none"))),
        )
    )
    one = Contradiction("made_up", when, about="pregnancy_test", say="Say.", newer="pregnancy_test")
    vocabulary = VOCABULARY.extended([], {}, [one])
    answers: dict[str, Any] = {
        "pregnancy_test": at("11-02", "positive"),
        "pregnancy": at("11-20", "not_pregnant"),
        "hypertension": at("11-20", "none"),
    }
    for taken in (None, "pregnancy", "hypertension", "pregnancy_test"):
        known_facts(PatientProfile(**{name: one for name, one in answers.items() if name != taken}), vocabulary, CLINIC)
    with pytest.raises(ProfileError):
        known_facts(
            PatientProfile(**{**answers, "hypertension": at(None, "none")}),
            vocabulary.extended([], {"hypertension": Freshness(None)}),
            CLINIC,
        )


@pytest.mark.parametrize("given", ["liver", "former_liver"])
def test_a_contradiction_about_a_fact_that_a_rulebook_adds_points_to_where_it_was_given(given: str) -> None:
    liver = Fact("liver", Kind.CHOICE, "Liver", "liver", choices=("well", "ill"), is_added=True, was=("former_liver",))
    when = AllOf((Compare("liver", "is", "well"), Compare("hypertension", "is", "none")))
    vocabulary = VOCABULARY.extended(
        [liver], {"liver": Freshness(None)}, [Contradiction("made_up", when, "liver", "No.")]
    )
    profile = PatientProfile(hypertension=at("11-22", "none"), extra={given: at("11-22", "well")})
    with pytest.raises(ProfileError) as caught:
        known_facts(profile, vocabulary, CLINIC)
    assert [(problem.code, problem.pointer) for problem in caught.value.diagnostics] == [
        ("contradiction", f"/extra/{given}")
    ]
