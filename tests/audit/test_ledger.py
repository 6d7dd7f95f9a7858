"""The ledger file: what is handed out is on record, and what is on record can be found again."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ketascreen import Override, PatientProfile, RequestError, RulebookError, Screener
from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.entry import NOTHING_BEFORE, read_time, written
from ketascreen.audit.verify import verify_ledger
from tests.helpers.ledgers import at, clock, decide, example, lozenge_today, new_ledger, random_bytes, screener
from tests.helpers.screening import AS_OF, shipped


def test_a_verdict_is_handed_out_with_the_receipt_of_its_record(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    verdict = lozenge_today(ledger)
    assert verdict.receipt is not None
    entry = ledger.entry(verdict.receipt.record)
    assert (verdict.receipt.ledger, verdict.receipt.digest) == (ledger.id, entry.record.digest)
    assert entry.record.part("reference") == "p-17"
    assert [one.record.kind for one in ledger.entries()] == ["ledger", "rulebook", "screening"]
    assert verify_ledger(ledger).flaws == ()


def test_but_for_its_receipt_it_is_the_verdict_without_a_ledger(tmp_path: Path) -> None:
    with_one = lozenge_today(new_ledger(tmp_path))
    without = Screener(shipped(), channels=("reference",)).screen(
        example("lozenge-at-home.yaml"), as_of=AS_OF, stage="session", routes=["sublingual"]
    )
    assert with_one.model_copy(update={"receipt": None}) == without


def test_the_rulebook_is_on_record_once_in_each_segment(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path, segment_size=4)
    for _ in range(7):
        lozenge_today(ledger)
    kinds = [entry.record.kind[0] for entry in ledger.entries()]
    assert "".join(kinds) == "lrss" + "rsss" + "rss"
    assert [ledger.segment_of(number) for number in (1, 4, 5, 8, 9)] == [1, 1, 2, 2, 3]
    assert verify_ledger(ledger).flaws == ()


def test_a_segment_never_ends_with_a_rulebook_whose_screening_is_in_the_next(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path, segment_size=2)
    lozenge_today(ledger)
    assert [entry.record.kind[0] for entry in ledger.entries()] == ["l", "r", "r", "s"]


def test_a_rulebook_on_record_is_read_back_as_the_one_that_was_screened_by(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    lozenge_today(ledger)
    kept = ledger.rulebook(shipped().bytes_digest)
    assert kept.rules == shipped().rules
    assert (kept.bytes_digest, kept.meaning_digest) == (shipped().bytes_digest, shipped().meaning_digest)
    with pytest.raises(LedgerError, match="this ledger does not hold the rulebook 000000000000"):
        ledger.rulebook("0" * 64)


def test_entries_can_be_read_from_either_end(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    for _ in range(3):
        lozenge_today(ledger)
    forwards = [entry.number for entry in ledger.entries()]
    assert forwards == [1, 2, 3, 4, 5]
    assert [entry.number for entry in ledger.entries(backwards=True)] == forwards[::-1]
    assert [entry.number for entry in ledger.entries(first=2, last=3)] == [2, 3]
    assert ledger.head().number == 5
    with pytest.raises(LedgerError, match="there is no entry 6"):
        ledger.entry(6)


def test_each_entry_says_when_it_was_recorded_by_the_clock_that_was_given(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path, clock=clock(datetime(2026, 11, 22, 10, tzinfo=UTC)))
    lozenge_today(ledger)
    assert [entry.recorded_at for entry in ledger.entries()] == [
        "2026-11-22T10:00:00.000000Z",
        "2026-11-22T10:00:01.000000Z",
        "2026-11-22T10:00:02.000000Z",
    ]
    assert read_time(written(at(0.5))) == at(0.5)
    with pytest.raises(ValueError, match=r"^$"):
        read_time("2026-11-22T10:00:00Z")


def test_the_first_entry_follows_nothing_and_each_other_one_the_one_before_it(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    lozenge_today(ledger)
    entries = list(ledger.entries())
    assert entries[0].previous == NOTHING_BEFORE
    assert [entry.previous for entry in entries[1:]] == [entry.digest for entry in entries[:-1]]


def test_the_same_screening_with_the_same_clock_and_random_bytes_gives_the_same_ledger(tmp_path: Path) -> None:
    heads = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        ledger = new_ledger(tmp_path / name)
        lozenge_today(ledger)
        heads.append(ledger.head())
    assert heads[0] == heads[1]


def test_the_file_refuses_to_change_or_lose_an_entry(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    lozenge_today(ledger)
    with sqlite3.connect(ledger.path) as other:
        for change in ("UPDATE entries SET digest = '' WHERE number = 3", "DELETE FROM entries"):
            with pytest.raises(sqlite3.IntegrityError, match="a ledger is append-only"):
                other.execute(change)
    assert verify_ledger(ledger).flaws == ()


@pytest.mark.parametrize("reference", ["Jane Doe", "", " ", "p 17", "p-17\n", "x" * 201, "(17)", 17])
def test_a_reference_that_does_not_have_the_form_of_a_token_is_refused_and_nothing_is_recorded(
    tmp_path: Path, reference: str
) -> None:
    ledger = new_ledger(tmp_path)
    with pytest.raises(RequestError, match="`reference` does not have the form of a token") as refused:
        lozenge_today(ledger, reference=reference)
    assert "Jane" not in str(refused.value)
    assert ledger.head().number == 1


def test_a_ledger_needs_a_reference_and_a_reference_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="a ledger needs `reference`"):
        screener(new_ledger(tmp_path)).screen(PatientProfile(), as_of=AS_OF)
    with pytest.raises(RequestError, match="but there is no ledger"):
        Screener(shipped(), channels=("reference",)).screen(PatientProfile(), as_of=AS_OF, reference="p-17")


def test_a_rulebook_that_was_not_read_from_files_cannot_be_recorded_so_there_is_no_verdict(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    unread = Screener(replace(shipped(), files={}), channels=("reference",), ledger=ledger)
    with pytest.raises(LedgerError, match="was not read from files"):
        unread.screen(PatientProfile(), as_of=AS_OF, reference="p-17")
    assert ledger.head().number == 1


def test_an_existing_ledger_is_not_made_by_asking_for_it(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        Ledger.existing(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_is_opened_to_read_refuses_to_be_written(tmp_path: Path) -> None:
    lozenge_today(new_ledger(tmp_path))
    reading = Ledger.existing(tmp_path / "ledger.db")
    with pytest.raises(LedgerError, match="you may not write the file") as refused:
        lozenge_today(reading)
    assert refused.value.code == "ledger-read-only"
    assert reading.head().number == 3


def test_opened_again_it_goes_on_where_it_ended(tmp_path: Path) -> None:
    first = new_ledger(tmp_path)
    lozenge_today(first)
    first.close()
    again = new_ledger(tmp_path, random=random_bytes(99))
    lozenge_today(again)
    assert again.id == first.id
    assert [entry.number for entry in again.entries()] == [1, 2, 3, 4]
    assert verify_ledger(again).flaws == ()


def test_a_ledger_that_was_closed_or_pickled_opens_its_file_for_itself(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    lozenge_today(ledger)
    copy = pickle.loads(pickle.dumps(screener(ledger)))
    ledger.close()
    verdict = copy.screen(PatientProfile(), as_of=AS_OF, reference="p-18")
    assert verdict.receipt.record == 4
    assert ledger.head().number == 4


def test_a_process_that_goes_to_another_folder_still_writes_the_same_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    ledger = Ledger("ledger.db")
    ledger.close()
    monkeypatch.chdir(tmp_path / "elsewhere")
    lozenge_today(ledger)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert ledger.head().number == 3


def test_an_error_says_the_same_after_pickling() -> None:
    error = LedgerError("ledger-full", "the disk is full")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, str(again)) == (LedgerError, "ledger-full", "the disk is full [ledger-full]")


def test_a_profile_that_is_refused_leaves_no_record(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    with pytest.raises(Exception, match="observed after the time of screening"):
        screener(ledger).screen(
            PatientProfile(psychosis={"value": "past", "at": "2027-01-01"}), as_of=AS_OF, reference="p-17"
        )
    assert ledger.head().number == 1


def test_a_rulebook_without_exclusions_never_reaches_the_ledger(tmp_path: Path) -> None:
    with pytest.raises(RulebookError):
        Screener(replace(shipped(), rules=()), ledger=new_ledger(tmp_path))


def test_no_override_is_given_by_anything_that_holds_none(tmp_path: Path) -> None:
    ledger, given = new_ledger(tmp_path), {"as_of": AS_OF, "reference": "p-17"}
    profile, decided = example("lozenge-at-home.yaml"), decide(new_ledger(tmp_path), lozenge_today(ledger))
    nothing: tuple[Iterable[Override], ...] = ((), [], iter(()))
    for none in nothing:
        assert screener(ledger).screen(profile, overrides=none, **given).receipt is not None  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="a screening with `overrides` puts nothing on record"):
        screener(ledger).screen(profile, overrides=(one for one in [decided]), **given)  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="`overrides` must be a list of overrides"):
        screener(ledger).screen(profile, overrides=None, **given)  # type: ignore[arg-type]
