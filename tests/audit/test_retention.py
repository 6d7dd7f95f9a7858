"""A chain out to a file and back in, and whole segments taken out once they are old enough."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.chain import Start
from ketascreen.audit.replay import Replay
from ketascreen.audit.retention import Retired, export_chain, import_chain, retire
from ketascreen.audit.verify import verify_file, verify_ledger
from tests.helpers.ledgers import clock, lozenge_today, new_ledger
from tests.helpers.screening import AS_OF

DAY = timedelta(days=1)
NOW = datetime(2032, 11, 30, tzinfo=UTC)


def filled(folder: Path, screenings: int = 9, **given: object) -> Ledger:
    """A ledger of segments of four entries, one entry a day."""
    ledger = new_ledger(folder, segment_size=4, clock=clock(AS_OF, DAY), **given)
    for _ in range(screenings):
        lozenge_today(ledger)
    return ledger


def test_an_exported_chain_verifies_and_imports_as_the_same_ledger(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        head = export_chain(ledger, tmp_path / "chain.jsonl")
        assert head == ledger.head()
        assert verify_file(tmp_path / "chain.jsonl", against=head).flaws == ()
        assert import_chain(tmp_path / "chain.jsonl", tmp_path / "copy.db") == head
        with Ledger(tmp_path / "copy.db") as copy:
            assert list(copy.entries()) == list(ledger.entries())
            assert (copy.id, copy.segment_size) == (ledger.id, 4)
            assert lozenge_today(copy).receipt is not None
            assert verify_ledger(copy).flaws == ()


def test_a_redacted_chain_verifies_holds_no_opening_and_is_not_imported(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        head = export_chain(ledger, tmp_path / "chain.jsonl", redacted=True)
    verified = verify_file(tmp_path / "chain.jsonl", against=head)
    assert (verified.flaws, verified.head) == ((), head)
    data = (tmp_path / "chain.jsonl").read_bytes()
    assert data.count(b'"openings":"{}"') == head.number
    assert b"p-17" not in data
    with pytest.raises(LedgerError, match="has no openings; import a file that has them"):
        import_chain(tmp_path / "chain.jsonl", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_chain_file_is_its_owners_alone_and_nothing_is_written_over(tmp_path: Path) -> None:
    with filled(tmp_path, 1) as ledger:
        export_chain(ledger, tmp_path / "chain.jsonl")
        with pytest.raises(LedgerError, match="a file with that name exists"):
            export_chain(ledger, tmp_path / "chain.jsonl")
        with pytest.raises(LedgerError, match="cannot be written"):
            export_chain(ledger, tmp_path / "none" / "chain.jsonl")
        assert (tmp_path / "chain.jsonl").stat().st_mode & 0o077 == 0
        assert ledger.path.stat().st_mode & 0o077 == 0


def test_a_chain_that_does_not_verify_is_not_imported(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        export_chain(ledger, tmp_path / "chain.jsonl")
    changed = tmp_path / "changed.jsonl"
    changed.write_bytes((tmp_path / "chain.jsonl").read_bytes().replace(b"p-17", b"p-18", 1))
    with pytest.raises(LedgerError, match="does not verify: entry 3: an opening does not fit"):
        import_chain(changed, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_segments_are_taken_out_only_when_all_their_entries_are_old_enough(tmp_path: Path) -> None:
    # Entry n is of the n-th day from 22 November 2026 on; entry 4 closes the first segment on the 25th.
    with filled(tmp_path) as ledger:
        assert retire(ledger, tmp_path, now=datetime(2032, 11, 25, 9, tzinfo=UTC)) == []
        assert ledger.entry(1).number == 1
        (taken,) = retire(ledger, tmp_path, now=datetime(2032, 11, 25, 9, 0, 1, tzinfo=UTC))
        assert (taken.segment, taken.first, taken.last) == (1, 1, 4)
        assert verify_ledger(ledger).flaws == ()


def test_what_was_taken_out_leaves_its_head_behind_and_no_hole(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        before = ledger.head()
        fourth, eighth = ledger.entry(4), ledger.entry(8)
        assert retire(ledger, tmp_path, now=NOW) == [
            Retired(1, 1, 4, tmp_path / f"segment-000001-of-{ledger.id[:8]}.jsonl"),
            Retired(2, 5, 8, tmp_path / f"segment-000002-of-{ledger.id[:8]}.jsonl"),
        ]
        assert ledger.start() == Start(ledger.id, 9, eighth.digest)
        told = [entry.record.data for entry in ledger.entries() if entry.record.kind == "retired"]
        assert [(one["first"], one["last"], one["head"]) for one in told] == [
            (1, 4, fourth.digest),
            (5, 8, eighth.digest),
        ]
        for one, segment in zip(told, ("000001", "000002"), strict=True):
            file = tmp_path / f"segment-{segment}-of-{ledger.id[:8]}.jsonl"
            assert hashlib.sha256(file.read_bytes()).hexdigest() == one["file_sha256"]
            assert verify_file(file).flaws == ()
        assert verify_ledger(ledger, against=before).flaws == ()
        with pytest.raises(LedgerError, match="there is no entry 4"):
            ledger.entry(4)


def test_each_segment_that_is_kept_can_still_be_replayed_and_written_behind(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        retire(ledger, tmp_path, now=NOW)
        assert [one.number for one in Replay(ledger).run()] == [10, 11, 12, 14]
        assert all(not one.refused and not one.differs for one in Replay(ledger).run())
        assert lozenge_today(ledger).receipt is not None
        assert verify_ledger(ledger).flaws == ()
    with Ledger(ledger.path) as again:
        assert (again.id, again.segment_size, again.start().first) == (ledger.id, 4, 9)


def test_the_files_and_the_rest_make_the_whole_ledger_again(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        whole = list(ledger.entries())
        files = [one.file for one in retire(ledger, tmp_path, now=NOW)]
        export_chain(ledger, tmp_path / "rest.jsonl")
        rest = list(ledger.entries())
    for file in (*files, tmp_path / "rest.jsonl"):
        head = import_chain(file, tmp_path / "copy.db")
    assert head == verify_file(tmp_path / "rest.jsonl").head
    with Ledger.existing(tmp_path / "copy.db") as copy:
        assert list(copy.entries())[: len(whole)] == whole
        assert [entry.number for entry in rest] == list(range(9, 17))


def test_what_is_left_after_segments_were_taken_out_imports_by_itself(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        retire(ledger, tmp_path, now=NOW)
        head = export_chain(ledger, tmp_path / "rest.jsonl")
    assert import_chain(tmp_path / "rest.jsonl", tmp_path / "copy.db") == head
    with Ledger.existing(tmp_path / "copy.db") as copy:
        assert verify_ledger(copy).flaws == ()


def test_a_file_that_does_not_begin_where_the_ledger_ends_is_refused(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        export_chain(ledger, tmp_path / "chain.jsonl")
        (first, second) = (one.file for one in retire(ledger, tmp_path, now=NOW))
    import_chain(first, tmp_path / "copy.db")
    with pytest.raises(LedgerError, match="must begin where the ledger"):
        import_chain(first, tmp_path / "copy.db")
    with pytest.raises(LedgerError, match="has lost its first entry"):
        import_chain(second, tmp_path / "alone.db")
    assert not (tmp_path / "alone.db").exists()


def test_a_ledger_that_does_not_verify_loses_no_segment(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        raw = sqlite3.connect(ledger.path, isolation_level=None)
        raw.execute("DROP TRIGGER no_update")
        raw.execute("UPDATE entries SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE number = 2")
        raw.close()
        with pytest.raises(LedgerError, match="does not verify: entry 2"):
            retire(ledger, tmp_path, now=NOW)
        assert len(list(ledger.entries())) == 14


def test_entries_cut_off_at_the_beginning_without_a_head_left_behind_are_found(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        raw = sqlite3.connect(ledger.path, isolation_level=None)
        raw.execute("DROP TRIGGER no_delete")
        raw.execute("DELETE FROM entries WHERE number BETWEEN 2 AND 4")
        raw.close()
        assert str(verify_ledger(ledger).flaws[0]).startswith("entry 5: does not follow entry 1")


def test_an_import_lays_no_chain_over_a_ledger_that_was_made_meanwhile(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        export_chain(ledger, tmp_path / "chain.jsonl")
    target, link = tmp_path / "clinic.db", os.link

    def made_meanwhile(*names: Path) -> None:
        with Ledger(target) as server:
            assert lozenge_today(server).receipt is not None
        link(*names)

    with patch("os.link", made_meanwhile), pytest.raises(LedgerError, match="was made meanwhile") as refused:
        import_chain(tmp_path / "chain.jsonl", target)
    assert refused.value.code == "ledger-refused"
    with Ledger.existing(target) as server:
        assert (server.head().number, server.id != ledger.id) == (3, True)
        assert verify_ledger(server).flaws == ()
    assert not list(tmp_path.glob(".*")), "nothing half-made is left"


def test_an_import_tells_the_head_of_its_chain_and_finds_a_ledger_that_lacks_it(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        head = export_chain(ledger, tmp_path / "chain.jsonl")
    assert import_chain(tmp_path / "chain.jsonl", tmp_path / "copy.db") == head
    (tmp_path / "other").mkdir()
    other = new_ledger(tmp_path / "other", random=lambda count: b"\1" * count)
    with (
        patch("ketascreen.audit.retention.ledger_of_chain", lambda path, entries: other),
        pytest.raises(LedgerError, match="the head belongs to another ledger"),
    ):
        import_chain(tmp_path / "chain.jsonl", tmp_path / "second.db")


def test_two_imports_at_once_do_not_write_into_one_file(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        export_chain(ledger, tmp_path / "chain.jsonl")
    (tmp_path / ".copy.db.part").touch()
    with pytest.raises(LedgerError, match="another import is at work, or was ended"):
        import_chain(tmp_path / "chain.jsonl", tmp_path / "copy.db")
    assert (tmp_path / ".copy.db.part").exists()


def test_an_import_follows_no_link_of_the_name_that_it_fills_and_removes_only_its_own(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        export_chain(ledger, tmp_path / "chain.jsonl")
    (tmp_path / ".copy.db.part").symlink_to(tmp_path / "planted")
    with pytest.raises(LedgerError, match="remove that file"):
        import_chain(tmp_path / "chain.jsonl", tmp_path / "copy.db")
    assert not (tmp_path / "planted").exists()
    assert (tmp_path / ".copy.db.part").is_symlink()


def test_no_chain_is_imported_beside_the_log_of_a_ledger_that_was_moved(tmp_path: Path) -> None:
    with filled(tmp_path) as ledger:
        export_chain(ledger, tmp_path / "chain.jsonl")
    (tmp_path / "copy.db-wal").write_bytes(b"frames")
    with pytest.raises(LedgerError, match="the log of a ledger is beside") as refused:
        import_chain(tmp_path / "chain.jsonl", tmp_path / "copy.db")
    assert refused.value.code == "ledger-moved"
