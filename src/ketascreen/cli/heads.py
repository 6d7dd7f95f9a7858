"""The options `--heads`, which keep the newest head of a ledger in a file by itself."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ketascreen.cli.options import CommandT

if TYPE_CHECKING:
    from ketascreen.audit.heads import KeptHead


def heads_options(command: CommandT) -> CommandT:
    """`--heads FILE`, `--heads-every N`, `--heads-key KEY` and `--heads-new`, as `heads`: a `KeptHead`, or None."""

    @functools.wraps(command)
    def with_heads(*args: Any, heads: Path | None, every: int | None, key: Path | None, new: bool, **given: Any) -> Any:
        if heads is None and (every or key or new):
            raise click.UsageError("--heads-every, --heads-key and --heads-new are about --heads; add --heads")
        return command(*args, heads=_kept(heads, every, key, new) if heads else None, **given)

    options = (
        click.option(
            "--heads",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Keep the newest head of the ledger in this file, and refuse a ledger that does not have its entry.",
        ),
        click.option(
            "--heads-every", "every", metavar="N", type=click.IntRange(1), help="Keep it every N entries.  [100]"
        ),
        click.option(
            "--heads-new", "new", is_flag=True, help="Begin the file; needed once for a ledger that has entries."
        ),
        click.option(
            "--heads-key", "key", metavar="KEY", type=click.Path(path_type=Path), help="Sign it with this private key."
        ),
    )
    return functools.reduce(lambda made, option: option(made), reversed(options), with_heads)  # type: ignore[return-value]


def _kept(path: Path, every: int | None, key: Path | None, new: bool) -> KeptHead:
    from ketascreen.audit.heads import EVERY, KeptHead  # most screenings at the command line have no ledger
    from ketascreen.cli.passphrase import signing_key_of

    return KeptHead(path, every or EVERY, signing_key_of(key) if key else None, new=new)
