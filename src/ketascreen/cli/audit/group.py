"""`ketascreen audit`: what a ledger holds, and whether it is as it was written."""

from __future__ import annotations

import click

from ketascreen.cli.commands import LazyGroup

COMMANDS = {
    "list": "The newest entries, a line for each.",
    "show": "An entry whole, with the rules' words from the rulebook on record.",
    "verify": "Whether a ledger or a chain file is as it was written.",
    "head": "Where the chain ends now, to be kept elsewhere.",
    "export": "Write the chain to a file.",
    "import": "Put the chain of a file into a ledger.",
    "redact": "An entry without its values, or with those that you open.",
    "override": "Put on record that a clinician goes ahead against a rule.",
    "stats": "Decisions, rules met, asks and overrides of a stretch of time.",
    "retire": "Take whole segments out to files, once they are old enough.",
}
"""The commands with what each does."""


@click.group(cls=LazyGroup, package="ketascreen.cli.audit", told=COMMANDS)
def command() -> None:
    """A ledger of screenings: what it holds, and whether it is as it was written."""
