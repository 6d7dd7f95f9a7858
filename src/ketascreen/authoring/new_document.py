"""Adds a source document to a rulebook: its bytes to documents/, its digest and number of lines to documents.yaml."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ketascreen.authoring.editing.entries import with_entry, with_value
from ketascreen.authoring.editing.writing import alone, bytes_of, replace_file
from ketascreen.authoring.editing.yaml_text import lines_of as yaml_lines
from ketascreen.authoring.editing.yaml_text import scalar
from ketascreen.authoring.own_rulebook import RULEBOOK
from ketascreen.authoring.traceability import FILE, MAX_BYTES, lines_of
from ketascreen.diagnostic import InputError, Place, RulebookError, refused
from ketascreen.language.documents import Document
from ketascreen.loading.build import KEYS, read_trees
from ketascreen.loading.formats import check_format
from ketascreen.loading.sources import SourceReader
from ketascreen.runtime.plain_file import NotPlain, read_plain
from ketascreen.runtime.whole_file import write_whole
from ketascreen.syntax.folder import DOCUMENTS, names_yaml
from ketascreen.syntax.problems import Problems

CODE = "document"
TOLD = ("title", "kind", "trust", "why")
"""What somebody has to say of a document."""
OF_AN_EDITION = ("edition", "published", "url", "accessed")
"""What somebody may say of a document, and a new edition may have otherwise; format 1 has none of them."""

_NOT_TEXT: Mapping[bytes, str] = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a file of a word processor, or another archive",
    b"\xd0\xcf\x11\xe0": "a file of a word processor",
    b"{\\rtf": "a file of a word processor (RTF)",
}
"""How files begin that are not plain text."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that may be added: its name in documents.yaml, its bytes, their sha256 and number of lines."""

    name: str
    data: bytes
    sha256: str
    lines: int


def read_new(file: Path, name: str | None) -> NewDocument:
    """A document of a file, under `name` or the file's own name.

    Raises:
        InputError: the file cannot be read, is too large, is empty or is not plain text; or its name is not one that
            documents.yaml may have.
    """
    place = Place(str(file))
    try:
        data = read_plain(file, MAX_BYTES + 1)
    except NotPlain as error:
        raise refused("unreadable", f"is {error.strerror}", error.hint, place) from None
    except OSError as error:
        reason = error.strerror or "an error of the system"
        raise refused("unreadable", f"cannot be read ({reason})", "check its name and permissions", place) from None
    if len(data) > MAX_BYTES:
        hint = "add a part of it, as a file of its own"
        raise refused("too-large", f"larger than {MAX_BYTES:,} bytes", hint, place)
    text = _require_text(data, place)
    named = file.name if name is None else name
    _require_name(named, place)
    return NewDocument(named, data, hashlib.sha256(data).hexdigest(), len(text))


def _require_text(data: bytes, place: Place) -> list[str]:
    """The lines of a document."""
    as_text = "save it as plain text in UTF-8 (.txt), and add that file"
    for beginning, what in _NOT_TEXT.items():
        if data.removeprefix(b"\xef\xbb\xbf").startswith(beginning):
            raise refused(CODE, f"{what}, not plain text, so that no line of it can be cited", as_text, place)
    try:
        lines = lines_of(data)
    except UnicodeDecodeError:
        raise refused("not-utf-8", "not UTF-8", as_text, place) from None
    if "\0" in "".join(lines):
        raise refused(CODE, "not plain text: it holds bytes that no text has", as_text, place)
    if not "".join(lines).strip("\ufeff \t\r"):
        raise refused(CODE, "has no text", "add the file that holds it", place)
    return lines


def _require_name(name: str, place: Place) -> None:
    if KEYS[FILE].fullmatch(name) and not names_yaml(name):
        return
    stem, _, ending = name.rpartition(".")
    ending = ending.lower() if re.fullmatch(r"[A-Za-z]{2,4}", ending) and stem else "txt"
    like = re.sub(r"[^A-Za-z0-9_-]+", "-", stem or name).strip("-")
    like = f"{like or 'document'}.{'txt' if names_yaml(f'.{ending}') else ending}"
    message = f"`{name}` cannot be the name of a document: letters, digits, - and _, a point and an ending of letters"
    raise refused(CODE, message, f"give it another one, such as --id {like}", place)


def known_document(document: NewDocument, folder: Path) -> Document | None:
    """What documents.yaml says of the document of that name; None if it has none.

    Raises:
        RulebookError: documents.yaml cannot be read, or is not there.
    """
    data = bytes_of(folder / FILE)
    problems = Problems()
    if data is None:
        problems.report("missing-file", "is missing", "docs/rule-format.md says what it holds", Place(FILE))
        raise RulebookError(problems.found)
    return _read(data, problems).get(document.name)


def add_document(document: NewDocument, told: Mapping[str, str], folder: Path) -> Path:
    """Copies a document into documents/, and adds its entry to documents.yaml; returns the path of the copy.

    `told` has a text for each of `TOLD`, and may have one for each of `OF_AN_EDITION`. A file that has the
    same bytes already is left as it is.

    Raises:
        InputError: another file of that name is there, or the entry cannot be added. Nothing is written then.
        OSError: a file could not be written.
    """
    said = {key: told[key] for key in (*TOLD, *OF_AN_EDITION) if key in told}
    keys = {**said, "sha256": document.sha256, "lines": document.lines}
    lines = [f"{document.name}:", *(line for key, value in keys.items() for line in yaml_lines(key, value, 2))]
    with alone(folder, CODE):
        _require_free(document, folder)
        before = bytes_of(folder / FILE)
        after = with_entry(before, FILE, "documents", "\n".join(lines) + "\n")
        return _write(document, folder, before, after)


def replace_document(document: NewDocument, told: Mapping[str, str], folder: Path) -> Path:
    """Puts a new edition in place of a document, with its sha256 and number of lines in documents.yaml.

    `told` may have a text for each of `OF_AN_EDITION`, in place of the one that the entry has.

    Raises:
        InputError: documents.yaml cannot be changed, the entry lacks what is given, or the copy there is neither
            edition. Nothing is written then.
        OSError: a file could not be written.
    """
    with alone(folder, CODE):
        before = bytes_of(folder / FILE)
        assert before is not None
        _require_an_edition(document, _read(before, Problems())[document.name].sha256, folder)
        at = ("documents", document.name)
        after = with_value(before, FILE, (*at, "sha256"), scalar(document.sha256))
        after = with_value(after, FILE, (*at, "lines"), str(document.lines))
        for key, text in told.items():
            after = with_value(after, FILE, (*at, key), scalar(text))
        return _write(document, folder, before, after)


def restore_document(document: NewDocument, folder: Path) -> Path:
    """Copies a document, which documents.yaml has already, into documents/.

    Raises:
        InputError: another file of that name is there.
        OSError: it could not be written.
    """
    with alone(folder, CODE):
        _require_free(document, folder)
        return _copy(document, folder)


def _require_free(document: NewDocument, folder: Path) -> None:
    path = folder / DOCUMENTS / document.name
    if _copy_there(path) not in {None, document.data}:
        raise refused(CODE, "another file of that name is there; it stays", "give --id another name", Place(str(path)))


def _require_an_edition(document: NewDocument, recorded: str, folder: Path) -> None:
    path = folder / DOCUMENTS / document.name
    data = _copy_there(path)
    if data is not None and hashlib.sha256(data).hexdigest() not in {recorded, document.sha256}:
        message = f"was changed by hand: {FILE} has another sha256 for it; it stays"
        raise refused(CODE, message, "move it away first, then run this again", Place(str(path)))


def _copy_there(path: Path) -> bytes | None:
    """The bytes of a document's copy; None if there is none.

    Raises:
        InputError: it, or its folder, is a link or something else that cannot be read or written through.
    """
    above = path.parent
    if above.is_symlink() or (above.exists() and not above.is_dir()):
        what = "a link" if above.is_symlink() else "not a folder"
        raise refused("not-a-file", what, "put the folder itself there", Place(str(above)))
    try:
        return bytes_of(path)
    except NotPlain:
        what = "a link" if path.is_symlink() else "not a plain file"
        raise refused("not-a-file", what, "put the file itself there", Place(str(path))) from None


def _write(document: NewDocument, folder: Path, before: bytes | None, after: bytes) -> Path:
    problems = Problems()
    found = _read(after, problems, bytes_of(folder / RULEBOOK)).get(document.name)
    if found is None or (found.sha256, found.lines) != (document.sha256, document.lines):
        raise InputError(problems.sorted())
    path = _copy(document, folder)
    replace_file(folder, FILE, after, before, CODE)
    return path


def _copy(document: NewDocument, folder: Path) -> Path:
    path = folder / DOCUMENTS / document.name
    path.parent.mkdir(exist_ok=True)
    if bytes_of(path) != document.data:
        write_whole(path, document.data, (folder / "rulebook.yaml").stat().st_mode & 0o666)
    return path


def _read(data: bytes, problems: Problems, rulebook: bytes | None = None) -> Mapping[str, Document]:
    """The documents of documents.yaml, in the format of `rulebook`, if it is given.

    Raises:
        RulebookError: it cannot be read.
    """
    tree = read_trees({FILE: data}, problems).get(FILE)
    if rulebook is not None:
        head = read_trees({RULEBOOK: rulebook}, Problems()).get(RULEBOOK)
        check_format({"rulebook": head, "documents": tree}, {}, of_format := Problems())
        if found := [one for one in of_format.sorted() if one.place and one.place.path == FILE]:
            raise RulebookError(found)
    reader = SourceReader(problems)
    if tree is not None:
        reader.read_documents(tree)
    if problems.found:
        raise RulebookError(problems.sorted())
    return reader.documents
