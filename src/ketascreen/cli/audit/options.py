"""What the commands of an audit share: the ledger argument, and one line about an entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ketascreen.audit.entry import Entry
from ketascreen.audit.record import Record
from ketascreen.cli.exit_status import AUTHORING_MEANING, AuthoringStatus
from ketascreen.cli.options import CommandT
from ketascreen.rendering.page import Line, Style, wrapped

MEANING = {**AUTHORING_MEANING, AuthoringStatus.FAULT: "the ledger could not be read or written"}


MANY = 50
"""How many flaws or remarks are shown; the rest is counted."""


def ledger_argument(command: CommandT) -> CommandT:
    """`LEDGER`."""
    return click.argument("ledger", type=click.Path(path_type=Path), metavar="LEDGER")(command)


def opened(record: Record, name: str, otherwise: str = "sealed") -> str:
    """A part as text, or `otherwise` if its opening is missing."""
    try:
        return str(record.part(name))
    except KeyError:
        return otherwise


def told(entry: Entry) -> str:
    """What an entry is about, in a line."""
    record = entry.record
    match record.kind:
        case "screening":
            said = ", ".join(_said(route, one) for route, one in record.data["recommendation"].items())
            return f"{opened(record, 'reference')} {record.data['stage']}: {said}"
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


def remarked(remarks: Sequence[str]) -> Iterator[Line]:
    """The remarks on a ledger, a line for each."""
    for remark in remarks[:MANY]:
        yield from wrapped(remark, first="REMARK: ", hang=2, style=Style.WARNING)
    if remarks[MANY:]:
        yield Line(f"and {len(remarks) - MANY:,} more remarks", Style.WARNING)
