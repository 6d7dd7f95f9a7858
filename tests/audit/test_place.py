"""A ledger file that is moved, removed or replaced under those who use it: an error, and never a lost receipt."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ketascreen import Verdict
from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.retention import import_chain
from ketascreen.audit.verify import verify_ledger
from tests.helpers.ledgers import decide, lozenge_today, new_ledger
from tests.helpers.places import ROOT


def archive(ledger: Path) -> None:
    ledger.rename(ledger.with_name("archive.db"))


def remove(ledger: Path) -> None:
    ledger.unlink()


def remove_all(ledger: Path) -> None:
    for file in ledger.parent.glob("ledger.db*"):
        file.unlink()


def replace(ledger: Path) -> None:
    ledger.with_name("older.db").replace(ledger)


def remove_log(ledger: Path) -> None:
    ledger.with_name("ledger.db-wal").unlink()


def remove_index(ledger: Path) -> None:
    ledger.with_name("ledger.db-shm").unlink()


def replace_log(ledger: Path) -> None:
    other = ledger.with_name("other-wal")
    other.write_bytes(b"")
    other.replace(ledger.with_name("ledger.db-wal"))


WAYS = [archive, remove, remove_all, replace, remove_log, remove_index, replace_log]


def opened(folder: Path) -> tuple[Ledger, Verdict]:
    """A ledger that is open, its newest screening still in its log; beside it an older copy, of entry 3."""
    ledger = new_ledger(folder)
    lozenge_today(ledger)
    ledger.close()
    shutil.copy(ledger.path, folder / "older.db")
    return ledger, lozenge_today(ledger)


def refused(work: Callable[[], object], code: str = "ledger-moved") -> None:
    with pytest.raises(LedgerError) as error:
        work()
    assert error.value.code == code


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_no_longer_in_its_place_gives_no_verdict(tmp_path: Path, way: Callable[[Path], None]) -> None:
    ledger, verdict = opened(tmp_path)
    way(ledger.path)
    for _ in range(3):
        refused(lambda: lozenge_today(ledger))
    refused(lambda: ledger.overrides("p-17"))
    refused(lambda: decide(ledger, verdict))
    refused(ledger.head)
    assert not (tmp_path / "ledger.db").exists() or way not in (archive, remove, remove_all), "no file is made anew"


def test_all_that_was_acknowledged_is_in_the_file_that_was_moved(tmp_path: Path) -> None:
    ledger, verdict = opened(tmp_path)
    archive(ledger.path)
    refused(lambda: lozenge_today(ledger))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["archive.db", "older.db"], "the log is in the file"
    with Ledger.existing(tmp_path / "archive.db") as moved:
        assert verdict.receipt is not None
        assert moved.head().number == verdict.receipt.record == 4
        assert verify_ledger(moved).flaws == ()


def test_a_file_that_is_moved_while_it_is_written_hands_out_no_receipt(tmp_path: Path) -> None:
    ledger, _ = opened(tmp_path)
    clock = ledger._clock

    def moves_meanwhile():  # type: ignore[no-untyped-def]
        if ledger.path.exists():
            archive(ledger.path)
        return clock()

    ledger._clock = moves_meanwhile
    refused(lambda: lozenge_today(ledger))


def test_an_older_copy_in_its_place_keeps_its_own_entries_and_gets_none_of_the_log(tmp_path: Path) -> None:
    ledger, _ = opened(tmp_path)
    replace(ledger.path)
    refused(lambda: lozenge_today(ledger))
    with Ledger.existing(ledger.path) as older:
        assert older.head().number == 3
        assert verify_ledger(older).flaws == ()


def test_a_log_that_was_removed_loses_nothing_that_an_open_ledger_still_has(tmp_path: Path) -> None:
    ledger, _ = opened(tmp_path)
    remove_log(ledger.path)
    refused(lambda: lozenge_today(ledger))
    ledger.close()
    assert ledger.head().number == 4
    assert lozenge_today(ledger).receipt is not None
    assert verify_ledger(ledger).flaws == ()


def test_one_that_was_moved_and_put_back_goes_on_after_it_was_closed(tmp_path: Path) -> None:
    ledger, _ = opened(tmp_path)
    archive(ledger.path)
    refused(lambda: lozenge_today(ledger))
    (tmp_path / "archive.db").rename(ledger.path)
    refused(lambda: lozenge_today(ledger))
    ledger.close()
    assert lozenge_today(ledger).receipt is not None
    assert verify_ledger(ledger).flaws == ()


def test_a_closed_ledger_does_not_go_on_in_an_older_copy_and_makes_no_new_file(tmp_path: Path) -> None:
    ledger, _ = opened(tmp_path)
    ledger.close()
    replace(ledger.path)
    refused(lambda: lozenge_today(ledger), "ledger-rolled-back")
    remove_all(ledger.path)
    refused(lambda: lozenge_today(ledger), "ledger-missing")
    assert list(tmp_path.iterdir()) == []


def test_no_new_ledger_is_made_beside_the_log_of_one_that_was_moved(tmp_path: Path) -> None:
    held = opened(tmp_path)  # by a process that has not noticed yet
    archive(held[0].path)
    refused(lambda: Ledger(tmp_path / "ledger.db"))
    assert not (tmp_path / "ledger.db").exists()


def test_two_ledgers_of_one_process_keep_the_log_that_another_process_would_remove(tmp_path: Path) -> None:
    # Opening and closing the file by hand would give up this process's locks on it.
    first = new_ledger(tmp_path)
    lozenge_today(first)
    with Ledger(tmp_path / "ledger.db"):
        pass
    code = "import sys; from ketascreen.audit import Ledger; Ledger(sys.argv[1]).close()"
    subprocess.run([sys.executable, "-c", code, str(first.path)], check=True)
    lozenge_today(first)
    with Ledger.existing(tmp_path / "ledger.db") as again:
        assert again.head().number == 4


def test_a_link_and_a_pipe_are_no_ledgers(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    (tmp_path / "link.db").symlink_to(tmp_path / "ledger.db")
    os.mkfifo(tmp_path / "pipe.db")
    for opening in (Ledger, Ledger.existing):
        refused(lambda opening=opening: opening(tmp_path / "link.db"), "ledger-refused")  # type: ignore[misc]
        with pytest.raises(LedgerError, match=r"pipe\.db is not a plain file; name a ledger") as error:
            opening(tmp_path / "pipe.db")
        assert error.value.code == "ledger-refused"


def test_an_empty_file_holds_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(LedgerError, match=r"empty\.db is empty; it holds no ledger") as error:
        Ledger.existing(tmp_path / "empty.db")
    assert error.value.code == "ledger-foreign"


def test_a_new_ledger_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ledger = new_ledger(tmp_path)
        lozenge_today(ledger)
        assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    finally:
        os.umask(before)


@pytest.mark.parametrize(("mode", "told"), [(0o600, 0), (0o640, 1), (0o606, 1)])
def test_a_ledger_that_others_may_read_or_write_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, told: int
) -> None:
    new_ledger(tmp_path).close()
    (tmp_path / "ledger.db").chmod(mode)
    with caplog.at_level(logging.WARNING, "ketascreen"), Ledger(tmp_path / "ledger.db") as ledger:
        lozenge_today(ledger)
        lozenge_today(ledger)
        assert [record.message for record in caplog.records] == [
            "others than its owner may read or write the ledger; close it to them with chmod 600"
        ] * told
        remarks = [one for one in verify_ledger(ledger).remarks if "chmod" in one]
        assert remarks == [f"others than its owner may read or write it: chmod 600 {ledger.path}"] * told


def copy_over(ledger: Path) -> None:
    copy = shutil.copy(ledger, ledger.with_name("copy.db"))
    Path(copy).replace(ledger)


def remove_log_and_go_on(ledger: Path) -> None:
    remove_log(ledger)
    remove_index(ledger)
    code = (
        "import sys, pathlib; from tests.helpers.ledgers import *; lozenge_today(new_ledger(pathlib.Path(sys.argv[1])))"
    )
    subprocess.run([sys.executable, "-c", code, str(ledger.parent)], check=True, cwd=ROOT)


def in_reach(folder: Path) -> set[tuple[int, str]]:
    """Number and digest of every record that an operator finds: in the ledgers, and in the rescue files imported."""
    for number, file in enumerate(folder.glob("*.rescued-*.jsonl")):
        assert file.stat().st_mode & 0o777 == 0o600
        import_chain(file, folder / f"imported-{number}.db")
    found = set()
    for path in folder.glob("*.db"):
        with Ledger.existing(path) as ledger:
            assert verify_ledger(ledger).flaws == ()
            found |= {(entry.number, entry.record.digest) for entry in ledger.entries()}
    return found


@pytest.mark.parametrize("noticed_by", ["the next screening", "the end"])
@pytest.mark.parametrize("way", [*WAYS, copy_over, remove_log_and_go_on])
def test_each_record_that_was_acknowledged_is_in_reach_afterwards(
    tmp_path: Path, way: Callable[[Path], None], noticed_by: str
) -> None:
    ledger, verdict = opened(tmp_path)
    acknowledged = [verdict.receipt, lozenge_today(ledger).receipt]
    way(ledger.path)
    with pytest.raises(LedgerError, match="ledger-moved") as error:
        ledger.close() if noticed_by == "the end" else lozenge_today(ledger)
    rescued = [str(file) for file in tmp_path.glob("ledger.db.rescued-*.jsonl")]
    assert len(rescued) == (way is not archive), "a file that was moved holds all itself"
    assert all(file in str(error.value) for file in rescued)
    assert {(receipt.record, receipt.digest) for receipt in acknowledged if receipt} <= in_reach(tmp_path)


def test_a_log_is_not_removed_while_nothing_else_holds_what_is_in_it(tmp_path: Path) -> None:
    ledger, _ = opened(tmp_path)
    written = ledger.path.with_name("ledger.db-wal").stat().st_ino
    copy_over(ledger.path)
    refused(lambda: lozenge_today(ledger))
    aside = [file for file in tmp_path.iterdir() if file.stat().st_ino == written]
    assert [file.name for file in aside] == [f"ledger.db-wal.rescued-{os.getpid()}"], "nor is it beside the copy"


def test_a_rescue_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    ledger, _ = opened(tmp_path / "folder")
    shutil.rmtree(tmp_path / "folder")
    with pytest.raises(LedgerError, match=r"could not be saved: .*jsonl cannot be written \(No such file"):
        lozenge_today(ledger)


def test_a_second_rescue_of_one_process_does_not_lie_over_the_first(tmp_path: Path) -> None:
    ledgers = [opened(tmp_path)[0], Ledger(tmp_path / "ledger.db")]
    remove(tmp_path / "ledger.db")
    for ledger in ledgers:
        refused(ledger.close)
    assert len(list(tmp_path.glob("ledger.db.rescued-*.jsonl"))) == 2
