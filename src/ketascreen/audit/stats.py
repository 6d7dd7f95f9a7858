"""Counts decisions, rules met, asks and overrides of a ledger in a period, and in the period before it.

It points out a rule that is no longer met, or is met far more often than before: the patients may have changed, or the
rule, or how a fact is recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from ketascreen.audit.entry import Entry, read_time
from ketascreen.audit.record import Record
from ketascreen.audit.screening_record import findings_of
from ketascreen.audit.times import remarks
from ketascreen.language.terms import ENGINE_CHANNEL, Outcome

FEW = 5
"""Below this count, a change in how often a rule is met is not reported: a policy, because it may be chance."""

TWICE = 2
"""A rule is reported if the share of screenings in which it is met grew at least by this factor."""

_CLOCK = timedelta(days=1)
"""How far a clock may have been set back; no entry is missed up to that."""


@dataclass
class Period:
    """The counts of one period; `without_engine` of the screenings rest on fewer channels than usual."""

    screenings: int = 0
    without_engine: int = 0
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    readiness: Counter[tuple[str, str]] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    asks: Counter[str] = field(default_factory=Counter)
    overrides: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Drift:
    """A rule that is met more or less often than before: the counts of both periods, and what changed."""

    rule: str
    before: int
    now: int
    what: str


@dataclass(frozen=True, slots=True)
class Stats:
    """The counts of a period, of the period of the same length before it, and the rules whose counts changed.

    `altered` are the numbers of the entries that were read and are not as they were written: none of them is counted.
    `remarks` tell what is remarkable about the times of the others.
    """

    since: datetime
    until: datetime
    now: Period
    before: Period
    altered: list[int] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def drifts(self) -> tuple[Drift, ...]:
        """The rules that are no longer met, or met in a share of screenings that is at least twice as large."""
        return tuple(_drifts(self.before, self.now))


def stats(entries: Iterable[tuple[Entry, bool]], *, until: datetime, days: int) -> Stats:
    """Counts the records of the `days` up to `until`, and of as many days before them.

    `entries` are newest first, each with whether it is as it was written (`proven.proven_backwards`). Only such a one
    counts.
    """
    length = timedelta(days=days)
    told = Stats(until - length, until, Period(), Period())
    newer: Entry | None = None
    for entry, as_written in entries:
        if not as_written:
            told.altered.insert(0, entry.number)
            continue
        told.remarks[:0] = remarks([newer] if newer else [], entry)
        newer = entry
        recorded = read_time(entry.recorded_at)
        if recorded < told.since - length - _CLOCK:
            break
        if told.since < recorded <= until:
            _count(entry.record, told.now)
        elif told.since - length < recorded <= told.since:
            _count(entry.record, told.before)
    else:
        told.remarks[:0] = remarks([newer] if newer else [])
    return told


def _count(record: Record, period: Period) -> None:
    if record.kind == "override":
        period.overrides[record.part("rule"), record.part("reason")] += 1
    if record.kind != "screening":
        return
    found = findings_of(record)
    period.screenings += 1
    period.without_engine += ENGINE_CHANNEL not in record.data["channels"]
    for route, said in record.data["recommendation"].items():
        period.decisions[route, said["decision"]] += 1
        if said["readiness"]:
            period.readiness[route, said["readiness"]] += 1
    period.met.update(rule for rule, finding in found.items() if finding.outcome is Outcome.MET)
    period.asks.update({fact for finding in found.values() for fact in finding.lacks})


def _drifts(before: Period, now: Period) -> Iterator[Drift]:
    if not before.screenings or not now.screenings:
        return
    for rule in sorted(before.met | now.met):
        then, here = before.met[rule], now.met[rule]
        expected = Fraction(then * now.screenings, before.screenings)
        if not here and expected >= FEW:
            yield Drift(rule, then, here, "stopped")
        elif here >= FEW and here >= TWICE * expected:
            yield Drift(rule, then, here, "more_often")
