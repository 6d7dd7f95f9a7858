"""A threshold that no case tries exactly, just below and just above is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import boundary_case
from ketascreen.authoring.checks.subject import Concern
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.check_findings import cases, findings, rule
from tests.helpers.rulebook_files import changed

AGE = "cautions/young.cases.yaml"


def case(given: str, finding: str) -> str:
    return f"given: {{{given}}}, expect: {{finding: {finding}}}"


TWENTY, TWENTY_ONE, TWENTY_TWO = (
    case("age: 20 years", "met"),
    case("age: 21 years", "not_met"),
    case("age: 22 years", "not_met"),
)


def about(rule_id: str, found: list[Diagnostic]) -> list[Diagnostic]:
    """What is found about one rule or definition; the small rulebook has thresholds that no test here is about."""
    return [problem for problem in found if isinstance(problem, Concern) and problem.about == rule_id]


def wanted(rule_id: str, found: list[Diagnostic]) -> list[str]:
    """The answers that the cases of one rule lack."""
    return [problem.hint for problem in about(rule_id, found)]


def test_the_cases_that_a_threshold_lacks_are_named(tmp_path: Path) -> None:
    found = findings(boundary_case, tmp_path, cases(AGE, TWENTY, TWENTY_TWO))
    assert about("young", found) == [
        Concern(
            "boundary-case",
            "no case of `young` tries the boundary of `age` at 21 years exactly",
            "add a case with 21 years, in which this comparison decides",
            Place("cautions/young.yaml", 7, 3, 22),
            about="young",
            brief="`young` needs 21 years of `age`",
        )
    ]


def test_exactly_there_and_a_step_to_each_side_is_enough(tmp_path: Path) -> None:
    assert about("young", findings(boundary_case, tmp_path, cases(AGE, TWENTY, TWENTY_ONE, TWENTY_TWO))) == []


def test_without_a_case_all_three_are_wanted(tmp_path: Path) -> None:
    found = findings(boundary_case, tmp_path, cases(AGE, case("age: 40 years", "not_met")))
    assert wanted("young", found) == [
        "add a case with 20 years, with 21 years and with 22 years, in which this comparison decides"
    ]


@pytest.mark.parametrize(("below", "lacks"), [("29.9", []), ("29", []), ("28.9", ["29 mL/min"])])
def test_a_step_is_one_in_the_last_place_and_nearer_will_do(below: str, lacks: list[str], tmp_path: Path) -> None:
    tried = (
        case(f"egfr: {number} mL/min", finding)
        for number, finding in ((below, "met"), ("30", "not_met"), ("30.5", "not_met"))
    )
    found = findings(boundary_case, tmp_path, cases("reviews/kidney-function.cases.yaml", *tried))
    expected = [f"add a case with {answer}, in which this comparison decides" for answer in lacks]
    assert wanted("kidney-function", found) == expected


def test_an_answer_that_is_too_old_to_count_tries_nothing(tmp_path: Path) -> None:
    pressures = rule("reviews/pressure.yaml", "  systolic_bp: {at_least: 150 mmHg}")
    at = "given: {systolic_bp: {value: %s mmHg, at: %s}}, expect: {finding: %s}"
    tried = [at % (149, "2026-11-22", "not_met"), at % (151, "2026-11-22", "met")]
    old, fresh = at % (150, "2026-01-01", "unknown"), at % (150, "2026-11-01", "met")
    path = "reviews/pressure.cases.yaml"
    found = findings(boundary_case, tmp_path / "old", {**pressures, **cases(path, *tried, old)})
    assert wanted("pressure", found) == ["add a case with 150 mmHg, in which this comparison decides"]
    assert (
        about("pressure", findings(boundary_case, tmp_path / "fresh", {**pressures, **cases(path, *tried, fresh)}))
        == []
    )


BOTH = rule("reviews/old-and-alone.yaml", "  all: [{age: {above: 70 years}}, {companion: {is: none}}]")


def test_a_case_in_which_something_else_decides_tries_nothing(tmp_path: Path) -> None:
    def tried(companion: str) -> dict[str, str]:
        given = (
            case(f"age: {age} years, companion: {companion}", "met" if companion == "none" and age > 70 else "not_met")
            for age in (69, 70, 71)
        )
        return {**BOTH, **cases("reviews/old-and-alone.cases.yaml", *given)}

    assert about("old-and-alone", findings(boundary_case, tmp_path / "none", tried("none"))) == []
    assert wanted("old-and-alone", findings(boundary_case, tmp_path / "named", tried("named"))) == [
        "add a case with 69 years, with 70 years and with 71 years, in which this comparison decides"
    ]


def test_where_the_range_ends_and_where_it_can_never_decide_nothing_is_wanted(tmp_path: Path) -> None:
    files = {
        **rule("reviews/newborn.yaml", "  age: {at_most: 0 years}"),
        **rule("reviews/twice.yaml", "  any: [{age: {above: 80 years}}, {age: {above: 90 years}}]"),
        **cases("reviews/newborn.cases.yaml", case("age: 0 years", "met"), case("age: 1 years", "not_met")),
        **cases(
            "reviews/twice.cases.yaml",
            *(case(f"age: {n} years", "met" if n > 80 else "not_met") for n in (79, 80, 81)),
        ),
    }
    found = findings(boundary_case, tmp_path, files)
    assert about("newborn", found) == about("twice", found) == []


def test_a_threshold_in_a_definition_is_tried_by_the_cases_of_any_rule_that_asks_it(tmp_path: Path) -> None:
    def tried(*trials: int) -> dict[str, str]:
        depressed = "current_diagnoses: {present: [major_depression], complete: true}"
        given = (
            case(f"{depressed}, failed_antidepressant_trials: {n} trials", "not_met" if n >= 2 else "met")
            for n in trials
        )
        return {
            **rule("cautions/also.yaml", "  not: {meets: resistant_depression}", effect="caution"),
            **cases("reviews/not-resistant.cases.yaml", *given),
        }

    assert about("resistant_depression", findings(boundary_case, tmp_path / "all", tried(1, 2, 3))) == []
    assert about("resistant_depression", findings(boundary_case, tmp_path / "some", tried(1, 3))) == [
        Concern(
            "boundary-case",
            "no case of the definition `resistant_depression` tries the boundary of `failed_antidepressant_trials` at"
            " 2 trials exactly",
            "add a case with 2 trials, in which this comparison decides",
            Place("definitions.yaml", 6, 9, 57),
            about="resistant_depression",
            cause="`adequate_trials`",
            brief="the definition `resistant_depression` needs 2 trials of `failed_antidepressant_trials`",
        )
    ]


def test_a_number_that_no_answer_can_be_is_tried_on_each_side_alone(tmp_path: Path) -> None:
    files = rule("reviews/half.yaml", "  age: {above: 40.5 years}")
    path = "reviews/half.cases.yaml"
    both = cases(path, case("age: 40 years", "not_met"), case("age: 41 years", "met"))
    one = cases(path, case("age: 40 years", "not_met"))
    assert about("half", findings(boundary_case, tmp_path / "both", {**files, **both})) == []
    assert wanted("half", findings(boundary_case, tmp_path / "one", {**files, **one})) == [
        "add a case with 41 years, in which this comparison decides"
    ]


def test_no_answer_outside_the_range_is_proposed(tmp_path: Path) -> None:
    narrow = changed("vocabulary.yaml", "minimum: 0\n", "minimum: 29.5\n")
    found = findings(boundary_case, tmp_path, {**narrow, **cases(AGE, TWENTY)})
    assert wanted("kidney-function", found) == [
        "add a case with 29.5 mL/min, with 30 mL/min and with 31 mL/min, in which this comparison decides"
    ]


SIX = {"below": "2026-06-22", "at": "2026-05-22", "at too": "2026-04-23", "above": "2026-04-22"}
"""Dates of a stroke: five, six, six and seven months before the day of the cases, rounded down."""


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        (("below", "at", "above"), []),
        (("below", "at too", "above"), []),
        (("below", "above"), ["with 6 months"]),
        (("below", "at"), ["with 7 months"]),
        (("at", "above"), ["with 5 months"]),
    ],
)
def test_a_bar_of_months_since_an_event_is_tried_by_dates(
    given: tuple[str, ...], lacks: list[str], tmp_path: Path
) -> None:
    written = [case(f"last_stroke: {SIX[one]}", "not_met" if one == "above" else "met") for one in given]
    files = {
        **rule("exclusions/stroke.yaml", "  last_stroke: {at_most: 6 months}", effect="exclude"),
        **cases("exclusions/stroke.cases.yaml", *written),
    }
    found = wanted("stroke", findings(boundary_case, tmp_path, files))
    assert found == [f"add a case {lack}, in which this comparison decides" for lack in lacks]


def test_a_month_that_may_be_on_either_side_tries_no_boundary(tmp_path: Path) -> None:
    written = [case(f"last_stroke: {date}", "met") for date in ("2026-06-22",)] + [
        case("last_stroke: 2026-04", "unknown")
    ]
    files = {
        **rule("exclusions/stroke.yaml", "  last_stroke: {at_most: 6 months}", effect="exclude"),
        **cases("exclusions/stroke.cases.yaml", *written),
    }
    (found,) = wanted("stroke", findings(boundary_case, tmp_path, files))
    assert found.startswith("add a case with 6 months and with 7 months")
