"""A head that is kept by itself: a ledger that does not have its entry is refused."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.entry import entry_of, written
from ketascreen.audit.heads import EVERY, KeptHead
from ketascreen.audit.record import record_of
from ketascreen.audit.signed_head import read_head
from ketascreen.audit.store import Store
from ketascreen.audit.verify import verify_ledger
from ketascreen.signing import SignatureError, read_signing_key
from tests.helpers.command_line import run
from tests.helpers.ledgers import clock, decide, lozenge_today, new_ledger
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import AS_OF
from tests.helpers.signing_keys import key_files

LATER = "2034-01-01T00:00:00+00:00"


def kept(folder: Path) -> int:
    return read_head(folder / "head").head.number


def refused(folder: Path, code: str = "ledger-rolled-back", **given: Any) -> None:
    with pytest.raises(LedgerError) as error:
        new_ledger(folder, heads=KeptHead(folder / "head", **given))
    assert error.value.code == code


def test_it_is_kept_at_the_opening_and_every_so_many_entries(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path, heads=KeptHead(tmp_path / "head", every=3))
    assert kept(tmp_path) == 1
    seen = []
    for _ in range(5):
        lozenge_today(ledger)
        seen.append(kept(tmp_path))
    assert seen == [1, 4, 4, 4, 7]
    assert read_head(tmp_path / "head").head == ledger.head()


def test_a_path_alone_keeps_it_every_hundred_entries(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path, heads=tmp_path / "head")
    decide(ledger, lozenge_today(ledger))
    assert (EVERY, kept(tmp_path)) == (100, 1)


def test_processes_that_write_one_entry_each_keep_each_of_them(tmp_path: Path) -> None:
    for number in range(5):
        with new_ledger(tmp_path, heads=KeptHead(tmp_path / "head")) as ledger:
            lozenge_today(ledger)
        assert kept(tmp_path) == (3, 4, 5, 6, 7)[number]


def test_one_that_only_reads_or_fails_keeps_none_at_its_end(tmp_path: Path) -> None:
    new_ledger(tmp_path, heads=KeptHead(tmp_path / "head")).close()
    with new_ledger(tmp_path) as other:
        lozenge_today(other)
    with new_ledger(tmp_path, heads=KeptHead(tmp_path / "head")) as ledger:
        ledger.head()
    assert kept(tmp_path) == 1


def test_threads_keep_it_together_and_each_verdict_has_its_record(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path, heads=KeptHead(tmp_path / "head", every=1), busy_seconds=30.0)

    def work(thread: int) -> list[int]:
        verdicts = [lozenge_today(ledger, reference=f"p-{thread}-{number}") for number in range(8)]
        return [verdict.receipt.record for verdict in verdicts if verdict.receipt]

    with ThreadPoolExecutor(8) as threads:
        records = [record for told in threads.map(work, range(8)) for record in told]
    on_record = [entry.number for entry in ledger.entries() if entry.record.kind == "screening"]
    assert sorted(records) == on_record
    assert read_head(tmp_path / "head").head == ledger.head()
    assert list(tmp_path.glob("*.part")) == []


def test_no_name_that_somebody_may_guess_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("precious")
    (tmp_path / "head").symlink_to(tmp_path / "other")
    (tmp_path / f".head.{os.getpid()}.part").symlink_to(tmp_path / "other")
    with pytest.raises(LedgerError, match="a link"):
        new_ledger(tmp_path, heads=tmp_path / "head")
    (tmp_path / "head").unlink()
    new_ledger(tmp_path, heads=KeptHead(tmp_path / "head", new=True)).close()
    assert not (tmp_path / "head").is_symlink()
    assert (tmp_path / "other").read_text() == "precious"


def test_one_that_is_gone_is_refused_until_a_new_one_is_asked_for_and_only_then(tmp_path: Path) -> None:
    with new_ledger(tmp_path, heads=tmp_path / "head") as ledger:
        lozenge_today(ledger)
    (tmp_path / "head").unlink()
    with pytest.raises(LedgerError, match=r"is at entry 3; put that file back\. .*ask for a new head once") as error:
        new_ledger(tmp_path, heads=tmp_path / "head")
    assert (error.value.code, (tmp_path / "head").exists()) == ("ledger-refused", False)
    new_ledger(tmp_path, heads=KeptHead(tmp_path / "head", new=True)).close()
    assert kept(tmp_path) == 3
    refused(tmp_path, "ledger-refused", new=True)
    new_ledger(tmp_path, heads=tmp_path / "head").close()


def test_a_fork_while_a_thread_keeps_it_can_keep_it_too(tmp_path: Path) -> None:
    heads = KeptHead(tmp_path / "head", every=1)
    ledger = new_ledger(tmp_path, heads=heads)
    with heads._lock:
        child = os.fork()
        if not child:
            signal.alarm(20)
            lozenge_today(ledger)
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert kept(tmp_path) == 3


def test_an_older_copy_a_cut_a_new_ledger_and_none_at_all_are_refused(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path, heads=KeptHead(tmp_path / "head", every=1))
    lozenge_today(ledger)
    ledger.close()
    shutil.copy(ledger.path, tmp_path / "older.db")
    lozenge_today(ledger)
    ledger.close()
    new_ledger(tmp_path, heads=KeptHead(tmp_path / "head")).close()
    shutil.copy(tmp_path / "older.db", ledger.path)
    refused(tmp_path)
    assert kept(tmp_path) == 4, "the head is not kept back"
    with pytest.raises(LedgerError, match="ledger-rolled-back"):
        Ledger.existing(ledger.path, heads=tmp_path / "head")
    with Ledger(ledger.path) as older:  # it goes on, until it has as many entries
        lozenge_today(older)
    refused(tmp_path, "ledger-damaged")
    ledger.path.write_bytes(b"")
    refused(tmp_path)
    ledger.path.unlink()
    refused(tmp_path)
    assert not ledger.path.exists()


def test_the_head_of_another_ledger_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    new_ledger(tmp_path / "other", random=lambda count: b"\1" * count, heads=tmp_path / "head").close()
    refused(tmp_path)


def test_a_signed_one_must_be_signed_by_its_key(tmp_path: Path) -> None:
    private, _ = key_files(tmp_path, 1)
    other, _ = key_files(tmp_path, 2)
    heads = KeptHead(tmp_path / "head", key=read_signing_key(private))
    with new_ledger(tmp_path, heads=heads) as ledger:
        lozenge_today(ledger)
    signed = read_head(tmp_path / "head")
    assert signed.signature is not None
    new_ledger(tmp_path, heads=heads).close()
    with pytest.raises(SignatureError, match="is not a trusted key"):
        new_ledger(tmp_path, heads=KeptHead(tmp_path / "head", key=read_signing_key(other)))
    (tmp_path / "head").write_text((tmp_path / "head").read_text().replace(',"signature"', ',"signatur"'))
    with pytest.raises(LedgerError, match="does not have the form of a head"):
        new_ledger(tmp_path, heads=heads)


def test_one_that_cannot_be_kept_gives_no_verdict_until_it_can(tmp_path: Path) -> None:
    (tmp_path / "heads").mkdir()
    ledger = new_ledger(tmp_path, heads=KeptHead(tmp_path / "heads" / "head", every=1))
    shutil.rmtree(tmp_path / "heads")
    for _ in range(2):
        with pytest.raises(LedgerError, match="head cannot be written") as error:
            lozenge_today(ledger)
        assert error.value.code == "ledger-system"
    (tmp_path / "heads").mkdir()
    assert lozenge_today(ledger).receipt is not None
    assert read_head(tmp_path / "heads" / "head").head == ledger.head()


def test_a_pickled_copy_keeps_none_and_still_refuses_an_older_file(tmp_path: Path) -> None:
    private, _ = key_files(tmp_path, 1)
    ledger = Ledger(tmp_path / "ledger.db", heads=KeptHead(tmp_path / "head", 1, read_signing_key(private)))
    shutil.copy(ledger.path, tmp_path / "older.db")
    lozenge_today(ledger)
    ledger.close()
    copy = pickle.loads(pickle.dumps(ledger))
    shutil.copy(tmp_path / "older.db", ledger.path)
    with pytest.raises(LedgerError, match="ledger-rolled-back"):
        lozenge_today(copy)


def test_the_command_line_keeps_it_and_refuses_an_older_copy(tmp_path: Path) -> None:
    private, _ = key_files(tmp_path, 1)
    ledger, head = tmp_path / "clinic.db", tmp_path / "clinic.head"
    screen = ["screen", str(EXAMPLES / "lozenge-at-home.yaml"), "--stage", "session", "--route", "sublingual"]
    screen += ["--as-of", "2026-11-22T09:00:00+01:00", "--ledger", str(ledger), "--reference", "p-17"]
    heads = ["--heads", str(head), "--heads-every", "1", "--heads-key", str(private)]
    assert "On record" in run(*screen, *heads).out
    shutil.copy(ledger, tmp_path / "older.db")
    decision = ["audit", "override", str(ledger), "3", "--rule", "home-use", "--reason", "other", "--by", "dr-17"]
    assert run(*decision, *heads).status == 0
    assert read_head(head).head.number == 4
    shutil.copy(tmp_path / "older.db", ledger)
    told = run(*screen, *heads)
    assert (told.status, "does not have entry 4" in told.err) == (70, True)
    assert run(*screen[:-4], *heads).status == 2
    assert run(*screen, "--heads-every", "1").status == 2
    assert run(*screen, "--heads-new").status == 2


def test_a_head_that_is_begun_at_the_command_line(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    screen = ["screen", str(EXAMPLES / "ptsd.yaml"), "--ledger", str(tmp_path / "ledger.db"), "--reference", "p-17"]
    screen += ["--heads", str(tmp_path / "head")]
    assert "On record" in run(*screen).out, "a ledger without entries of its own needs nothing more"
    (tmp_path / "head").unlink()
    told = run(*screen)
    assert (told.status, "--heads-new" in told.err, (tmp_path / "head").exists()) == (2, True, False)
    assert "On record" in run(*screen, "--heads-new").out
    assert kept(tmp_path) == 4


def forged_retirement(ledger: Ledger, kept_number: int, head: str) -> None:
    """In the ledger's place, a file that begins behind the kept head, as if all before it had been moved out."""
    records = [entry.record for entry in ledger.entries() if entry.record.kind in ("rulebook", "override")]
    parts = {"ledger": ledger.id, "segment_size": 10_000, "first": 1, "last": kept_number, "head": head}
    retired = record_of("retired", {**parts, "file_sha256": "0" * 64}, ledger.salts())
    ledger.close()
    store = Store(ledger.path.with_name("forged.db"), "rwc", 0.0)
    with store.writing() as transaction:
        for number, record in enumerate([retired, *records], kept_number + 1):
            entry = entry_of(ledger.id, number, written(AS_OF), head, record)
            transaction.add(entry)
            head = entry.digest
    store.close()
    store.path.replace(ledger.path)


@pytest.mark.parametrize("names_the_head", [False, True])
def test_a_forged_retirement_does_not_stand_for_the_kept_entry(tmp_path: Path, names_the_head: bool) -> None:
    private, _ = key_files(tmp_path, 1)
    heads = KeptHead(tmp_path / "head", every=1, key=read_signing_key(private))
    ledger = new_ledger(tmp_path, heads=heads)
    decide(ledger, lozenge_today(ledger))
    lozenge_today(ledger, setting="clinic")
    head = ledger.head()
    assert kept(tmp_path) == head.number
    forged_retirement(ledger, head.number, head.digest if names_the_head else "ab" * 32)
    with Ledger.existing(tmp_path / "ledger.db") as forged:
        assert verify_ledger(forged).flaws == (), "by itself it looks whole"
    with pytest.raises(LedgerError, match="ledger-rolled-back"):
        new_ledger(tmp_path, heads=heads)
    assert kept(tmp_path) == head.number, "the key signs nothing of it"


def test_retirement_keeps_the_head_of_what_is_left(tmp_path: Path) -> None:
    with new_ledger(tmp_path, segment_size=4, clock=clock(AS_OF, timedelta(days=1))) as ledger:
        for _ in range(9):
            lozenge_today(ledger)
    heads = ["--heads", str(tmp_path / "head"), "--heads-every", "1"]
    (tmp_path / "head").write_text(run("audit", "head", str(ledger.path)).out)
    before = kept(tmp_path)
    assert "segment 1" in run("audit", "retire", str(ledger.path), str(tmp_path), "--as-of", LATER, *heads).out
    assert kept(tmp_path) > before
