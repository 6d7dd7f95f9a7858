"""Git runs no program that a repository names while a rulebook in it is approved or its mutants are run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ketascreen import load_rulebook
from ketascreen.authoring.git import git
from ketascreen.authoring.mutation.git_diff import rules_changed_since
from tests.helpers.approve_command import BAR, approve, changed
from tests.helpers.rulebook_files import with_files

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="it is git that is asked")

RUNS = {
    "core.fsmonitor": "", "core.hooksPath": "hooks", "diff.external": "", "diff.evil.command": "",
    "diff.evil.textconv": "", "filter.evil.clean": "", "filter.evil.smudge": "", "filter.other.process": "",
    "filter.evil.required": "true", "gpg.program": "", "log.showSignature": "true",
}  # fmt: skip
"""The settings that name a program, each with its value if that is not the program."""


def told(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A file that is there once a program of the repository has run; the rulebook is in `rulebook` beside it."""
    with_files(tmp_path, {})
    trap = tmp_path / "ran"
    told(tmp_path, "init")
    (tmp_path / ".gitattributes").write_text("*.yaml diff=evil filter=evil\nheart.yaml filter=other\n", "utf-8")
    told(tmp_path, "add", "-A")
    told(tmp_path, "commit", "-m", "The first")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 $@ >> {trap}\ncat\n", "utf-8")
    program.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    shutil.copy(program, hooks / "post-index-change")
    for name, value in RUNS.items():
        told(tmp_path, "config", name, str(tmp_path / value) if value == "hooks" else value or str(program))
    (tmp_path / "rulebook" / "parameters.yaml").touch()  # so that git looks at the bytes again
    trap.unlink(missing_ok=True)
    return trap


def test_the_trap_catches_git_where_nobody_holds_it_back(trap: Path) -> None:
    subprocess.run(["git", "-C", str(trap.parent), "diff", "HEAD"], capture_output=True, timeout=20)
    assert trap.exists()


def test_to_approve_and_to_look_for_what_was_approved_runs_nothing(trap: Path) -> None:
    pytest.importorskip("ruamel.yaml", reason="`ketascreen approve` needs it")
    folder = trap.parent / "rulebook"
    assert approve(folder, "high-pressure").status == 0
    assert not (folder / "approved").exists(), "git has it"
    changed(folder, "parameters.yaml", BAR, "value: 170 mmHg")
    again = approve(folder, "high-pressure")
    assert "      was: 180 mmHg\n      now: 170 mmHg\n" in again.out
    assert not trap.exists(), trap.read_text("utf-8")


def test_to_look_for_the_rules_that_changed_runs_nothing(trap: Path) -> None:
    folder = trap.parent / "rulebook"
    assert rules_changed_since("HEAD", folder, load_rulebook(folder)) == frozenset()
    changed(folder, "parameters.yaml", BAR, "value: 170 mmHg")
    assert rules_changed_since("HEAD", folder, load_rulebook(folder)) == {"high-pressure"}
    assert not trap.exists(), trap.read_text("utf-8")


@pytest.mark.parametrize(
    "words",
    [("diff", "HEAD"), ("log", "-p"), ("log", "-S180"), ("show", "HEAD"), ("show", "HEAD:rulebook/routes.yaml"),
     ("archive", "--format=tar", "HEAD"), ("ls-files", "--others"), ("status",), ("diff",)],
    ids=" ".join,
)  # fmt: skip
def test_no_command_runs_anything(trap: Path, words: tuple[str, ...]) -> None:
    changed(trap.parent / "rulebook", "parameters.yaml", BAR, "value: 170 mmHg")
    assert git(trap.parent, *words) is not None
    assert not trap.exists(), trap.read_text("utf-8")


def test_a_filter_whose_name_cannot_be_told_to_git_is_refused(trap: Path) -> None:
    told(trap.parent, "config", "filter.a=b.clean", "false")
    assert git(trap.parent, "diff", "HEAD") is None
