"""`ketascreen audit list`: the newest entries of a ledger, a line for each."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.cli.audit.options import ledger_argument, opened, told
from ketascreen.cli.options import json_option, show_json
from ketascreen.diagnostic import printable
from ketascreen.rendering.page import Line, show


@click.command("list")
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
    """The newest entries of a ledger: number, time, kind, and what each is about."""
    with Ledger.existing(ledger) as opened_ledger:
        fitting = (
            entry
            for entry in opened_ledger.entries(backwards=True)
            if kind in (None, entry.record.kind)
            and (reference is None or opened(entry.record, "reference", "") == reference)
        )
        chosen = list(islice(fitting, last))[::-1]
    if as_json:
        show_json([{"number": e.number, "at": e.recorded_at, "kind": e.record.kind, "about": told(e)} for e in chosen])
    else:
        show(Line(printable(f"{e.number:>7}  {e.recorded_at[:19]}Z  {e.record.kind:<9}  {told(e)}")) for e in chosen)
