"""P11: distinctive values in every field of a profile, searched for in everything that is written beside the ledger.

A verdict shows its grounds and `audit show` opens a record: that is what they are for, and they alone are left out.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ketascreen import PatientProfile, Screener
from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.store import Store
from ketascreen.cli.audit.group import COMMANDS
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.profile import BUILT_IN
from tests.helpers.command_line import run
from tests.helpers.screening import AS_OF, shipped

REFERENCE = "p-17"


@dataclass
class Written:
    """Everything that was written beside the ledger, with where it came from."""

    texts: list[tuple[str, str]] = field(default_factory=list)

    def add(self, where: str, text: str) -> None:
        self.texts.append((where, text))

    def holding(self, canaries: set[str]) -> list[tuple[str, str]]:
        """Each canary that was found, and where."""
        return [(canary, where) for where, text in self.texts for canary in canaries if canary in text]


def answer(number: int, fact: Fact) -> tuple[dict[str, Any], set[str]]:
    """An answer to a fact that is like no other, and the strings that it is known by."""
    at = datetime(2026, 11, 22, 7, tzinfo=UTC) + timedelta(microseconds=610_117 + 1_009 * number)
    dated = {"at": at.isoformat()}
    stamp = f".{at.microsecond:06}"
    if fact.kind is Kind.LIST:
        return {"present": [f"zephyr-{number}"], "complete": False, **dated}, {stamp, f"zephyr-{number}"}
    if fact.kind is Kind.CHOICE:
        return {"value": fact.choices[-1], **dated}, {stamp}
    if fact.is_whole:
        return {"value": int(fact.minimum or 0) + 37, **dated}, {stamp}
    value = f"{int(fact.minimum or 0) + 41}.{4_231 + number}"
    return {"value": f"{value} {fact.unit.name if fact.unit else ''}", **dated}, {stamp, value}


@pytest.fixture(scope="module")
def patient() -> tuple[dict[str, Any], set[str]]:
    """A profile with a canary in every field."""
    answers: dict[str, Any] = {}
    canaries: set[str] = {"1931-07-13"}
    for number, (name, fact) in enumerate(BUILT_IN.items()):
        answers[name], found = answer(number, fact)
        canaries |= found
    answers["diastolic_bp"]["value"] = "21.7177 mmHg"
    answers["predose_diastolic_bp"]["value"] = "21.7178 mmHg"
    answers["antihypertensive_treatment"]["value"] = "not_treated"
    answers["pregnancy"]["value"] = "pregnant"
    answers["substance_use"]["value"] = "past"
    del answers["age"]
    answers["birth_date"] = "1931-07-13"
    PatientProfile.model_validate(answers)
    return answers, canaries | {"21.7177", "21.7178"}


@pytest.fixture
def logged() -> Iterator[Written]:
    """All that is logged, at every level, with everything that a record of the log carries."""
    written = Written()

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.add(f"log of {record.name}", f"{self.format(record)} {record.__dict__!r} {record.args!r}")

    handler, root = Handler(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def commands(ledger: Path, folder: Path) -> Iterator[list[str]]:
    """Every command of the audit but `show`, in every form."""
    head, chain = folder / "head.json", folder / "redacted.jsonl"
    told: dict[str, list[list[str]]] = {
        "list": [[str(ledger)], [str(ledger), "--json"], [str(ledger), "--reference", REFERENCE]],
        "show": [],
        "verify": [[str(ledger)], [str(ledger), "--json"], [str(chain)], [str(ledger), "--against", str(head)]],
        "head": [[str(ledger)]],
        "export": [[str(ledger), str(chain), "--redacted"], [str(ledger), str(chain), "--redacted"]],
        "import": [[str(chain), str(folder / "copy.db")], [str(folder / "none"), str(folder / "copy.db")]],
        "redact": [[str(ledger), "3"], [str(ledger), "3", "--open", "facts.none"], [str(ledger), "77"]],
        "override": [
            [str(ledger), "3", "--rule", "none", "--reason", "other", "--by", "dr"],
            [str(ledger), "3", "--rule", "active-psychosis", "--reason", "other", "--by", "dr"],
        ],
        "stats": [[str(ledger)], [str(ledger), "--json"]],
        "retire": [[str(ledger), str(folder)]],
    }
    assert set(told) == set(COMMANDS)
    for name in ("export", *(name for name in told if name != "export")):
        yield from (["audit", name, *args] for args in told[name])
    yield ["replay", str(ledger)]
    yield ["replay", str(ledger), "--json"]


def test_no_command_log_or_format_writes_a_value_of_a_profile_beside_the_ledger(
    tmp_path: Path, patient: tuple[dict[str, Any], set[str]], logged: Written
) -> None:
    answers, canaries = patient
    ledger, profile = tmp_path / "ledger.db", tmp_path / "in.json"
    profile.write_text(json.dumps(answers), encoding="utf-8")
    for stage in ("candidacy", "session"):
        shown = run(
            "screen", str(profile), "--as-of", AS_OF.isoformat(), "--stage", stage, "--ledger", str(ledger),
            "--reference", REFERENCE,
        )  # fmt: skip
        assert any(canary in shown.out for canary in canaries), "the canaries are in the verdict"
        logged.add("screen: standard error", shown.err)
    (tmp_path / "head.json").write_text(run("audit", "head", str(ledger)).out, encoding="utf-8")
    for args in commands(ledger, tmp_path):
        ran = run(*args)
        logged.add(" ".join(args), ran.out + ran.err)
    for file in tmp_path.iterdir():
        if not file.name.startswith("ledger.db") and file != profile:
            logged.add(f"the file {file.name}", file.read_bytes().decode("utf-8", "replace"))
    assert logged.holding(canaries) == []
    assert any(where.startswith("log of ketascreen") for where, _ in logged.texts)
    assert len(logged.texts) > 25


def test_no_error_that_a_screening_ends_with_holds_a_value_or_the_reference(
    tmp_path: Path, patient: tuple[dict[str, Any], set[str]], logged: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, canaries = patient
    profile = PatientProfile.model_validate(answers)
    ledger = Ledger(tmp_path / "ledger.db", busy_seconds=0.01)
    screening = Screener(shipped(), channels=("reference",), ledger=ledger)

    def fails(code: str) -> None:
        with pytest.raises(LedgerError) as refused:
            screening.screen(profile, as_of=AS_OF, reference="canary-reference")
        assert refused.value.code == code
        error: BaseException | None = refused.value
        while error is not None:
            logged.add(f"the error {code}", f"{error} {error!r} {error.args!r}")
            error = error.__cause__ or error.__context__

    raw = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    fails("ledger-locked")
    raw.execute("ROLLBACK")
    raw.execute("DROP TRIGGER no_update")
    raw.execute("UPDATE entries SET digest = ''")
    fails("ledger-damaged")
    raw.execute("DROP TABLE entries")
    fails("ledger-system")
    raw.close()
    with monkeypatch.context() as patched:
        patched.setattr(Store, "read_back", lambda self, numbers: [])
        screening = Screener(shipped(), channels=("reference",), ledger=Ledger(tmp_path / "other.db"))
        fails("ledger-not-stored")
    assert logged.holding(canaries | {"canary-reference"}) == []


def test_a_value_that_was_written_would_be_found(patient: tuple[dict[str, Any], set[str]]) -> None:
    written = Written()
    written.add("a leak", f"systolic is {patient[0]['systolic_bp']['value']}")
    assert len(written.holding(patient[1])) == 1
