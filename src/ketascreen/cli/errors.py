"""Says what went wrong: in sentences on standard error, and as JSON to a program that asked for it.

No sentence holds a patient's value.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import click

from ketascreen.audit.errors import LedgerError
from ketascreen.cli.exit_status import ExitStatus
from ketascreen.diagnostic import Diagnostic, InputError, KetascreenError
from ketascreen.rendering.page import width_of
from ketascreen.rendering.problems import problems_json
from ketascreen.signing import SignatureError

_OF_THE_CALLER = frozenset({"ledger-missing", "ledger-foreign", "ledger-not-there", "ledger-refused", "ledger-newer"})
"""The codes of ledger errors that the call caused, not the ledger itself."""

_PACKAGE = Path(__file__).parents[1]


def report(error: Exception) -> ExitStatus:
    """Says on standard error what failed, and gives the exit status."""
    problems = problems_of(error)
    match error:
        case InputError():
            for problem in problems:
                show_problem(problem)
            return ExitStatus.BAD_INPUT
        case LedgerError(code=code):
            click.echo(str(error), err=True)
            return ExitStatus.BAD_INPUT if code in _OF_THE_CALLER else ExitStatus.FAULT
        case SignatureError():
            click.echo(str(error), err=True)
            return ExitStatus.BAD_INPUT
    for problem in problems:
        click.echo(problem.message, err=True)
    return ExitStatus.FAULT


def problems_of(error: Exception) -> tuple[Diagnostic, ...]:
    """What failed, as problems; none holds a patient's value."""
    match error:
        case KetascreenError():
            return error.diagnostics
        case click.ClickException():
            context = error.ctx if isinstance(error, click.UsageError) else None
            hint = f"`{context.command_path} --help` says how to call it" if context else ""
            return (Diagnostic("usage", error.format_message(), hint),)
        case OSError():
            return (Diagnostic("system", f"reading or writing failed ({error.strerror or 'an error of the system'})"),)
    # The message of an unexpected error may hold a patient's value; its kind and place do not.
    where = f"{type(error).__name__} at {_place(error)}"
    return (Diagnostic("internal", f"internal error in ketascreen; there is no result ({where})"),)


def wants_json(args: Sequence[str]) -> bool:
    """Whether a command line asks for JSON; it need not be one that the command can read."""
    options = args[: args.index("--")] if "--" in args else args
    return "--json" in options or "--format=json" in options or ("--format", "json") in pairwise(options)


def tell_program(error: Exception) -> None:
    """Prints what failed as JSON on standard output, for a program that asked for JSON."""
    with suppress(OSError):  # where nothing can be written, standard error and the exit status say that it failed
        click.echo(problems_json(problems_of(error)))


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
