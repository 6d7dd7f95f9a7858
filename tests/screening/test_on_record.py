"""Many patients onto a ledger: each on record before it is returned, none twice, no decision lost meanwhile."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ketascreen import LeanVerdict, PatientProfile, ProfileError, RequestError, Screener, Verdict, read_profile
from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.replay import Replay
from ketascreen.audit.verify import verify_ledger
from ketascreen.runtime.process_pool import PIECE
from ketascreen.screening.recorder import Composed
from tests.campaigns.endurance import patients
from tests.helpers.ledgers import decide, example, lozenge_today, new_ledger, screener
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped

FUTURE = profile_of({**baseline(), "diastolic_bp": {"value": 70, "at": AS_OF + timedelta(days=1)}})
PEOPLE = [(f"p-{number}", patient) for number, patient in enumerate(patients()[:30])]
LOZENGE = EXAMPLES / "lozenge-at-home.yaml"


def records(ledger: Ledger, kind: str = "screening") -> list[int]:
    return [entry.number for entry in ledger.entries() if entry.record.kind == kind]


def recorded(ledger: Ledger, people: Sequence[Any] = PEOPLE, **asked: Any) -> list[Any]:
    return list(screener(ledger).screen_many(people, **{"as_of": AS_OF, **asked}))


@pytest.mark.parametrize("workers", [1, 2])
def test_each_verdict_is_that_of_one_by_one_and_is_on_record_in_order(tmp_path: Path, workers: int) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        verdicts = recorded(ledger, workers=workers)
        assert [verdict.receipt.record for verdict in verdicts] == records(ledger)
        alone = [Screener(shipped(), channels=("reference",)).screen(profile, as_of=AS_OF) for _, profile in PEOPLE]
        assert [verdict.model_copy(update={"receipt": None}) for verdict in verdicts] == alone
        by_number = {entry.number: entry.record for entry in ledger.entries()}
        for (reference, _), verdict in zip(PEOPLE, verdicts, strict=True):
            record = by_number[verdict.receipt.record]
            assert (record.part("reference"), record.digest) == (reference, verdict.receipt.digest)
        assert verify_ledger(ledger).flaws == ()
        assert {replayed.differs for replayed in Replay(ledger).run()} == {()}


def test_a_record_of_many_is_to_the_byte_that_of_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with new_ledger(tmp_path / "one") as one, new_ledger(tmp_path) as many:
        request = {"as_of": AS_OF}
        screener(one).screen(PEOPLE[0][1], reference="p-0", **request)  # type: ignore[arg-type]
        recorded(many, PEOPLE[:1])
        differing = [set(a.record.data) ^ set(b.record.data) for a, b in zip(_last(one), _last(many), strict=True)]
        assert differing == [set()]
        assert _last(one)[0].record.openings.keys() == _last(many)[0].record.openings.keys()


def _last(ledger: Ledger) -> list[Any]:
    return [next(ledger.entries(backwards=True))]


@pytest.mark.parametrize("workers", [1, 2])
def test_one_that_is_refused_leaves_no_record_and_the_rest_go_on(tmp_path: Path, workers: int) -> None:
    people = [PEOPLE[0], ("p-late", FUTURE), ("a name", PEOPLE[1][1]), (None, PEOPLE[2][1]), ("p-9", b"{"), PEOPLE[3]]
    with Ledger(tmp_path / "ledger.db") as ledger:
        first, *refused, last = recorded(ledger, people, workers=workers)
        assert all(isinstance(one, ProfileError) for one in refused)
        codes = [one.diagnostics[0].code for one in refused]
        assert codes == ["in-the-future", "reference", "reference", "not-json"]
        assert [first.receipt.record, last.receipt.record] == records(ledger)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_second_start_records_only_what_the_first_did_not(tmp_path: Path, workers: int) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        before = recorded(ledger, PEOPLE[:20])
        again = recorded(ledger, workers=workers)
        assert again[:20] == before
        assert records(ledger) == [verdict.receipt.record for verdict in again]
        assert len(set(records(ledger))) == 30
        assert len(records(ledger, "batch")) == 2


def test_a_stream_that_is_broken_off_is_on_record_up_to_its_piece_and_gone_on_with(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        verdicts = screener(ledger).screen_many(PEOPLE, as_of=AS_OF)
        first = next(verdicts)
        verdicts.close()
        assert len(records(ledger)) == PIECE
        again = recorded(ledger)
        assert again[0] == first
        assert len(records(ledger)) == len(PEOPLE)


@pytest.mark.parametrize(
    "other",
    [{"as_of": AS_OF + timedelta(hours=1)}, {"stage": "session"}, {"routes": ["iv"]}],
    ids=lambda one: next(iter(one)),
)
def test_another_batch_is_recorded_beside_the_first(tmp_path: Path, other: dict[str, Any]) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        recorded(ledger, PEOPLE[:2])
        recorded(ledger, PEOPLE[:2], **other)
        assert len(records(ledger)) == 4


def test_other_answers_of_the_same_patient_are_another_screening(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        recorded(ledger, [("p-1", example("ptsd.yaml"))])
        (other,) = recorded(ledger, [("p-1", example("lozenge-at-home.yaml"))])
        assert [other.receipt.record] == records(ledger)[1:]


def test_a_patient_who_is_in_a_batch_twice_is_on_record_once(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        one, other, changed = recorded(ledger, [PEOPLE[0], PEOPLE[0], ("p-0", PEOPLE[1][1])])
        assert one == other
        assert [one.receipt.record, changed.receipt.record] == records(ledger)


def test_a_decision_on_record_counts_in_a_batch(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        decide(ledger, lozenge_today(ledger))
        asked = {"stage": "session", "routes": ["sublingual"], "as_of": AS_OF + timedelta(hours=1)}
        (verdict,) = recorded(ledger, [("p-17", read_profile(LOZENGE))], **asked)
        assert [one.override.rule for one in verdict.overrides] == ["home-use"]
        assert verdict.routes["sublingual"].readiness == "ready"


def test_a_decision_that_another_process_makes_meanwhile_is_not_lost(tmp_path: Path) -> None:
    asked = {"stage": "session", "routes": ["sublingual"], "as_of": AS_OF + timedelta(hours=1)}
    with Ledger(tmp_path / "ledger.db") as ledger, Ledger(tmp_path / "ledger.db") as other:
        verdict = lozenge_today(other)

        def people() -> Iterator[tuple[str, PatientProfile]]:
            yield "p-17", read_profile(LOZENGE)
            decide(other, verdict)  # the one before is composed by now, and not yet on record
            yield PEOPLE[0]

        first, _ = recorded(ledger, people(), **asked)  # type: ignore[arg-type]
        assert [one.override.rule for one in first.overrides] == ["home-use"]
        assert {replayed.differs for replayed in Replay(ledger).run()} == {()}


def test_a_decision_that_lapses_in_a_batch_stays_lapsed_in_it(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        decide(ledger, lozenge_today(ledger))
        lozenge = read_profile(LOZENGE)
        other = lozenge.model_copy(update={"setting": {"value": "clinic", "at": AS_OF}})
        asked = {"stage": "session", "routes": ["sublingual"], "as_of": AS_OF + timedelta(hours=1)}
        _, ended, after = recorded(ledger, [PEOPLE[0], ("p-17", other), ("p-17", lozenge)], **asked)
        assert ended.overrides[0].standing == after.overrides[0].standing != "counts"
        assert after.overrides[0].override.lapsed_at == ended.receipt.record


def test_nothing_of_a_piece_is_returned_if_it_cannot_be_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        real = ledger._add
        added = []

        def fails_at_the_tenth(*given: Any) -> Any:
            added.append(given)
            if len(added) == 10:
                raise LedgerError("ledger-full", "full")
            return real(*given)

        monkeypatch.setattr(ledger, "_add", fails_at_the_tenth)
        verdicts = screener(ledger).screen_many(PEOPLE, as_of=AS_OF)
        with pytest.raises(LedgerError, match="ledger-full"):
            next(verdicts)
        assert records(ledger) == []


def test_nothing_is_returned_that_was_not_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        verdicts = screener(ledger).screen_many(PEOPLE, as_of=AS_OF)
        real = ledger._store.read_back
        monkeypatch.setattr(
            ledger._store, "read_back", lambda numbers: real(numbers)[1:] if numbers[1:] else real(numbers)
        )
        with pytest.raises(LedgerError, match="ledger-not-stored"):
            next(verdicts)


def test_record_many_gives_the_lean_form(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        (lean,) = screener(ledger).record_many(PEOPLE[:1], as_of=AS_OF)
        assert isinstance(lean, LeanVerdict)
        assert recorded(ledger, PEOPLE[:1]) == [lean.whole(shipped())]


def test_a_ledger_may_be_given_for_a_batch_alone(tmp_path: Path) -> None:
    unrecorded = Screener(shipped(), channels=("reference",))
    with Ledger(tmp_path / "ledger.db") as ledger:
        (verdict,) = unrecorded.screen_many(PEOPLE[:1], as_of=AS_OF, ledger=ledger)
        assert isinstance(verdict, Verdict)
        assert verdict.receipt is not None
        (alone,) = unrecorded.screen_many([PEOPLE[0][1]], as_of=AS_OF)
        assert isinstance(alone, Verdict)
        assert alone.receipt is None


@pytest.mark.parametrize("people", [[PEOPLE[0][1]], [b"{}"], [("p-1", "{}")], [("p-1",)]])
def test_with_a_ledger_each_must_be_a_reference_with_a_profile(tmp_path: Path, people: list[Any]) -> None:
    with new_ledger(tmp_path) as ledger:
        with pytest.raises(RequestError, match="a reference with a profile"):
            recorded(ledger, people)
        assert records(ledger, "batch") == []


def test_record_many_needs_a_ledger() -> None:
    with pytest.raises(RequestError, match="needs a ledger"):
        Screener(shipped(), channels=("reference",)).record_many(PEOPLE, as_of=AS_OF)


def test_a_ledger_with_random_bytes_of_its_own_is_refused_for_two_workers(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        with pytest.raises(RequestError, match="own `random`"):
            recorded(ledger, workers=2)
        assert records(ledger, "batch") == []


def test_a_copy_for_a_worker_refuses_an_older_file_in_the_place_of_the_ledger(tmp_path: Path) -> None:
    path, older = tmp_path / "ledger.db", tmp_path / "older.db"
    with Ledger(path) as ledger:
        recorded(ledger, PEOPLE[:1])
    older.write_bytes(path.read_bytes())
    with Ledger(path) as ledger:
        recorded(ledger, PEOPLE[1:2])
        copy = pickle.loads(pickle.dumps(ledger.for_reading()))
        assert copy.newest_about("p-1").screening == (6, ledger.entry(6).digest)
        copy.close()
    older.rename(path)
    with pytest.raises(LedgerError, match="ledger-rolled-back"):
        copy.newest_about("p-1")


def test_other_entries_with_the_same_numbers_are_noticed(tmp_path: Path) -> None:
    one, other = Ledger(tmp_path / "one.db"), Ledger(tmp_path / "other.db")
    with one, other:
        recorded(one, PEOPLE[:1])
        recorded(other, PEOPLE[:1])
        assert [ledger.newest_about("p-0").screening[0] for ledger in (one, other)] == [4, 4]  # type: ignore[index]
        assert one.newest_about("p-0") != other.newest_about("p-0")


def test_the_repr_of_what_is_composed_shows_nothing_of_the_patient(tmp_path: Path) -> None:
    composed = Composed("p-17", "eligible", "body", "opened", seen=(None, None))  # type: ignore[arg-type]
    assert repr(replace(composed)) == "Composed()"
