"""`ketascreen audit list`: the newest entries of a ledger, a line for each."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.entry import Entry
from ketascreen.audit.proven import is_proven
from ketascreen.cli.audit.options import (
    AS_WRITTEN,
    NOT_AS_WRITTEN,
    UNREAD,
    end,
    illegible,
    kind_of,
    ledger_argument,
    opened,
    told,
)
from ketascreen.cli.options import json_option, show_json
from ketascreen.diagnostic import printable
from ketascreen.rendering.page import Line, Style, show


@click.command("list", epilog=AS_WRITTEN)
@ledger_argument
@click.option(
    "--last", metavar="N", type=click.IntRange(1), default=20, show_default=True, help="The number of entries."
)
@click.option(
    "--kind",
    type=click.Choice(["screening", "override", "batch", "rulebook", "retired", "ledger"]),
    help="Only entries of this kind.",
)
@click.option("--reference", metavar="TOKEN", help="Only entries of this patient.")
@json_option
def command(ledger: Path, last: int, kind: str | None, reference: str | None, as_json: bool) -> None:
    """The newest entries of a ledger: number, time, kind, and what each is about.

    Each entry that is shown is checked, with its links to the entries beside it.
    """
    with Ledger.existing(ledger) as opened_ledger:
        fitting = (
            entry
            for entry in opened_ledger.entries(backwards=True)
            if kind in (None, found := kind_of(entry)) or found == UNREAD
            if reference is None or _reference(entry) in (reference, None)
        )
        chosen = [(entry, is_proven(opened_ledger, entry)) for entry in islice(fitting, last)][::-1]
    if as_json:
        show_json([_as_data(*one) for one in chosen])
    else:
        show(_line(*one) for one in chosen)
    end(as_written=all(as_written for _, as_written in chosen))


def _reference(entry: Entry) -> str | None:
    """Whom an entry is about; None if its record cannot be read, so that it is shown and not passed over."""
    with illegible():
        return opened(entry.record, "reference", "")
    return None


def _as_data(entry: Entry, as_written: bool) -> dict[str, object]:
    return {
        "number": entry.number,
        "at": entry.recorded_at,
        "kind": kind_of(entry),
        "about": told(entry),
        "as_written": as_written,
    }


def _line(entry: Entry, as_written: bool) -> Line:
    mark = "" if as_written else NOT_AS_WRITTEN
    text = f"{entry.number:>7}  {entry.recorded_at[:19]}Z  {kind_of(entry):<9}  {mark}{told(entry)}"
    return Line(printable(text), Style.PLAIN if as_written else Style.URGENT)
