"""How every command begins and ends: streams that are closed or full, a reader that has gone, Ctrl-C."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO, cast

import click

from ketascreen.cli.exit_status import AuthoringStatus, Stopped

_CLOSED = (
    "standard output is closed, so there is no place for what the command prints; open it, or send it to " + os.devnull
)


def ended(command: Callable[[], int | None]) -> int:
    """Runs a command, and gives its exit status. It says on standard error why there is no result.

    What cannot be written on standard error changes no status. What cannot be written on standard output is a failure.
    """
    _open_what_is_closed()
    _write_what_can_be_written()
    try:
        if sys.stdout is None:
            raise click.ClickException(_CLOSED)
        status = command() or 0
        sys.stdout.flush()
    except click.ClickException as refused:
        if sys.stdout is None:
            sys.stdout = _nowhere()
        refused.show(sys.stderr)
        return AuthoringStatus.BAD_INPUT
    except click.Abort as stopped:
        return _stopped(stopped)
    except BrokenPipeError:
        sys.stdout = _nowhere()  # else Python complains at its end, in its own words
        return Stopped.NO_READER
    except Exception as error:  # noqa: BLE001  every failure becomes sentences and a status
        from ketascreen.cli.errors import report

        status = report(error)
        with suppress(OSError):
            sys.stdout.flush()
            return status
        sys.stdout = _nowhere()
    return status


def _stopped(stopped: click.Abort) -> int:
    """Click says alike that there was Ctrl-C, and that an answer was asked for and the input had ended."""
    if isinstance(stopped.__cause__ or stopped.__context__, EOFError):
        click.echo("the input ended where an answer was asked for", err=True)
        return AuthoringStatus.BAD_INPUT
    click.echo("interrupted; what was printed is not complete", err=True)
    return Stopped.INTERRUPTED


def _open_what_is_closed() -> None:
    """Leads descriptors 0 to 2 to nowhere where they are closed.

    Else the next file that is opened gets their number, and what any code writes there goes into that file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if sys.stderr is None:
        sys.stderr = _nowhere()


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123  open as long as Python runs


def _write_what_can_be_written() -> None:
    """Escapes characters that the terminal's encoding lacks, and lets no failure of standard error end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if not isinstance(sys.stderr, _Unfailing):
        sys.stderr = cast(TextIO, _Unfailing(sys.stderr))


class _Unfailing:
    """A stream that drops what it cannot write."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()
