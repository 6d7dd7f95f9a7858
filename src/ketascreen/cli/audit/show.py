"""`ketascreen audit show`: one entry in full."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from ketascreen.audit import Ledger
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.proven import is_proven
from ketascreen.audit.record import Record
from ketascreen.audit.screening_record import findings_of
from ketascreen.cli.audit.options import AS_WRITTEN, end, illegible, ledger_argument, not_as_written, told
from ketascreen.cli.options import json_option, show_json, texts_of
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Outcome
from ketascreen.rendering.page import Line, entry, heading, show, wrapped
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.lean import LeanFinding

_LONG = ("files", "sealed")


@click.command("show", epilog=AS_WRITTEN)
@ledger_argument
@click.argument("number", type=click.IntRange(1))
@json_option
def command(ledger: Path, number: int, as_json: bool) -> None:
    """Entry NUMBER of a ledger in full: what was recommended, by which rules, on which facts.

    It is checked, with its links to the entries beside it; if it is not as it was written, that comes first.
    """
    with Ledger.existing(ledger) as opened:
        found = opened.entry(number)
        as_written = is_proven(opened, found)
        if as_json:
            show_json({**as_data(found), "as_written": as_written})
        else:
            show(_page(opened, found, as_written))
    end(as_written=as_written)


def as_data(found: Entry) -> dict[str, Any]:
    """The entry with each part as plain data; null for what cannot be opened or read."""
    told: dict[str, Any] = {"clear": None, "opened": None}
    with illegible():
        told = _parts(found.record)
    return {
        "number": found.number,
        "recorded_at": found.recorded_at,
        "previous": found.previous,
        "digest": found.digest,
        "record_digest": found.record.digest,
        **told,
    }


def _parts(record: Record) -> dict[str, Any]:
    opened = {
        name: json.loads(record.openings[name])[2] if name in record.openings else None for name in _sealed(record)
    }
    return {"clear": {name: value for name, value in record.data.items() if name != "sealed"}, "opened": opened}


def _page(ledger: Ledger, found: Entry, as_written: bool) -> Iterator[Line]:
    if not as_written:
        yield from not_as_written("do not rely on what is shown here; `ketascreen audit verify` says what is wrong")
    with nullcontext() if as_written else illegible():
        yield from list(render(found, _rulebook(ledger, found.record)))
        return
    yield from wrapped(f"Entry {found.number}: {told(found)}", hang=2)


def _sealed(record: Record) -> list[str]:
    return sorted(record.data["sealed"])


def _rulebook(ledger: Ledger, record: Record) -> Rulebook | None:
    if record.kind != "screening":
        return None
    try:
        return ledger.rulebook(record.data["rulebook"]["bytes_digest"])
    except LedgerError:
        return None  # its words are then left out; `replay` names it


def render(found: Entry, rulebook: Rulebook | None) -> Iterator[Line]:
    """An entry as text."""
    record, data = found.record, as_data(found)
    yield from wrapped(f"Entry {found.number}: {found.record.kind}: {told(found)}", hang=2)
    yield from entry("Recorded", found.recorded_at)
    yield from entry("Digest", found.digest)
    yield from entry("Follows", found.previous)
    yield from entry("Record", f"sha256 {data['record_digest']}")
    for name, value in data["clear"].items():
        if name not in ("kind", "format", *_LONG):
            yield from entry(name, _text(value))
    parts: dict[str, Any] = data["opened"]
    groups: dict[str, dict[str, Any]] = {}
    for name, value in parts.items():
        group, _, rest = name.partition(".")
        groups.setdefault(group if rest else "", {})[rest or group] = value
    said = groups.pop("", {})
    if record.kind == "override" and "until" in record.openings and said["until"] is None:
        said["until"] = "no end"
    yield from _plain("Said", {name: value for name, value in said.items() if name not in ("findings", "routes")})
    called = ENGLISH if rulebook is None else texts_of(rulebook)
    yield from _plain(called.text("option.head.many"), said.get("routes") or groups.get("routes", {}))
    if record.kind == "screening":
        yield from _findings(record, rulebook)
    yield from _plain("Facts", {name: value for name, value in groups.pop("facts", {}).items() if value is not None})


def _plain(title: str, parts: dict[str, Any]) -> Iterator[Line]:
    if parts:
        yield from heading(title)
    for name, value in parts.items():
        yield from entry(name, _text(value), indent=2)


def _findings(record: Record, rulebook: Rulebook | None) -> Iterator[Line]:
    try:
        findings = findings_of(record)
    except KeyError:
        yield from heading("The findings are sealed, or some of them")
        return
    for outcome in reversed(Outcome):
        here = {rule: finding for rule, finding in findings.items() if finding.outcome is outcome}
        if here:
            yield from heading(f"Rules that are {ENGLISH.label('outcome', outcome)} ({len(here)})")
        for rule, finding in here.items():
            yield from _finding(rule, finding, rulebook, whole=outcome is not Outcome.NOT_MET)


def _finding(rule: str, finding: LeanFinding, rulebook: Rulebook | None, *, whole: bool) -> Iterator[Line]:
    known = rulebook.rule(rule) if rulebook else None
    place = f" ({known.effect}, {known.place.path}:{known.place.line})" if known else ""
    yield from wrapped(f"{rule}{place}", indent=2, first="- ")
    if not whole:
        return
    if known:
        yield from entry("Says", known.say, indent=4)
        for cited in known.sources:
            yield from entry("Source", str(cited), indent=4)
    if finding.rests_on:
        yield from entry("Rests on", ", ".join(finding.rests_on), indent=4)
    for fact, why in finding.lacks.items():
        yield from entry("Lacks", f"{fact} ({ENGLISH.label('want', why)})", indent=4)


def _text(value: Any) -> str:
    if value is None:
        return "not known, or sealed"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value) or "none"
    return json.dumps(value, ensure_ascii=False)
