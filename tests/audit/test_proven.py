"""What a verdict takes from a ledger counts only if it is as it was written, and of this patient."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ketascreen import Readiness
from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.entry import entry_of
from ketascreen.audit.proven import _shows_none
from ketascreen.audit.record import Record, override_of, override_record
from ketascreen.audit.retention import retire
from ketascreen.audit.verify import verify_ledger
from tests.helpers.ledgers import at, changed, clock, decide, example, lozenge_today, new_ledger, screener
from tests.helpers.screening import AS_OF


def reopened(ledger: Ledger, number: int, name: str, value: object) -> None:
    """An opening with another value; its commitment stays."""
    openings = dict(ledger.entry(number).record.openings)
    opening = json.loads(openings[name])
    opening[2] = value
    openings[name] = json.dumps(opening, separators=(",", ":"), ensure_ascii=False)
    text = json.dumps(openings, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    changed(ledger, "UPDATE entries SET openings = ? WHERE number = ?", text.encode(), number)


def refused(ledger: Ledger, number: int, reference: str = "p-17", hours: float = 1) -> None:
    with pytest.raises(LedgerError, match=rf"entry {number}, on which this rests, is not as it was written") as error:
        lozenge_today(ledger, as_of=at(hours), reference=reference)
    assert error.value.code == "ledger-damaged"


def test_a_decision_that_was_given_to_another_patient_makes_nobody_ready(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger))
    changed(ledger, "UPDATE entries SET key = 'p-18' WHERE number = 4")
    refused(ledger, 4, "p-18")
    assert lozenge_today(ledger, as_of=at(1)).routes["sublingual"].readiness is Readiness.INSUFFICIENT_DATA
    assert "entry 4: the file's index does not agree with its record" in map(str, verify_ledger(ledger).flaws)


def test_a_screening_that_was_made_an_override_is_none(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    lozenge_today(ledger)
    changed(ledger, "UPDATE entries SET kind = 'override' WHERE number = 3")
    refused(ledger, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("until", "2099-01-01T00:00:00Z"), ("until", None), ("rule", "other"), ("reference", "p-18"), ("by", "dr-18")],
)
def test_a_decision_with_another_value_is_found(tmp_path: Path, name: str, value: object) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger), until=at(1))
    reopened(ledger, 4, name, value)
    refused(ledger, 4, hours=2)


def test_a_decision_without_one_of_its_openings_is_found(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger), until=at(1))
    openings = {name: text for name, text in ledger.entry(4).record.openings.items() if name != "until"}
    text = json.dumps(openings, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    changed(ledger, "UPDATE entries SET openings = ? WHERE number = 4", text.encode())
    refused(ledger, 4)


@pytest.mark.parametrize("column", ["recorded_at", "previous", "digest"])
def test_a_decision_whose_link_was_changed_is_found(tmp_path: Path, column: str) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger))
    lozenge_today(ledger, as_of=at(1))
    other = "2020-01-01T00:00:00.000000Z" if column == "recorded_at" else "0" * 64
    changed(ledger, f"UPDATE entries SET {column} = ? WHERE number = 4", other)
    refused(ledger, 4)


def test_an_entry_that_was_removed_before_a_decision_is_found(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger))
    changed(ledger, "DELETE FROM entries WHERE number = 3")
    refused(ledger, 4)


def test_a_screening_that_shows_the_end_of_a_decision_is_checked_too(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger))
    lozenge_today(ledger, as_of=at(1))
    reopened(ledger, 5, "overrides", [])
    refused(ledger, 5, hours=2)


def test_a_newer_decision_that_the_index_lost_is_found_once_a_screening_shows_it(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    first = lozenge_today(ledger)
    decide(ledger, first)
    decide(ledger, first, until=at(1))
    assert lozenge_today(ledger, as_of=at(2)).routes["sublingual"].readiness is Readiness.INSUFFICIENT_DATA
    changed(ledger, "UPDATE entries SET key = 'p-18' WHERE number = 5")
    refused(ledger, 5, hours=2)


@pytest.mark.parametrize("change", ["UPDATE entries SET key = 'p-18'", "UPDATE entries SET kind = 'batch'"])
def test_the_only_decision_that_the_index_lost_is_found_once_a_screening_shows_it(tmp_path: Path, change: str) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger))
    lozenge_today(ledger, as_of=at(1))
    changed(ledger, f"{change} WHERE number = 4")
    refused(ledger, 4, hours=2)
    batch = screener(ledger).screen_many([("p-17", example("lozenge-at-home.yaml"))], as_of=at(2), stage="session")
    with pytest.raises(LedgerError, match="entry 4, on which this rests"):
        list(batch)


def test_a_screening_whose_opening_is_changed_to_show_no_decision_is_not_believed(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger))
    lozenge_today(ledger, as_of=at(1))
    text = ledger.entry(5).record.opened
    salt = json.loads(ledger.entry(5).record.openings["overrides"])[1]
    forged = {**json.loads(text), "overrides": f'["overrides","{salt}",[]]'}
    opened = json.dumps(forged, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    shown = ledger.entry(5)
    assert _shows_none(replace(shown, record=Record(shown.record.body, opened))) is False
    assert _shows_none(ledger.entry(3)) is True


def test_a_decision_and_each_screening_that_shows_it_given_away_are_found_by_the_walk_alone(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger))
    lozenge_today(ledger, as_of=at(1))
    changed(ledger, "UPDATE entries SET key = 'p-18' WHERE number IN (4, 5)")
    assert lozenge_today(ledger, as_of=at(2)).overrides == ()
    assert [flaw.number for flaw in verify_ledger(ledger).flaws] == [4, 5]


def test_a_newer_decision_that_was_removed_before_a_screening_showed_it_is_found_by_the_walk_alone(
    tmp_path: Path,
) -> None:
    # docs/audit.md says so.
    ledger = new_ledger(tmp_path)
    first = lozenge_today(ledger)
    decide(ledger, first)
    lozenge_today(ledger, reference="p-18")
    decide(ledger, first, until=at(1))
    lozenge_today(ledger, reference="p-18")
    changed(ledger, "DELETE FROM entries WHERE number = 6")
    assert lozenge_today(ledger, as_of=at(2)).routes["sublingual"].readiness is Readiness.READY
    assert "the entries between them are missing" in str(verify_ledger(ledger).flaws[0])


def test_an_entry_that_was_removed_behind_a_decision_is_found(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger))
    for _ in range(2):
        lozenge_today(ledger, reference="p-18")
    changed(ledger, "DELETE FROM entries WHERE number = 5")
    refused(ledger, 4)


def test_nobody_decides_on_a_screening_that_was_changed(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    verdict = lozenge_today(ledger)
    lozenge_today(ledger)
    reopened(ledger, 3, "facts.birth_date", "1960-01-01")
    with pytest.raises(LedgerError, match="entry 3, on which this rests"):
        decide(ledger, verdict)


def test_a_decision_still_counts_after_its_segment_begins_the_ledger(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path, segment_size=3, clock=clock(AS_OF, timedelta(days=1)))
    decide(ledger, lozenge_today(ledger))
    lozenge_today(ledger, as_of=at(1))
    now = AS_OF.replace(year=2032) + timedelta(days=2, seconds=1)
    assert [(one.first, one.last) for one in retire(ledger, tmp_path, now=now)] == [(1, 3)]
    shown = lozenge_today(ledger, as_of=at(2)).overrides
    assert [one.override.record for one in shown] == [4]


def rewritten(ledger: Ledger, number: int, record: Record) -> None:
    """Another record in the place of one, with a digest that fits, and a row behind it that names that digest."""
    there = ledger.entry(number)
    forged = entry_of(ledger.id, number, there.recorded_at, there.previous, record)
    row = (forged.digest, record.body.encode(), record.opened.encode(), number)
    changed(ledger, "UPDATE entries SET digest = ?, body = ?, openings = ? WHERE number = ?", *row)
    changed(ledger, "UPDATE entries SET previous = ? WHERE number = ?", forged.digest, number + 1)


def test_a_decision_that_was_rewritten_is_found_by_a_screening_that_shows_it(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    decide(ledger, lozenge_today(ledger), until=at(1))
    lozenge_today(ledger, reference="p-18")
    lozenge_today(ledger, as_of=at(0.5))
    longer = override_of(ledger.entry(4).record, 4).model_copy(update={"record": None, "until": at(24)})
    rewritten(ledger, 4, override_record("p-17", longer, ledger.salts()))
    refused(ledger, 4, hours=2)
    assert [flaw.number for flaw in verify_ledger(ledger).flaws] == [5]


def test_a_second_start_of_a_batch_believes_no_decision_that_only_its_record_shows(tmp_path: Path) -> None:
    def batch(ledger: Ledger) -> list[Any]:
        people = [(reference, example("lozenge-at-home.yaml")) for reference in ("p-17", "p-18", "p-19")]
        return list(screener(ledger).screen_many(people, as_of=at(1), stage="session", ledger=ledger))

    for folder in ("true", "forged"):
        (tmp_path / folder).mkdir()
    ledger, other = new_ledger(tmp_path / "true"), new_ledger(tmp_path / "forged")
    number = batch(ledger)[0].receipt.record
    decide(other, lozenge_today(other))
    forged = other.entry(batch(other)[0].receipt.record).record
    assert [one["standing"] for one in forged.part("overrides")] == ["in_force"]
    rewritten(ledger, number, forged)
    with pytest.raises(LedgerError, match="entry 4, on which this rests, is not as it was written"):
        batch(ledger)
