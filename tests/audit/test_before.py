"""The state before: a ledger, a rulebook and verdicts that an earlier version wrote, read by this one."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ketascreen import Decision, Rulebook, Screener, Stage, load_rulebook, read_profile
from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay
from ketascreen.audit.retention import import_chain
from ketascreen.audit.verify import verify_ledger
from ketascreen.authoring.format_two import in_format_2
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.loading.load import rulebook_of_files
from tests.helpers.places import DATA
from tests.helpers.rulebook_files import RULE, of_format_1, text_of
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped

BEFORE = DATA / "before"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A copy: reading a ledger may lay a log beside its file."""
    copy = tmp_path / "ledger.db"
    shutil.copy(BEFORE / "ledger.db", copy)
    with Ledger.existing(copy) as opened:
        yield opened


def verdicts() -> list[dict[str, Any]]:
    with gzip.open(BEFORE / "verdicts.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_the_ledger_verifies(ledger: Ledger) -> None:
    verified = verify_ledger(ledger)
    assert verified.flaws == ()
    assert ledger.head().number == 46


def test_the_chain_file_makes_the_same_ledger_again(ledger: Ledger, tmp_path: Path) -> None:
    import_chain(BEFORE / "chain.jsonl", tmp_path / "again.db")
    with Ledger.existing(tmp_path / "again.db") as again:
        assert list(again.entries()) == list(ledger.entries())


AGE_UNDATED = {"heart-attack-long-ago", "older-adult", "ptsd", "substance-use-in-remission", "suicidal-thoughts"}
"""The examples of before that give an age without its date. It counted then, and is not known now."""
OF_AGE = {"below-minimum-age", "older-adult", "older-adult-without-checkup"}


def example_of(reference: str) -> str:
    return reference.removesuffix("-decided")


def test_each_record_is_decided_the_same_or_otherwise_for_an_age_without_its_date(ledger: Ledger) -> None:
    replayed = list(Replay(ledger).run())
    assert len(replayed) == 38
    assert [one for one in replayed if one.refused or one.refused_now or one.differs or one.own] == []
    assert {example_of(one.reference) for one in replayed if one.changes} == AGE_UNDATED
    for change in (change for one in replayed for change in one.changes):
        assert change.now.startswith("insufficient_data")
        assert set(change.by) <= OF_AGE, "an age is the only reason"


def test_the_rulebooks_on_record_are_of_format_1_as_they_were_written(ledger: Ledger) -> None:
    files = ledger.rulebook(screened_by(ledger)).files
    assert b"\nformat: 1\n" in files["rulebook.yaml"]
    rules = [path for path in files if path.count("/")]
    assert len(rules) > 60
    assert [path for path in rules if b"\nsign_off: {status: draft}\n" not in files[path]] == []


def screened_by(ledger: Ledger) -> str:
    """The digest of the one rulebook that the ledger holds."""
    (digest,) = {entry.record.data["bytes_digest"] for entry in ledger.entries() if entry.record.kind == "rulebook"}
    return str(digest)


def test_a_screening_by_an_approved_rulebook_of_format_1_is_run_again_the_same(tmp_path: Path) -> None:
    approved = "sign_off: {status: approved, by: Example Clinician (not real), date: 2026-11-22}\n"
    rulebook = load_rulebook(of_format_1(tmp_path, {RULE: text_of(RULE) + approved}))
    assert (rulebook.identity.format, len(rulebook.approvals)) == (1, 1)
    profile = profile_of({"systolic_bp": {"value": "190 mmHg", "at": "2026-11-22"}})
    with Ledger(tmp_path / "ledger.db") as ledger:
        with Screener(rulebook, channels=["reference"], ledger=ledger) as screener:
            verdict = screener.screen(profile, as_of=AS_OF, reference="p-1")
        (replayed,) = Replay(ledger).run()
    assert {one.decision for one in verdict.routes.values()} == {Decision.NOT_ELIGIBLE}
    assert (replayed.refused, replayed.changes, replayed.differs) == ("", (), ())


@pytest.mark.parametrize("path", sorted((BEFORE / "examples").iterdir()), ids=lambda path: path.name)
def test_the_rulebook_of_before_finds_the_same_in_format_2(path: Path) -> None:
    old, new = both_formats()
    assert (old.identity.format, new.identity.format) == (1, 2)
    for stage in Stage:
        first, second = (
            Screener(book, channels=["reference"]).screen(read_profile(path), as_of=AS_OF, stage=stage)
            for book in (old, new)
        )
        assert second.rulebook.bytes_digest != first.rulebook.bytes_digest
        again = second.rulebook.model_copy(update={"bytes_digest": first.rulebook.bytes_digest})
        assert second.model_copy(update={"rulebook": again}) == first


@cache
def both_formats() -> tuple[Rulebook, Rulebook]:
    old = load_rulebook(BEFORE / "rulebook")
    return old, rulebook_of_files({**old.files, **dict(in_format_2(old.files).writes)})


def test_a_decision_of_before_on_a_list_that_nobody_had_read_counts_no_longer(ledger: Ledger) -> None:
    """On record and with the screening: no session was ready by it then, and none is now."""
    of_before = {one.reference: one.number for one in Replay(ledger).run()}
    for reference, part in (
        ("heart-condition-not-recognised", "overrides"),
        ("heart-condition-not-recognised-decided", "decisions"),
    ):
        record = ledger.entry(of_before[reference]).record
        (decided,) = record.part(part)
        assert decided.get("override", decided)["rule"] == "unrecognised-heart-condition"
        assert {one["readiness"] for one in record.data["recommendation"].values()} == {"insufficient_data"}


def test_a_record_that_would_be_refused_today_says_so_with_its_code(tmp_path: Path) -> None:
    rulebook = shipped()
    lenient = replace(rulebook, vocabulary=Vocabulary(rulebook.vocabulary.values()))
    profile = profile_of({**baseline(), "pregnancy_test": {"value": "positive", "at": "2026-11-22"}})
    with Ledger(tmp_path / "ledger.db") as ledger:
        with Screener(lenient, channels=["reference"], ledger=ledger) as screener:
            screener.screen(profile, as_of=AS_OF, reference="p-1")
        (replayed,) = Replay(ledger).run()
    assert replayed.refused_now == ("contradiction",)
    assert "`pregnancy_test` contradicts `pregnancy`" in replayed.refused


@pytest.mark.parametrize("told", verdicts(), ids=lambda told: f"{told['example']} at {told['stage']}")
def test_each_example_gets_what_it_got_or_asks_for_the_date_of_its_age(told: dict[str, Any]) -> None:
    (file,) = (BEFORE / "examples").glob(f"{told['example']}.*")
    screener = Screener(load_rulebook(BEFORE / "rulebook"))
    verdict = screener.screen(read_profile(file), as_of=AS_OF, stage=told["stage"])
    now = {route: (one.decision, one.readiness) for route, one in verdict.routes.items()}
    then = {route: (one["decision"], one["readiness"]) for route, one in told["verdict"]["routes"].items()}
    if told["example"] not in AGE_UNDATED:
        assert now == then
        return
    profile = read_profile(file)
    assert profile.age is not None
    dated = profile.model_copy(update={"age": {"value": profile.age.value, "at": AS_OF}})
    again = screener.screen(dated, as_of=AS_OF, stage=told["stage"])
    assert {route: (one.decision, one.readiness) for route, one in again.routes.items()} == then
    for route in verdict.routes.values():
        assert (route.decision, "age") in {(Decision.INSUFFICIENT_DATA, ask.fact) for ask in route.asks}
