"""Says what went wrong, in sentences on standard error. No sentence holds a patient's value."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import click

from ketascreen.audit.errors import LedgerError
from ketascreen.cli.exit_status import ExitStatus
from ketascreen.diagnostic import ChannelFault, Diagnostic, InputError
from ketascreen.rendering.page import width_of
from ketascreen.signing import SignatureError

_OF_THE_CALLER = frozenset({"ledger-missing", "ledger-foreign", "ledger-not-there", "ledger-refused", "ledger-newer"})
"""The codes of ledger errors that the call caused, not the ledger itself."""

_PACKAGE = Path(__file__).parents[1]


def report(error: Exception) -> ExitStatus:
    """Says on standard error what failed, and gives the exit status."""
    match error:
        case InputError():
            for diagnostic in error.diagnostics:
                show_problem(diagnostic)
            return ExitStatus.BAD_INPUT
        case LedgerError(code=code):
            click.echo(str(error), err=True)
            return ExitStatus.BAD_INPUT if code in _OF_THE_CALLER else ExitStatus.FAULT
        case SignatureError():
            click.echo(str(error), err=True)
            return ExitStatus.BAD_INPUT
        case ChannelFault():
            click.echo(str(error), err=True)
        case OSError():
            click.echo(f"reading or writing failed ({error.strerror or 'an error of the system'})", err=True)
        case _:
            # The message of an unexpected error may hold a patient's value; its kind and place do not.
            kind = type(error).__name__
            click.echo(f"internal error in ketascreen; there is no result ({kind} at {_place(error)})", err=True)
    return ExitStatus.FAULT


def show_problem(problem: Diagnostic) -> None:
    """Shows one problem on standard error, in lines as wide as the terminal, 80 columns at most."""
    click.echo("\n".join(problem.lines(width_of(sys.stderr))), err=True)


def _place(error: Exception) -> str:
    """The place in ketascreen that raised it, for the person who fixes it."""
    ours = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(_PACKAGE)
    ]
    return (
        f"{Path(ours[-1].filename).relative_to(_PACKAGE).as_posix()}:{ours[-1].lineno}" if ours else "an unknown place"
    )
