"""`ketascreen trace`: what carries which line of a source document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ketascreen.authoring.traceability import Carrier, DocumentTrace, LineTrace, Mention
from ketascreen.authoring.traceability import trace as trace_of
from ketascreen.cli.options import json_option, plain, rulebook_of, rules_option, show_json, unknown
from ketascreen.language.documents import Document
from ketascreen.language.rulebook import Rulebook
from ketascreen.rendering.page import Line, Style, entry, show, wrapped
from ketascreen.signing import VerifyKey


@click.command("trace")
@click.argument("document", required=False)
@json_option
@rules_option
def command(document: str | None, as_json: bool, rules: Path | None, keys: tuple[VerifyKey, ...]) -> None:
    """Which rules carry which lines of the source documents, and which lines no rule carries, and why.

    DOCUMENT is a file's name or its beginning, such as 000; without it all documents are shown.
    """
    rulebook = rulebook_of(rules, keys)
    chosen = list(rulebook.documents.values()) if document is None else [_find(document, rulebook)]
    traces = [trace_of(rulebook, one) for one in chosen]
    if as_json:
        show_json(plain(traces if document is None else traces[0]))
    else:
        pages = (render(traced, rulebook) for traced in traces)
        show(line for index, page in enumerate(pages) for line in [Line()] * (index > 0) + list(page))


def _find(name: str, rulebook: Rulebook) -> Document:
    if name in rulebook.documents:
        return rulebook.documents[name]
    matching = [file for file in rulebook.documents if name and file.startswith(name)]
    if len(matching) == 1:
        return rulebook.documents[matching[0]]
    names = ", ".join(matching or rulebook.documents)
    return unknown("unknown-source", "document", name, [] if matching else rulebook.documents, f"it could be {names}")


def render(traced: DocumentTrace, rulebook: Rulebook) -> Iterator[Line]:
    """The trace of a document as text."""
    document = traced.document
    carried, retired = sum(line.carried for line in traced.lines), sum(line.retired for line in traced.lines)
    yield from wrapped(f"{document.file}: {document.title}", hang=2, style=Style.HEADING)
    yield from entry("Kind", document.kind)
    yield from entry("Trust", f"{document.trust}. {document.why}")
    yield from entry(
        "Lines",
        f"{document.lines}: {carried} carried, {len(traced.lines) - carried - retired} named as not encoded, "
        f"{f'{retired} carried by retired rules alone, ' if retired else ''}"
        f"{len(traced.unnamed)} not named (blank ones too)",
    )
    for line in traced.lines:
        yield Line()
        yield from _line(line, rulebook.identity.options.one)
    if traced.unnamed:
        yield Line()
        yield from entry("Not named", ", ".join(_spans(traced.unnamed)))


def _line(line: LineTrace, called: str) -> Iterator[Line]:
    yield Line(f"line {line.line}")
    seen: dict[tuple[Carrier, str, str], list[Mention]] = {}
    for mention in line.mentions:
        seen.setdefault((mention.carrier, mention.name, mention.reason), []).append(mention)
    for (carrier, name, reason), found in seen.items():
        phrases = ", ".join(f'"{one.citation.phrase}" ({one.citation.says})' for one in found)
        if carrier is Carrier.NOT_ENCODED:
            phrases = ", ".join(f'"{one.citation.phrase}"' for one in found)
            yield from wrapped(f"not encoded: {phrases}: {reason}", indent=2, hang=4)
        else:
            kind = {Carrier.ROUTE: called, Carrier.RETIRED: "retired rule"}.get(carrier, carrier)
            yield from wrapped(f"{kind} {name}: {phrases}", indent=2, hang=4)


def _spans(lines: tuple[int, ...]) -> Iterator[str]:
    """Runs of lines as `3-7`."""
    start = previous = lines[0]
    for line in [*lines[1:], 0]:
        if line != previous + 1:
            yield str(start) if start == previous else f"{start}-{previous}"
            start = line
        previous = line
