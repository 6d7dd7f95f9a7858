"""Decides which files of a folder are read, refused or ignored; reads each file's bytes once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ketascreen.diagnostic import Place
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.utf8 import MAX_BYTES

MAX_FILES = 20_000
MAX_FOLDERS_DEEP = 20
_USUAL_BYTES = 65_536

CASES = ".cases.yaml"
START = ".start.yaml"


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a rulebook folder by path within it: its own files, its fixtures, and the ignored files."""

    files: dict[str, bytes]
    fixtures: dict[str, bytes]
    ignored: tuple[str, ...]


def read_folder(folder: Path, problems: Problems, *, rules: bool = True, fixtures: bool = True) -> Folder:
    """The bytes of every YAML file below `folder` that is asked for; no other file is read.

    Files whose names start with a dot and files of other endings are ignored and listed. `.yml`, links, folders named
    like files, and everything else that is not a plain file, are refused without being opened.
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
    for path, entry in found[:MAX_FILES]:
        is_fixture = path.endswith((CASES, START))
        if not (fixtures if is_fixture else rules):
            continue
        data = _read(path, entry, problems)
        if data is not None:
            read[is_fixture][path] = data
    if rules and not read[False] and not problems.found:
        problems.report("no-rules", "a folder without rules", "name a rulebook's folder", Place(str(folder)))
    return Folder(*read, tuple(ignored))


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
    for entry in entries:
        path = f"{prefix}{entry.name}"
        yaml = entry.name.endswith((".yaml", ".yml"))
        if entry.name.startswith("."):
            ignored.append(path)
        elif entry.is_symlink():
            problems.report("not-a-file", "a link", "put the file itself there", Place(path))
        elif entry.is_dir() and not yaml and path.count("/") >= MAX_FOLDERS_DEEP:
            limit = f"folders more than {MAX_FOLDERS_DEEP} deep"
            problems.report("over-limit", limit, "move it up", Place(path))
        elif entry.is_dir() and not yaml:
            found.extend(_walk(folder / entry.name, f"{path}/", problems, ignored))
        elif not yaml:
            ignored.append(path)
        elif not entry.is_file(follow_symlinks=False):
            problems.report("not-a-file", "not a plain file", "put a plain file there, or rename it", Place(path))
        elif entry.name.endswith(".yml"):
            problems.report("not-a-file", "ends in .yml", "rename it to .yaml", Place(path))
        else:
            found.append((path, entry))
    return found


def _read(path: str, entry: os.DirEntry[str], problems: Problems) -> bytes | None:
    try:
        file = os.open(entry.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            return _bytes(file)
        finally:
            os.close(file)
    except OSError as error:
        reason = error.strerror
    problems.report("unreadable", f"cannot be read ({reason})", "check its permissions", Place(path))
    return None


def _bytes(file: int) -> bytes:
    """The content of an open file; of a file that is too large, enough to detect that."""
    data = os.read(file, _USUAL_BYTES)
    while (more := os.read(file, _USUAL_BYTES)) and len(data) <= MAX_BYTES:
        data += more
    return data
