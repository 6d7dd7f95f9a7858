"""A folder of rulebooks that were read before, each under the digest of the very bytes that it was read from.

What is in it decides about patients, so an entry counts only where nobody but this user could have written it: folder
and file are theirs, and closed to everybody else. It is plain data that runs nothing (`snapshot`). Its name and its
first line hold what it was made of: the bytes of every file, this library's own files, Python. The first line also
holds the sha256 of the rest. Whatever is not so is passed over, and the rulebook is read as if there were no cache.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ketascreen._version import VERSION
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading import snapshot
from ketascreen.loading.digest import bytes_digest
from ketascreen.runtime.gc_pause import gc_paused

log = logging.getLogger(__name__)

FORMAT = "ketascreen-cache/1"
MAX_ENTRIES = 16
"""The oldest go when there are more."""
_ENDING = ".rulebook"


class _Unfit(Exception):
    """An entry, or the folder, is not to be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Rulebooks that were read before. It never fails: what it cannot do is left undone, with a line in the debug log.

    Where the system knows no owners of files (Windows), nothing is kept or found.
    """

    folder: Path

    def find(self, files: Mapping[str, bytes], ignored: tuple[str, ...]) -> Rulebook | None:
        """The rulebook that was read from exactly these bytes; None where there is none that can be relied on."""
        digest = bytes_digest(files)
        key = _key(digest)
        try:
            _require_own_folder(self.folder)
            data = _body(_read_own(self.folder / f"{key}{_ENDING}"), key)
            with gc_paused():
                return snapshot.read(json.loads(data), files, digest, ignored)
        except FileNotFoundError:
            log.debug("the cache has no entry for rulebook %s", digest)
        except _Unfit as unfit:
            log.debug("the cache is passed over: %s", unfit)
        except OSError as error:
            log.debug("the cache is passed over: %s", error.strerror)
        except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError):
            log.debug("the cache is passed over: an entry is not written as this version writes it")
        return None

    def keep(self, rulebook: Rulebook) -> None:
        """Puts a rulebook by."""
        key = _key(rulebook.bytes_digest)
        body = json.dumps(snapshot.write(rulebook), separators=(",", ":")).encode()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _require_own_folder(self.folder)
            _write_whole(self.folder / f"{key}{_ENDING}", _head(key, body) + body)
            self._let_go()
        except _Unfit as unfit:
            log.debug("the cache keeps nothing: %s", unfit)
        except OSError as error:
            log.debug("the cache keeps nothing: %s", error.strerror)

    def _let_go(self) -> None:
        entries = sorted(self.folder.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime_ns)
        for path in entries[:-MAX_ENTRIES]:
            path.unlink(missing_ok=True)


def _key(digest: str) -> str:
    """What an entry is of: the bytes of the rulebook's files, and what reads them."""
    made_of = "\n".join([FORMAT, digest, VERSION, sys.version, *_own_files()])
    return hashlib.sha256(made_of.encode("utf-8", "surrogateescape")).hexdigest()


@cache
def _own_files() -> list[str]:
    """Every file of this library, as it is when it is first asked to make a rulebook: any could take part in it."""
    package = Path(__file__).parents[1]
    own = package.rglob("*.py")
    return sorted(f"{path}\0{(found := path.stat()).st_size}\0{found.st_mtime_ns}" for path in own)


def _head(key: str, body: bytes) -> bytes:
    return f"{FORMAT} {key} {hashlib.sha256(key.encode() + body).hexdigest()}\n".encode()


def _body(data: bytes, key: str) -> bytes:
    """The data of an entry that is whole, and of what it is looked up for."""
    head, _, body = data.partition(b"\n")
    if head + b"\n" != _head(key, body):
        raise _Unfit("an entry is not whole, or of something else")
    return body


def _require_own_folder(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise _Unfit("it is no folder")
    _require_own(found)


def _require_own(found: os.stat_result) -> None:
    """Lets pass what belongs to this user and nobody else may read or write."""
    if not hasattr(os, "geteuid"):
        raise _Unfit("this system does not say whose it is")
    if found.st_uid != os.geteuid():
        raise _Unfit("it belongs to another user")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise _Unfit("other users may come to it")


def _read_own(path: Path) -> bytes:
    # The file that is looked at is the file that is read; a link, or a pipe that keeps its reader waiting, is neither.
    opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(opened, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise _Unfit("an entry is no file of its own")
        _require_own(found)
        return file.read()


def _write_whole(path: Path, data: bytes) -> None:
    """Writes a file for this user alone, under its name only once it is whole."""
    import tempfile  # of use only where something is written, and long to import

    opened, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
