"""A head that more than one keeps: signed and not, several processes, other users, and what is on record without it."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from ketascreen import RequestError
from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.chain import Head
from ketascreen.audit.heads import KeptHead
from ketascreen.audit.retention import retire
from ketascreen.audit.signed_head import read_head
from ketascreen.runtime import whole_file
from ketascreen.signing import read_signing_key
from tests.helpers.ledgers import changed, clock, lozenge_today, new_ledger
from tests.helpers.screening import AS_OF
from tests.helpers.signing_keys import key_files


def number_in(path: Path) -> int:
    return read_head(path).head.number


def test_a_signed_one_is_not_replaced_by_one_that_is_not(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    key = read_signing_key(key_files(tmp_path / "keys")[0], lambda: None)
    with new_ledger(tmp_path, heads=KeptHead(tmp_path / "head", key=key)) as ledger:
        lozenge_today(ledger)
    with pytest.raises(LedgerError, match=r"is signed; give its key \(--heads-key\)"):
        new_ledger(tmp_path, heads=tmp_path / "head")
    assert read_head(tmp_path / "head").signature is not None
    assert Ledger.existing(tmp_path / "ledger.db", heads=tmp_path / "head").head().number == 3, "to read needs no key"


def test_a_record_after_the_ledger_was_closed_is_in_it_too(tmp_path: Path) -> None:
    with new_ledger(tmp_path, heads=tmp_path / "head") as ledger:
        lozenge_today(ledger)
    assert number_in(tmp_path / "head") == 3
    lozenge_today(ledger)
    assert number_in(tmp_path / "head") == 4


def test_an_entry_that_was_not_read_back_is_not_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = new_ledger(tmp_path, heads=KeptHead(tmp_path / "head", every=1))
    lozenge_today(ledger)
    with monkeypatch.context() as patched:
        patched.setattr(type(ledger._store), "read_back", lambda *_: [])
        with pytest.raises(LedgerError, match="whether its file was written over"):
            lozenge_today(ledger)
        ledger.close()
    assert number_in(tmp_path / "head") == 3


def test_where_it_cannot_be_kept_the_entry_is_said_to_be_on_record(tmp_path: Path) -> None:
    (tmp_path / "heads").mkdir()
    ledger = new_ledger(tmp_path, heads=KeptHead(tmp_path / "heads" / "head", every=1))
    shutil.rmtree(tmp_path / "heads")
    with pytest.raises(LedgerError, match=r"cannot be written .*; entry 3 is on record; only its head is not kept"):
        lozenge_today(ledger)
    assert ledger.head().number == 3


def test_where_the_file_was_moved_too_that_is_what_is_said(tmp_path: Path) -> None:
    (tmp_path / "heads").mkdir()
    ledger = new_ledger(tmp_path, heads=tmp_path / "heads" / "head")
    lozenge_today(ledger)
    shutil.rmtree(tmp_path / "heads")
    ledger.path.unlink()
    with pytest.raises(LedgerError, match="up to entry 3, is in"):
        ledger.close()


def _keep(path: Path, first: int) -> None:
    kept = KeptHead(path, every=1)
    for number in range(first, 300, 3):
        kept.keep(Head("0" * 32, number, "0" * 64))
        assert number_in(path) >= number


def test_processes_never_put_it_back_to_an_older_one(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=_keep, args=(tmp_path / "head", first)) for first in (1, 2, 3)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0, 0, 0]
    assert number_in(tmp_path / "head") == 299


def test_a_process_that_holds_the_lock_and_does_not_go_on_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_file, "_WAIT_SECONDS", 0.05)
    with whole_file.locked_folder(tmp_path):
        KeptHead(tmp_path / "head").begin(Head("0" * 32, 1, "0" * 64))
    assert number_in(tmp_path / "head") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_command_of_root_leaves_the_file_to_its_owner(tmp_path: Path) -> None:
    new_ledger(tmp_path, heads=tmp_path / "head").close()
    os.chown(tmp_path / "head", 65534, 65534)
    with new_ledger(tmp_path, heads=tmp_path / "head") as ledger:
        lozenge_today(ledger)
    found = (tmp_path / "head").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (65534, 65534, 0o600)


def test_the_head_of_another_ledger_is_named_as_a_reason(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with new_ledger(tmp_path / name, heads=tmp_path / f"{name}.head") as ledger:
            for _ in range(1 if name == "one" else 2):
                lozenge_today(ledger, reference=name)
    for name, heads in (("one", "two.head"), ("two", "one.head")):
        with pytest.raises(LedgerError, match="kept head belongs to another ledger"):
            new_ledger(tmp_path / name, heads=tmp_path / heads)


@pytest.mark.parametrize("every", [0, -1, "3", 1.5, True])
def test_a_number_of_entries_that_is_none_is_refused(tmp_path: Path, every: object) -> None:
    with pytest.raises(RequestError, match="`every` must be a number of entries"):
        KeptHead(tmp_path / "head", every=every)  # type: ignore[arg-type]


def test_a_path_may_be_text(tmp_path: Path) -> None:
    new_ledger(tmp_path, heads=KeptHead(str(tmp_path / "head"))).close()
    assert number_in(tmp_path / "head") == 1


def test_a_retirement_keeps_it_at_once_since_its_entry_may_be_gone(tmp_path: Path) -> None:
    given = {"segment_size": 3, "clock": clock(AS_OF, timedelta(days=1))}
    ledger = new_ledger(tmp_path, heads=tmp_path / "head", **given)
    for _ in range(3):
        lozenge_today(ledger)
    retire(ledger, tmp_path, now=AS_OF.replace(year=2033))
    assert number_in(tmp_path / "head") == ledger.head().number, "before it is closed, and before it was due"


def test_none_is_begun_with_an_entry_that_is_not_as_it_was_written(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        lozenge_today(ledger)
    changed(ledger, "UPDATE entries SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE number = 3")
    with pytest.raises(LedgerError, match="entry 3, on which this rests, is not as it was written"):
        new_ledger(tmp_path, heads=KeptHead(tmp_path / "head", new=True))
    assert not (tmp_path / "head").exists()
