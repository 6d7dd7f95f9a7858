"""The state before: a ledger, a rulebook and verdicts that an earlier version wrote, read by this one."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ketascreen import Screener, load_rulebook, read_profile
from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay, Replayed
from ketascreen.audit.retention import import_chain
from ketascreen.audit.verify import verify_ledger
from tests.helpers.places import DATA
from tests.helpers.screening import AS_OF

BEFORE = DATA / "before"
SINCE = {"number, 10 to 250 mmHg": "number, 20 to 250 mmHg"}
"""What verdicts word in another way since then: a diastolic pressure begins at 20 mmHg."""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A copy: reading a ledger may lay a log beside its file."""
    copy = tmp_path / "ledger.db"
    shutil.copy(BEFORE / "ledger.db", copy)
    with Ledger.existing(copy) as opened:
        yield opened


def verdicts() -> list[dict[str, Any]]:
    with gzip.open(BEFORE / "verdicts.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(_as_worded_now(line)) for line in lines]


def _as_worded_now(text: str) -> str:
    for before, now in SINCE.items():
        text = text.replace(before, now)
    return text


def test_the_ledger_verifies(ledger: Ledger) -> None:
    verified = verify_ledger(ledger)
    assert verified.flaws == ()
    assert ledger.head().number == 46


def test_the_chain_file_makes_the_same_ledger_again(ledger: Ledger, tmp_path: Path) -> None:
    import_chain(BEFORE / "chain.jsonl", tmp_path / "again.db")
    with Ledger.existing(tmp_path / "again.db") as again:
        assert list(again.entries()) == list(ledger.entries())


def test_each_record_comes_out_the_same_to_the_byte_but_for_decisions_on_a_list_that_is_not_complete(
    ledger: Ledger,
) -> None:
    replayed = list(Replay(ledger).run())
    assert len(replayed) == 38
    assert [one for one in replayed if one.refused or not one.own] == []
    # Somebody decided on a list with an entry that nobody had read, on record and with the screening. It counts no
    # longer, so the review is one more reason why no session can be; the recommendation and readiness are the same.
    first, second = (one for one in replayed if one.differs)
    assert {name.partition(".")[0] for name in first.differs} == {"overrides", "routes"}
    assert {name.partition(".")[0] for name in second.differs} == {"routes"}
    (on_record,), (given,) = _part(ledger, first, "overrides"), _part(ledger, second, "decisions")
    assert (on_record["override"]["rule"], on_record["standing"]) == ("unrecognised-heart-condition", "in_force")
    assert [used["complete"] for used in on_record["override"]["rests_on"]] == [False]
    assert given["rule"] == "unrecognised-heart-condition"


def _part(ledger: Ledger, replayed: Replayed, name: str) -> Any:
    return ledger.entry(replayed.number).record.part(name)


@pytest.mark.parametrize("told", verdicts(), ids=lambda told: f"{told['example']} at {told['stage']}")
def test_each_example_gets_the_verdict_that_it_got(told: dict[str, Any]) -> None:
    (file,) = (BEFORE / "examples").glob(f"{told['example']}.*")
    screener = Screener(load_rulebook(BEFORE / "rulebook"))
    verdict = screener.screen(read_profile(file), as_of=AS_OF, stage=told["stage"])
    assert _as_it_was(json.loads(verdict.model_dump_json())) == told["verdict"]


def _as_it_was(verdict: dict[str, Any]) -> dict[str, Any]:
    """The verdict without the fields that came later, which no answer of before fills."""
    for finding in verdict["findings"]:
        for used in finding["rests_on"]:
            assert (used.pop("earliest"), used.pop("latest")) == (None, None)
    return verdict
