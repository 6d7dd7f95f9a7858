"""`ketascreen test`: what it runs, what a failing case shows, and how it ends."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.command_line import flat, run
from tests.helpers.edited_rulebooks import SLIPPED, STRICTER, line_of, little_rules, place_of_slipped, rules_with
from tests.helpers.flooded import AGE
from tests.helpers.places import ROOT

RULE = "rules/exclusions/uncontrolled-hypertension.yaml"
ONE_SLIP = f"""\
1 case fails because `uncontrolled-hypertension` is not met.
FAILED {place_of_slipped()}
  {SLIPPED}
  - expected met, got not_met
  - expected because hypertension, systolic_bp; got diastolic_bp, systolic_bp
  - expected not_eligible for iv, got eligible
  Why: Uncontrolled high blood pressure (uncontrolled-hypertension) is not_met
    Rests on:
      Diastolic blood pressure at rest (diastolic_bp)
      Systolic blood pressure at rest (systolic_bp)
    Compares:
      hypertension: {{is: diagnosed}}: holds
      systolic_bp: {{at_least: controlled_systolic = 141 mmHg}}: does not hold
      diastolic_bp: {{at_least: controlled_diastolic = 90 mmHg}}: does not hold
      systolic_bp: {{above: severe_systolic = 180 mmHg}}: does not hold
      diastolic_bp: {{above: severe_diastolic = 100 mmHg}}: does not hold
    Rule: {RULE}:{line_of("exclusions/uncontrolled-hypertension.yaml", "when:")}
"""


def test_the_built_in_cases_hold() -> None:
    ran = run("test")
    assert (ran.status, ran.err) == (0, "")
    read, held = re.fullmatch(r"(\d+) cases: (\d+) hold, 0 failed, in .+\.\n", ran.out).groups()  # type: ignore[union-attr]
    assert read == held
    assert int(read) > 700


def test_a_failing_case_shows_expected_got_and_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(rules_with(tmp_path, *STRICTER).parent)
    ran = run("test", "rules", "--rule", "uncontrolled-hypertension", "-k", "exactly 140 systolic")
    assert ran.status == 1
    shown, summary = ran.out.rsplit("\n\n", 1)
    assert f"{shown}\n" == ONE_SLIP
    assert re.fullmatch(r"(\d+) of \d+ cases: \d+ hold, 1 failed, in less than a second\.\n", summary)


def test_the_document_shows_the_same_failure() -> None:
    document = (ROOT / "docs" / "testing-rules.md").read_text("utf-8")
    assert without_lines(f"```text\n{ONE_SLIP}```\n") in without_lines(document)


def without_lines(text: str) -> str:
    """The text without the lines that places name, which move with what is written above them."""
    return re.sub(r"\.yaml:\d+", ".yaml", text)


def test_a_failing_case_says_what_is_lacking_and_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = little_rules(tmp_path, "pregnancy")
    (folder / "exclusions" / "pregnancy.cases.yaml").write_text(
        "- name: an old answer still counts\n"
        "  as_of: 2026-11-22T09:00:00Z\n"
        "  given: {pregnancy: {value: not_pregnant, at: 2026-10-01}}\n"
        "  expect: {finding: not_met}\n"
    )
    monkeypatch.chdir(tmp_path)
    ran = run("test", "rules")
    assert ran.status == 1
    assert "FAILED rules/exclusions/pregnancy.cases.yaml:1:3\n  an old answer still counts\n" in ran.out
    assert ran.out.startswith("1 case fails because `pregnancy` is unknown.\nFAILED rules/")
    assert "- expected not_met, got unknown\n" in ran.out
    lacks = "(pregnancy): the answer is too old to count: it is 52 days old, and an answer counts for 30 days"
    assert lacks in " ".join(ran.out.split())
    assert "pregnancy: {is: pregnant}: unknown" in ran.out
    assert "1 case: 0 hold, 1 failed" in ran.out
    assert "2026-10-01" not in ran.out + ran.err
    assert "not_pregnant" not in ran.out + ran.err


def test_a_failing_vignette_shows_the_rules_that_make_the_decision(tmp_path: Path) -> None:
    ran = run("test", str(rules_with(tmp_path, *STRICTER)), "-k", "140/89 hypertension diagnosed")
    assert ran.status == 1
    shown = flat(ran.out)
    assert "- expected not_eligible for iv, got caution - expected" in shown
    assert "Why: Diagnosed hypertension (diagnosed-hypertension) is met Rests on: Diagnosis of hypertension" in shown
    assert "Why: Uncontrolled high blood pressure (uncontrolled-hypertension) is not_met" in shown


def test_every_line_keeps_to_80_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(rules_with(tmp_path, *STRICTER).parent)
    lines = run("test", "rules", "-v").out.splitlines() + run("test", "--help").out.splitlines()
    assert len(lines) > 100
    assert [line for line in lines if len(line) > 80] == []


def test_failed_cases_are_shown_by_cause_and_all_of_them_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(rules_with(tmp_path, *AGE).parent)
    short, whole = run("test", "rules"), run("test", "rules", "--verbose")
    assert (short.status, whole.status) == (1, 1)
    failed = int(re.search(r"(\d+) failed", short.out)[1])  # type: ignore[index]
    assert whole.out.count("FAILED") == failed > 50
    assert short.out.count("FAILED") == 1
    first, more = re.search(r"^(\d+) cases fail .*?(\d+) more, in ", short.out, re.DOTALL).groups()  # type: ignore[union-attr]
    assert (int(first), int(more)) == (failed, failed - 1)
    named = re.findall(r"cases\.yaml \((\d+)\)", flat(short.out))
    assert sum(map(int, named)) == failed - 1
    assert whole.out.startswith("FAILED rules/cautions/older-adult.cases.yaml")
    assert whole.out.rsplit("\n\n", 1)[1].split(" in ")[0] == short.out.rsplit("\n\n", 1)[1].split(" in ")[0]


def test_the_first_failure_ends_the_run_where_that_is_asked_for(tmp_path: Path) -> None:
    ran = run("test", str(rules_with(tmp_path, *STRICTER)), "--fail-fast")
    assert ran.status == 1
    assert ran.out.count("FAILED") == 1
    assert re.search(r"\d+ hold, 1 failed, \d+ not run, in ", ran.out)


@pytest.mark.parametrize(
    ("options", "counted"),
    [
        (("--rule", "pregnancy", "--rule", "clinic-not-licensed"), "of"),
        (("-k", "PREGNANCY cases"), "of"),
        (("--rule", "pregnancy", "--channel", "reference"), "of"),
    ],
)
def test_a_selection_runs_those_cases_alone(options: tuple[str, ...], counted: str) -> None:
    ran = run("test", *options)
    assert ran.status == 0
    selected, read = re.match(rf"(\d+) {counted} (\d+) cases: \1 hold, 0 failed", ran.out).groups()  # type: ignore[union-attr]
    assert 0 < int(selected) < int(read)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-k", "nothing is called so"), "cases was selected"),
        (("--rule", "pregnency"), "unknown rule `pregnency`; did you mean `pregnancy`?"),
        (("--rule", "pregnancy", "-k", "hypertension"), "cases was selected"),
        (("nowhere",), "no such folder"),
        (("-j", "0"), "Invalid value for '-j'"),
        (("--junit", "/nowhere/cases.xml", "--rule", "pregnancy"), "it cannot be written"),
    ],
)
def test_what_cannot_be_run_is_refused(options: tuple[str, ...], message: str) -> None:
    ran = run("test", *options)
    assert (ran.status, ran.out) == (2, "")
    assert message in flat(ran.err)


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    ran = run("test", str(little_rules(tmp_path)))
    assert (ran.status, ran.out) == (2, "")
    assert "the folder has no cases" in flat(ran.err)


def test_a_case_that_asserts_nothing_is_refused(tmp_path: Path) -> None:
    folder = little_rules(tmp_path, "pregnancy")
    file = folder / "vignettes" / "empty.cases.yaml"
    file.write_text("- name: nothing\n  as_of: 2026-11-22T09:00:00Z\n  expect: {decisions: {}}\n")
    ran = run("test", str(folder))
    assert (ran.status, ran.out) == (2, "")
    assert "vignettes/empty.cases.yaml:3:3: the case expects too little" in ran.err


def test_the_help_says_what_each_status_means() -> None:
    shown = flat(run("test", "--help").out)
    for meaning in ("0 every case holds", "1 a case failed", "2 the rulebook, its cases", "70 an internal fault"):
        assert meaning in shown
