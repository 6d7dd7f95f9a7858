"""`ketascreen audit verify`: whether a chain is as it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.chain import Head
from ketascreen.audit.signed_head import read_head, require_signed
from ketascreen.audit.verify import Verified, opened, verify_file, verify_ledger
from ketascreen.cli.audit.options import AS_WRITTEN, MANY, end, not_as_written, remarked
from ketascreen.cli.options import counter, json_option, show_json, trust_option
from ketascreen.rendering.page import Line, Style, entry, show
from ketascreen.signing import VerifyKey

_SQLITE = b"SQLite format 3\0"


@click.command("verify", epilog=AS_WRITTEN)
@click.argument("chain", type=click.Path(path_type=Path), metavar="LEDGER_OR_FILE")
@click.option("--against", metavar="HEAD", type=click.Path(path_type=Path), help="A head that was kept elsewhere.")
@trust_option
@json_option
def command(chain: Path, against: Path | None, keys: tuple[VerifyKey, ...], as_json: bool) -> None:
    """Walk every entry of a ledger, or of a file that `audit export` or `audit retire` wrote.

    Checks every link, every record and every sealed part. Only a head that was kept elsewhere shows that the newest
    entries were cut off. It remarks on times that go back, on an `as_of` that is far from the clock, and on a file that
    others may read.
    """
    if keys and not against:
        raise click.UsageError("--trust is for the head of --against; add --against")
    head = _kept(against, keys) if against else None
    verified = _verified(chain, head, counter("entries verified"))
    if as_json:
        show_json(verified)
    else:
        show(render(verified, chain, head))
    end(as_written=not verified.flaws)


def _kept(path: Path, keys: tuple[VerifyKey, ...]) -> Head:
    signed = read_head(path)
    return require_signed(signed, keys) if keys else signed.head


def _verified(chain: Path, against: Head | None, progress: Callable[[int], None]) -> Verified:
    if chain.is_file() and not _is_sqlite(chain):
        return verify_file(chain, against=against, progress=progress)
    with Ledger.existing(chain) as ledger:
        return verify_ledger(ledger, against=against, progress=progress)


def _is_sqlite(path: Path) -> bool:
    with opened(path) as file:
        return file.read(len(_SQLITE)) == _SQLITE


def render(verified: Verified, chain: Path, against: Head | None) -> Iterator[Line]:
    """The result of a verification, as text."""
    for flaw in verified.flaws[:MANY]:
        yield from not_as_written(str(flaw))
    if verified.flaws[MANY:]:
        yield Line(f"and {len(verified.flaws) - MANY:,} more", Style.URGENT)
    yield from remarked(verified.remarks)
    found = f"{len(verified.flaws):,} not as written" if verified.flaws else "each as it was written"
    yield from entry(str(chain), f"{verified.count:,} entries, {found}")
    yield from entry("Begins", f"with entry {verified.start.first:,}, after {verified.start.previous[:12]}")
    yield from entry("Ends", f"with entry {verified.head.number:,}, {verified.head.digest}")
    yield from entry(
        "Compared with",
        f"the head of entry {against.number:,}"
        if against
        else "no head, so it cannot show whether entries were cut off at the end",
    )
