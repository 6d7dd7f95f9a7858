"""The sheet that was approved, found in git's history: however far back it is, and whatever else stands there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketascreen import load_rulebook
from ketascreen.authoring.approving import earlier
from ketascreen.authoring.approving.earlier import earlier_sheet, kept_path, kept_text
from ketascreen.authoring.approving.subjects import SubjectName
from ketascreen.language.approval import SubjectKind
from ketascreen.language.sheet import Sheet
from tests.helpers.approve_command import BAR, changed, small_rulebook

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="it is git that keeps the sheet")
HIGH = SubjectName(SubjectKind.RULE, "high-pressure")


@pytest.fixture
def rulebook(tmp_path: Path) -> Iterator[Path]:
    """The small rulebook, committed to git as it is."""
    with small_rulebook(tmp_path) as folder:
        _git(folder, "init")
        _commit(folder)
        yield folder


def _git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    subprocess.run(["git", "-C", str(folder.parent), *who, *words], check=True, capture_output=True)


def _commit(folder: Path) -> None:
    _git(folder, "add", "-A")
    _git(folder, "commit", "-m", "a revision")


def _changed_later(folder: Path, revisions: int = 1) -> Sheet:
    """The sheet as it is; then the rule changes, revision after revision, and no revision names the sheet's digest."""
    sheet = load_rulebook(folder).sheets[HIGH.name]
    for number in range(revisions):
        changed(folder, "parameters.yaml", f"value: {180 - number} mmHg", f"value: {179 - number} mmHg")
        _commit(folder)
    return sheet


def test_a_sheet_is_found_that_is_several_revisions_back_and_that_no_revision_names(rulebook: Path) -> None:
    sheet = _changed_later(rulebook, 4)
    assert earlier_sheet(rulebook, HIGH, sheet.digest) == sheet


def test_a_sheet_that_is_further_back_than_is_searched_is_not_found(
    rulebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = _changed_later(rulebook, 2)
    monkeypatch.setattr(earlier, "MAX_REVISIONS", 3)
    assert earlier_sheet(rulebook, HIGH, sheet.digest) == sheet
    monkeypatch.setattr(earlier, "MAX_REVISIONS", 2)
    assert earlier_sheet(rulebook, HIGH, sheet.digest) is None


def test_documents_beside_the_rulebook_do_not_hide_a_sheet(rulebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (rulebook / "documents").mkdir()
    (rulebook / "documents" / "long.txt").write_bytes(b"x" * 100_000)
    for number in range(30):
        (rulebook / "documents" / f"{number}.txt").write_bytes(b"x")
    changed(rulebook, "exclusions/high-pressure.yaml", "The pressure is high.", "With documents, it is high.")
    _commit(rulebook)
    sheet = _changed_later(rulebook)
    monkeypatch.setattr(earlier, "MAX_TOTAL_BYTES", 100_000)
    monkeypatch.setattr(earlier, "MAX_FILES", 30)
    assert earlier_sheet(rulebook, HIGH, sheet.digest) == sheet


@pytest.mark.parametrize("limit", ["MAX_TOTAL_BYTES", "MAX_FILES"])
def test_a_revision_with_more_than_a_rulebook_may_have_is_passed_over_and_not_read_by_half(
    limit: str, rulebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = list(rulebook.rglob("*.yaml"))
    size = {"MAX_TOTAL_BYTES": sum(path.stat().st_size for path in files), "MAX_FILES": len(files)}[limit]
    sheet = _changed_later(rulebook)
    monkeypatch.setattr(earlier, limit, size)
    assert earlier_sheet(rulebook, HIGH, sheet.digest) == sheet
    (rulebook / "zz").mkdir()
    (rulebook / "zz" / "last.cases.yaml").write_text("# The last one, and too much.\n", "utf-8")
    changed(rulebook, "parameters.yaml", "value: 179 mmHg", BAR)
    _commit(rulebook)
    monkeypatch.setattr(earlier, "_revisions", lambda *_: iter(["HEAD"]))
    assert earlier_sheet(rulebook, HIGH, sheet.digest) is None


def test_a_kept_sheet_of_another_form_is_read_in_its_own_form(rulebook: Path) -> None:
    sheet = Sheet({"when": "x"}, {"say": "y"}, 7)
    path = kept_path(rulebook, sheet.digest)
    path.parent.mkdir()
    path.write_bytes(kept_text(sheet))
    assert sheet.digest.startswith("7-")
    assert earlier_sheet(rulebook, HIGH, sheet.digest) == sheet
