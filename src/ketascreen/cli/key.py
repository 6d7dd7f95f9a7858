"""`ketascreen key`: a pair of keys for signing."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.signing import write_new_keys


@click.command("key")
@click.argument("name")
def command(name: str) -> None:
    """Make a pair of keys: NAME.pem, which signs and stays with you, and NAME.pub.pem, which others verify with.

    The private key is encrypted where the environment has KETASCREEN_KEY_PASSPHRASE.
    """
    private, public = Path(f"{name}.pem"), Path(f"{name}.pub.pem")
    key = write_new_keys(private, public)
    click.echo(f"{private} and {public}: key {key.fingerprint}")
