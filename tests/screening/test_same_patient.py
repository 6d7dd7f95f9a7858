"""One patient many times in a batch: no needless screening, and none while other writers wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ketascreen import LeanVerdict
from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay
from ketascreen.screening.on_record import Composing
from tests.campaigns.endurance import patients
from tests.helpers.ledgers import at, decide, example, lozenge_today, screener
from tests.helpers.screening import AS_OF

LINES = [("p-17", patient) for patient in patients()[:60]]


@pytest.fixture
def screenings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The reference of each patient who is screened, as it happens."""
    screened: list[str] = []
    real = Composing._screened

    def counted(composing: Composing, reference: str, *given: Any) -> Any:
        screened.append(reference)
        return real(composing, reference, *given)

    monkeypatch.setattr(Composing, "_screened", counted)
    return screened


def recorded(ledger: Ledger, lines: list[Any]) -> list[Any]:
    return list(screener(ledger).record_many(lines, as_of=AS_OF))


def test_a_patient_with_many_lines_is_screened_at_most_twice_for_each(tmp_path: Path, screenings: list[str]) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        first = recorded(ledger, LINES)
        assert len({verdict.receipt.record for verdict in first}) == len(LINES)
        assert len(LINES) <= len(screenings) <= 2 * len(LINES)
        screenings.clear()
        assert recorded(ledger, LINES) == first
        assert len(screenings) == len(LINES)
        assert {replayed.differs for replayed in Replay(ledger).run()} == {()}


def test_the_same_answers_in_one_piece_are_on_record_once(tmp_path: Path, screenings: list[str]) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        one, other, same = recorded(ledger, [LINES[0], LINES[1], LINES[0]])
        assert (one, one.receipt.record) == (same, other.receipt.record - 1)
        assert len(screenings) == 5


def test_nobody_is_screened_while_other_writers_wait(
    tmp_path: Path, screenings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger, Ledger(tmp_path / "ledger.db", busy_seconds=0) as other:
        counted = Composing._screened

        def beside(composing: Composing, reference: str, *given: Any) -> Any:
            with other._store.writing():  # fails at once if somebody else writes
                return counted(composing, reference, *given)

        monkeypatch.setattr(Composing, "_screened", beside)
        assert len(recorded(ledger, LINES[:10])) == 10
        assert len(screenings) > 10


def test_an_entry_that_comes_after_the_last_look_is_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger, Ledger(tmp_path / "ledger.db") as other:
        verdict = lozenge_today(other)
        real, decided = ledger._put, list[object]()

        def late(*given: Any) -> bool:
            if not decided:
                decided.append(decide(other, verdict))
            return real(*given)

        monkeypatch.setattr(ledger, "_put", late)
        person = ("p-17", example("lozenge-at-home.yaml"))
        (lean,) = screener(ledger).record_many([person], as_of=at(1), stage="session", routes=["sublingual"])
        assert isinstance(lean, LeanVerdict)
        assert [one.override.rule for one in lean.overrides] == ["home-use"]
