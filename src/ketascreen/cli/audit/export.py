"""`ketascreen audit export`: the chain of a ledger as a file of JSON Lines."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.retention import export_chain
from ketascreen.cli.audit.options import ledger_argument


@click.command("export")
@ledger_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--redacted",
    is_flag=True,
    help="Without the openings: the file has the recommendations, but no fact and no reference.",
)
def command(ledger: Path, file: Path, redacted: bool) -> None:
    """Write the whole chain of a ledger to FILE, which must be new.

    docs/verify.md is its format; everybody who has the file can verify it without ketascreen.
    Each entry is checked as it is written. A chain that is not as it was written is saved too, and that is an error.
    """
    with Ledger.existing(ledger) as opened:
        head = export_chain(opened, file, redacted=redacted)
    click.echo(f"{file}: up to entry {head.number:,}, {head.digest}")
