"""What the commands of an audit share: the ledger argument, and one line about an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import click

from ketascreen.audit.entry import Entry
from ketascreen.audit.record import Record
from ketascreen.cli.exit_status import AUTHORING_MEANING, AuthoringStatus, epilog
from ketascreen.cli.options import CommandT
from ketascreen.language.terms import ENGINE_CHANNEL
from ketascreen.rendering.page import Line, Style, wrapped
from ketascreen.texts.english import ENGLISH

MEANING = {**AUTHORING_MEANING, AuthoringStatus.FAULT: "the ledger could not be read or written"}
AS_WRITTEN = epilog({**MEANING, AuthoringStatus.FINDINGS: "something is not as it was written"})
"""The exit statuses of a command that says what is not as it was written."""
UNREAD = "?"
"""In place of the kind of a record that cannot be read."""
NOT_AS_WRITTEN = "NOT AS WRITTEN: "

_ABOUT = re.compile(r"entry (\d+): (.*)", re.DOTALL)
MANY = 50
"""How many flaws or remarks are shown; the rest is counted."""


def ledger_argument(command: CommandT) -> CommandT:
    """`LEDGER`."""
    return click.argument("ledger", type=click.Path(path_type=Path), metavar="LEDGER")(command)


def end(*, as_written: bool) -> NoReturn:
    """Ends a command with its status."""
    raise click.exceptions.Exit(AuthoringStatus.WELL if as_written else AuthoringStatus.FINDINGS)


@contextmanager
def illegible() -> Iterator[None]:
    """Around what reads an entry that may be altered: then its record can hold anything, also what nobody can read."""
    with suppress(LookupError, ValueError, TypeError, AttributeError):
        yield


def opened(record: Record, name: str, otherwise: str = "sealed") -> str:
    """A part as text, or `otherwise` if its opening is missing."""
    try:
        return str(record.part(name))
    except KeyError:
        return otherwise


def told(entry: Entry) -> str:
    """What an entry is about, in a line."""
    with illegible():
        return _told(entry.record)
    return "its record cannot be read"


def kind_of(entry: Entry) -> str:
    """The kind of an entry, or `UNREAD` if its record cannot be read."""
    with illegible():
        return entry.record.kind
    return UNREAD


def _told(record: Record) -> str:
    match record.kind:
        case "screening":
            said = ", ".join(_said(route, one) for route, one in record.data["recommendation"].items())
            less = "" if ENGINE_CHANNEL in record.data["channels"] else f"; {ENGLISH.text('many.without_engine')}"
            return f"{opened(record, 'reference')} {record.data['stage']}: {said}{less}"
        case "override":
            return f"{opened(record, 'reference')} {opened(record, 'rule')}: {opened(record, 'reason')}"
        case "rulebook":
            return f"{record.data['id']} {record.data['version']}, digest {record.data['bytes_digest'][:12]}"
        case "batch":
            return f"{record.data['stage']} as of {opened(record, 'as_of')}: a batch began"
        case "retired":
            return f"entries {record.data['first']} to {record.data['last']} were moved to a file"
        case _:
            return f"ledger {record.data.get('ledger', '')}"


def _said(route: str, recommendation: dict[str, str | None]) -> str:
    today = f" ({recommendation['readiness']})" if recommendation["readiness"] else ""
    return f"{route} {recommendation['decision']}{today}"


def not_as_written(what: str) -> list[Line]:
    """Says of something that it is not as it was written."""
    return wrapped(what, first=NOT_AS_WRITTEN, hang=2, style=Style.URGENT)


def remarked(remarks: Sequence[str]) -> Iterator[Line]:
    """The remarks on a ledger, a line for each."""
    shown = list(_grouped(remarks))
    for remark in shown[:MANY]:
        yield from wrapped(remark, first="REMARK: ", hang=2, style=Style.WARNING)
    if shown[MANY:]:
        yield Line(f"and {len(shown) - MANY:,} more remarks", Style.WARNING)


def _grouped(remarks: Sequence[str]) -> Iterator[str]:
    """The remarks; one in place of those that say the same of entries that follow one another."""
    runs: list[tuple[int, int, str]] = []
    for remark in remarks:
        about = _ABOUT.fullmatch(remark)
        number, said = (int(about[1]), about[2]) if about else (0, remark)
        if runs and number and runs[-1][1:] == (number - 1, said):
            runs[-1] = (runs[-1][0], number, said)
        else:
            runs.append((number, number, said))
    for first, last, said in runs:
        if first < last:
            yield f"entries {first:,} to {last:,}, each: {said}"
        else:
            yield f"entry {first}: {said}" if first else said
