"""A site's own copy of a rulebook, and what its files and folders begin with."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ketascreen.authoring.editing.entries import with_entry, with_value
from ketascreen.authoring.editing.yaml_text import is_text
from ketascreen.authoring.editor.file_schemas import FOLDER, reference, schema_text, schemas
from ketascreen.authoring.names import RulebookNames, read_names
from ketascreen.authoring.own_rulebook import RULEBOOK
from ketascreen.authoring.traceability import verify
from ketascreen.diagnostic import InputError, Place, refused
from ketascreen.language.clinic_time import at_fixed_offset
from ketascreen.language.iso_time import read_iso_time
from ketascreen.loading.build import is_named
from ketascreen.loading.load import load_rulebook
from ketascreen.loading.text_forms import is_rule_id
from ketascreen.runtime.plain_file import read_plain
from ketascreen.runtime.time_zones import time_zone
from ketascreen.syntax.folder import DOCUMENTS, read_folder
from ketascreen.syntax.problems import Problems

_HEAD = 20
"""How many lines at the head of a file may hold the line that names its schema."""
MARK = "# yaml-language-server: "
_SCHEMAS = re.compile(re.escape(f"{MARK}$schema=") + r"(\S*?)/?rulebook\.schema\.json")
_TIME = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})")
KEEP_BYTES = """\
# The digest and the signature of a rulebook, and the sha256 of a document, depend on bytes; keep them as they are.
*.yaml -text
*.signature.json -text
documents/** -text
"""


def write_schemas(names: RulebookNames, folder: Path) -> tuple[str, ...]:
    """Writes the schemas of a rulebook into a folder, and makes the folder if needed; returns their file names."""
    folder.mkdir(parents=True, exist_ok=True)
    made = schemas(names)
    for name, schema in made.items():
        (folder / name).write_text(schema_text(schema), encoding="utf-8")
    return tuple(made)


def rewrite_schemas(folder: Path) -> int:
    """Writes the schemas of a rulebook's folder again, if it has any; returns how many there are."""
    if not kept_schemas(folder):
        return 0
    return len(write_schemas(read_names(folder), _schemas_of(folder)))


def kept_schemas(folder: Path) -> int:
    """How many schemas a rulebook's folder has for editors."""
    return len(list(_schemas_of(folder).glob("*.schema.json")))


def _schemas_of(folder: Path) -> Path:
    head = read_plain(folder / RULEBOOK).decode("utf-8", "replace")
    return folder / (schema_folder(head) or FOLDER)


def require_new(target: Path) -> None:
    """Requires that a folder does not exist, or is empty.

    Raises:
        InputError: it exists, and is not an empty folder.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise refused("not-empty", "not an empty folder", "name a new one", Place(str(target)))


def copy_rulebook(
    source: Path,
    target: Path,
    documents: Path | None = None,
    own_id: str | None = None,
    zone: str | None = None,
) -> tuple[int, int, int]:
    """Copies a rulebook with its cases and its schemas; returns the numbers of rule files, case files and documents.

    `documents` is the folder of its source documents, which are copied too, if each is the cited one. Only one line of
    each file differs from the source: the line that names the schema for an editor; and in rulebook.yaml its `id`, if
    `own_id` gives one. `zone` is the clinic's time zone, by a name that exists: rulebook.yaml of the copy says it, and
    each time of its cases is the same hour by its clock.

    Raises:
        InputError: `target` exists and is not an empty folder, `own_id` is malformed, or a document is not there or is
            not the cited one. Nothing is written then.
    """
    require_new(target)
    if own_id is not None:
        require_id(own_id, "new-rulebook")
    cited = _documents(source, documents) if documents is not None else {}
    problems = Problems()
    read = read_folder(source, problems)
    if problems.found:
        raise InputError(problems.sorted())
    if own_id is not None:
        read.files[RULEBOOK] = with_value(read.files[RULEBOOK], RULEBOOK, ("id",), own_id)
    for path, data in {**read.files, **read.fixtures}.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        copy = referring(data, reference(path, FOLDER))
        if zone is not None and path == RULEBOOK:
            copy = in_zone(copy, zone)
        file.write_bytes(_by_the_clock_of(zone, copy) if zone is not None and path in read.fixtures else copy)
    (target / ".gitattributes").write_text(KEEP_BYTES, encoding="utf-8")
    write_schemas(read_names(target), target / FOLDER)
    rules = sum(1 for path in read.files if not is_named(path))
    for path, data in cited.items():
        (target / path).parent.mkdir(exist_ok=True)
        (target / path).write_bytes(data)
    return rules, len(read.fixtures), len(cited)


def _documents(source: Path, folder: Path) -> dict[str, bytes]:
    """The documents of a rulebook by the paths that they have in a rulebook's folder."""
    rulebook = load_rulebook(source)
    if wrong := verify(rulebook, folder):
        raise InputError(wrong)
    return {f"{DOCUMENTS}/{name}": read_plain(folder / name) for name in rulebook.documents}


def referring(data: bytes, line: str) -> bytes:
    """A file's bytes with `line` as the first line; it replaces a line that names a schema in another folder."""
    first, _, rest = data.partition(b"\n")
    return line.encode() + b"\n" + (rest if first.startswith(MARK.encode()) else data)


def in_zone(rulebook: bytes, zone: str) -> bytes:
    """rulebook.yaml with a time zone, in place of the one that it says, if it says one."""
    try:
        return with_value(rulebook, RULEBOOK, ("time_zone",), zone)
    except InputError:
        return with_entry(rulebook, RULEBOOK, "", f"time_zone: {zone}\n")


def _by_the_clock_of(zone: str, cases: bytes) -> bytes:
    """Cases in which each time is the same hour of the same day, by the clock of a zone."""

    def moved(found: re.Match[bytes]) -> bytes:
        try:
            at = read_iso_time(found[0].decode())
        except ValueError:
            return found[0]
        return at_fixed_offset(at.replace(tzinfo=time_zone(zone))).isoformat().encode()

    return _TIME.sub(moved, cases)


def with_schema_line(text: str, path: str, folder: Path) -> str:
    """A file's text with the line that names its schema, if the comments at its head lost it and the schema is there.

    `path` is the file's, within the rulebook's folder.
    """
    head = [line for line, _ in zip(text.splitlines(), range(_HEAD), strict=False) if line.startswith("#")]
    if any(line.startswith(MARK) for line in head):
        return text
    try:
        first = read_plain(folder / RULEBOOK).partition(b"\n")[0].decode("utf-8", "replace")
    except OSError:
        return text
    line = schema_line(path, first)
    schema = folder / path / ".." / line.removeprefix(f"{MARK}$schema=")
    return f"{line}\n{text}" if Path(os.path.normpath(schema)).is_file() else text


def schema_line(path: str, head: str) -> str:
    """The first line of a new file at `path`: it names the schemas that `head` does, the text of rulebook.yaml."""
    return reference(path, schema_folder(head) or FOLDER)


def schema_folder(head: str) -> str | None:
    """The folder of the schemas that `head`, the text of rulebook.yaml, names; relative to the rulebook's folder."""
    found = _SCHEMAS.match(head)
    return found[1] if found else None


def require_id(name: str, otherwise: str) -> None:
    """Requires an id of a rule or a rulebook; `otherwise` is the example where nothing like it can be one.

    Raises:
        InputError: it is malformed, or YAML reads it as a number, as true or false, or as nothing.
    """
    if is_rule_id(name) and is_text(name):
        return
    if is_rule_id(name):
        message = f"`{name}` is not an id: YAML may read it as a number, true, false or nothing"
        raise refused("rule-id", message, f"write a word, such as `{otherwise}`")
    like = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80].strip("-")
    hint = f"write lower-case words joined by hyphens, such as `{like if is_text(like) else otherwise}`"
    raise refused("rule-id", f"`{name}` is not an id", hint)
