"""Before the day on which a rulebook takes effect, the first line of a verdict says so; nothing else changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ketascreen import LeanVerdict, PatientProfile, Screener, Verdict
from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay
from ketascreen.language.rulebook import Rulebook
from ketascreen.rendering.many import Tally, summed_up, told
from ketascreen.rendering.verdict import render
from tests.helpers.command_line import run
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped

EFFECTIVE = "2026-11-22"
EXAMPLES = Path(__file__).parents[2] / "examples"
SAID = "The rulebook takes effect on 2026-11-22; this screening is of 2026-11-21."
EVENING = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
PROFILE = PatientProfile()


def takes_effect(day: str) -> Rulebook:
    """The built-in rulebook with another day on which it takes effect."""
    return replace(shipped(), identity=replace(shipped().identity, effective=day))


def verdict_of(as_of: datetime, time_zone: str | None = None) -> Verdict:
    screener = Screener(shipped(), channels=("reference",), time_zone=time_zone)
    return screener.screen(PROFILE, as_of=as_of, stage="session")


def test_the_notice_begins_with_it_on_the_day_before_and_not_on_the_day() -> None:
    before, since = verdict_of(EVENING), verdict_of(MIDNIGHT)
    assert before.takes_effect == EFFECTIVE
    assert before.notice.startswith(f"{SAID} The rule engine")
    assert since.takes_effect is None
    assert "takes effect" not in since.notice


@pytest.mark.parametrize(("zone", "early"), [("Europe/Berlin", False), ("America/Los_Angeles", True)])
def test_the_clinics_day_counts_and_not_the_day_of_the_offset(zone: str, early: bool) -> None:
    evening_in_london = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # already the 22nd in Berlin
    assert (verdict_of(evening_in_london, time_zone=zone).takes_effect is not None) is early


def test_nothing_else_changes() -> None:
    """The same patient at the same time by a rulebook that differs in its day alone."""
    early, usual = (
        Screener(takes_effect(day)).screen(profile_of(baseline()), as_of=AS_OF, stage="session")
        for day in ("2030-01-01", EFFECTIVE)
    )
    assert early.takes_effect == "2030-01-01"
    changed = {name for name in Verdict.model_fields if getattr(early, name) != getattr(usual, name)}
    assert changed == {"takes_effect", "notice", "rulebook"}
    assert early.rulebook.bytes_digest == usual.rulebook.bytes_digest
    assert early.notice.endswith(usual.notice)


def test_the_page_begins_with_it() -> None:
    page = [line.text for line in render(verdict_of(EVENING))]
    assert " ".join(page[:3]).startswith(SAID)
    assert page[0] != next(line.text for line in render(verdict_of(MIDNIGHT)))
    assert any(line.startswith("Today is 2026-11-21") for line in page[:8])


def test_the_lean_form_keeps_it_and_the_rulebook_puts_its_sentence_back() -> None:
    verdict = verdict_of(EVENING)
    lean = LeanVerdict.of(verdict)
    assert json.loads(lean.to_json())["takes_effect"] == EFFECTIVE
    assert LeanVerdict.model_validate_json(lean.to_json()).whole(shipped()) == verdict
    assert "takes_effect" not in json.loads(LeanVerdict.of(verdict_of(MIDNIGHT)).to_json())


def test_a_recommendation_without_words_says_it_too() -> None:
    with Screener(shipped()) as screener:
        early, usual = (screener.decide(PROFILE, as_of=as_of) for as_of in (EVENING, MIDNIGHT))
    assert (early.takes_effect, early.notice) == (EFFECTIVE, SAID)
    assert (usual.takes_effect, usual.notice) == (None, "")
    assert "takes_effect='2026-11-22'" in repr(early)
    with Screener(shipped(), channels=("reference",)) as screener:
        assert screener.decide(PROFILE, as_of=EVENING).notice.startswith(f"{SAID} The rule engine")


def test_a_line_of_many_begins_with_it_and_the_summary_counts_it() -> None:
    tally = Tally()
    early, usual = verdict_of(EVENING), verdict_of(MIDNIGHT)
    assert told(early).startswith("the rulebook takes effect on 2026-11-22; ")
    assert "takes effect" not in told(usual)
    for verdict in (early, usual, usual):
        tally.add(verdict)
    assert summed_up(tally)[0] == "3 screened, 1 of them before the rulebook takes effect."


def test_the_command_line_shows_it_first() -> None:
    patient = str(EXAMPLES / "older-adult.yaml")
    shown = [run("screen", patient, "--as-of", f"2026-11-{day}T09:00:00Z").out for day in (21, 22)]
    assert shown[0].startswith("The rulebook takes effect on 2026-11-22; this screening is of 2026-11-21.")
    assert "takes effect" not in shown[1]


def test_a_screening_of_before_goes_on_record_and_replays_to_the_byte(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger, Screener(shipped(), ledger=ledger) as screener:
        verdict = screener.screen(PROFILE, as_of=EVENING, reference="p-1")
        assert verdict.notice.startswith(SAID)
        (replayed,) = Replay(ledger).run()
    assert (replayed.own, replayed.refused, replayed.differs) == (True, "", ())
