"""`ketascreen audit head`: the head of the chain now, to keep elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.proven import proven_head
from ketascreen.audit.signed_head import head_text
from ketascreen.cli.audit.options import ledger_argument
from ketascreen.cli.passphrase import signing_key_of


@click.command("head")
@ledger_argument
@click.option("--sign", "key", metavar="KEY", type=click.Path(path_type=Path), help="Sign it with this private key.")
def command(ledger: Path, key: Path | None) -> None:
    """Print the head of the chain as one line. Keep it in a place that the writers of the ledger cannot reach.

    `ketascreen audit verify LEDGER --against FILE` finds what was changed or cut off since then. A ledger
    whose newest entry is not as it was written has no head to keep.
    """
    with Ledger.existing(ledger) as opened:
        click.echo(head_text(proven_head(opened), signing_key_of(key) if key else None), nl=False)
