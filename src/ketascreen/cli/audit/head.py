"""`ketascreen audit head`: where the chain ends now, to be kept elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.signed_head import head_text
from ketascreen.cli.audit.options import ledger_argument
from ketascreen.cli.passphrase import signing_key_of


@click.command("head")
@ledger_argument
@click.option("--sign", "key", metavar="KEY", type=click.Path(path_type=Path), help="Sign it with this private key.")
def command(ledger: Path, key: Path | None) -> None:
    """Print where the chain ends now, as a line to keep where those who write the ledger cannot reach it.

    `ketascreen audit verify LEDGER --against FILE` finds what was changed or cut off since.
    """
    with Ledger.existing(ledger) as opened:
        click.echo(head_text(opened.head(), signing_key_of(key) if key else None), nl=False)
