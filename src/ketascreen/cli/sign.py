"""`ketascreen sign`: a rulebook's release, signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.options import day_of
from ketascreen.cli.passphrase import signing_key_of
from ketascreen.diagnostic import refused
from ketascreen.language.approval import ApprovalState
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.load import load_rulebook
from ketascreen.loading.signature import sign_release
from ketascreen.rendering.page import Line, entry, show
from ketascreen.rendering.unapproved import gone_in_words
from ketascreen.signing import VerifyKey

_MEANING = {
    AuthoringStatus.WELL: "the release is signed",
    AuthoringStatus.BAD_INPUT: "the rulebook, the key or the call was refused; nothing is signed",
    AuthoringStatus.FAULT: "the signature could not be written, or an internal fault",
}


@click.command("sign", epilog=epilog(_MEANING))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--key", required=True, metavar="KEY", type=click.Path(path_type=Path), help="Your private key (PEM).")
@click.option(
    "--at-least",
    metavar="N",
    type=click.IntRange(0),
    default=0,
    help="Refuse if fewer rules are approved.",
)
@click.option("--date", "on", metavar="DATE", help="The day on which approvals count, as 2026-11-22.  [today]")
def command(folder: Path, key: Path, at_least: int, on: str | None) -> None:
    """Sign the rulebook in DIR as it is: its id, its version and exactly the bytes of its files.

    The signature is written beside the files, and replaces an older one. With --trust and your public key, ketascreen
    then loads exactly this rulebook, or refuses. A signature says that nobody changed the bytes, approvals among them;
    an approval says who has read what.
    """
    rulebook, day = load_rulebook(folder), day_of(on, "--date")
    counts = Counter(rulebook.approval_states(day).values())
    if (approved := counts[ApprovalState.APPROVED]) < at_least:
        what = f"{_of_rules(approved, rulebook)} approved on {day}, and --at-least asks for {at_least}"
        raise refused("approve", f"{what}; nothing is signed", "`ketascreen rules --unapproved` lists the others")
    if at_least and (gone := counts[ApprovalState.GONE]):
        hint = "`ketascreen rules --unapproved` names it: put the rule back, or withdraw its approval"
        raise refused("approve", f"{gone_in_words(gone)}; nothing is signed", hint)
    signing = signing_key_of(key)
    show(render(sign_release(folder, rulebook, signing), rulebook, signing.public, counts))


def _of_rules(count: int, rulebook: Rulebook) -> str:
    return f"{count} of {len(rulebook.rules)} rules"


def render(path: Path, rulebook: Rulebook, key: VerifyKey, counts: Counter[ApprovalState]) -> Iterator[Line]:
    """What was signed, how much of it is approved, with which key, and where the signature is."""
    identity = rulebook.identity
    yield from entry("Signed", f"{identity.id} {identity.version}, digest {rulebook.bytes_digest[:12]}")
    gone = counts[ApprovalState.GONE]
    said = _of_rules(counts[ApprovalState.APPROVED], rulebook)
    yield from entry("Approved", f"{said}; {gone_in_words(gone)}" if gone else said)
    yield from entry("Signature", str(path))
    yield from entry("Key", key.fingerprint)
