"""`ketascreen audit import`: the chain of a file into a ledger."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.audit.retention import import_chain
from ketascreen.cli.audit.options import ledger_argument


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@ledger_argument
def command(file: Path, ledger: Path) -> None:
    """Put the chain of FILE into LEDGER: a new one, or one that ends where the file begins.

    Nothing is imported unless the whole file verifies.
    """
    head = import_chain(file, ledger)
    click.echo(f"{ledger}: up to entry {head.number:,}, {head.digest}")
