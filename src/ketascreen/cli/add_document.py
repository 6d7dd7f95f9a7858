"""`ketascreen add-document`: a source document for rules to cite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ketascreen.authoring.new_document import (
    CODE,
    OF_AN_EDITION,
    TOLD,
    NewDocument,
    add_document,
    known_document,
    read_new,
    replace_document,
    restore_document,
)
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.options import dir_option, require_rulebook
from ketascreen.cli.passphrase import at_a_terminal
from ketascreen.diagnostic import refused
from ketascreen.rendering.page import Flow, Line, show, wrapped
from ketascreen.rendering.shell import pasted

_MEANING = {
    AuthoringStatus.WELL: "the document is there, and documents.yaml has it",
    AuthoringStatus.BAD_INPUT: "FILE, the rulebook or the call was refused; nothing is written",
    AuthoringStatus.FAULT: "a file could not be written, or an internal fault",
}
_ASKS = {
    "title": "Its title",
    "kind": "What kind of text it is, such as clinic article",
    "trust": "How far its statements are used, such as restrictive statements used",
    "why": "Why it is here, and why it is trusted so far",
}


@click.command("add-document", epilog=epilog(_MEANING))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--id", "name", metavar="NAME", help="Its name in documents/ and in citations.  [the name of FILE]")
@click.option("--title", metavar="TEXT", help=f"{_ASKS['title']}.")
@click.option("--kind", metavar="TEXT", help=f"{_ASKS['kind']}.")
@click.option("--trust", metavar="TEXT", help=f"{_ASKS['trust']}.")
@click.option("--why", metavar="TEXT", help=f"{_ASKS['why']}.")
@click.option("--edition", metavar="TEXT", help="Which edition it is, such as 3rd edition.")
@click.option("--published", metavar="DATE", help="The day, month or year when it was published, such as 2026-11.")
@click.option("--url", metavar="URL", help="Its address, such as https://example.org/leaflet.")
@click.option("--accessed", metavar="DATE", help="The day on which it was read there, such as 2026-11-22.")
@click.option("--replace", is_flag=True, help="It is a new edition of the document of that name.")
@dir_option
def command(
    file: Path,
    name: str | None,
    title: str | None,
    kind: str | None,
    trust: str | None,
    why: str | None,
    edition: str | None,
    published: str | None,
    url: str | None,
    accessed: str | None,
    replace: bool,
    folder: Path,
) -> None:
    """Copy the document FILE into documents/, and add it to documents.yaml with its sha256 and number of lines.

    FILE is plain text in UTF-8. What no option says of it is asked at a terminal. All else in documents.yaml stays as
    it is, and no other file is overwritten. With --replace, FILE takes the place of an earlier edition: `ketascreen
    check` then names each rule whose phrase is no longer on its line.
    """
    require_rulebook(folder)
    document = read_new(file, name)
    given = {"title": title, "kind": kind, "trust": trust, "why": why}
    said = dict(zip(OF_AN_EDITION, (edition, published, url, accessed), strict=True))
    edited = {key: text for key, text in said.items() if text is not None}
    known = known_document(document, folder)
    if replace:
        if any(given.values()):
            raise click.UsageError("--replace changes no title, kind, trust or why; change these in documents.yaml")
        if known is None:
            raise refused(CODE, f"documents.yaml has no `{document.name}`", "leave --replace out, or give its --id")
        kept = [key for key in OF_AN_EDITION if getattr(known, key)]
        if lacking := [key for key in edited if key not in kept]:
            message = f"documents.yaml has no `{lacking[0]}` of `{document.name}` that can be replaced"
            raise refused(CODE, message, f"leave --{lacking[0]} out, and write it in documents.yaml")
        path = replace_document(document, edited, folder)
        show(_told(document, path, folder, "A new edition of", [key for key in kept if key not in edited]))
    elif known is None:
        told = {key: given[key] or "" for key in TOLD} if all(given.values()) else _asked(given)
        show(_told(document, add_document(document, {**told, **edited}, folder), folder, "Added"))
    elif known.sha256 == document.sha256:
        path = restore_document(document, folder)
        show(wrapped(f"documents.yaml has {document.name} already, with these bytes; {path} holds them."))
    else:
        message = f"documents.yaml has a `{document.name}` with other bytes"
        hint = "if this is a new edition of it, add --replace; if it is another document, give --id another name"
        raise refused(CODE, message, hint)


def _asked(given: dict[str, str | None]) -> dict[str, str]:
    """What is said of a document; what no option says is asked at a terminal."""
    lacking = [key for key in TOLD if not given[key]]
    if not at_a_terminal():
        raise click.UsageError(f"say more of the document: {', '.join(f'--{key}' for key in lacking)}")
    return {key: given[key] or str(click.prompt(_ASKS[key], err=True)).strip() for key in TOLD}


def _told(document: NewDocument, path: Path, folder: Path, what: str, old: Sequence[str] = ()) -> Iterator[Line]:
    """What was written, and what to do next; `old` are the keys that still describe an edition before."""
    yield from wrapped(f"{what} {document.name}: {document.lines:,} lines, in {path} and documents.yaml.")
    if old:
        keys = ", ".join(f"`{key}`" for key in old)
        yield from wrapped(f"Look at {keys} in documents.yaml: still as they were for the edition before.", hang=2)
    yield Line()
    if what == "Added":
        yield from wrapped("Cite a line of it in a rule, with at most 12 words of that line:")
        yield Line("  sources:", flow=Flow.WHOLE)
        cited = f"  - {{document: {document.name}, line: 1, phrase: words of the line, says: exclude}}"
        yield Line(f"  {cited}", flow=Flow.WHOLE)
        yield Line()
        yield from wrapped("This checks that each phrase is on its line:")
    else:
        yield from wrapped("This names each rule whose phrase is no longer on its line:")
    yield Line(f"  {pasted('ketascreen', 'check', folder)}", flow=Flow.WHOLE)
