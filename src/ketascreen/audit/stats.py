"""What a ledger tells of a stretch of time, beside the stretch before it: decisions, rules met, asks, overrides.

A rule that stopped firing, or fires far more often than before, is worth a look: the patients may have changed, or the
rule, or how a fact is recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from ketascreen.audit.entry import Entry, read_time
from ketascreen.audit.screening_record import findings_of
from ketascreen.language.terms import Outcome

FEW = 5
"""Fewer times than this a rule says nothing by firing or not: a policy, so that chance is not taken for a change."""

TWICE = 2
"""How many times as often a rule must fire, by the number of screenings, to be pointed out."""

_CLOCK = timedelta(days=1)
"""How far a clock may have been set back without an entry being passed over."""


@dataclass
class Stretch:
    """What was counted in one stretch of time. `unread` are screenings whose openings are not in the ledger."""

    screenings: int = 0
    unread: int = 0
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    readiness: Counter[tuple[str, str]] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    asks: Counter[str] = field(default_factory=Counter)
    overrides: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Drift:
    """A rule that fires otherwise than before: how often it was met then and now, and what is to be seen in that."""

    rule: str
    before: int
    now: int
    what: str


@dataclass(frozen=True, slots=True)
class Stats:
    """The stretch asked for, the one before it of the same length, and the rules that fire otherwise."""

    since: datetime
    until: datetime
    now: Stretch
    before: Stretch

    @property
    def drifts(self) -> tuple[Drift, ...]:
        """The rules that stopped firing, or fire twice as often or more, by the share of screenings."""
        return tuple(_drifts(self.before, self.now))


def stats(entries: Iterable[Entry], *, until: datetime, days: int) -> Stats:
    """Counts what was recorded in the `days` up to `until`, and in as many days before them; `entries` newest first."""
    length = timedelta(days=days)
    told = Stats(until - length, until, Stretch(), Stretch())
    for entry in entries:
        recorded = read_time(entry.recorded_at)
        if recorded < told.since - length - _CLOCK:
            break
        if told.since < recorded <= until:
            _count(entry, told.now)
        elif told.since - length < recorded <= told.since:
            _count(entry, told.before)
    return told


def _count(entry: Entry, stretch: Stretch) -> None:
    record = entry.record
    try:
        if record.kind == "override":
            stretch.overrides[record.part("rule"), record.part("reason")] += 1
        if record.kind != "screening":
            return
        found, recommended = findings_of(record), record.data["recommendation"]
        asks = {fact for finding in found.values() for fact in finding.lacks}
    except KeyError:
        stretch.unread += 1
        return
    stretch.screenings += 1
    for route, said in recommended.items():
        stretch.decisions[route, said["decision"]] += 1
        if said["readiness"]:
            stretch.readiness[route, said["readiness"]] += 1
    stretch.met.update(rule for rule, finding in found.items() if finding.outcome is Outcome.MET)
    stretch.asks.update(asks)


def _drifts(before: Stretch, now: Stretch) -> Iterator[Drift]:
    if not before.screenings or not now.screenings:
        return
    for rule in sorted(before.met | now.met):
        then, here = before.met[rule], now.met[rule]
        expected = Fraction(then * now.screenings, before.screenings)
        if not here and expected >= FEW:
            yield Drift(rule, then, here, "stopped")
        elif here >= FEW and here >= TWICE * expected:
            yield Drift(rule, then, here, "more_often")
