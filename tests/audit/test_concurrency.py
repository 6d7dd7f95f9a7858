"""Threads, processes and forks that share a ledger: one chain, and nothing lost."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ketascreen import Screener
from ketascreen.audit import Ledger
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.new_ledger import ledger_of_chain
from ketascreen.audit.schema import require_ours_now
from ketascreen.audit.verify import verify_ledger
from tests.campaigns.tamper import small_chain
from tests.helpers.ledger_faults import screen_until_it_fails
from tests.helpers.ledgers import example, new_ledger, screener
from tests.helpers.screening import AS_OF, shipped


def test_threads_that_share_a_ledger_leave_one_chain(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    receipts: list[int] = []

    def work(name: int) -> None:
        for number in range(5):
            patient = example("ptsd.yaml")
            verdict = screener(ledger).screen(patient, as_of=AS_OF, reference=f"p-{name}-{number}")
            assert verdict.receipt is not None
            receipts.append(verdict.receipt.record)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(receipts) == list(range(3, 23))
    assert verify_ledger(ledger).flaws == ()


def _screen_some(path: Path, name: str) -> None:
    with Ledger(path, busy_seconds=30) as ledger:
        receipts, code = screen_until_it_fails(ledger, 5)
    assert len(receipts) == 5
    assert code is None, name


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_that_make_and_write_one_ledger_at_once_leave_one_chain(tmp_path: Path, method: str) -> None:
    path = tmp_path / "ledger.db"
    context: Any = multiprocessing.get_context(method)
    processes = [context.Process(target=_screen_some, args=(path, str(name))) for name in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with Ledger.existing(path) as ledger:
        assert ledger.head().number == 17
        assert verify_ledger(ledger).flaws == ()


def test_a_ledger_that_another_process_makes_while_it_is_opened_is_not_taken_for_a_foreign_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    sqlite3.connect(path).execute("PRAGMA journal_mode = WAL").connection.close()
    opening = sqlite3.connect(path, isolation_level=None)

    def made_meanwhile(statement: str) -> None:
        if statement == "PRAGMA user_version":
            opening.set_trace_callback(None)
            Ledger(path).close()

    opening.set_trace_callback(made_meanwhile)
    assert require_ours_now(opening, path) == 0  # as it was when the look at it began
    assert require_ours_now(opening, path) == 1
    opening.close()


def test_a_new_ledger_waits_for_another_process_that_writes_to_the_same_new_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    writing = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    writing.execute("BEGIN IMMEDIATE")  # SQLite refuses the switch of the log at once then, whatever its timeout
    with pytest.raises(LedgerError, match="another process uses it"):
        Ledger(path, busy_seconds=0.05)
    ends = threading.Timer(0.3, writing.execute, ["COMMIT"])
    ends.start()
    with Ledger(path, busy_seconds=30) as ledger:
        assert ledger.head().number == 1
    ends.join()
    writing.close()


def test_a_child_that_was_forked_after_its_parent_had_written_writes_the_same_chain(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    screening = Screener(shipped(), channels=("reference",), ledger=ledger)
    screening.screen(example("ptsd.yaml"), as_of=AS_OF, reference="parent")

    def in_child() -> None:
        screening.screen(example("ptsd.yaml"), as_of=AS_OF, reference="child")

    _in_a_fork(in_child)
    screening.screen(example("ptsd.yaml"), as_of=AS_OF, reference="parent")
    assert [entry.record.part("reference") for entry in ledger.entries(first=3)] == ["parent", "child", "parent"]
    assert verify_ledger(ledger).flaws == ()


def test_a_child_that_was_forked_while_a_thread_was_writing_is_not_kept_waiting(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    holds, done = threading.Event(), threading.Event()

    def hold() -> None:
        with ledger._store._lock:
            holds.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    holds.wait(30)

    def in_child() -> None:
        screener(ledger).screen(example("ptsd.yaml"), as_of=AS_OF, reference="child")

    _in_a_fork(in_child)
    done.set()
    thread.join()
    assert ledger.head().number == 3


def test_an_import_that_is_cut_short_leaves_no_ledger(tmp_path: Path) -> None:
    chain = small_chain(0, 50)

    def breaks() -> Iterator[Entry]:
        yield from chain[:30]
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        ledger_of_chain(tmp_path / "ledger.db", breaks())
    assert list(tmp_path.iterdir()) == []


def _in_a_fork(work: Callable[[], None]) -> None:
    process = os.fork()
    if process == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(process, 0)[1] == 0
