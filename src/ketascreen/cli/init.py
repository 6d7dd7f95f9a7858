"""`ketascreen init`: a copy of the built-in rulebook for a site to own, or the beginning of another one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ketascreen.authoring.empty_rulebook import write_empty
from ketascreen.authoring.scaffold import copy_rulebook
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.options import now
from ketascreen.loading.built_in import built_in_rules
from ketascreen.rendering.page import Flow, Line, show, wrapped
from ketascreen.rendering.shell import pasted
from ketascreen.runtime.time_zones import time_zone
from ketascreen.syntax.folder import DOCUMENTS

_MEANING = {
    AuthoringStatus.WELL: "the rulebook is written",
    AuthoringStatus.BAD_INPUT: "DIR or the call was refused",
    AuthoringStatus.FAULT: "a file could not be written, or an internal fault",
}


@click.command("init", epilog=epilog(_MEANING))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--documents",
    metavar="FROM",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Copy the source documents from this folder too.",
)
@click.option("--id", "own_id", metavar="ID", help="The id of the copy, such as clinic-north.  [as the built-in one]")
@click.option("--empty", is_flag=True, help="Write the beginning of a rulebook for another guideline.")
@click.option("--route", "routes", metavar="NAME", multiple=True, help="With --empty: a route, such as alteplase.")
@click.option(
    "--time-zone",
    "zone",
    metavar="ZONE",
    help="The clinic's time zone, such as America/Los_Angeles; written into rulebook.yaml.",
)
def command(
    folder: Path,
    documents: Path | None,
    own_id: str | None,
    empty: bool,
    routes: tuple[str, ...],
    zone: str | None,
) -> None:
    """Copy the built-in rulebook to DIR, with its cases, and with schemas for editors.

    DIR must not exist, or must be empty. No file is overwritten. With --empty nothing is copied: DIR gets an exclusion
    on age and a caution that says that this is a beginning, with their cases, for each --route.
    """
    if empty is not bool(routes):
        raise click.UsageError("--empty and --route need each other")
    _require_zone(zone)
    if empty:
        if documents is not None:
            raise click.UsageError("--empty cites no documents; leave out --documents")
        if own_id is not None:
            raise click.UsageError("with --empty the id is the name of DIR; leave out --id")
        files = write_empty(folder, routes, now().date(), zone)
        show(_next_steps(folder, f"Wrote {len(files)} files to {folder}.", _OWN_SOURCES, ("check", folder)))
        return
    rules, cases, copied = copy_rulebook(built_in_rules(), folder, documents, own_id, zone)
    if copied:
        told = f"Copied {rules} rules, {cases} files of cases and {copied} document{'s' * (copied > 1)} to {folder}."
        show(_next_steps(folder, told, "", ("check", folder)))
    else:
        told = f"Copied {rules} rules and {cases} files of cases to {folder}."
        show(_next_steps(folder, told, _DOCUMENTS, ("check", folder, "--no-documents")))


def _require_zone(zone: str | None) -> None:
    if zone is None:
        return
    try:
        time_zone(zone)
    except LookupError:
        message = "unknown time zone; write an IANA name, such as America/Los_Angeles"
        raise click.BadParameter(message, param_hint="--time-zone") from None


_DOCUMENTS = (
    "Put the source documents into {documents}: `check` looks there for each phrase that a rule cites. Until they are "
    "there, call it with --no-documents."
)
_OWN_SOURCES = "In {sources}, name your sources, and put the documents among them into {documents}."


def _next_steps(folder: Path, told: str, sources: str, check: tuple[str | Path, ...]) -> Iterator[Line]:
    """What was written, and what to do next; `sources`: what to do with the documents, if something."""
    yield from wrapped(told)
    yield Line()
    yield Line("Next:")
    step = sources.format(documents=folder / DOCUMENTS, sources=folder / "documents.yaml")
    steps: tuple[tuple[str, tuple[tuple[str | Path, ...], ...]], ...] = (
        (
            f"In {folder / 'rulebook.yaml'}, give it its own id and title, and name who is responsible for it and who "
            "developed it.",
            (),
        ),
        *(((step, ()),) if step else ()),
        (
            "Open the folder in an editor with a YAML language server (for VS Code, the extension YAML): it "
            "completes and explains the facts.",
            (),
        ),
        ("Write a rule:", (("new", "rule", "RULE", "--effect", "EFFECT", "--dir", folder),)),
        ("See whether all is well:", (check, ("test", folder))),
        ("Screen by it:", (("screen", "PATIENT", "--rules", folder),)),
    )
    for number, (text, commands) in enumerate(steps, 1):
        yield from wrapped(text, indent=2, first=f"{number}. ")
        yield from (Line(f"     {pasted('ketascreen', *words)}", flow=Flow.WHOLE) for words in commands)
