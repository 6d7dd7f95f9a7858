"""`ketascreen audit`: what a ledger holds, and whether it is as it was written."""

from __future__ import annotations

import click

from ketascreen.cli.commands import LazyGroup

COMMANDS = {
    "list": "The newest entries, one line for each.",
    "show": "One entry, with the rules' words from the rulebook on record.",
    "verify": "Whether a ledger or a chain file is as it was written.",
    "head": "The head of the chain now, to keep elsewhere.",
    "export": "Write the chain to a file.",
    "import": "Put the chain of a file into a ledger.",
    "redact": "One entry without its values, or with the values that you open.",
    "override": "Record a clinician's decision on a review, or an override.",
    "stats": "Decisions, rules met, asks and overrides of a period.",
    "retire": "Move complete segments that are old enough to files.",
}
"""The commands with what each does."""


@click.group(cls=LazyGroup, package="ketascreen.cli.audit", told=COMMANDS)
def command() -> None:
    """A ledger of screenings: what it holds, and whether it is as it was written."""
