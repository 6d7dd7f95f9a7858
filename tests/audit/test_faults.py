"""A ledger that cannot be written, read or trusted: an error by name, no verdict, and nothing of those before lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.schema import MIGRATIONS
from ketascreen.audit.store import Store
from ketascreen.audit.verify import verify_ledger
from tests.helpers.ledgers import lozenge_today, new_ledger
from tests.helpers.places import ROOT

MOUNTS = shutil.which("unshare") is not None and (
    subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0
)


def run(way: str, folder: Path, *, mounted: bool) -> dict[str, Any]:
    """What came of a fault, in a process of its own."""
    command = [sys.executable, "-m", "tests.helpers.ledger_faults", way, str(folder)]
    if mounted:
        shell = f'mount -t tmpfs -o size=4m tmpfs {folder} && exec "$@"'
        command = ["unshare", "-m", "sh", "-c", shell, "sh", *command]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.skipif(not MOUNTS, reason="file systems may not be mounted here")
def test_a_full_disk_gives_an_error_and_no_verdict_and_loses_nothing(tmp_path: Path) -> None:
    told = run("full", tmp_path, mounted=True)
    assert told["handed_out"] > 3
    assert told == {**told, "code": "ledger-full", "lost": 0, "flaws": 0, "goes_on": True}


def test_a_limit_on_the_size_of_files_does_the_same(tmp_path: Path) -> None:
    told = run("limit", tmp_path, mounted=False)
    assert told["handed_out"] > 3
    assert told["code"] in ("ledger-full", "ledger-system")
    assert told == {**told, "lost": 0, "flaws": 0, "goes_on": True}


@pytest.mark.skipif(not MOUNTS, reason="file systems may not be mounted here")
def test_a_file_system_that_is_read_only_does_the_same(tmp_path: Path) -> None:
    told = run("read-only", tmp_path, mounted=True)
    assert told == {"code": "ledger-read-only", "handed_out": 3, "lost": 0, "flaws": 0, "goes_on": True}


def test_a_lock_that_another_holds_gives_an_error_and_no_verdict(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path, busy_seconds=0.05)
    before = lozenge_today(ledger).receipt
    other = sqlite3.connect(ledger.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError) as refused:
        lozenge_today(ledger)
    assert refused.value.code == "ledger-locked"
    assert "another process uses it" in str(refused.value)
    other.execute("ROLLBACK")
    other.close()
    after = lozenge_today(ledger).receipt
    assert before is not None
    assert after is not None
    assert after.record == before.record + 1
    assert verify_ledger(ledger).flaws == ()


def test_what_does_not_read_back_is_not_handed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = new_ledger(tmp_path)
    monkeypatch.setattr(Store, "read_back", lambda self, numbers: [])
    with pytest.raises(LedgerError, match="did not store an entry as it was written") as refused:
        lozenge_today(ledger)
    assert refused.value.code == "ledger-not-stored"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"not a database" * 100, "ledger-foreign"), (b"SQLite format 3\0" + b"\xff" * 4096, "ledger-foreign")],
)
def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_is(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(data)
    for opening in (Ledger, Ledger.existing):
        with pytest.raises(LedgerError) as refused:
            opening(path)
        assert refused.value.code == code
    assert path.read_bytes() == data


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (a)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="another program's file") as refused:
        Ledger(path)
    assert refused.value.code == "ledger-foreign"
    assert path.read_bytes() == before


def test_a_ledger_that_was_cut_short_is_found_damaged_and_gives_no_verdict(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    lozenge_today(ledger)
    ledger.close()
    assert not list(tmp_path.glob("*-wal")), "what is on record is in the file itself once it is closed"
    data = ledger.path.read_bytes()
    ledger.path.write_bytes(data[: len(data) // 2])
    with pytest.raises(LedgerError, match="the file is damaged") as refused:
        lozenge_today(Ledger(ledger.path))
    assert refused.value.code == "ledger-damaged"


def test_nothing_is_put_behind_an_entry_that_was_altered(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    lozenge_today(ledger)
    with sqlite3.connect(ledger.path, isolation_level=None) as raw:
        raw.execute("DROP TRIGGER no_update")
        raw.execute("UPDATE entries SET recorded_at = '2026-11-22T08:00:00.000000Z' WHERE number = 3")
    raw.close()
    with pytest.raises(LedgerError, match="newest entry of the ledger") as refused:
        lozenge_today(ledger)
    assert refused.value.code == "ledger-damaged"
    assert ledger.head().number == 3


@pytest.mark.parametrize(("path", "code"), [("none/ledger.db", "ledger-missing"), (".", "ledger-refused")])
def test_a_place_where_no_ledger_can_be_is_said(tmp_path: Path, path: str, code: str) -> None:
    with pytest.raises(LedgerError) as refused:
        Ledger(tmp_path / path)
    assert refused.value.code == code


# Versions


def _more(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE entries ADD COLUMN more TEXT")


def test_a_ledger_of_an_older_version_is_brought_up_to_date_and_its_chain_stays_as_it_is(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    lozenge_today(ledger)
    head = ledger.head()
    ledger.close()
    store = Store(ledger.path, "rw", 1.0, (*MIGRATIONS, _more))
    with store.writing():
        pass
    assert [entry.digest for entry in store.entries()][-1] == head.digest
    store.close()
    with sqlite3.connect(ledger.path) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (2,)
        assert "more" in [row[1] for row in raw.execute("PRAGMA table_info(entries)")]
    raw.close()


def test_a_ledger_of_a_later_version_is_refused_by_name_and_left_as_it_is(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    ledger.close()
    with sqlite3.connect(ledger.path) as raw:
        raw.execute("PRAGMA user_version = 9")
    raw.close()
    with pytest.raises(LedgerError, match="has version 9, and this ketascreen reads versions up to 1") as refused:
        Ledger(ledger.path)
    assert refused.value.code == "ledger-newer"


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        _more(connection)
        raise sqlite3.OperationalError

    ledger = new_ledger(tmp_path)
    lozenge_today(ledger)
    ledger.close()
    store = Store(ledger.path, "rw", 1.0, (*MIGRATIONS, broken))
    with pytest.raises(LedgerError), store.writing():
        pass
    store.close()
    assert verify_ledger(Ledger(ledger.path)).flaws == ()
