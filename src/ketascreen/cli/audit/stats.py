"""`ketascreen audit stats`: what a ledger says about a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from ketascreen.audit import Ledger
from ketascreen.audit.proven import proven_backwards
from ketascreen.audit.stats import Period, Stats, stats
from ketascreen.audit.verify import loose_remarks
from ketascreen.cli.audit.options import AS_WRITTEN, MANY, end, ledger_argument, not_as_written, remarked
from ketascreen.cli.options import json_option, now, read_time, show_json
from ketascreen.rendering.page import Line, Style, entry, heading, show, wrapped

SEEN = {"stopped": "is no longer met", "more_often": "is met twice as often or more"}


@click.command("stats", epilog=AS_WRITTEN)
@ledger_argument
@click.option("--days", type=click.IntRange(1), default=30, show_default=True, help="How many days back.")
@click.option("--until", metavar="TIME", help="Up to this time, ISO 8601 with its offset.  [now]")
@json_option
def command(ledger: Path, days: int, until: str | None, as_json: bool) -> None:
    """Decisions, rules met, facts asked for and overrides of the last days, and of as many days before them.

    It counts only what is as it was written, and says how many entries are not.
    """
    time = read_time(until, "--until") if until else now()
    with Ledger.existing(ledger) as opened:
        told = stats(proven_backwards(opened), until=time, days=days)
        told.remarks[:0] = loose_remarks(opened)
    if as_json:
        show_json(as_data(told))
    else:
        show(render(told))
    end(as_written=not told.altered)


def as_data(told: Stats) -> dict[str, Any]:
    """The counts as plain data."""
    return {
        "since": told.since.isoformat(),
        "until": told.until.isoformat(),
        "now": _counts(told.now),
        "before": _counts(told.before),
        "not_as_written": told.altered,
        "drifts": told.drifts,
        "remarks": told.remarks,
    }


def _counts(period: Period) -> dict[str, Any]:
    pairs = {name: getattr(period, name) for name in ("decisions", "readiness", "overrides")}
    return {
        "screenings": period.screenings,
        "without_engine": period.without_engine,
        **{name: {": ".join(pair): count for pair, count in sorted(found.items())} for name, found in pairs.items()},
        "met": dict(period.met),
        "asks": dict(period.asks),
    }


def render(told: Stats) -> Iterator[Line]:
    """The counts as text, each beside the count of the period before."""
    now_, before = told.now, told.before
    if told.altered:
        which = ", ".join(f"{number}" for number in told.altered[:MANY])
        more = f" and {len(told.altered) - MANY:,} more" if told.altered[MANY:] else ""
        counted = f"{len(told.altered):,} entries, which are not counted: {which}{more}; verify the ledger"
        yield from not_as_written(counted)
    yield from entry("From", f"{told.since.isoformat()} to {told.until.isoformat()}")
    yield from entry("Screenings", f"{now_.screenings:,} (before: {before.screenings:,})")
    if now_.without_engine or before.without_engine:
        less = f"{now_.without_engine:,} of them without durable-rules (before: {before.without_engine:,})"
        yield from entry("Channels", less)
    for drift in told.drifts:
        text = f"{drift.rule} {SEEN[drift.what]}: {drift.now:,} times, {drift.before:,} before"
        yield from wrapped(text, first="LOOK AT: ", hang=2, style=Style.WARNING)
    yield from remarked(told.remarks)
    yield from _table("Recommendations", _joined(now_.decisions), _joined(before.decisions))
    yield from _table("Sessions", _joined(now_.readiness), _joined(before.readiness))
    yield from _table("Rules met", now_.met, before.met)
    yield from _table("Facts asked for", now_.asks, before.asks)
    yield from _table("Decisions and overrides", _joined(now_.overrides), _joined(before.overrides))


def _joined(counts: Counter[tuple[str, str]]) -> dict[str, int]:
    return {": ".join(pair): count for pair, count in counts.items()}


def _table(title: str, counts: Mapping[str, int], before: Mapping[str, int]) -> Iterator[Line]:
    names = sorted(counts.keys() | before.keys(), key=lambda name: (-counts.get(name, 0), name))
    if names:
        yield from heading(title)
    for name in names:
        yield Line(f"{counts.get(name, 0):>9,}  {name} (before: {before.get(name, 0):,})")
