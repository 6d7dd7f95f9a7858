"""A folder of rulebooks that were read before, each under the digest of exactly the bytes that it was read from.

An entry decides about patients, so it counts only if nobody except this user could have written it: folder and file
belong to the user, and are closed to everybody else. It is plain data that runs nothing (`snapshot`). Its name and its
first line depend on the bytes of every file, on this library's own files and on Python. The first line also holds the
sha256 of the rest. All other entries are ignored, and the rulebook is read as without a cache.
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

FORMAT = "ketascreen-cache/3"
MAX_ENTRIES = 16
"""How many entries are kept; the oldest are removed."""
_ENDING = ".rulebook"


class _Unfit(Exception):
    """An entry, or the folder, must not be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Rulebooks that were read before. It never fails: if it cannot do something, it writes a line to the debug log.

    On a system without owners of files (Windows), it keeps and finds nothing.
    """

    folder: Path

    def find(self, files: Mapping[str, bytes], ignored: tuple[str, ...]) -> Rulebook | None:
        """The rulebook that was read from exactly these bytes; None if there is no trustworthy entry."""
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
            log.debug("the cache is ignored: %s", unfit)
        except OSError as error:
            log.debug("the cache is ignored: %s", error.strerror)
        except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError):
            log.debug("the cache is ignored: an entry is not written as this version writes it")
        return None

    def keep(self, rulebook: Rulebook) -> None:
        """Keeps a rulebook."""
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
    """The key of an entry: the bytes of the rulebook's files, and the code that reads them."""
    made_of = "\n".join([FORMAT, digest, VERSION, sys.version, *_own_files()])
    return hashlib.sha256(made_of.encode("utf-8", "surrogateescape")).hexdigest()


@cache
def _own_files() -> list[str]:
    """Every file of this library at the time of the first reading: any of them could take part in it."""
    package = Path(__file__).parents[1]
    own = package.rglob("*.py")
    return sorted(f"{path}\0{(found := path.stat()).st_size}\0{found.st_mtime_ns}" for path in own)


def _head(key: str, body: bytes) -> bytes:
    return f"{FORMAT} {key} {hashlib.sha256(key.encode() + body).hexdigest()}\n".encode()


def _body(data: bytes, key: str) -> bytes:
    """The data of an entry, if the entry is complete and has this key."""
    head, _, body = data.partition(b"\n")
    if head + b"\n" != _head(key, body):
        raise _Unfit("an entry is incomplete, or has another key")
    return body


def _require_own_folder(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise _Unfit("it is not a folder")
    _require_own(found)


def _require_own(found: os.stat_result) -> None:
    """Raises unless it belongs to this user, and nobody else may read or write it."""
    if not hasattr(os, "geteuid"):
        raise _Unfit("this system does not say who owns it")
    if found.st_uid != os.geteuid():
        raise _Unfit("it belongs to another user")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise _Unfit("other users may read or write it")


def _read_own(path: Path) -> bytes:
    # The file that is checked is the file that is read. Links and pipes are refused: a pipe can make a reader wait.
    opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(opened, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise _Unfit("an entry is not a plain file")
        _require_own(found)
        return file.read()


def _write_whole(path: Path, data: bytes) -> None:
    """Writes a file for this user alone; it gets its name only when it is complete."""
    import tempfile  # needed only for writing, and it takes long to import

    opened, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
