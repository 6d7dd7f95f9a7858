"""`ketascreen sign`: a rulebook's release, signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.passphrase import signing_key_of
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.load import load_rulebook
from ketascreen.loading.signature import sign_release
from ketascreen.rendering.page import Line, entry, show
from ketascreen.signing import VerifyKey

_MEANING = {
    AuthoringStatus.WELL: "the release is signed",
    AuthoringStatus.BAD_INPUT: "the rulebook, the key or the call was refused; nothing is signed",
    AuthoringStatus.FAULT: "the signature could not be written, or an internal fault",
}


@click.command("sign", epilog=epilog(_MEANING))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--key", required=True, metavar="KEY", type=click.Path(path_type=Path), help="Your private key (PEM).")
def command(folder: Path, key: Path) -> None:
    """Sign the rulebook in DIR as it is: its id, its version and exactly the bytes of its files.

    The signature is written beside the files, and replaces an older one. With --trust and your public key, ketascreen
    then loads exactly this rulebook, or refuses.
    """
    rulebook, signing = load_rulebook(folder), signing_key_of(key)
    show(render(sign_release(folder, rulebook, signing), rulebook, signing.public))


def render(path: Path, rulebook: Rulebook, key: VerifyKey) -> Iterator[Line]:
    """What was signed, with which key, and where the signature is."""
    identity = rulebook.identity
    yield from entry("Signed", f"{identity.id} {identity.version}, digest {rulebook.bytes_digest[:12]}")
    yield from entry("Signature", str(path))
    yield from entry("Key", key.fingerprint)
