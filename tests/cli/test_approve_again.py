"""`ketascreen approve` after a change: what changed since the sheet that was approved, from git or from a copy."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketascreen import load_rulebook
from tests.helpers.approve_command import BAR, EXAMPLE, approvals, approve, changed, small_rulebook
from tests.helpers.command_line import flat

pytest.importorskip("ruamel.yaml", reason="`ketascreen approve` needs it")


@pytest.fixture
def rulebook(tmp_path: Path) -> Iterator[Path]:
    """The small rulebook in a folder of which git knows nothing, with two whole patients."""
    with small_rulebook(tmp_path) as folder:
        yield folder


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


def commit_in(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="it is git that keeps the sheet")
def test_a_sheet_that_was_approved_and_never_committed_is_kept_beside_the_approvals(rulebook: Path) -> None:
    commit_in(rulebook, "init")
    commit_in(rulebook, "add", "-A")
    commit_in(rulebook, "commit", "-m", "180")
    changed(rulebook, "parameters.yaml", BAR, "value: 170 mmHg")
    approve(rulebook, "high-pressure", "heart")
    sheets = load_rulebook(rulebook).sheets
    assert [path.stem for path in (rulebook / "approved").iterdir()] == [sheets["high-pressure"].digest]
    changed(rulebook, "parameters.yaml", "value: 170 mmHg", "value: 160 mmHg")
    commit_in(rulebook, "add", "-A")
    commit_in(rulebook, "commit", "-m", "160")
    again = approve(rulebook, "high-pressure", day="2026-12-01").out
    assert "      was: 170 mmHg\n      now: 160 mmHg\n" in again
    assert not list((rulebook / "approved").iterdir()), "git has the new one, and nothing names the old one"


@pytest.mark.skipif(shutil.which("git") is None, reason="it is git that keeps the sheet")
@pytest.mark.parametrize("subject", [("high-pressure",), ("--patient", "vignettes/two.cases.yaml young")])
def test_git_keeps_the_approved_sheet_so_that_no_copy_is_written(rulebook: Path, subject: tuple[str, ...]) -> None:
    def git(*words: str) -> None:
        commit_in(rulebook.parent, *words)

    git("init")
    git("add", "-A")
    git("commit", "-m", "before")
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


def test_no_file_but_the_copy_of_a_sheet_is_ever_removed(rulebook: Path) -> None:
    (rulebook / "approved").mkdir()
    own = [rulebook / "approved" / name for name in ("1-notes.json", "1-.json", f"1-{'a' * 16}-{'b' * 15}.json")]
    for path in own:
        path.write_text("{}", "utf-8")
    left = rulebook / "approved" / f"1-{'a' * 16}-{'b' * 16}.json"
    left.write_text("{}", "utf-8")
    assert approve(rulebook, "heart").status == 0
    assert [path.exists() for path in (*own, left)] == [True, True, True, False]


def test_only_kept_sheets_are_passed_over_in_silence_in_their_folder(rulebook: Path) -> None:
    approve(rulebook, "heart")
    (kept,) = (rulebook / "approved").iterdir()
    (rulebook / "approved" / "notes.txt").write_text("x", "utf-8")
    rule = (rulebook / "exclusions" / "heart.yaml").read_text("utf-8").replace("id: heart", "id: heart-too")
    (rulebook / "approved" / "heart-too.yaml").write_text(rule, "utf-8")
    read = load_rulebook(rulebook)
    assert read.ignored == ("approved/notes.txt",)
    assert read.rule("heart-too") is not None  # a rule is never dropped
    assert kept.exists()
