"""Patients and ledgers that the tests of the audit share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from ketascreen import PatientProfile, Screener, Verdict, read_profile
from ketascreen.audit import Ledger
from ketascreen.verdict.override import Override
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import AS_OF, shipped


def clock(start: datetime = AS_OF, step: timedelta = timedelta(seconds=1)) -> Callable[[], datetime]:
    """A clock that goes on by `step` at each look."""
    now = [start - step]

    def tick() -> datetime:
        now[0] += step
        return now[0]

    return tick


def random_bytes(seed: int = 17) -> Callable[[int], bytes]:
    """A source of bytes that are the same in each run."""
    return Random(seed).randbytes


def new_ledger(folder: Path, **given: Any) -> Ledger:
    """A ledger of a test, with a clock and random bytes of its own."""
    return Ledger(folder / "ledger.db", **{"clock": clock(), "random": random_bytes(), **given})


def screener(ledger: Ledger) -> Screener:
    """A screener by the built-in rulebook on the reference channel, which needs no engine."""
    return Screener(shipped(), channels=("reference",), ledger=ledger)


@cache
def example(name: str) -> PatientProfile:
    """An example's profile."""
    return read_profile(EXAMPLES / name)


def lozenge_today(ledger: Ledger, *, as_of: datetime = AS_OF, reference: str = "p-17", **changed: Any) -> Verdict:
    """The session of a patient who takes a lozenge at home, which is a review (`home-use`)."""
    profile = example("lozenge-at-home.yaml").model_copy(update=changed)
    return screener(ledger).screen(profile, as_of=as_of, stage="session", routes=["sublingual"], reference=reference)


def at(hours: float) -> datetime:
    """So many hours after the time of the tests."""
    return AS_OF + timedelta(hours=hours)


def decide(ledger: Ledger, verdict: Verdict, rule: str = "home-use", **given: Any) -> Override:
    """Puts a clinician's going ahead on record; on home use, if no other rule is named."""
    told = {"reason": "risk_reduced", "text": "an adult is there", "by": "dr-17", "at": AS_OF, **given}
    return ledger.override(verdict, rule=rule, **told)


def changed(ledger: Ledger, statement: str, *values: object) -> None:
    """A row changed past the ledger, as sqlite3 can."""
    ledger.close()
    raw = sqlite3.connect(ledger.path, isolation_level=None)
    raw.execute("DROP TRIGGER IF EXISTS no_update")
    raw.execute("DROP TRIGGER IF EXISTS no_delete")
    raw.execute(statement, values)
    raw.close()
