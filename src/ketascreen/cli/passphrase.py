"""The private key that a command signs with. Its passphrase comes from the environment or from the terminal only."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ketascreen.diagnostic import printable
from ketascreen.signing import PASSPHRASE, SigningKey, passphrase_of_environment, read_signing_key


def signing_key_of(path: Path) -> SigningKey:
    """The private key of a file; if it is encrypted, the command asks for the passphrase at the terminal.

    Raises:
        SignatureError: it cannot be read or opened.
    """

    def asked() -> str | None:
        given = passphrase_of_environment()
        if given is not None or not at_a_terminal():
            return given
        return str(click.prompt(f"Passphrase of {printable(str(path))}", hide_input=True, err=True))

    return read_signing_key(path, asked)


def new_passphrase(*, refused: bool) -> str | None:
    """The passphrase for a new key, or None for no passphrase: `refused` by the caller, or left empty at the terminal.

    Nobody gets a key without a passphrase only because nobody could be asked.
    """
    given = passphrase_of_environment()
    if refused and given is not None:
        raise click.UsageError(f"--no-passphrase, and {PASSPHRASE} holds one; leave one of the two out")
    if refused or given is not None:
        return _not_blank(given)
    if not at_a_terminal():
        raise click.UsageError(
            f"there is no terminal to ask for a passphrase; put it into {PASSPHRASE}, or give --no-passphrase for a "
            "key with which everybody can sign who can read the file"
        )
    asks = "Passphrase for the private key (empty: none)"
    return _not_blank(
        click.prompt(asks, default="", show_default=False, hide_input=True, confirmation_prompt=True, err=True) or None
    )


def _not_blank(given: str | None) -> str | None:
    if given is not None and not given.strip():
        raise click.UsageError("the passphrase is blank; give one with letters, or none at all")
    return given


def at_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
