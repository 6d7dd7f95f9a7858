"""A ledger file that another program writes over in its place, a rescue that is tried again, and a program's end."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.verify import verify_file
from tests.helpers.ledgers import lozenge_today, new_ledger
from tests.helpers.places import ROOT


def grown(folder: Path) -> tuple[Ledger, Path]:
    """An open ledger, and a copy of its file from when it was smaller."""
    new_ledger(folder).close()
    copy = folder / "copy.db"
    shutil.copy(folder / "ledger.db", copy)
    with new_ledger(folder) as ledger:
        for number in range(3):
            lozenge_today(ledger, reference=f"p-{number}")
    ledger = new_ledger(folder)
    lozenge_today(ledger, reference="p-3")
    return ledger, copy


def written_over(ledger: Path, copy: Path) -> None:
    ledger.write_bytes(copy.read_bytes())


def cut(ledger: Path, _: Path) -> None:
    os.truncate(ledger, 0)


@pytest.mark.parametrize("way", [written_over, cut])
def test_a_file_that_is_smaller_than_it_was_gives_no_verdict(tmp_path: Path, way: object) -> None:
    ledger, copy = grown(tmp_path)
    way(ledger.path, copy)  # type: ignore[operator]
    for use in (lambda: lozenge_today(ledger), ledger.close):
        with pytest.raises(LedgerError, match="or written over while it was open") as error:
            use()
        assert error.value.code == "ledger-moved"
    assert [file.name for file in tmp_path.glob("ledger.db-wal*")] == [f"ledger.db-wal.rescued-{os.getpid()}"], (
        "the log belongs to the file that was written over"
    )


def test_a_file_that_grows_is_in_its_place(tmp_path: Path) -> None:
    ledger, _ = grown(tmp_path)
    with new_ledger(tmp_path) as other:
        for number in range(40):
            lozenge_today(other, reference=f"p-{number}")
        assert lozenge_today(ledger).receipt is not None


@contextmanager
def no_room() -> Iterator[None]:
    before, signals = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, signals)


@pytest.mark.parametrize("noticed_by", ["a use", "the end"])
def test_a_rescue_for_which_there_was_no_room_is_made_once_there_is(tmp_path: Path, noticed_by: str) -> None:
    ledger, _ = grown(tmp_path)
    ledger.path.unlink()
    with no_room(), pytest.raises(LedgerError, match=r"could not be saved: .* It is tried again at each use"):
        lozenge_today(ledger)
    with pytest.raises(LedgerError, match="what it still held, up to entry 6, is in"):
        ledger.close() if noticed_by == "the end" else lozenge_today(ledger)
    (rescued,) = tmp_path.glob("*.rescued-*.jsonl")
    assert verify_file(rescued).head.number == 6
    ledger.close()  # a second one has nothing to say


def test_the_logs_of_two_ledgers_are_put_aside_under_two_names(tmp_path: Path) -> None:
    for _ in range(2):
        ledger, _ = grown(tmp_path)
        shutil.copy(ledger.path, tmp_path / "new.db")
        (tmp_path / "new.db").replace(ledger.path)
        with pytest.raises(LedgerError, match="ledger-moved"):
            ledger.close()
    aside = f"ledger.db-wal.rescued-{os.getpid()}"
    assert sorted(file.name for file in tmp_path.glob("ledger.db-wal*")) == [aside, f"{aside}-2"]


def test_a_program_that_ends_without_closing_saves_what_it_holds_and_keeps_the_head(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, logging; from tests.helpers.ledgers import *; logging.basicConfig()\n"
        "folder = pathlib.Path(sys.argv[1]); ledger = new_ledger(folder, heads=folder / 'head')\n"
        "lozenge_today(ledger)\n"
        "if sys.argv[2] == 'removed': ledger.path.unlink()\n"
    )
    for name in ("removed", "kept"):
        (tmp_path / name).mkdir()
        command = [sys.executable, "-c", code, str(tmp_path / name), name]
        said = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stderr
        assert ("up to entry 3, is in" in said) is (name == "removed")
        assert '"number":3' in (tmp_path / name / "head").read_text()
    assert len(list(tmp_path.glob("removed/*.rescued-*.jsonl"))) == 1


def test_a_ledger_that_was_refused_leaves_no_log_open(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    with new_ledger(tmp_path) as ledger:
        lozenge_today(ledger)
    with pytest.raises(LedgerError, match="--heads-new"):
        new_ledger(tmp_path, heads=tmp_path / "head")
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]


def test_the_log_that_a_removed_ledger_left_names_the_file_that_holds_what_was_in_it(tmp_path: Path) -> None:
    ledger, _ = grown(tmp_path)
    ledger.path.unlink()
    with pytest.raises(LedgerError, match="up to entry 6"):
        ledger.close()
    (rescued,) = tmp_path.glob("*.rescued-*.jsonl")
    with pytest.raises(LedgerError, match=f"saved in {rescued}: move the log aside, and import that") as error:
        new_ledger(tmp_path)
    assert error.value.code == "ledger-moved"
