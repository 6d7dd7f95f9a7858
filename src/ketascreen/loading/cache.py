"""A folder of rulebooks that were read before, each under the digest of exactly the bytes that it was read from.

An entry decides about patients, so it counts only if nobody except this user could have written it: folder and file
belong to the user, and are closed to everybody else. It is plain data that runs nothing (`snapshot`). Its name and its
first line depend on the bytes of every file, on this library's own files and on Python. The first line also holds the
sha256 of the rest, and the meaning digest that the files gave. The meaning digest is worked out again from the rulebook
that was read. An entry that is not what its first line says is thrown away with a warning (`cache-damaged`); every
other unfit entry is ignored. The rulebook is then read as without a cache.

There is no secret here: whoever may write the folder as this user can write an entry of other rules that fits itself.
So no record rests on a cache alone (`load.of_its_files`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ketascreen._version import VERSION
from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading import snapshot
from ketascreen.loading.digest import bytes_digest
from ketascreen.runtime.gc_pause import gc_paused
from ketascreen.runtime.plain_file import is_loose, open_plain
from ketascreen.runtime.whole_file import write_whole

log = logging.getLogger(__name__)

FORMAT = "ketascreen-cache/7"
MAX_ENTRIES = 16
"""How many entries are kept; the oldest are removed."""
_ENDING = ".rulebook"


class _Unfit(Exception):
    """An entry, or the folder, must not be used; the message says why."""


class _Damaged(Exception):
    """An entry is not what its first line says."""


def damaged(what: str, hint: str, place: Place | None = None) -> None:
    """Tells, by a warning in the log, that a cache held other rules than it should."""
    log.warning("%s", Diagnostic("cache-damaged", what, hint, place))


@dataclass(frozen=True, slots=True)
class Cache:
    """Rulebooks that were read before. It never fails: if it cannot do something, it writes a line to the debug log.

    A warning names an entry that is damaged. On a system without owners of files (Windows), it keeps and finds
    nothing.
    """

    folder: Path

    def find(self, files: Mapping[str, bytes], ignored: tuple[str, ...]) -> Rulebook | None:
        """The rulebook that was read from exactly these bytes; None if there is no trustworthy entry."""
        digest = bytes_digest(files)
        key = _key(digest)
        path = self.folder / f"{key}{_ENDING}"
        try:
            _require_own_folder(self.folder)
            meaning, body = _parts(_read_own(path), key)
            with gc_paused():
                return _sound(body, files, digest, ignored, meaning)
        except FileNotFoundError:
            log.debug("the cache has no entry for rulebook %s", digest)
        except _Unfit as unfit:
            log.debug("the cache is ignored: %s", unfit)
        except OSError as error:
            log.debug("the cache is ignored: %s", error.strerror)
        except _Damaged as found:
            hint = "it was thrown away, and the files were read; find out what wrote it"
            damaged(f"an entry of the cache {found}", hint, Place(str(path)))
            with suppress(OSError):
                path.unlink()
        return None

    def keep(self, rulebook: Rulebook) -> None:
        """Keeps a rulebook."""
        key = _key(rulebook.bytes_digest)
        body = json.dumps(snapshot.write(rulebook), separators=(",", ":")).encode()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _require_own_folder(self.folder)
            write_whole(self.folder / f"{key}{_ENDING}", _head(key, rulebook.meaning_digest, body) + body)
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


def _head(key: str, meaning: str, body: bytes) -> bytes:
    sealed = hashlib.sha256(key.encode() + meaning.encode() + body).hexdigest()
    return f"{FORMAT} {key} {meaning} {sealed}\n".encode()


def _parts(data: bytes, key: str) -> tuple[str, bytes]:
    """The meaning digest that an entry promises, and its data, if the entry is complete and has this key."""
    head, _, body = data.partition(b"\n")
    meaning = found[2].decode("ascii", "replace") if len(found := head.split(b" ")) == 4 else ""
    if head + b"\n" != _head(key, meaning, body):
        raise _Damaged("is incomplete, or was changed")
    return meaning, body


def _sound(body: bytes, files: Mapping[str, bytes], digest: str, ignored: tuple[str, ...], meaning: str) -> Rulebook:
    """The rulebook of an entry's data, if this rulebook means what the entry promises."""
    try:
        rulebook = snapshot.read(json.loads(body), files, digest, ignored)
        found = rulebook.meaning_digest
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError):
        raise _Damaged("is not written as this version writes it") from None
    if found != meaning:
        raise _Damaged("holds other rules than the files gave")
    return rulebook


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
    if is_loose(found):
        raise _Unfit("other users may read or write it")


def _read_own(path: Path) -> bytes:
    with open_plain(path) as file:
        found = os.fstat(file.fileno())
        if found.st_nlink != 1:
            raise _Unfit("an entry has a second name")
        _require_own(found)
        return file.read()
