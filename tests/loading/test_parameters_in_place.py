"""A parameter or a window that is wrong is reported once, where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.rulebook_files import changed, problems, text_of, where, with_files

RULE = "exclusions/high-pressure.yaml"
KPA = "; a pressure in kPa must be converted"


def another(name: str, condition: str) -> dict[str, str]:
    """One more exclusion, with this condition."""
    text = text_of(RULE)
    head, tail = text[: text.index("when:")], text[text.index("say:") :]
    body = f"{head}when:\n  {condition}\n{tail}".replace("id: high-pressure", f"id: {name}")
    return {f"exclusions/{name}.yaml": body.replace("conflicts: [C1]\n", "")}


def parameter(value: str) -> dict[str, str]:
    return changed("parameters.yaml", "value: 180 mmHg", f"value: {value}")


SYSTOLIC = "`systolic_bp` goes from 30 to 350 mmHg"


@pytest.mark.parametrize(
    ("value", "code", "message", "hint"),
    [
        ("1400 mmHg", "out-of-range", f"1400 mmHg; {SYSTOLIC}", f"write a value in that range{KPA}"),
        ("18.7 mmHg", "out-of-range", f"18.7 mmHg; {SYSTOLIC}", f"write a value in that range{KPA}"),
        ("180", "quantity", "180; `systolic_bp` is in mmHg", "write the unit: `180 mmHg`"),
        ('"180"', "quantity", "180; `systolic_bp` is in mmHg", "write the unit: `180 mmHg`"),
        ("3 years", "quantity", "3 years; `systolic_bp` is in mmHg",
         "`years` is a unit of calendar time; give it in `mmHg`"),
        ("180 mm[Hg]", "quantity", "must be a quantity", "unknown unit; write `mmHg`"),
    ],
)  # fmt: skip
def test_a_parameter_that_fits_nowhere_is_reported_at_its_value_and_not_at_its_rules(
    tmp_path: Path, value: str, code: str, message: str, hint: str
) -> None:
    twice = another("very-high-pressure", "systolic_bp: {above: severe_systolic}")
    (problem,) = problems(with_files(tmp_path, {**parameter(value), **twice}))
    assert (where(problem), problem.message, problem.hint) == (f"parameters.yaml:2:10 {code}", message, hint)
    assert problem.text == f"  value: {value}"


@pytest.mark.parametrize("value", ["30 mmHg", "350 mmHg"])
def test_both_ends_of_the_range_are_in_it(tmp_path: Path, value: str) -> None:
    found = {problem.code for problem in problems(with_files(tmp_path, {**parameter(value), **another("x", "age: 1")}))}
    assert "out-of-range" not in found


def test_each_fact_that_it_does_not_fit_is_named_once(tmp_path: Path) -> None:
    rules = {
        **another("a", "diastolic_bp: {above: severe_systolic}"),
        **another("b", "diastolic_bp: {at_least: severe_systolic}"),
    }
    (problem,) = problems(with_files(tmp_path, {**parameter("1400 mmHg"), **rules}))
    assert sorted(problem.message.removeprefix("1400 mmHg; ").split(", ")) == [
        "`diastolic_bp` goes from 20 to 250 mmHg", SYSTOLIC,
    ]  # fmt: skip


def test_a_parameter_that_fits_another_fact_is_reported_where_it_does_not_fit(tmp_path: Path) -> None:
    rules = another("low", "diastolic_bp: {above: severe_systolic}")
    (problem,) = problems(with_files(tmp_path, {**parameter("300 mmHg"), **rules}))
    assert where(problem) == "exclusions/low.yaml:7:25 out-of-range"
    assert problem.message == "outside the range of `diastolic_bp`"
    assert problem.hint == f"it is 20 to 250 mmHg{KPA}; `severe_systolic` is 300 mmHg, and fits other facts"


def test_a_parameter_in_a_contradiction_is_checked_as_in_a_rule(tmp_path: Path) -> None:
    text = text_of("vocabulary.yaml") + (
        "contradictions:\n  made_up:\n    when:\n      all:\n        - egfr: {above: low_egfr}\n"
        "        - hypertension: {is: diagnosed}\n    about: egfr\n    say: Made up.\n"
    )
    wrong = changed("parameters.yaml", "value: 30 mL/min", "value: 300 mL/min")
    found = problems(with_files(tmp_path, {"vocabulary.yaml": text, **wrong}))
    assert [where(problem) for problem in found] == ["parameters.yaml:13:10 out-of-range"]


def test_other_problems_beside_it_are_still_said(tmp_path: Path) -> None:
    unknown = another("x", "systolic_bp: {above: severe_sistolic}")
    found = [where(problem) for problem in problems(with_files(tmp_path, {**parameter("1400 mmHg"), **unknown}))]
    assert found == ["exclusions/x.yaml:7:24 unknown-parameter", "parameters.yaml:2:10 out-of-range"]


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ("0.5 days", "0.5 days; a window is whole days, hours or minutes"),
        ("0 days", "0 days; a window is whole days, hours or minutes"),
        ("30 seconds", "30 seconds; a window is whole days, hours or minutes"),
        ("73201 days", "73201 days; a window is whole days, hours or minutes"),
    ],
)
def test_a_window_out_of_its_limits_is_reported_at_its_value(tmp_path: Path, window: str, said: str) -> None:
    files = changed("vocabulary.yaml", "ride_home: {fresh_for: same day", f"ride_home: {{fresh_for: {window}")
    (problem,) = problems(with_files(tmp_path, files))
    assert (where(problem), problem.message) == ("vocabulary.yaml:13:26 quantity", said)
    assert problem.hint == "write at least 1 minute, and at most 73,200 days"
