"""An entry of a cache with other rules than the files: what is found, what is not, and that no record rests on it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ketascreen import Decision, Route, Screener, Verdict, load_rulebook
from ketascreen.audit import LedgerError
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.built_in import built_in_rules
from ketascreen.screening.recorder import Screening
from tests.helpers.cache_entries import entry, forge
from tests.helpers.command_line import run
from tests.helpers.ledgers import new_ledger
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system knows no owners of files")

PREGNANT, NOT_POSSIBLE = '"pregnancy","is","=pregnant"', '"pregnancy","is","=not_possible"'
"""A condition of the rule that excludes a pregnant patient, and one that excludes nobody who is pregnant."""


def pregnant_by(rulebook: Rulebook, **given: Any) -> Verdict:
    patient = profile_of({**baseline(), "pregnancy": "pregnant", "pregnancy_test": None})
    with Screener(rulebook, channels=("reference",), **given) as screener:
        reference = "p-1" if given else None
        return screener.screen(patient, as_of=AS_OF, routes=["iv"], reference=reference)


def decision(verdict: Verdict) -> Decision:
    return verdict.routes[Route.IV].decision


def test_a_forged_entry_under_the_true_digest_is_thrown_away_and_told(
    kept: Path, reads: list[Rulebook], caplog: pytest.LogCaptureFixture
) -> None:
    forge(entry(kept), PREGNANT, NOT_POSSIBLE)
    rulebook = load_rulebook(built_in_rules(), cache=kept)
    assert len(reads) == 1
    assert decision(pregnant_by(rulebook)) is Decision.NOT_ELIGIBLE
    (told,) = (record for record in caplog.records if record.levelname == "WARNING")
    assert "an entry of the cache holds other rules than the files gave" in told.getMessage()
    assert told.getMessage().endswith("[cache-damaged]")
    load_rulebook(built_in_rules(), cache=kept)
    assert len(reads) == 1, "a new entry took its place"


def test_a_forged_entry_that_promises_its_own_meaning_is_seen_by_the_meaning_digest_of_the_verdict(
    kept: Path, reads: list[Rulebook]
) -> None:
    """There is no secret, so it is used. The verdict says by which rules it was made, and these are others."""
    own = forge(entry(kept), PREGNANT, NOT_POSSIBLE, meaning="its own")
    verdict = pregnant_by(load_rulebook(built_in_rules(), cache=kept))
    assert not reads
    assert decision(verdict) is not Decision.NOT_ELIGIBLE
    assert verdict.rulebook.bytes_digest == shipped().bytes_digest
    assert verdict.rulebook.meaning_digest == own != shipped().meaning_digest


def test_no_record_rests_on_a_cache(
    kept: Path, reads: list[Rulebook], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    forge(entry(kept), PREGNANT, NOT_POSSIBLE, meaning="its own")
    forged = load_rulebook(built_in_rules(), cache=kept)
    with new_ledger(tmp_path) as ledger:
        verdict = pregnant_by(forged, ledger=ledger)
        assert len(reads) == 1
        assert decision(verdict) is Decision.NOT_ELIGIBLE
        assert verdict.rulebook.meaning_digest == shipped().meaning_digest
        assert "the cache held other rules than the files" in caplog.text
        screening = Screening("p-1", profile_of(baseline()), verdict, forged)
        with pytest.raises(LedgerError, match="no record rests on one"):
            ledger.record(screening)


def test_a_sound_entry_is_worked_out_again_for_a_ledger_without_a_word(
    kept: Path, reads: list[Rulebook], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with new_ledger(tmp_path) as ledger:
        verdict = pregnant_by(load_rulebook(built_in_rules(), cache=kept), ledger=ledger)
    assert len(reads) == 1
    assert verdict.receipt is not None
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_the_command_line_says_that_an_entry_was_thrown_away(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KETASCREEN_CACHE", str(kept))
    forge(entry(kept), PREGNANT, NOT_POSSIBLE)
    first, second = run("rules", "--json"), run("rules", "--json")
    assert "[cache-damaged]" in first.err
    assert (second.err, first.out) == ("", second.out)


def test_the_command_line_asks_no_cache_for_a_record(
    kept: Path, reads: list[Rulebook], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KETASCREEN_CACHE", str(kept))
    forge(entry(kept), PREGNANT, NOT_POSSIBLE, meaning="its own")
    patient = tmp_path / "patient.json"
    patient.write_text('{"pregnancy": "pregnant"}')
    asked = ("screen", str(patient), "--route", "iv", "--json")
    on_record = run(*asked, "--ledger", str(tmp_path / "ledger.db"), "--reference", "p-1")
    assert json.loads(on_record.out)["routes"]["iv"]["decision"] == "not_eligible"
    assert not reads or all(not one.is_cached for one in reads)
    assert json.loads(run(*asked).out)["routes"]["iv"]["decision"] != "not_eligible"
