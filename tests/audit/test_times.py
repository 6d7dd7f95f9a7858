"""Times in a ledger that are remarkable: told by `verify` and `stats`, and no reason for `retire`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ketascreen.audit import Ledger
from ketascreen.audit.proven import proven_backwards
from ketascreen.audit.retention import export_chain, retire
from ketascreen.audit.stats import stats
from ketascreen.audit.times import AS_OF_GAP, CLOCK_STEP
from ketascreen.audit.verify import verify_file, verify_ledger
from tests.helpers.command_line import run
from tests.helpers.ledgers import decide, lozenge_today, new_ledger
from tests.helpers.screening import AS_OF

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def ledger_at(folder: Path, *times: datetime, as_of: datetime = AS_OF, segment_size: int = 100) -> Ledger:
    """A ledger whose screenings are recorded at these times; the ledger and its rulebook at the first one."""
    now = [times[0]]
    ledger = new_ledger(folder, clock=lambda: now[0], segment_size=segment_size)
    for now[0] in times:
        lozenge_today(ledger, as_of=as_of)
    return ledger


@pytest.mark.parametrize(
    ("back", "told"),
    [
        (CLOCK_STEP, []),
        (CLOCK_STEP + SECOND, ["entry 4: was recorded 2 seconds before entry 3"]),
        (timedelta(minutes=100), ["entry 4: was recorded 100 minutes before entry 3"]),
        (timedelta(hours=3), ["entry 4: was recorded 3 hours before entry 3"]),
    ],
)
def test_a_clock_that_went_back_is_remarked_on_and_is_no_flaw(tmp_path: Path, back: timedelta, told: list[str]) -> None:
    ledger = ledger_at(tmp_path, AS_OF, AS_OF - back, AS_OF)
    verified = verify_ledger(ledger)
    assert (verified.flaws, list(verified.remarks)) == ((), told)
    assert stats(proven_backwards(ledger), until=AS_OF, days=30).remarks == told


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (AS_OF_GAP, []),
        (-AS_OF_GAP, []),
        (AS_OF_GAP + SECOND, ["entry 3: its `as_of` is 24 hours after the time when it was recorded"]),
        (-5 * DAY, ["entry 3: its `as_of` is 5 days before the time when it was recorded"]),
    ],
)
def test_an_as_of_that_is_far_from_the_clock_is_remarked_on(tmp_path: Path, gap: timedelta, told: list[str]) -> None:
    with ledger_at(tmp_path, AS_OF - gap) as ledger:
        verified = verify_ledger(ledger)
        assert (verified.flaws, list(verified.remarks)) == ((), told)
        counted = stats(proven_backwards(ledger), until=AS_OF + 9 * DAY, days=30)
        assert counted.remarks == told
        export_chain(ledger, tmp_path / "whole.jsonl")
        export_chain(ledger, tmp_path / "redacted.jsonl", redacted=True)
    assert list(verify_file(tmp_path / "whole.jsonl").remarks) == told
    assert verify_file(tmp_path / "redacted.jsonl").remarks == (), "its times are sealed"


def test_an_old_clock_makes_no_record_old_enough_to_be_taken_out(tmp_path: Path) -> None:
    stood = datetime(2015, 1, 1, tzinfo=UTC)
    ledger = ledger_at(tmp_path, *[stood] * 5, segment_size=3)
    assert retire(ledger, tmp_path, now=AS_OF) == []
    assert retire(ledger, tmp_path, now=AS_OF.replace(year=2032)) == []
    assert [one.segment for one in retire(ledger, tmp_path, now=AS_OF.replace(year=2032) + SECOND)][:1] == [1]


def test_the_commands_tell_it_and_end_well(tmp_path: Path) -> None:
    with ledger_at(tmp_path, AS_OF - 5 * DAY) as ledger:
        pass
    ledger.path.chmod(0o644)
    told = run("audit", "verify", str(ledger.path))
    assert told.status == 0
    assert "REMARK: others than its owner may read or write it: chmod 600" in told.out
    assert "REMARK: entry 3: its `as_of` is 5 days after the time when it was recorded" in told.out
    assert len(json.loads(run("audit", "verify", str(ledger.path), "--json").out)["remarks"]) == 2
    said = run("audit", "stats", str(ledger.path), "--until", "2026-11-22T10:00:00Z")
    assert "REMARK: entry 3: its `as_of` is 5 days after" in said.out
    told_json = json.loads(run("audit", "stats", str(ledger.path), "--until", "2026-11-22T10:00:00Z", "--json").out)
    assert len(told_json["remarks"]) == 2


def test_an_override_without_an_end_is_shown_with_no_end(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        verdict = lozenge_today(ledger)
        decide(ledger, verdict)
        decide(ledger, verdict, until=AS_OF + DAY)
    assert "until: no end" in run("audit", "show", str(ledger.path), "4").out
    assert "no end" not in run("audit", "show", str(ledger.path), "5").out
