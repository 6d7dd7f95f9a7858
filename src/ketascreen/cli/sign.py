"""`ketascreen sign`: a rulebook's release, signed."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.loading import load_rulebook
from ketascreen.loading.release import sign_release
from ketascreen.signing import read_signing_key


@click.command("sign")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--key", required=True, metavar="KEY", type=click.Path(path_type=Path), help="Your private key (PEM).")
def command(folder: Path, key: Path) -> None:
    """Sign the rulebook in DIR as it stands: its id, its version and the very bytes of its files.

    The signature is written beside the files. With --trust, `ketascreen screen` demands it.
    """
    signing, rulebook = read_signing_key(key), load_rulebook(folder)
    path = sign_release(folder, rulebook, signing)
    identity = rulebook.identity
    click.echo(f"{path}: {identity.id} {identity.version}, digest {rulebook.bytes_digest[:12]}")
