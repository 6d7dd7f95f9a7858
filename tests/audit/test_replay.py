"""Recorded screenings run again: the same to the byte, decided otherwise by another rulebook, or refused by name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ketascreen import ClinicianDecision, PatientProfile, Rulebook, Screener, load_rulebook
from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.record import FORMAT, FORMATS, WITH_STANDINGS, Record
from ketascreen.audit.replay import Replay, Replayed
from ketascreen.audit.retention import opened_only
from ketascreen.audit.screening_record import screening_record
from ketascreen.audit.sealing import random_salts
from ketascreen.loading.built_in import built_in_rules
from ketascreen.screening.recorder import Screening
from tests.helpers.ledgers import at, decide, example, lozenge_today, new_ledger, random_bytes, screener
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import AS_OF, shipped, shipped_cases


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with new_ledger(tmp_path) as made:
        yield made


def changed_rulebook(folder: Path, path: str, old: str, new: str) -> Rulebook:
    shutil.copytree(built_in_rules(), folder)
    file = folder / path
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    return load_rulebook(folder)


def test_cases_of_the_built_in_rulebook_come_out_the_same_to_the_byte(ledger: Ledger) -> None:
    both, cases = Screener(shipped(), ledger=ledger), [case for case in shipped_cases()[::9] if case.refused is None]
    for number, case in enumerate(cases):
        both.screen(
            case.profile, as_of=case.as_of, stage=("candidacy", "session")[number % 2], reference=f"case-{number}"
        )
    replayed = list(Replay(ledger).run())
    assert len(replayed) == len(cases) > 50
    assert [one for one in replayed if one.refused or one.differs or not one.own] == []


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.iterdir() if path.suffix in (".json", ".yaml")))
def test_every_example_comes_out_the_same_at_a_session(ledger: Ledger, name: str) -> None:
    screener(ledger).screen(example(name), as_of=AS_OF, stage="session", reference="p-17")
    (replayed,) = Replay(ledger).run()
    assert replayed == Replayed(3, "p-17")


def test_decisions_and_overrides_on_record_are_part_of_what_is_run_again(ledger: Ledger) -> None:
    first = lozenge_today(ledger)
    ledger.override(first, rule="home-use", reason="risk_reduced", text="", by="dr-17", at=AS_OF)
    assert lozenge_today(ledger, as_of=at(1)).routes["sublingual"].readiness == "ready"
    lozenge_today(ledger, as_of=at(2), setting=None)
    assert [one.differs for one in Replay(ledger).run()] == [(), (), ()]


def test_a_verdict_can_be_brought_back_with_its_receipt(ledger: Ledger) -> None:
    verdict = lozenge_today(ledger)
    assert Replay(ledger).verdict(ledger.entry(3)) == verdict


def test_another_rulebook_lists_who_would_be_decided_otherwise_and_by_which_rule(
    ledger: Ledger, tmp_path: Path
) -> None:
    screen = screener(ledger).screen
    patient = {"systolic_bp": {"value": 138, "at": "2026-11-20"}, "diastolic_bp": {"value": 80, "at": "2026-11-20"}}
    borderline = example("uncontrolled-hypertension.yaml").model_copy(update=patient)
    screen(borderline, as_of=AS_OF, reference="borderline", routes=["iv"])
    screen(example("resistant-depression.json"), as_of=AS_OF, reference="well", routes=["iv"])
    old = "controlled_systolic:\n  value: 140 mmHg"
    stricter = changed_rulebook(tmp_path / "rules", "parameters.yaml", old, old.replace("140", "135"))
    changed, same = Replay(ledger, stricter).run()
    assert (changed.reference, changed.own) == ("borderline", False)
    assert [(one.route, one.now, one.by) for one in changed.changes] == [
        ("iv", "not_eligible", ("uncontrolled-hypertension",))
    ]
    assert same == Replayed(4, "well", own=False)


def test_what_is_not_in_the_ledger_is_refused_by_name(ledger: Ledger) -> None:
    lozenge_today(ledger)
    entry = ledger.entry(3)
    replay = Replay(ledger)
    sealed = replay.one(opened_only(entry, [name for name in entry.record.openings if name != "facts.age"]))
    assert sealed.refused == "the opening of its part `facts.age` is missing [ledger-not-there]"
    other = entry.record.body.replace(shipped().bytes_digest, "0" * 64)
    assert "this ledger does not hold the rulebook 000000000000" in refused_for(replay, ledger, other)
    channel = entry.record.body.replace('"channels":["reference"]', '"channels":["oracle"]')
    assert "this version does not have its channel `oracle`" in refused_for(replay, ledger, channel)
    assert refused_for(replay, ledger, "{") == "its record cannot be read; verify the ledger"


def refused_for(replay: Replay, ledger: Ledger, body: str) -> str:
    entry = ledger.entry(3)
    return replay.one(replace(entry, record=Record(body, entry.record.opened))).refused


def test_a_record_that_was_altered_does_not_come_out_the_same(ledger: Ledger) -> None:
    lozenge_today(ledger)
    entry = ledger.entry(3)
    altered = entry.record.body.replace('"decision":"review"', '"decision":"eligible"')
    assert altered != entry.record.body
    replayed = Replay(ledger).one(replace(entry, record=Record(altered, entry.record.opened)))
    assert replayed.differs == ("recommendation",)
    with pytest.raises(LedgerError, match="the result is not the same"):
        Replay(ledger).verdict(replace(entry, record=Record(altered, entry.record.opened)))


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_record_in_each_format_with_a_decision_given_and_one_on_record_comes_out_the_same(
    ledger: Ledger, form: str
) -> None:
    made = decide(ledger, lozenge_today(ledger))
    given = ClinicianDecision(rule="home-use", by="dr-18", at=at(1))
    patient = example("lozenge-at-home.yaml")
    verdict = Screener(shipped(), channels=("reference",)).screen(
        patient, as_of=at(1), stage="session", routes=["sublingual"], decisions=[given], overrides=[made]
    )
    assert [one.standing for one in verdict.decisions] == ["in_force"]
    screening = Screening("p-17", patient, verdict, shipped(), screener(ledger).engines)
    record = screening_record(screening, random_salts(random_bytes()), form=form)
    assert ("standing" in record.part("decisions")[0]) is (form in WITH_STANDINGS)
    assert ("birth_date" in record.part("overrides")[0]["override"]) is (form in WITH_STANDINGS)
    assert ("signed" in record.data["rulebook"]) is (form != FORMAT)
    entry = replace(ledger.entry(3), record=record)
    assert Replay(ledger).one(entry) == Replayed(3, "p-17")


@pytest.mark.parametrize("form", ["ketascreen-record/1", "ketascreen-record/99", "1"])
def test_a_record_in_another_format_than_it_was_written_in_is_refused(ledger: Ledger, form: str) -> None:
    lozenge_today(ledger)
    assert refused_for(Replay(ledger), ledger, ledger.entry(3).record.body.replace(FORMAT, form))


def test_a_record_of_which_an_opening_lost_its_value_is_refused(ledger: Ledger) -> None:
    lozenge_today(ledger)
    entry = ledger.entry(3)
    openings = {**entry.record.openings, "reference": '["reference","00"]'}
    altered = replace(entry, record=Record(entry.record.body, json.dumps(openings)))
    assert Replay(ledger).one(altered).refused == "its record cannot be read; verify the ledger"


def test_a_record_of_another_version_is_compared_by_what_it_decided(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    lozenge_today(ledger)
    monkeypatch.setattr("ketascreen._version.VERSION", "9.9.9")
    (replayed,) = Replay(ledger).run()
    assert replayed == Replayed(3, "p-17", own=False)


def test_a_profile_that_the_other_rulebook_cannot_read_is_refused_by_name(ledger: Ledger, tmp_path: Path) -> None:
    fact = (
        "facts:\n  glaucoma: {type: choice, choices: [none, diagnosed], label: Glaucoma, domain: eyes}\n\nfreshness:\n"
    )
    own = changed_rulebook(tmp_path / "more", "vocabulary.yaml", "freshness:\n", fact)
    patient = PatientProfile(extra={"glaucoma": "none"})
    Screener(own, channels=("reference",), ledger=ledger).screen(patient, as_of=AS_OF, reference="p-17")
    (by_own,) = Replay(ledger).run()
    assert by_own == Replayed(3, "p-17")
    (by_other,) = Replay(ledger, shipped()).run()
    assert "unknown fact `glaucoma`" in by_other.refused
