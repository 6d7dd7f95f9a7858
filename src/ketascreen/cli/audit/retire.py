"""`ketascreen audit retire`: moves complete segments that are old enough to files."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.heads import KeptHead
from ketascreen.audit.retention import RETENTION_YEARS, retire
from ketascreen.cli.audit.options import ledger_argument
from ketascreen.cli.heads import heads_options
from ketascreen.cli.options import now, read_time


@click.command("retire")
@ledger_argument
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--years", type=click.IntRange(1), default=RETENTION_YEARS, show_default=True, help="Keep this many years."
)
@heads_options
@click.option("--as-of", metavar="TIME", help="Use this time for the present, ISO 8601 with its offset.  [now]")
def command(ledger: Path, folder: Path, years: int, as_of: str | None, heads: KeptHead | None) -> None:
    """Move each complete segment whose entries are all old enough to a file in FOLDER.

    The segment's head stays in the ledger, so the chain has no gap. Keep the files: only they hold the moved entries.
    """
    time = read_time(as_of, "--as-of") if as_of else now()
    with Ledger.existing(ledger, writes=True, heads=heads) as opened:
        taken = retire(opened, folder, now=time, years=years)
    for one in taken:
        click.echo(f"segment {one.segment}: entries {one.first:,} to {one.last:,} are in {one.file}")
    if not taken:
        click.echo("no complete segment is old enough")
