"""`ketascreen audit redact`: one entry to give to others, without its values or with the opened ones."""

from __future__ import annotations

import io
from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.proven import require_proven
from ketascreen.audit.retention import write_excerpt
from ketascreen.cli.audit.options import ledger_argument
from ketascreen.cli.options import unknown


@click.command("redact")
@ledger_argument
@click.argument("number", type=click.IntRange(1))
@click.option(
    "--open", "names", metavar="PART", multiple=True, help="A part to open, such as facts.age; may be repeated."
)
def command(ledger: Path, number: int, names: tuple[str, ...]) -> None:
    """Print entry NUMBER as a chain file of one entry; every part is sealed, except the named ones.

    An entry that is not as it was written is refused. What is printed verifies without more; a person who has it learns
    the opened parts and no others.
    """
    with Ledger.existing(ledger) as opened:
        entry = opened.entry(number)
        require_proven(opened, entry)
        sealed = entry.record.data["sealed"]
        for name in names:
            if name not in sealed:
                unknown("ledger-not-there", "part", name, sealed, "`ketascreen audit show` lists them")
        written = io.BytesIO()
        write_excerpt(written, opened.id, entry, names)
    click.echo(written.getvalue(), nl=False)
