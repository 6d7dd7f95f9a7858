"""`ketascreen audit retire`: whole segments out to files, once they are old enough."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.retention import RETENTION_YEARS, retire
from ketascreen.cli.audit.options import ledger_argument
from ketascreen.cli.options import now, read_time


@click.command("retire")
@ledger_argument
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--years", type=click.IntRange(1), default=RETENTION_YEARS, show_default=True, help="Keep as many years.")
@click.option("--as-of", metavar="TIME", help="As if it were this time, ISO 8601 with its offset.  [now]")
def command(ledger: Path, folder: Path, years: int, as_of: str | None) -> None:
    """Move each whole segment whose entries are all old enough to a file in FOLDER.

    The segment's head stays behind in the ledger, so that the chain has no hole. Keep the files: only they hold what
    was taken out.
    """
    time = read_time(as_of, "--as-of") if as_of else now()
    with Ledger.existing(ledger, writes=True) as opened:
        taken = retire(opened, folder, now=time, years=years)
    for one in taken:
        click.echo(f"segment {one.segment}: entries {one.first:,} to {one.last:,} are in {one.file}")
    if not taken:
        click.echo("no whole segment is old enough")
