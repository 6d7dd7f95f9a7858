"""What approvals.yaml is after `ketascreen approve` and `withdraw`, whatever happens while they write it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ketascreen import load_rulebook
from ketascreen.authoring.approving import write
from ketascreen.authoring.editing import writing
from ketascreen.diagnostic import Place
from ketascreen.language.approval import Approval
from ketascreen.runtime.whole_file import write_whole
from ketascreen.syntax.folder import read_folder
from ketascreen.syntax.problems import Problems
from tests.helpers.approve_command import BAR, EXAMPLE, FILE, approvals, approve, asked, changed, small_rulebook
from tests.helpers.command_line import Ran, flat, run

pytest.importorskip("ruamel.yaml", reason="`ketascreen approve` needs it")


@pytest.fixture
def rulebook(tmp_path: Path) -> Iterator[Path]:
    """The small rulebook in a folder of which git knows nothing, with two whole patients."""
    with small_rulebook(tmp_path) as folder:
        yield folder


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

    def stopped(path: Path, data: bytes, mode: int = 0o600, **more: Any) -> None:
        if path.name == FILE and when == "before":
            raise KeyboardInterrupt
        whole(path, data, mode, **more)
        if path.name == FILE:
            raise KeyboardInterrupt

    with patch.object(writing, "write_whole", stopped), pytest.raises(KeyboardInterrupt):
        write.write_approvals(rulebook, list(_again(rulebook)))
    found = {name for _, name, _ in approvals(rulebook)}
    assert found == ({"heart"} if when == "before" else {"heart", "pregnancy"})
    assert ((rulebook / FILE).read_bytes() == old) is (when == "before")
    assert read_folder(rulebook, Problems()).ignored == ()


def test_an_approval_of_a_day_before_the_one_that_it_would_replace_is_refused(rulebook: Path) -> None:
    approve(rulebook, "heart", day="2026-11-22")
    old = (rulebook / FILE).read_bytes()
    ran = approve(rulebook, "pregnancy", "heart", day="2026-11-21")
    said = f"`{EXAMPLE}` approved or withdrew `heart` on 2026-11-22, after 2026-11-21; nothing is written; give --date"
    assert (ran.status, said in flat(ran.err)) == (2, True)
    assert (rulebook / FILE).read_bytes() == old
    assert approve(rulebook, "heart", by="Another", day="2026-11-21").status == 0
    assert approve(rulebook, "heart", day="2026-11-22").status == 0
    withdraw(rulebook, "heart", day="2026-11-24")
    assert approve(rulebook, "heart", day="2026-11-23").status == 2
    assert approve(rulebook, "heart", day="2026-11-24").status == 0


def test_a_file_where_the_folder_of_kept_sheets_must_be_is_named(rulebook: Path) -> None:
    (rulebook / "approved").write_text("Ours.", "utf-8")
    ran = approve(rulebook, "heart")
    assert ran.status == 2
    assert f"{rulebook / 'approved'}: a file, and a copy of the sheet" in flat(ran.err)
    assert "rename the file" in flat(ran.err)
    assert not (rulebook / FILE).exists()


def withdraw(folder: Path, rule: str, *, by: str = EXAMPLE, day: str = "2026-11-23") -> Ran:
    return run("withdraw", rule, "--rules", str(folder), "--by", by, "--reason", "Read again", "--date", day)


def test_a_withdrawal_that_an_editor_writes_while_an_approval_is_written_is_not_lost(rulebook: Path) -> None:
    approve(rulebook, "heart")
    approve(rulebook, "pregnancy", by="Another")
    old = (rulebook / FILE).read_bytes()
    assert withdraw(rulebook, "heart").status == 0
    withdrawn = (rulebook / FILE).read_bytes()
    (rulebook / FILE).write_bytes(old)
    whole = write_whole

    def meanwhile(path: Path, data: bytes, mode: int = 0o600, **more: Any) -> None:
        if path.name == FILE:
            path.write_bytes(withdrawn)
        whole(path, data, mode, **more)

    commands: list[Callable[[], Ran]] = [
        lambda: approve(rulebook, "high-pressure", by="Another"),
        lambda: withdraw(rulebook, "pregnancy", by="Another"),
    ]
    for ran in commands:
        (rulebook / FILE).write_bytes(old)
        with patch.object(writing, "write_whole", meanwhile):
            told = ran()
        assert (told.status, told.out.count("written")) == (2, 0)
        assert "was changed meanwhile; nothing is written; run it again [approve]" in flat(told.err)
        assert (rulebook / FILE).read_bytes() == withdrawn
    assert {path.name for path in rulebook.iterdir() if path.name.startswith(".")} == set()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems may lock no folders")
def test_without_the_lock_of_the_folder_nothing_is_written(rulebook: Path) -> None:
    approve(rulebook, "heart")
    old = (rulebook / FILE).read_bytes()
    import fcntl

    held = os.open(rulebook, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        with patch("ketascreen.runtime.whole_file._WAIT_SECONDS", 0.01):
            for told in (approve(rulebook, "pregnancy"), withdraw(rulebook, "heart")):
                assert told.status == 2
                assert "another process has locked the folder; nothing is written; wait until" in flat(told.err)
    finally:
        os.close(held)
    assert (rulebook / FILE).read_bytes() == old
    assert withdraw(rulebook, "heart").status == 0


def _again(rulebook: Path) -> Iterator[Approval]:
    (one,) = approvals(rulebook).values()
    sheet = load_rulebook(rulebook).sheets["pregnancy"]
    yield Approval(one.kind, "pregnancy", sheet.digest, one.by, one.role, one.day, one.place)


def test_only_entries_of_approvals_yaml_are_written_again(rulebook: Path) -> None:
    approve(rulebook, "heart")
    read = load_rulebook(rulebook)
    (one,) = read.approvals
    elsewhere = replace(one, place=Place("laws.yaml", 3, 1))
    assert write.own_approvals(replace(read, approvals=(elsewhere, one))) == (one,)
