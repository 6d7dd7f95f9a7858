"""From the source documents to the rules: what carries which line, and whether the cited words are there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.language.documents import Citation, Document
from ketascreen.language.rulebook import Rulebook
from ketascreen.runtime.plain_file import read_plain


class Carrier(StrEnum):
    """The part of a rulebook that cites a source."""

    RULE = "rule"
    DEFINITION = "definition"
    PARAMETER = "parameter"
    CONFLICT = "conflict"
    ROUTE = "route"
    NOT_ENCODED = "not_encoded"


@dataclass(frozen=True, slots=True)
class Mention:
    """One citation with the part that carries it. `reason` says why something is not encoded; `name` is then empty."""

    carrier: Carrier
    name: str
    citation: Citation
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LineTrace:
    """A line of a document with everything that cites it."""

    line: int
    mentions: tuple[Mention, ...]

    @property
    def carried(self) -> bool:
        """Whether something cites it, apart from a reason for leaving it out."""
        return any(mention.carrier is not Carrier.NOT_ENCODED for mention in self.mentions)


@dataclass(frozen=True, slots=True)
class DocumentTrace:
    """A document with the lines that are cited, and those that nothing names (blank ones too)."""

    document: Document
    lines: tuple[LineTrace, ...]
    unnamed: tuple[int, ...]


def mentions(rulebook: Rulebook) -> Iterator[Mention]:
    """Every citation of the rulebook with what carries it."""
    for rule in rulebook.rules:
        yield from _of(Carrier.RULE, rule.id, rule.sources)
    for definition in rulebook.definitions.values():
        yield from _of(Carrier.DEFINITION, definition.name, definition.sources)
    for parameter in rulebook.parameters.values():
        yield from _of(Carrier.PARAMETER, parameter.name, parameter.sources)
    for conflict in rulebook.conflicts.values():
        yield from _of(Carrier.CONFLICT, conflict.id, conflict.statements)
    for route, sheet in rulebook.routes.items():
        for attribute, statements in sheet.attributes:
            for statement in statements:
                yield from _of(Carrier.ROUTE, f"{route} {attribute}", statement.sources)
    for entry in rulebook.not_encoded:
        yield Mention(Carrier.NOT_ENCODED, "", entry.citation, entry.reason)


def _of(carrier: Carrier, name: str, citations: Iterable[Citation]) -> Iterator[Mention]:
    return (Mention(carrier, name, citation) for citation in citations)


def trace(rulebook: Rulebook, document: Document) -> DocumentTrace:
    """What carries each line of `document`."""
    by_line: dict[int, list[Mention]] = {}
    for mention in mentions(rulebook):
        if mention.citation.document == document.file and mention.citation.line is not None:
            by_line.setdefault(mention.citation.line, []).append(mention)
    return DocumentTrace(
        document,
        tuple(LineTrace(line, tuple(found)) for line, found in sorted(by_line.items())),
        tuple(line for line in range(1, document.lines + 1) if line not in by_line),
    )


def verify(rulebook: Rulebook, folder: Path) -> tuple[Diagnostic, ...]:
    """What is wrong with the sources in `folder`: a document's sha256 or number of lines differs, or a cited phrase is
    not on its line as an exact substring. Outside sources are not in the folder and are not checked.

    The place of each problem is in the rule file that cites.
    """
    problems: list[Diagnostic] = []
    texts: dict[str, list[str]] = {}
    for document in rulebook.documents.values():
        text, found = _read(document, folder)
        problems += found
        if text is not None:
            texts[document.file] = text
    for mention in mentions(rulebook):
        problem = _check(mention.citation, texts)
        problems += [problem] if problem else []
    unplaced = Place("", 0, 0)
    return tuple(sorted(problems, key=lambda problem: (problem.place or unplaced, problem.message)))


def _read(document: Document, folder: Path) -> tuple[list[str] | None, list[Diagnostic]]:
    """The lines of a document, or None if it cannot be read; and what is wrong with it as a whole."""
    place = Place("documents.yaml")
    try:
        data = read_plain(folder / document.file)
    except OSError as error:
        reason = error.strerror or "an error of the system"
        hint = "put it there, or name the folder that holds it"
        return None, [Diagnostic("document-unreadable", f"`{document.file}` cannot be read ({reason})", hint, place)]
    found = []
    if hashlib.sha256(data).hexdigest() != document.sha256:
        message = f"`{document.file}` is not the document that was cited: its sha256 differs"
        found.append(Diagnostic("sha256", message, "restore it, or check every citation again", place))
    try:
        lines = data.decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        return None, [*found, Diagnostic("not-utf-8", f"`{document.file}` is not UTF-8", "save it as UTF-8", place)]
    if len(lines) != document.lines:
        message = f"`{document.file}` has {len(lines)} lines, not {document.lines}"
        found.append(Diagnostic("document-lines", message, "fix `lines`, or restore the document", place))
    return lines, found


def _check(citation: Citation, texts: Mapping[str, list[str]]) -> Diagnostic | None:
    if citation.document is None or citation.line is None or citation.phrase is None:
        return None
    lines = texts.get(citation.document)
    if lines is None or citation.phrase in "".join(lines[citation.line - 1 : citation.line]):
        return None
    elsewhere = [str(number) for number, line in enumerate(lines, 1) if citation.phrase in line]
    hint = f"it is on line {', '.join(elsewhere[:5])}" if elsewhere else "no line has it; copy it word by word"
    message = f"the phrase “{citation.phrase}” is not on line {citation.line} of `{citation.document}`"
    return Diagnostic("phrase-not-found", message, hint, citation.place)
