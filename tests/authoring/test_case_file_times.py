"""A file of cases may say `as_of` and `observed_at` once; a case's own wins, and the file's wins over the start's."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen import RulebookError
from ketascreen.authoring.cases.read import Case, read_cases
from ketascreen.authoring.layout import laid_out
from tests.helpers.command_line import run
from tests.helpers.edited_rulebooks import little_rules
from tests.helpers.screening import shipped

HEAD = "as_of: 2026-11-22T09:00:00+01:00\nobserved_at: 2026-11-21\ncases:\n"
CASE = "  - name: {name}\n    given: {{age: 64 years}}\n    expect: {{finding: not_met}}\n"


def read(tmp_path: Path, text: str, path: str = "cautions/older-adult.cases.yaml", start: str = "") -> tuple[Case, ...]:
    folder = little_rules(tmp_path)
    (folder / path).write_text(text, "utf-8")
    if start:
        (folder / "vignettes" / "young.start.yaml").write_text(start, "utf-8")
    return read_cases(folder, shipped())


def observed(case: Case) -> str:
    age = case.profile.age
    assert age is not None
    return str(age.at)


def test_a_case_without_times_has_those_of_its_file(tmp_path: Path) -> None:
    one, two = read(tmp_path, HEAD + CASE.format(name="one") + CASE.format(name="two"))
    assert {str(case.as_of) for case in (one, two)} == {"2026-11-22 09:00:00+01:00"}
    assert [observed(case) for case in (one, two)] == ["2026-11-21"] * 2
    assert (one.place.line, two.place.line) == (4, 7)


def test_a_cases_own_times_win_over_those_of_its_file(tmp_path: Path) -> None:
    own = CASE.format(name="own").replace(
        "    given", "    as_of: 2026-11-23T09:00:00Z\n    observed_at: 2026-11-23\n    given"
    )
    (case,) = read(tmp_path, HEAD + own)
    assert (str(case.as_of), observed(case)) == ("2026-11-23 09:00:00+00:00", "2026-11-23")


def test_the_times_of_the_file_win_over_those_of_the_start(tmp_path: Path) -> None:
    start = "as_of: 2026-01-02T09:00:00Z\nobserved_at: 2026-01-02\ngiven: {age: 40 years}\n"
    of_patient = "  - name: young\n    start: young\n    expect: {decisions: {iv: insufficient_data}}\n"
    (case,) = read(tmp_path, HEAD + of_patient, "vignettes/young.cases.yaml", start)
    assert (str(case.as_of), observed(case)) == ("2026-11-22 09:00:00+01:00", "2026-11-21")
    assert case.start == "young"


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("as_of: 2026-11-22\ncases:\n", "cautions/older-adult.cases.yaml:1:8: `as_of`: must be a time"),
        ("as_of: noon\ncases:\n", "cautions/older-adult.cases.yaml:1:8: `as_of`: not a date"),
        ("observed_at: today\ncases:\n", "cautions/older-adult.cases.yaml:1:14: `observed_at`: not a date"),
        ("at: 2026-11-22\ncases:\n", "cautions/older-adult.cases.yaml:1:1: unknown key `at`"),
    ],
)
def test_a_time_of_the_file_that_is_not_one_is_refused_once(tmp_path: Path, head: str, message: str) -> None:
    with pytest.raises(RulebookError) as refused:
        read(tmp_path, head + CASE.format(name="one") + CASE.format(name="two"))
    assert message in str(refused.value)
    assert str(refused.value).count(message) == 1


@pytest.mark.parametrize(
    "text", ["as_of: 2026-11-22T09:00:00Z\n", "cases: []\n", "cases: none\n", HEAD + "    one: two\n"]
)
def test_a_file_that_says_times_and_no_cases_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RulebookError, match="the file has no cases"):
        read(tmp_path, text)


def test_the_layout_puts_the_times_of_the_file_first() -> None:
    mixed = "cases:\n- expect: {finding: not_met}\n  name: one\nas_of: 2026-11-22T09:00:00Z\n"
    laid = "as_of: 2026-11-22T09:00:00Z\ncases:\n  - name: one\n    expect: {finding: not_met}\n"
    assert laid_out(mixed.encode(), "cautions/older-adult.cases.yaml") == laid


def test_a_case_that_mutate_proposes_is_written_as_its_file_writes_cases(tmp_path: Path) -> None:
    folder, told = little_rules(tmp_path), HEAD.replace("11-21", "11-22")
    (folder / "cautions" / "older-adult.cases.yaml").write_text(told + CASE.format(name="one"), "utf-8")
    shown = run("mutate", str(folder), "--rule", "older-adult", "-v", "-j", "1").out
    assert "\n  - name: age 65 years is met\n" in shown
    proposed = shown[shown.index("  - name: age 65 years is met\n") :].split("\n\n")[0]
    assert "as_of" not in proposed
    assert "observed_at" not in proposed
    with (folder / "cautions" / "older-adult.cases.yaml").open("a", encoding="utf-8") as file:
        file.write(proposed + "\n")
    assert run("test", str(folder)).status == 0
