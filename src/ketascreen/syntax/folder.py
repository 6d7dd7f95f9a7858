"""Decides which files of a folder are read, refused or passed over; reads each file's bytes once."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ketascreen.diagnostic import Place
from ketascreen.runtime.plain_file import NotPlain, read_plain
from ketascreen.spelling import in_ascii
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.utf8 import MAX_BYTES

MAX_FILES = 20_000
MAX_TOTAL_BYTES = 20_000_000
"""The most bytes of all files that are read: 30 times the bytes of the built-in rulebook with its cases, and as many as
2,000 rules with theirs. YAML that is as slow to read as can be takes about 0.4 s for each million bytes."""
MAX_FOLDERS_DEEP = 20

DOCUMENTS = "documents"
"""The folder of the source documents beside the rulebook's files. No rule is read in it, and none may hide in it."""

_ENDING = re.compile(r"\.ya?ml", re.IGNORECASE)

CASES = ".cases.yaml"
START = ".start.yaml"
APPROVED = "approved"
"""The folder of the sheets that were approved, each as JSON by its digest."""
_APPROVED = re.compile(rf"{APPROVED}/[1-9][0-9]?-[0-9a-f]{{16}}-[0-9a-f]{{16}}\.json")


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a rulebook folder by path within it: its own files, its fixtures, and what is passed over."""

    files: dict[str, bytes]
    fixtures: dict[str, bytes]
    ignored: tuple[str, ...]


def read_folder(folder: Path, problems: Problems, *, rules: bool = True, fixtures: bool = True) -> Folder:
    """The bytes of every YAML file below `folder` that is asked for; no other file is read.

    A name that starts with a dot, and a file with another ending, are passed over and listed. A folder without YAML is
    listed as one name (`schema/`). A name that holds `.yaml` or `.yml` in any letters, and does not end in `.yaml`, is
    refused: `x.YAML`, `x.yaml.txt`, `x.yml`, `x.yaml~`. So are links, folders named like files, and everything else
    that is not a plain file; none of them is opened. A sheet that was approved (`approved/*.json`) is neither read nor
    listed: `ketascreen approve` reads it.

    The files of the folder `documents` are not the rulebook's and are neither read nor listed; one that holds `.yaml`
    or `.yml` in its name, and does not start with a dot, is refused, because it may be a rule.
    """
    ignored: list[str] = []
    if not _is_folder(folder):
        problems.report("no-folder", "no such folder", "name a rulebook's folder", Place(str(folder)))
        return Folder({}, {}, ())
    found = _walk(folder, "", problems, ignored)
    if len(found) > MAX_FILES:
        place = Place(found[MAX_FILES][0])
        problems.report("over-limit", f"more than {MAX_FILES:,} files", "split the rulebook", place)
    read: tuple[dict[str, bytes], dict[str, bytes]] = {}, {}
    asked = ((path, entry) for path, entry in found[:MAX_FILES] if (fixtures if _is_fixture(path) else rules))
    for path, data in _within_limit(asked, problems):
        read[_is_fixture(path)][path] = data
    if rules and not read[False] and not problems.found:
        problems.report("no-rules", "a folder without rules", "name a rulebook's folder", Place(str(folder)))
    return Folder(*read, tuple(ignored))


def names_yaml(name: str) -> bool:
    """Whether a file's name says that it is YAML, however it is written; letters that nobody sees do not count."""
    return _ENDING.search(_as_seen(name)) is not None


def meant_name(name: str) -> str:
    """The name of the file that is YAML by its `name`, with the ending with which it is read."""
    return f"{_ENDING.split(_as_seen(name), maxsplit=1)[0].strip('# ')}.yaml"


def _as_seen(name: str) -> str:
    seen = "".join(char for char in name if unicodedata.category(char) != "Cf")
    return in_ascii(unicodedata.normalize("NFKC", seen))


def is_kept_sheet(path: str) -> bool:
    """Whether a path within a rulebook's folder names a sheet that was approved."""
    return _APPROVED.fullmatch(path) is not None


def _is_fixture(path: str) -> bool:
    return path.endswith((CASES, START))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, or a folder above it that may not be entered
        return False


def _walk(folder: Path, prefix: str, problems: Problems, ignored: list[str]) -> list[tuple[str, os.DirEntry[str]]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        problems.report(
            "unreadable",
            f"cannot be read ({error.strerror})",
            "check its permissions",
            Place(prefix or str(folder)),
        )
        return []
    found: list[tuple[str, os.DirEntry[str]]] = []
    beside = {entry.name for entry in entries}
    for entry in entries:
        path = f"{prefix}{entry.name}"
        yaml = names_yaml(entry.name)
        if entry.name.startswith("."):
            ignored.append(path)
        elif entry.is_symlink():
            problems.report("not-a-file", "a link", "put the file itself there", Place(path))
        elif path == DOCUMENTS and entry.is_dir():
            _refuse_rules(folder / path, problems)
        elif entry.is_dir() and not yaml and path.count("/") >= MAX_FOLDERS_DEEP:
            limit = f"folders more than {MAX_FOLDERS_DEEP} deep"
            problems.report("over-limit", limit, "move it up", Place(path))
        elif entry.is_dir() and not yaml:
            left: list[str] = []
            inside = _walk(folder / entry.name, f"{path}/", problems, left)
            found += inside
            ignored += left if inside or not left else [f"{path}/"]
        elif not yaml:
            ignored += [] if is_kept_sheet(path) else [path]
        elif not entry.is_file(follow_symlinks=False):
            problems.report("not-a-file", "not a plain file", "put a plain file there, or rename it", Place(path))
        elif not entry.name.endswith(".yaml"):
            hint = _how_to_rename(meant_name(entry.name), beside)
            problems.report("not-a-file", "is not read, since its name does not end in .yaml", hint, Place(path))
        else:
            found.append((path, entry))
    return found


def _how_to_rename(meant: str, beside: Collection[str]) -> str:
    away = "move it away, or begin its name with a dot"
    return (
        f"`{meant}` is there too; {away}"
        if meant in beside
        else f"rename it `{meant}`; if it holds no rule and no cases, {away}"
    )


def _refuse_rules(folder: Path, problems: Problems) -> None:
    """Refuses each file and folder in the folder of documents that is YAML by its name; a name with a dot at its
    start, and what is in such a folder, is passed over as it is elsewhere.
    """

    def unreadable(error: OSError) -> None:
        place = Place(Path(error.filename).relative_to(folder.parent).as_posix())
        problems.report("unreadable", f"cannot be read ({error.strerror})", "check its permissions", place)

    hint = "if it is a rule, move it out; if it is a document, end its name in .txt"
    for here, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in (*folders, *files) if names_yaml(name) and not name.startswith(".")):
            place = Place((Path(here) / name).relative_to(folder.parent).as_posix())
            problems.report("not-a-file", "holds YAML by its name, among the source documents", hint, place)


def _within_limit(asked: Iterable[tuple[str, os.DirEntry[str]]], problems: Problems) -> Iterator[tuple[str, bytes]]:
    """The bytes of the files, up to the limit of the whole."""
    left = MAX_TOTAL_BYTES
    for path, entry in asked:
        data = _read(path, entry, problems)
        left -= len(data or b"")
        if left < 0:
            problems.report(
                "over-limit", f"more than {MAX_TOTAL_BYTES:,} bytes in all", "split the rulebook", Place(path)
            )
            return
        if data is not None:
            yield path, data


def _read(path: str, entry: os.DirEntry[str], problems: Problems) -> bytes | None:
    """The bytes of a file; of a file that is too large, enough to detect that."""
    try:
        return read_plain(entry.path, MAX_BYTES + 1)
    except NotPlain as changed:  # it was a plain file a moment ago
        problems.report("not-a-file", str(changed.strerror), "put a plain file there, or rename it", Place(path))
    except OSError as error:
        problems.report("unreadable", f"cannot be read ({error.strerror})", "check its permissions", Place(path))
    return None
