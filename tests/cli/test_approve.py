"""`ketascreen approve`: a sheet is shown, somebody answers, and approvals.yaml says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from ketascreen import load_rulebook
from ketascreen.loading.built_in import built_in_rules
from ketascreen.syntax.folder import read_folder
from ketascreen.syntax.problems import Problems
from tests.helpers.approve_command import BAR, EXAMPLE, FILE, approvals, approve, asked, changed, small_rulebook
from tests.helpers.command_line import flat, run

pytest.importorskip("ruamel.yaml", reason="`ketascreen approve` needs it")


@pytest.fixture
def rulebook(tmp_path: Path) -> Iterator[Path]:
    """The small rulebook in a folder of which git knows nothing, with two whole patients."""
    with small_rulebook(tmp_path) as folder:
        yield folder


def test_an_approval_names_the_sheet_that_was_shown_and_changes_nothing_else(rulebook: Path) -> None:
    before = load_rulebook(rulebook)
    files = read_folder(rulebook, Problems()).files
    ran = approve(rulebook, "high-pressure", "--until", "2027-11-22")
    assert (ran.status, ran.err) == (0, "")
    after = load_rulebook(rulebook)
    rule = after.rule("high-pressure")
    assert rule is not None
    digest = before.sheets["high-pressure"].digest
    assert f"Sheet: {digest}\n" in ran.out
    assert (rulebook / FILE).read_text("utf-8").splitlines()[1:] == [
        "- rule: high-pressure",
        f"  sheet: {digest}",
        f"  by: {EXAMPLE}",
        "  role: psychiatrist",
        "  date: 2026-11-22",
        "  until: 2027-11-22",
    ]
    assert (after.meaning_digest, after.ignored) == (before.meaning_digest, before.ignored)
    assert {path: data for path, data in after.files.items() if path != FILE} == files
    assert (rulebook / FILE).stat().st_mode == (rulebook / "rulebook.yaml").stat().st_mode
    assert run("fmt", "--check", str(rulebook / FILE)).status == 0


def test_the_sheet_is_in_words_that_a_clinician_can_read(rulebook: Path) -> None:
    shown = approve(rulebook, "high-pressure").out
    for wanted in (
        "  When:\n    at least one of these:\n      - all of these:\n          - hypertension is diagnosed\n"
        "          - systolic_bp between 140 mmHg and 180 mmHg\n"
        "      - systolic_bp at least 180 mmHg (severe_systolic)\n",
        "  Fact systolic_bp:\n    Type: number\n    Label: Systolic blood pressure at rest\n",
        "    Range: 30 to 350 mmHg\n",
        "  Contradiction diastolic_not_below_systolic:\n    When: diastolic_bp is not below systolic_bp\n",
        "  Parameter severe_systolic:\n    Value: 180 mmHg\n",
        'Sources: leaflet.txt, "above 180": exclude',
        "  Say: The pressure is high.\n",
    ):
        assert wanted in shown
    assert "{" not in shown


def test_each_sheet_is_asked_for_and_only_a_clear_yes_approves(rulebook: Path) -> None:
    ran = asked(rulebook, "heart", "high-pressure", "pregnancy", "young", answers="y\n\nja\nno\nquit\n")
    assert ran.status == 0
    assert [name for _, name, _ in approvals(rulebook)] == ["heart"]
    assert ran.out.endswith(f"1 of 4 written to {rulebook / FILE}.\n") or "1 of 4 written to" in flat(ran.out)
    assert "4 of 4\n" in ran.out


def test_quitting_keeps_what_was_approved_and_an_end_of_input_approves_nothing(rulebook: Path) -> None:
    assert (
        asked(rulebook, "heart", "pregnancy", answers="q\n").out.endswith(f"Nothing is written to {FILE}.\n")
        or not (rulebook / FILE).exists()
    )
    assert asked(rulebook, "heart", "pregnancy", answers="y\n").status == 2
    assert [name for _, name, _ in approvals(rulebook)] == ["heart"]


def test_without_a_terminal_and_without_yes_nothing_is_shown_and_nothing_written(rulebook: Path) -> None:
    ran = approve(rulebook, "high-pressure", yes=False)
    assert (ran.status, ran.out) == (2, "")
    assert "there is no terminal to answer at; nothing is written" in flat(ran.err)
    assert not (rulebook / FILE).exists()


def test_all_and_effect_take_the_rules_that_are_not_approved(rulebook: Path) -> None:
    approve(rulebook, "heart")
    ran = approve(rulebook, "--effect", "exclude", by="Another")
    assert "Rule heart\n" not in ran.out
    assert {name for _, name, by in approvals(rulebook) if by == "Another"} == {"high-pressure", "pregnancy"}
    approve(rulebook, "--all")
    assert approve(rulebook, "--all").out == "Nothing is left to approve.\n"


def test_every_shipped_rule_is_approved_in_one_run_and_the_meaning_stays(tmp_path: Path) -> None:
    folder = tmp_path / "clinic"
    shutil.copytree(built_in_rules(), folder)
    before = load_rulebook(folder)
    ran = approve(folder, "--all")
    assert (ran.status, ran.err) == (0, "")
    after = load_rulebook(folder)
    assert {one.sheet for one in after.approvals} == {sheet.digest for sheet in before.sheets.values()}
    assert [one.name for one in after.approvals] == [rule.id for rule in before.rules]
    assert (after.meaning_digest, after.ignored) == (before.meaning_digest, before.ignored)
    listed = run("rules", "--rules", str(folder), "--unapproved", "--date", "2026-11-22")
    assert (listed.status, listed.out) == (0, f"{len(before.rules)} of {len(before.rules)} rules are approved.\n")
    assert run("fmt", "--check", str(folder / FILE)).status == 0


def test_an_entry_of_the_same_name_is_replaced_and_all_others_and_their_comments_stay(rulebook: Path) -> None:
    approve(rulebook, "pregnancy")
    approve(rulebook, "pregnancy", by="Dr: Müller #2", day="2026-11-20")
    approve(rulebook, "heart")
    text = (rulebook / FILE).read_text("utf-8")
    commented = text.replace("- rule: pregnancy", "# of the board\n- rule: pregnancy", 1)
    (rulebook / FILE).write_text(commented.replace("# yaml", "# Ours.\n# yaml"), "utf-8")
    approve(rulebook, "high-pressure", "pregnancy", "--route", "oral", day="2026-11-25")
    lines = (rulebook / FILE).read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("  ")] == [
        "# Ours.",
        "# yaml-language-server: $schema=schema/approvals.schema.json",
        "- rule: heart",
        "- rule: high-pressure",
        "# of the board",
        "- rule: pregnancy",
        "- rule: pregnancy",
        "- route: oral",
    ]
    assert {(name, by, one.day.day) for (_, name, by), one in approvals(rulebook).items()} == {
        ("heart", EXAMPLE, 22),
        ("high-pressure", EXAMPLE, 25),
        ("pregnancy", EXAMPLE, 25),
        ("pregnancy", "Dr: Müller #2", 20),
        ("oral", EXAMPLE, 25),
    }


@pytest.mark.parametrize(
    "name", ["no", "null", "Dr. A", "a: b", "# x", "- x", '"quoted"', "x, {y}", "1", "2026-11-22", "é"]
)
def test_every_name_that_can_be_read_is_written_so_that_it_is_read_again(rulebook: Path, name: str) -> None:
    assert approve(rulebook, "heart", by=name).status == 0
    assert [by for _, _, by in approvals(rulebook)] == [name]
    assert run("fmt", "--check", str(rulebook / FILE)).status == 0


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\u200bb", "a\x1b[31m"])
def test_a_name_that_nobody_can_read_is_refused(rulebook: Path, name: str) -> None:
    ran = approve(rulebook, "heart", by=name)
    assert (ran.status, "write letters that can be read" in flat(ran.err)) == (2, True)
    assert not (rulebook / FILE).exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hart"], "unknown rule `hart`; did you mean `heart`?"),
        (["--route", "im"], "unknown route `im`"),
        (["--patient", "young"], "no whole patient `young`"),
        ([], "name a rule, a route or a patient, or give --all"),
        (["heart", "--until", "2026-11-21"], "the last day is before the day of the approval"),
        (["heart", "--until", "soon"], "not a date; write 2026-11-22"),
    ],
)
def test_what_there_is_not_cannot_be_approved(rulebook: Path, words: list[str], said: str) -> None:
    ran = approve(rulebook, *words)
    assert (ran.status, said in flat(ran.err)) == (2, True)
    assert not (rulebook / FILE).exists()


def test_the_built_in_rulebook_is_not_approved_by_accident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("approve", "pregnancy", "--by", "X", "--role", "y", "--yes")
    assert (ran.status, "[no-rulebook]" in ran.err) == (2, True)


def test_only_those_whom_the_rulebook_lists_can_approve_and_in_their_role(rulebook: Path) -> None:
    with (rulebook / "rulebook.yaml").open("a", encoding="utf-8") as file:
        file.write("approvers:\n  - {name: Dr A. Meyer, role: psychiatrist}\n")
    other = approve(rulebook, "heart", by="Dr A. Meier")
    assert (other.status, flat(other.err)) == (
        2,
        "`Dr A. Meier` is not an approver of this rulebook; did you mean `Dr A. Meyer`? [not-an-approver]",
    )
    told = ("--rules", str(rulebook), "--by", "Dr A. Meyer", "--date", "2026-11-22", "--yes")
    wrong = run("approve", "heart", *told, "--role", "surgeon")
    assert (wrong.status, "[not-an-approver]" in wrong.err) == (2, True)
    assert run("approve", "heart", *told).status == 0
    (one,) = approvals(rulebook).values()
    assert one.role == "psychiatrist"


def test_without_a_list_of_approvers_the_role_must_be_said(rulebook: Path) -> None:
    ran = run("approve", "heart", "--rules", str(rulebook), "--by", "X", "--yes")
    assert (ran.status, "give --role" in ran.err) == (2, True)


def test_a_file_that_changes_while_its_sheet_is_read_is_not_approved(rulebook: Path) -> None:
    def answered() -> str:
        changed(rulebook, "parameters.yaml", BAR, "value: 170 mmHg")
        return "y"

    with patch("ketascreen.cli.approve._answer", answered):
        ran = asked(rulebook, "high-pressure", answers="")
    assert (ran.status, "was changed after its sheet was shown; nothing is written" in flat(ran.out)) == (2, True)
    assert not (rulebook / FILE).exists()


def test_an_approval_that_somebody_else_writes_meanwhile_stays(rulebook: Path) -> None:
    def answered() -> str:
        approve(rulebook, "heart", by="Another")
        return "y"

    with patch("ketascreen.cli.approve._answer", answered):
        assert asked(rulebook, "high-pressure", answers="").status == 0
    assert {(name, by) for _, name, by in approvals(rulebook)} == {("heart", "Another"), ("high-pressure", EXAMPLE)}
