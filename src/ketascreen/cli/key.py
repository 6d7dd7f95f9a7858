"""`ketascreen key`: pairs of keys for signing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.passphrase import new_passphrase, signing_key_of
from ketascreen.rendering.page import Line, entry, show
from ketascreen.signing import SignatureError, VerifyKey, read_verify_key, write_new_keys

_MEANING = {
    AuthoringStatus.WELL: "it is done",
    AuthoringStatus.BAD_INPUT: "a file could not be read or written, or the call was refused",
    AuthoringStatus.FAULT: "an internal fault",
}


@click.group("key")
def command() -> None:
    """Make a pair of keys for signing, or show which key a file holds."""


@command.command("new", epilog=epilog(_MEANING))
@click.argument("name")
@click.option("--no-passphrase", is_flag=True, help="Do not encrypt the private key.")
def new(name: str, no_passphrase: bool) -> None:
    """Make NAME.pem, which signs, and NAME.pub.pem, which verifies.

    Neither file may exist. The command asks for a passphrase and encrypts the private key with it, or takes the
    passphrase from the environment variable KETASCREEN_KEY_PASSPHRASE. Where it can do neither, it makes no key without
    --no-passphrase.
    """
    if name.endswith(("/", os.sep)) or not Path(name).name.strip(". "):
        raise click.BadParameter("a name for the files, such as `ours` or `keys/ours`", param_hint="NAME")
    private, public = Path(f"{name}.pem"), Path(f"{name}.pub.pem")
    passphrase = new_passphrase(refused=no_passphrase)
    key = write_new_keys(private, public, passphrase)
    show(render(private, public, key, encrypted=passphrase is not None))


@command.command("show", epilog=epilog(_MEANING))
@click.argument("file", type=click.Path(path_type=Path))
def show_key(file: Path) -> None:
    """Print the fingerprint of the key in FILE.

    FILE holds a public key or a private one. The fingerprint is the sha256 of the 32 bytes of the public key.
    """
    click.echo(_public(file).fingerprint)


def _public(file: Path) -> VerifyKey:
    with suppress(SignatureError):
        return read_verify_key(file)
    return signing_key_of(file).public


def render(private: Path, public: Path, key: VerifyKey, *, encrypted: bool) -> Iterator[Line]:
    """What was made, and who gets it."""
    locked = "encrypted with the passphrase" if encrypted else "not encrypted: everybody who can read the file can sign"
    yield from entry("Private key, for you alone", f"{private}, {locked}")
    yield from entry("Public key, for all who verify", str(public))
    yield from entry("Key", key.fingerprint)
