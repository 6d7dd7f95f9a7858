"""`ketascreen approve`, `withdraw`, `rules --unapproved`, `sign --at-least`: who has read what, from first to last."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from ketascreen import load_rulebook
from ketascreen.authoring.approving import write
from ketascreen.cli.commands import main
from ketascreen.language.approval import Approval
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.signature import FILE as SIGNATURE
from ketascreen.runtime.whole_file import write_whole
from ketascreen.syntax.folder import read_folder
from ketascreen.syntax.problems import Problems
from tests.helpers.command_line import Ran, flat, run
from tests.helpers.places import ROOT
from tests.helpers.rulebook_files import GOOD, of_format_1, text_of, with_files
from tests.helpers.signing_keys import key_files

pytest.importorskip("ruamel.yaml", reason="`ketascreen approve` needs it")

EXAMPLE = "Example Clinician (not real)"
FILE = "approvals.yaml"
BAR = "value: 180 mmHg"


@pytest.fixture
def rulebook(tmp_path: Path) -> Iterator[Path]:
    """The small rulebook in a folder of which git knows nothing, with two whole patients."""
    with patch.dict(os.environ, {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}):
        yield with_files(tmp_path, {"vignettes/two.cases.yaml": PATIENTS})


PATIENTS = """\
- name: young
  as_of: 2026-11-22T09:00:00Z
  given: {age: {value: 30, at: 2026-11-22}}
  expect: {decisions: {iv: insufficient_data}}
- name: old
  as_of: 2026-11-22T09:00:00Z
  given: {age: {value: 80, at: 2026-11-22}}
  expect: {decisions: {iv: insufficient_data}}
"""


def approve(folder: Path, *words: str, by: str = EXAMPLE, day: str = "2026-11-22", yes: bool = True) -> Ran:
    told = ("--rules", str(folder), "--by", by, "--role", "psychiatrist", "--date", day)
    return run("approve", *words, *told, *(["--yes"] if yes else []))


def asked(folder: Path, *words: str, answers: str) -> Ran:
    """The same at a terminal, with these answers."""
    told = ("--rules", str(folder), "--by", EXAMPLE, "--role", "psychiatrist", "--date", "2026-11-22")
    with patch("ketascreen.cli.approve.at_a_terminal", lambda: True):
        ran = CliRunner().invoke(main, ["approve", *words, *told], input=answers)
    return Ran(ran.exit_code, ran.output, "")


def approvals(folder: Path) -> dict[tuple[str, str, str], Approval]:
    return {(str(one.kind), one.name, one.by): one for one in load_rulebook(folder).approvals}


def changed(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text("utf-8")
    assert text.count(old) == 1
    (folder / path).write_text(text.replace(old, new), "utf-8")


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


def test_a_change_of_what_a_rule_decides_is_shown_beside_what_was_approved(rulebook: Path) -> None:
    approve(rulebook, "high-pressure")
    changed(rulebook, "parameters.yaml", BAR, "value: 170 mmHg")
    again = approve(rulebook, "high-pressure", day="2026-12-01").out
    shown = again[again.index("Changed since") :]
    assert shown.startswith(
        f"""\
Changed since {EXAMPLE} approved on 2026-11-22
  It decides otherwise:
    When
      was:
        at least one of these:
          - all of these:
              - hypertension is diagnosed
              - systolic_bp between 140 mmHg and 180 mmHg
          - systolic_bp at least 180 mmHg (severe_systolic)
      now:
        at least one of these:
          - all of these:
              - hypertension is diagnosed
              - systolic_bp between 140 mmHg and 180 mmHg
          - systolic_bp at least 170 mmHg (severe_systolic)
"""
    )
    assert "    Parameter severe_systolic: Value\n      was: 180 mmHg\n      now: 170 mmHg\n" in shown
    assert "other words" not in shown
    (one,) = approvals(rulebook).values()
    assert (one.sheet, one.day.isoformat()) == (load_rulebook(rulebook).sheets["high-pressure"].digest, "2026-12-01")
    assert [path.stem for path in (rulebook / "approved").iterdir()] == [one.sheet]


def test_a_change_of_words_alone_is_told_apart(rulebook: Path) -> None:
    approve(rulebook, "high-pressure")
    changed(rulebook, "exclusions/high-pressure.yaml", "say: The pressure is high.", "say: It is too high.")
    again = approve(rulebook, "high-pressure").out
    assert "  What it decides is the same.\n  It says it in other words:\n    Say\n" in again
    assert "      was: The pressure is high.\n      now: It is too high.\n" in again


def test_what_did_not_change_is_said_to_be_the_same(rulebook: Path) -> None:
    approve(rulebook, "high-pressure")
    assert f"Nothing has changed since {EXAMPLE} approved on 2026-11-22." in flat(
        approve(rulebook, "high-pressure").out
    )


def test_a_sheet_that_nobody_kept_is_said_to_be_lost_and_shown_whole(rulebook: Path) -> None:
    approve(rulebook, "high-pressure")
    shutil.rmtree(rulebook / "approved")
    changed(rulebook, "parameters.yaml", BAR, "value: 170 mmHg")
    again = approve(rulebook, "high-pressure").out
    assert f"This is not the sheet that {EXAMPLE} approved on 2026-11-22.\n" in again
    assert "neither in git's history nor in approved/" in flat(again)
    assert "systolic_bp at least 170 mmHg (severe_systolic)" in again


def test_a_kept_sheet_that_somebody_altered_does_not_count(rulebook: Path) -> None:
    approve(rulebook, "high-pressure")
    (kept,) = (rulebook / "approved").iterdir()
    kept.write_text(kept.read_text("utf-8").replace('"180"', '"190"'), "utf-8")
    changed(rulebook, "parameters.yaml", BAR, "value: 170 mmHg")
    assert "This is not the sheet" in approve(rulebook, "high-pressure").out


@pytest.mark.skipif(shutil.which("git") is None, reason="it is git that keeps the sheet")
@pytest.mark.parametrize("subject", [("high-pressure",), ("--patient", "vignettes/two.cases.yaml young")])
def test_git_keeps_the_approved_sheet_so_that_no_copy_is_written(rulebook: Path, subject: tuple[str, ...]) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", "-C", str(rulebook.parent), *who, *words], check=True, capture_output=True)

    git("init")
    approve(rulebook, *subject)
    assert not (rulebook / "approved").exists()
    for number in range(3):
        git("add", "-A")
        git("commit", "-m", f"revision {number}")
        changed(rulebook, "parameters.yaml", f"value: {180 - number} mmHg", f"value: {179 - number} mmHg")
    changed(rulebook, "vignettes/two.cases.yaml", "value: 30,", "value: 31,")
    again = approve(rulebook, *subject).out
    was, now = ("180 mmHg", "177 mmHg") if len(subject) == 1 else ("30", "31")
    assert f"Changed since {EXAMPLE} approved on 2026-11-22" in again
    changes = again.partition("Changed since")[2]
    assert was in changes.partition("was:")[2].partition("now:")[0]
    assert now in changes.partition("now:")[2]


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


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_interrupted_write_leaves_the_old_file_or_the_new_one(rulebook: Path, when: str) -> None:
    approve(rulebook, "heart")
    old = (rulebook / FILE).read_bytes()
    whole = write_whole

    def stopped(path: Path, data: bytes, mode: int = 0o600) -> None:
        if path.name == FILE and when == "before":
            raise KeyboardInterrupt
        whole(path, data, mode)
        if path.name == FILE:
            raise KeyboardInterrupt

    with patch.object(write, "write_whole", stopped), pytest.raises(KeyboardInterrupt):
        write.write_approvals(rulebook, list(_again(rulebook)))
    found = {name for _, name, _ in approvals(rulebook)}
    assert found == ({"heart"} if when == "before" else {"heart", "pregnancy"})
    assert ((rulebook / FILE).read_bytes() == old) is (when == "before")
    assert read_folder(rulebook, Problems()).ignored == ()


def _again(rulebook: Path) -> Iterator[Approval]:
    (one,) = approvals(rulebook).values()
    sheet = load_rulebook(rulebook).sheets["pregnancy"]
    yield Approval(one.kind, "pregnancy", sheet.digest, one.by, one.role, one.day, one.place)


# withdraw


def test_a_withdrawn_approval_stays_in_the_file_and_counts_no_more_from_its_day_on(rulebook: Path) -> None:
    approve(rulebook, "heart")
    told = ("--rules", str(rulebook), "--reason", "New: guidance", "--date", "2026-12-01")
    ran = run("withdraw", "heart", "--by", EXAMPLE, *told)
    assert (ran.status, flat(ran.out)) == (
        0,
        f"Withdrawn: `heart`, approved by {EXAMPLE} on 2026-11-22, from 2026-12-01 on.",
    )
    (one,) = approvals(rulebook).values()
    assert one.withdrawn is not None
    assert (one.withdrawn.by, one.withdrawn.reason) == (EXAMPLE, "New: guidance")
    standing = {
        day: json.loads(run("rules", "--rules", str(rulebook), "--unapproved", "--json", "--date", day).out)["counts"]
        for day in ("2026-11-30", "2026-12-01")
    }
    assert standing == {"2026-11-30": {"none": 7}, "2026-12-01": {"withdrawn": 1, "none": 7}}
    assert run("fmt", "--check", str(rulebook / FILE)).status == 0
    again = run("withdraw", "heart", "--by", EXAMPLE, *told)
    assert (again.status, "has no approval of `heart` that is not withdrawn" in flat(again.err)) == (2, True)
    shown = approve(rulebook, "heart", day="2026-12-02").out
    assert f"Withdrawn by {EXAMPLE} on 2026-12-01: New: guidance" in shown
    (one,) = approvals(rulebook).values()
    assert one.withdrawn is None


def test_another_ones_approval_is_withdrawn_only_if_it_is_named(rulebook: Path) -> None:
    approve(rulebook, "heart")
    told = ("withdraw", "heart", "--rules", str(rulebook), "--by", "Board", "--reason", "x", "--date", "2026-11-23")
    ran = run(*told)
    assert (ran.status, f"--of names one of `{EXAMPLE}`" in flat(ran.err)) == (2, True)
    assert run(*told, "--of", EXAMPLE).status == 0
    (one,) = approvals(rulebook).values()
    assert one.withdrawn is not None
    assert (one.by, one.withdrawn.by) == (EXAMPLE, "Board")


def test_an_approval_is_not_withdrawn_before_it_was_given(rulebook: Path) -> None:
    approve(rulebook, "heart")
    told = ("--by", EXAMPLE, "--reason", "x", "--date", "2026-11-21")
    assert run("withdraw", "heart", "--rules", str(rulebook), *told).status == 2
    assert approvals(rulebook)[("rule", "heart", EXAMPLE)].withdrawn is None


def test_an_approval_of_what_is_gone_can_be_withdrawn(rulebook: Path) -> None:
    patient = "vignettes/two.cases.yaml young"
    approve(rulebook, "--patient", patient)
    changed(rulebook, "vignettes/two.cases.yaml", "name: young", "name: younger")
    told = ("--by", EXAMPLE, "--reason", "x", "--date", "2026-11-23")
    assert run("withdraw", "--patient", patient, "--rules", str(rulebook), *told).status == 0


# rules --unapproved


def test_each_rule_without_an_approval_that_stands_is_listed_with_the_reason(rulebook: Path) -> None:
    approve(rulebook, "heart", "high-pressure", "not-resistant")
    approve(rulebook, "pregnancy", "--until", "2026-11-30")
    approve(rulebook, "young", day="2027-01-01")
    changed(rulebook, "parameters.yaml", BAR, "value: 170 mmHg")
    changed(rulebook, "reviews/not-resistant.yaml", "title: ", "title: Otherwise ")
    ran = run("rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-01")
    assert ran.status == 1
    assert flat(ran.out) == (
        "exclude high-pressure: decides otherwise than Example Clinician (not real) approved on 2026-11-22 "
        "review kidney-function: nobody has approved it "
        "review not-resistant: other words than Example Clinician (not real) approved on 2026-11-22; what it decides "
        "is the same "
        "exclude pregnancy: the approval of Example Clinician (not real) ended on 2026-11-30 "
        "review unrecognised-diagnosis: nobody has approved it "
        "review unrecognised-heart-condition: nobody has approved it "
        "caution young: the approval of Example Clinician (not real) counts from 2027-01-01 on "
        "1 of 8 rules are approved; not approved: 1 reworded, 1 lapsed, 1 ended, 1 still to come, 3 without an "
        "approval."
    )
    told = json.loads(
        run(
            "rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-01", "--effect", "exclude", "--json"
        ).out
    )
    assert told == {
        "date": "2026-12-01",
        "rules": 3,
        "approved": 1,
        "counts": {"lapsed": 1, "ended": 1},
        "unapproved": [
            {"rule": rule, "effect": "exclude", "why": why, "by": EXAMPLE, "date": "2026-11-22"}
            for rule, why in (("high-pressure", "lapsed"), ("pregnancy", "ended"))
        ],
        "ignored": [],
    }


def test_a_rulebook_of_format_1_has_sign_offs_that_count_for_nothing_and_gets_no_approvals(tmp_path: Path) -> None:
    signed = text_of("exclusions/heart.yaml") + "sign_off: {status: approved, by: Old Hand, date: 2026-01-01}\n"
    folder = of_format_1(tmp_path, {"exclusions/heart.yaml": signed})
    ran = run("rules", "--rules", str(folder), "--unapproved", "--date", "2026-12-01", "--effect", "exclude")
    assert "exclude heart: signed off by Old Hand, and nothing says what was read\n" in ran.out
    refused = approve(folder, "heart")
    assert (refused.status, "ketascreen fmt --format 2" in flat(refused.err)) == (2, True)
    assert not (folder / FILE).exists()


def test_of_several_approvals_the_best_counts(rulebook: Path) -> None:
    approve(rulebook, "heart", "--until", "2026-11-23")
    approve(rulebook, "heart", by="Another", day="2026-11-23")
    listed = run("rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-01").out
    assert "heart" not in listed.replace("unrecognised-heart-condition", "")


def test_no_shipped_rule_is_approved() -> None:
    told = json.loads(run("rules", "--unapproved", "--json").out)
    assert (told["approved"], set(told["counts"])) == (0, {"none"})


# sign --at-least


def test_a_release_with_too_few_approved_rules_is_not_signed(rulebook: Path, tmp_path: Path) -> None:
    private, _ = key_files(tmp_path)
    approve(rulebook, "heart", "pregnancy")
    sign = ("sign", str(rulebook), "--key", str(private), "--date", "2026-11-22", "--at-least")
    few = run(*sign, "3")
    assert (few.status, "2 of 8 rules approved on 2026-11-22, and --at-least asks for 3" in flat(few.err)) == (2, True)
    assert not (rulebook / SIGNATURE).exists()
    enough = run(*sign, "2")
    assert (enough.status, "\nApproved: 2 of 8 rules\n" in enough.out) == (0, True)
    after = approve(rulebook, "young").out
    assert "The signature of the release does not fit any more: sign it again." in after


def test_the_small_rulebook_of_the_tests_has_eight_rules() -> None:
    assert len(load_rulebook(GOOD).rules) == 8


# docs/approving.md (its session is run by tests/authoring/test_writing_rules.py)

PAGE = (ROOT / "docs" / "approving.md").read_text("utf-8")


def test_the_entry_that_the_page_shows_is_that_of_the_sheet_that_it_shows() -> None:
    first = PAGE.partition("Sheet: ")[2].partition("\n")[0]
    assert f"```yaml\n- rule: older-adult\n  sheet: {first}\n  by: {EXAMPLE}\n" in PAGE


def test_the_page_shows_an_approval_a_lapse_a_second_approval_and_a_withdrawal() -> None:
    order = ["1 of 1 written", "decides otherwise than", "It decides otherwise:", "Withdrawn: `older-adult`"]
    assert [PAGE.index(one) for one in order] == sorted(PAGE.index(one) for one in order)
    assert "**Nobody checks who you are.**" in PAGE


def test_the_page_of_roles_names_commands_and_options_that_there_are() -> None:
    page = (ROOT / "docs" / "who-may-change-what.md").read_text("utf-8")
    gates = re.findall(r"\| `ketascreen ([a-z]+)([^`]*)` \|", page)
    assert [name for name, _ in gates] == ["check", "test", "rules", "sign", "screen"]
    for name, words in gates:
        helped = run(name, "--help").out
        assert [word for word in words.split() if word.startswith("--") and word not in helped] == []
