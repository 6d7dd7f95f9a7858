"""From the source documents to the rules: what carries which line, and whether the cited words are there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.language.documents import Citation, Document
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.build import KEYS
from ketascreen.runtime.plain_file import read_plain
from ketascreen.syntax.folder import DOCUMENTS
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import place_of
from ketascreen.syntax.utf8 import MAX_BYTES as YAML_BYTES
from ketascreen.syntax.yaml_tree import read_yaml

FILE = "documents.yaml"
MAX_BYTES = 20_000_000
"""The most bytes of a document that is read."""


class Carrier(StrEnum):
    """The part of a rulebook that cites a source."""

    RULE = "rule"
    DEFINITION = "definition"
    PARAMETER = "parameter"
    CONFLICT = "conflict"
    ROUTE = "route"
    NOT_ENCODED = "not_encoded"
    RETIRED = "retired_rule"


CARRIES_NOTHING = frozenset({Carrier.NOT_ENCODED, Carrier.RETIRED})
"""What cites a line, and asks nobody what it says."""


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
        """Whether something cites it, apart from a reason for leaving it out, and from rules that are retired."""
        return any(mention.carrier not in CARRIES_NOTHING for mention in self.mentions)

    @property
    def retired(self) -> bool:
        """Whether retired rules alone cite it."""
        return all(mention.carrier is Carrier.RETIRED for mention in self.mentions)


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
    for rule in rulebook.retired:
        yield from _of(Carrier.RETIRED, rule.id, rule.sources)


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

    The place of each problem is in the file that cites, or in documents.yaml.
    """
    problems: list[Diagnostic] = []
    texts: dict[str, list[str]] = {}
    place = _places(rulebook)
    for document in rulebook.documents.values():
        text, found = _read(document, folder, place)
        problems += found
        if text is not None:
            texts[document.file] = text
    for mention in mentions(rulebook):
        problem = _check(mention.citation, texts)
        problems += [problem] if problem else []
    unplaced = Place("", 0, 0)
    return tuple(sorted(problems, key=lambda problem: (problem.place or unplaced, problem.message)))


def _read(document: Document, folder: Path, place: Callable[..., Place]) -> tuple[list[str] | None, list[Diagnostic]]:
    """The lines of a document, or None if it cannot be read; and what is wrong with it as a whole."""
    name = document.file
    data = read_document(folder, name, place(name))
    if isinstance(data, Diagnostic):
        return None, [data]
    found = []
    digest = hashlib.sha256(data).hexdigest()
    if digest != document.sha256:
        message = f"`{name}` is not the document that was cited: its sha256 is {digest}"
        hint = "restore it, or check every citation again and write this sha256"
        found.append(Diagnostic("sha256", message, hint, place(name, "sha256")))
    try:
        lines = lines_of(data)
    except UnicodeDecodeError:
        return None, [*found, Diagnostic("not-utf-8", f"`{name}` is not UTF-8", "save it as UTF-8", place(name))]
    if len(lines) != document.lines:
        message = f"`{name}` has {len(lines)} lines, not {document.lines}"
        hint = "fix `lines`, or restore the document"
        found.append(Diagnostic("document-lines", message, hint, place(name, "lines")))
    return lines, found


def lines_of(data: bytes) -> list[str]:
    """The lines of a document, as citations count them: each ends with a line feed, the last one may do without.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    return data.decode("utf-8").removesuffix("\n").split("\n")


def read_document(folder: Path, name: str, place: Place) -> bytes | Diagnostic:
    """The bytes of a document in a folder, or why it cannot be read."""
    try:
        data = read_plain(folder / name, MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "an error of the system"
        hint = "put it there, or name the folder that holds it"
        return Diagnostic("document-unreadable", f"`{name}` cannot be read ({reason})", hint, place)
    if len(data) > MAX_BYTES:
        message = f"`{name}` is larger than {MAX_BYTES:,} bytes"
        return Diagnostic("too-large", message, "cite a part of it, in a file of its own", place)
    return data


def documents_in(folder: Path, rulebook: Rulebook) -> Path | None:
    """Where the documents of a rulebook are in its `folder`; None if it has documents, and there is no such place."""
    documents = folder / DOCUMENTS
    return documents if documents.is_dir() or not rulebook.documents else None


def no_documents(hint: str) -> Diagnostic:
    """That the documents are not there, so that no phrase is checked."""
    message = f"the source documents are not there, in `{DOCUMENTS}/` beside {FILE}, so no cited phrase was checked"
    return Diagnostic("no-documents", message, hint, Place(FILE))


def named_right(refused: Iterable[Diagnostic], folder: Path, documents: Path) -> Iterator[Diagnostic]:
    """The problems of the rulebook in `folder`; where something else than a sha256 is written, the right one is named.

    That is the sha256 of the document of that name in the folder `documents`, if it is there, and its lines.
    """
    places: dict[Place, str] | None = None
    for problem in refused:
        if problem.place is None or problem.place.path != FILE:
            yield problem
            continue
        places = _digests(folder) if places is None else places
        found = read_document(documents, places[problem.place], problem.place) if problem.place in places else None
        yield replace(problem, hint=_right(found)) if isinstance(found, bytes) else problem


def _right(document: bytes) -> str:
    lines = len(document.decode("utf-8", "replace").removesuffix("\n").split("\n"))
    return f'write `sha256: "{hashlib.sha256(document).hexdigest()}"` and `lines: {lines}`'


def _digests(folder: Path) -> dict[Place, str]:
    """The place of each `sha256` in documents.yaml, with the name of its document; without one, of the document."""
    try:
        tree = read_yaml(read_plain(folder / FILE, YAML_BYTES + 1), FILE, KEYS[FILE])[0]
    except OSError:
        return {}
    listed = tree.items.get("documents") if isinstance(tree, MappingNode) else None
    documents = listed.items if isinstance(listed, MappingNode) else {}
    written = {name: one for name, one in documents.items() if isinstance(one, MappingNode)}
    return {place_of(listed, (name, "sha256")): name for name in written} if listed else {}


def _places(rulebook: Rulebook) -> Callable[..., Place]:
    """What gives the place of a document in documents.yaml, or of one of its keys."""
    tree = read_yaml(rulebook.files.get(FILE, b""), FILE, KEYS[FILE])[0]
    return lambda *keys: Place(FILE) if tree is None else place_of(tree, ("documents", *keys))


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
