"""Finds the text of a sheet that was approved earlier, by its digest: beside the approvals, or in git's history."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from time import monotonic

from ketascreen.authoring.approving.subjects import SubjectName, read_subjects
from ketascreen.authoring.git import git
from ketascreen.diagnostic import InputError
from ketascreen.language.approval import SubjectKind
from ketascreen.language.sheet import Sheet, form_of
from ketascreen.runtime.plain_file import read_plain
from ketascreen.syntax.folder import APPROVED, MAX_FILES, MAX_TOTAL_BYTES
from ketascreen.syntax.utf8 import MAX_BYTES

MAX_REVISIONS = 200
"""The most revisions of a rulebook that are read for one sheet, the newest first."""
SECONDS = 20.0
"""How long the history is searched for one sheet."""

_APPROVALS = "approvals.yaml"


def kept_path(folder: Path, digest: str) -> Path:
    """Where a sheet is kept that git does not keep."""
    return folder / APPROVED / f"{digest}.json"


def kept_text(sheet: Sheet) -> bytes:
    """A sheet as it is kept."""
    data = {"decides": sheet.decides, "says": sheet.says}
    return (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def earlier_sheet(folder: Path, subject: SubjectName, digest: str) -> Sheet | None:
    """The sheet that has this digest, or None: nobody kept it, or it is further back than is searched."""
    return _kept(folder, digest) or _of_history(folder, subject, digest)


def sheets_at_head(folder: Path, subjects: Sequence[SubjectName]) -> frozenset[str]:
    """The digests of the sheets of these subjects in the last commit: git keeps them. Empty where there is none."""
    try:
        return frozenset(sheet.digest for sheet in _at(folder, "HEAD", subjects) if sheet is not None)
    except OSError:  # git is not installed
        return frozenset()


def _kept(folder: Path, digest: str) -> Sheet | None:
    """The sheet that is kept under its digest; a file that was changed has another digest, and does not count."""
    try:
        told = json.loads(read_plain(kept_path(folder, digest), MAX_BYTES))
        sheet = Sheet(told["decides"], told["says"], form_of(digest))
        return sheet if sheet.digest == digest else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _of_history(folder: Path, subject: SubjectName, digest: str) -> Sheet | None:
    until = monotonic() + SECONDS
    try:
        for commit in _revisions(folder, digest):
            if monotonic() > until:
                return None
            for there in _at(folder, commit, [subject]):
                sheet = there and there.in_form(form_of(digest))
                if sheet is not None and sheet.digest == digest:
                    return sheet
    except OSError:  # git is not installed
        return None
    return None


def _revisions(folder: Path, digest: str) -> Iterator[str]:
    """The commits that touch the folder, the newest first; before them those that wrote the digest."""
    seen: set[str] = set()
    for words in (("-S", digest, "--", _APPROVALS), ("--", ".")):
        told = git(folder, "log", f"--max-count={MAX_REVISIONS}", "--format=%H", *words, seconds=SECONDS) or b""
        for commit in told.decode("ascii", "replace").split():
            if commit not in seen:
                seen.add(commit)
                yield commit


def _at(folder: Path, commit: str, subjects: Sequence[SubjectName]) -> list[Sheet | None]:
    """The sheets of subjects as the folder was at a commit, None for one that was not there; none if nothing loads."""
    archive = git(folder, "archive", "--format=tar", commit, ".", seconds=SECONDS)
    if archive is None:
        return []
    with TemporaryDirectory() as name:
        there = Path(name)
        try:
            if not _unpack(archive, there):
                return []
            patients = any(one.kind is SubjectKind.PATIENT for one in subjects)
            found = read_subjects(there, patients=patients)
            return [found.sheet(one) for one in subjects]
        except (InputError, tarfile.TarError):
            return []


def _unpack(archive: bytes, folder: Path) -> bool:
    """Writes the YAML files of an archive; nothing else of it can be part of a rulebook.

    False, and nothing is written, if they are more than a rulebook may have: half of one would be another rulebook.
    """
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as files:
        kept = [one for one in files if _may_be_read(one)]
        if len(kept) > MAX_FILES or sum(one.size for one in kept) > MAX_TOTAL_BYTES:
            return False
        for one in kept:
            held = files.extractfile(one)
            target = folder / one.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(held.read() if held else b"")
    return True


def _may_be_read(one: tarfile.TarInfo) -> bool:
    path = PurePosixPath(one.name)
    return one.isfile() and one.name.endswith(".yaml") and ".." not in path.parts and not path.is_absolute()
