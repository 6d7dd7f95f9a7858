"""What a ledger tells of a stretch of time, and the rules that fire otherwise than before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ketascreen import Screener
from ketascreen.audit import Ledger
from ketascreen.audit.proven import proven_backwards
from ketascreen.audit.stats import Drift, Stats, stats
from tests.helpers.ledgers import changed, clock, example, new_ledger
from tests.helpers.screening import AS_OF, shipped

DAY = timedelta(days=1)
LOZENGE, FIRST = "lozenge-at-home.yaml", "first-episode.yaml"


def ledger_of(folder: Path, *stretches: tuple[str, int]) -> Ledger:
    """So many screenings of an example, stretch by stretch, one each day."""
    ledger = new_ledger(folder, clock=clock(AS_OF, DAY))
    screener = Screener(shipped(), channels=("reference",), ledger=ledger)
    for name, count in stretches:
        for _ in range(count):
            screener.screen(example(name), as_of=AS_OF, reference="p-17", routes=["sublingual"])
    return ledger


def told(ledger: Ledger, until_day: int, days: int) -> Stats:
    return stats(proven_backwards(ledger), until=AS_OF + until_day * DAY, days=days)


def test_it_counts_what_was_recorded_in_the_stretch_and_in_the_one_before(tmp_path: Path) -> None:
    # The screenings are entries 3 to 12, on days 2 to 11.
    ledger = ledger_of(tmp_path, (LOZENGE, 6), (FIRST, 4))
    found = told(ledger, 11, 4)
    assert (found.now.screenings, found.before.screenings) == (4, 4)
    assert found.now.decisions == {("sublingual", "review"): 4}
    assert found.now.met["too-few-prior-treatments"] == 4
    assert found.before.met["home-use"] == 4
    assert told(ledger, 12, 4).now.screenings == 3


def test_screenings_without_the_engine_are_counted(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path, clock=clock(AS_OF, DAY))
    for channels in (("reference", "production"), ("reference", "compiled"), ("reference",), None):
        screener = Screener(shipped(), channels=channels, ledger=ledger)
        screener.screen(example(FIRST), as_of=AS_OF, reference="p-17")
    found = told(ledger, 5, 2)  # the screenings are on days 2 to 5
    assert (found.now.screenings, found.now.without_engine) == (2, 1)
    assert (found.before.screenings, found.before.without_engine) == (2, 1)


def test_a_clinicians_overrides_are_counted_by_rule_and_reason(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    screener = Screener(shipped(), channels=("reference",), ledger=ledger)
    verdict = screener.screen(example(LOZENGE), as_of=AS_OF, reference="p-17")
    ledger.override(verdict, rule="home-use", reason="risk_reduced", text="", by="dr", at=AS_OF)
    assert told(ledger, 1, 1).now.overrides == {("home-use", "risk_reduced"): 1}


def test_facts_that_are_asked_for_are_counted_once_for_each_screening(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, ("blood-pressure-missing.json", 2))
    assert told(ledger, 3, 3).now.asks["systolic_bp"] == 2


@pytest.mark.parametrize(
    ("before", "now", "drift"),
    [
        ((LOZENGE, 5), (FIRST, 5), Drift("home-use", 5, 0, "stopped")),
        ((LOZENGE, 4), (FIRST, 4), None),
    ],
)
def test_a_rule_that_stopped_firing_is_pointed_out_once_that_is_no_chance(
    tmp_path: Path, before: tuple[str, int], now: tuple[str, int], drift: Drift | None
) -> None:
    ledger = ledger_of(tmp_path, before, now)
    found = [one for one in told(ledger, 1 + before[1] + now[1], now[1]).drifts if one.rule == "home-use"]
    assert found == ([drift] if drift else [])


@pytest.mark.parametrize(("met_before", "pointed_out"), [(5, True), (6, False)])
def test_a_rule_that_fires_twice_as_often_is_pointed_out(tmp_path: Path, met_before: int, pointed_out: bool) -> None:
    ledger = ledger_of(tmp_path, (LOZENGE, met_before), (FIRST, 10 - met_before), (LOZENGE, 10))
    drifts = {one.rule: one for one in told(ledger, 21, 10).drifts}
    assert ("home-use" in drifts) is pointed_out
    if pointed_out:
        assert drifts["home-use"] == Drift("home-use", 5, 10, "more_often")


def test_an_entry_that_is_not_as_it_was_written_is_named_and_not_counted(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, (LOZENGE, 4))
    body = ledger.entry(4).record.body
    changed(ledger, "UPDATE entries SET body = ? WHERE number = 4", body.replace('"review"', '"eligible"').encode())
    found = told(ledger, 9, 9)
    assert (found.now.screenings, found.altered) == (3, [4])
    assert found.now.decisions == {("sublingual", "review"): 3}


@pytest.mark.parametrize("time", ["1990-01-01T00:00:00.000000Z", "noon", ""])
def test_a_time_that_was_altered_hides_no_older_entry(tmp_path: Path, time: str) -> None:
    ledger = ledger_of(tmp_path, (LOZENGE, 4))
    changed(ledger, "UPDATE entries SET recorded_at = ? WHERE number = 5", time)
    found = told(ledger, 9, 9)
    assert (found.now.screenings, found.altered) == (3, [5])


def test_what_is_behind_and_before_an_entry_that_is_gone_is_not_counted(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, (LOZENGE, 5))
    changed(ledger, "DELETE FROM entries WHERE number = 5")
    found = told(ledger, 9, 9)
    assert (found.now.screenings, found.altered) == (2, [4, 6])
