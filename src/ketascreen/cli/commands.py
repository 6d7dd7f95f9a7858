"""The command line. A command's module is loaded when it runs, so `ketascreen --help` is fast."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from ketascreen._version import VERSION
from ketascreen.cli.ending import ended
from ketascreen.cli.exit_status import Stopped
from ketascreen.diagnostic import did_you_mean, printable
from ketascreen.runtime.gc_pause import gc_paused

COMMANDS = {
    "screen": "Screen a patient: a recommendation for each route, with its grounds.",
    "routes": "What each route of administration is like, with sources.",
    "rules": "The rules, one line for each.",
    "show": "One rule: words, condition, sources, conflicts, parameters.",
    "facts": "The facts that a profile may hold.",
    "trace": "Which rule carries which line of a source document.",
    "attributes": "The 13 source attributes of the rules, and where each comes from.",
    "verify-sources": "Check that each cited phrase is on its line.",
    "check": "Everything that is wrong with a rulebook, with hints.",
    "test": "Whether the cases of a rulebook hold.",
    "coverage": "What the cases leave untested, in the rules' own lines.",
    "mutate": "Which slips in a rule no case notices.",
    "init": "Copy the built-in rulebook to a folder, for a site to own.",
    "new": "Write a new rule with its cases, or a new fact, to fill in.",
    "rename": "Give a fact, a choice, a rule or another thing another name.",
    "retire": "Ask nobody a rule any more; it stays to be read.",
    "add-document": "Add a source document, with its sha256 and number of lines.",
    "case": "Turn a patient into a case that holds now, without a real date.",
    "fmt": "Give all files of a rulebook one layout.",
    "schema": "Write JSON Schemas of a rulebook's files, for editors.",
    "approve": "Approve the sheet of a rule: it is shown, then you answer.",
    "withdraw": "Take an approval back.",
    "sign": "Sign a rulebook's release.",
    "key": "Make a pair of keys for signing, or show which key a file holds.",
    "audit": "What a ledger holds: list, show, verify, export and more.",
    "replay": "Run recorded screenings again, by their own rulebook or another.",
}
"""The commands with what each does."""


class LazyGroup(click.Group):
    """A group that loads a command's module only when it runs; `told` says what each command does."""

    def __init__(
        self, *args: Any, package: str = "ketascreen.cli", told: Mapping[str, str] = COMMANDS, **given: Any
    ) -> None:
        super().__init__(*args, **given)
        self._package, self._told = package, told

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._told)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._told:
            return None
        name = cmd_name.replace("-", "_")
        module = f"{self._package}.{name}_" if iskeyword(name) else f"{self._package}.{name}"
        with gc_paused():  # imported modules stay loaded
            command: click.Command = import_module(module).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggests the most similar command, in the same words as for every other name."""
        name = args[0]
        if name not in self._told and not name.startswith("-"):
            hint = did_you_mean(name, self._told, otherwise=f"`{ctx.command_path} --help` lists them")
            ctx.fail(f"no command `{printable(name)}`; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self._told.items()))


_WARNED = [logging.getLogger(f"ketascreen.{wing}") for wing in ("audit", "channels", "loading", "runtime")]
"""Who warns of files and processes. What the rest of the log says of a screening is in its verdict."""


class _OnStandardError(logging.Handler):
    """Shows each warning on standard error, once."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._told: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if (message := record.getMessage()) not in self._told:
            self._told.add(message)
            click.echo(message, err=True)


class _Main(LazyGroup):
    """Turns every failure into sentences and an exit status, and into JSON where the command line asks for JSON."""

    def main(self, *args: Any, standalone_mode: bool = True, **given: Any) -> Any:
        run: Callable[..., Any] = super().main
        if not standalone_mode:
            return run(*args, standalone_mode=False, **given)
        return sys.exit(ended(lambda: run(*args, standalone_mode=False, **given)))

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        given = tuple(args)
        with _told_in_json(given), _no_reader_told():
            context = super().make_context(info_name, args, parent, **{**_as_wide_as_the_terminal(), **extra})
        context.meta[_GIVEN] = given
        return context

    def invoke(self, ctx: click.Context) -> object:
        warnings = _OnStandardError()
        for log in _WARNED:
            log.addHandler(warnings)
        try:
            with _told_in_json(ctx.meta[_GIVEN]), _no_reader_told():
                return super().invoke(ctx)
        finally:
            for log in _WARNED:
                log.removeHandler(warnings)


_GIVEN = "ketascreen.given"
"""The name in the context's `meta` of the whole command line."""


@contextmanager
def _told_in_json(given: Sequence[str]) -> Iterator[None]:
    """Tells a program that asked for JSON what failed, in JSON."""
    try:
        yield
    except (click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except Exception as error:
        from ketascreen.cli.errors import tell_program, wants_json

        if wants_json(given):
            tell_program(error)
        raise


def _as_wide_as_the_terminal() -> dict[str, Any]:
    """The width of a help page on a narrow terminal; Click itself writes at least 50 columns."""
    if not sys.stdout.isatty():
        return {}
    from ketascreen.rendering.page import WIDTH, width_of

    width = width_of(sys.stdout)
    return {"terminal_width": width} if width < WIDTH else {}


@contextmanager
def _no_reader_told() -> Iterator[None]:
    """Ends with the status for a reader that has gone, before Click ends with 1."""
    try:
        yield
    except BrokenPipeError:
        raise click.exceptions.Exit(Stopped.NO_READER) from None


@click.group(cls=_Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="ketascreen")
def main() -> None:
    """May this person receive ketamine by this route, on what grounds, and what is still missing?

    The answer is a recommendation with its grounds, for a clinician to check; it is not an order.
    """
