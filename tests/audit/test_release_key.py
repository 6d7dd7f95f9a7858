"""The key that signed the rulebook is on record with a screening, and a replay says it again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ketascreen import Screener
from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay, Replayed
from tests.campaigns.endurance import patients
from tests.helpers.approving import all_approved, loaded_with
from tests.helpers.screening import AS_OF, profile_of, shipped

KEY = "f" * 64
SIGNED = replace(shipped(), release_key=KEY)
PEOPLE = [(f"p-{number}", patient) for number, patient in enumerate(patients()[:3])]


def test_a_record_holds_the_key_and_the_counts_and_comes_out_the_same(tmp_path: Path) -> None:
    approved = replace(loaded_with(shipped(), all_approved(shipped()).approvals[:3]), release_key=KEY)
    with Ledger(tmp_path / "ledger.db") as ledger:
        for rulebook in (approved, shipped()):
            with Screener(rulebook, channels=("reference",), ledger=ledger) as screener:
                verdict = screener.screen(profile_of({}), as_of=AS_OF, reference="p-1")
            used = ledger.entry(ledger.head().number).record.data["rulebook"]
            assert used["release_key"] == verdict.rulebook.release_key == rulebook.release_key
            assert used["approved"] == verdict.rulebook.approved.model_dump(mode="json")  # type: ignore[union-attr]
        first, second = Replay(ledger).run()
        assert (first, second) == (Replayed(first.number, "p-1"), Replayed(second.number, "p-1"))
        assert Replay(ledger).verdict(ledger.entry(first.number)).rulebook.release_key == KEY


def test_a_second_start_of_a_batch_with_another_key_or_none_records_nothing_twice(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        for rulebook in (SIGNED, shipped(), replace(shipped(), release_key="0" * 64)):
            with Screener(rulebook, channels=("reference",), ledger=ledger) as screener:
                leans = list(screener.record_many(PEOPLE, as_of=AS_OF))
            assert [lean.rulebook.release_key for lean in leans] == [KEY] * 3  # type: ignore[union-attr]
            assert [entry.record.kind for entry in ledger.entries()].count("screening") == 3
