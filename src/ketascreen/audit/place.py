"""The place of a ledger file: whether its path still names the files that are open, and who may read them.

SQLite opens the file and the two files of its log once, and goes on with them whatever happens to their names. So a
file that is moved, removed or replaced would take in records that nobody finds again.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from contextlib import suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from ketascreen.arguments import path_of
from ketascreen.audit.errors import LedgerError, of_system
from ketascreen.audit.rescue import Rescue, beside, rescue
from ketascreen.diagnostic import printable
from ketascreen.runtime.plain_file import is_loose

LOG = ("-wal", "-shm")
"""What SQLite adds to the name of a file for its log and the index of its log."""

Identity = tuple[int, int]
"""Device and inode: what a file is, whatever its name."""


@dataclass(frozen=True, slots=True)
class FilePlace:
    """The files that are open, by what their names named when they were opened; None for one that was not there."""

    names: tuple[str, ...]
    files: tuple[Identity | None, ...]

    @classmethod
    def of(cls, path: Path) -> FilePlace:
        """What the names of a ledger and of its log name now."""
        names = (str(path), *(f"{path}{ending}" for ending in LOG))
        return cls(names, tuple(map(_identity, names)))

    @property
    def holds(self) -> bool:
        """Whether each name still names the file that is open."""
        return all(file is None or _identity(name) == file for name, file in zip(self.names, self.files, strict=True))

    @property
    def size(self) -> int:
        """The bytes of the file now, without its log. A ledger never shrinks: nothing is taken out of its file."""
        found = _found(self.names[0])
        return found.st_size if found else 0

    def saved(self, writer: sqlite3.Connection, *, is_written_over: bool) -> Rescue:
        """Saves what the open files hold, if one is not in its place or was written over; says what became of it."""
        with suppress(sqlite3.Error, OSError):
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            if self._is_findable and self._save_log(writer):
                return Rescue(None, is_saved=True)
        rescued = rescue(writer, Path(self.names[0]))
        with suppress(sqlite3.Error, OSError):
            if is_written_over:
                self._put_log_aside()
            elif rescued.is_saved:
                self._leave_log(writer)
        return rescued

    @property
    def _is_findable(self) -> bool:
        """Whether the open file was moved, and somebody can find it under its other name."""
        return _identity(self.names[0]) != self.files[0] and _has_name(self.files[0])

    def _save_log(self, writer: sqlite3.Connection) -> bool:
        """Puts the log of a file that was moved into the file. Returns whether it is whole there.

        The log is then removed: SQLite would lay it over the next file of that name.
        """
        if not _into_the_file(writer):
            return False
        for name in self._own_log():
            Path(name).unlink()
        return True

    def _leave_log(self, writer: sqlite3.Connection) -> None:
        """Leaves the log of a file that has no name any more, or that is in its place without its log.

        The log of a file without a name may be the last copy of what is in it. It stays, under another name if a file
        is there that it does not belong to. A log that another process has made since is left alone.
        """
        file, log = (_identity(name) for name in self.names[:2])
        if file == self.files[0]:
            if log is None:
                _into_the_file(writer)
        elif file is not None and not self._is_findable:
            self._put_log_aside()

    def _put_log_aside(self) -> None:
        """Gives the log another name: what is in the place of its file is another one, and SQLite would join them."""
        for name in self._own_log():
            Path(name).rename(beside(name))

    def _own_log(self) -> list[str]:
        """The names of the log that still name the files that are open."""
        named = zip(self.names[1:], self.files[1:], strict=True)
        return [name for name, own in named if own is not None and _identity(name) == own]


def _into_the_file(writer: sqlite3.Connection) -> bool:
    """Puts the log into the open file; whether all of it is there now."""
    busy, frames, saved = writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return not busy and frames == saved


def moved(path: Path, rescued: str | None = None) -> LedgerError:
    """The error for a ledger whose path does not name the file that is open; `rescued` says what became of the rest."""
    message = (
        f"the ledger {printable(str(path))}: it, or its log beside it, was moved, removed, replaced or written over "
        f"while it was open; end every process that uses it, and {_what_to_do(rescued)}"
    )
    return LedgerError("ledger-moved", message)


def _what_to_do(rescued: str | None) -> str:
    if rescued is None:
        return "put both back; move what is in their place aside first"
    return f"keep it all: {rescued}"


def make_file(path: Path) -> None:
    """Makes an empty file for its owner alone, unless there is one. SQLite gives its log the same permissions.

    An existing file is not opened: closing it would give up the locks of every connection of this process to it.

    Raises:
        LedgerError: the log of another file is there, or the file system lets others read the new file.
        OSError: it could not be made, or the existing one may not be written.
    """
    require_no_log(path)
    try:
        made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if not os.access(path, os.W_OK):  # SQLite would open it to read alone, without a word
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None
        return
    loose = is_loose(os.fstat(made))
    os.close(made)
    if loose:
        path.unlink()
        message = f"the ledger {printable(str(path))}: its file system lets others read it; use a local disk"
        raise LedgerError("ledger-system", message)


def require_no_log(path: Path) -> None:
    """Refuses a new file beside a log that holds something: SQLite would throw it away, or lay it over the file.

    Raises:
        LedgerError: there is such a log, and no file.
    """
    log = _found(f"{path}{LOG[0]}")  # looked at first: a file is there before its log
    file = _found(path)
    if log is not None and log.st_size and (file is None or not file.st_size):
        saved = sorted(path.parent.glob(f"{escape(path.name)}.rescued-*.jsonl"))
        told = f", which was saved in {printable(str(saved[-1]))}: move the log aside, and import that" if saved else ""
        message = (
            f"the log of a ledger is beside {printable(str(path))} without its file{told}; else put the file back, or "
            "move the log to where the file is now"
        )
        raise LedgerError("ledger-moved", message)


def ledger_path(path: object) -> Path:
    """The path of a ledger.

    Raises:
        RequestError: it is not a path.
        LedgerError: no file can have that name.
    """
    file = path_of(path, "path")
    try:
        file.exists()  # up to Python 3.13 it may raise
        os.fsencode(file)
    except OSError as error:
        raise of_system(error, file) from None
    except ValueError:
        pass  # refused below, without the error that this is
    else:
        return file
    raise LedgerError("ledger-missing", "the name of the ledger is not the name of a file; check it")


def require_plain(path: Path) -> None:
    """Refuses a link, a pipe and a device. What is not there, and a folder, fail where they are opened.

    Raises:
        LedgerError: it is one of these.
    """
    found = _found(path)
    if found is None or stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
        return
    what = "a link; name the file itself" if stat.S_ISLNK(found.st_mode) else "not a plain file; name a ledger"
    raise LedgerError("ledger-refused", f"the ledger {printable(str(path))} is {what}")


def require_ledger(path: Path) -> None:
    """Requires a plain file that holds something.

    Raises:
        LedgerError: it is not there, is not a plain file, or is empty.
    """
    require_plain(path)
    if not path.is_file():
        raise LedgerError("ledger-missing", f"there is no ledger {printable(str(path))}; check its name")
    if not path.stat().st_size:
        raise LedgerError("ledger-foreign", f"{printable(str(path))} is empty; it holds no ledger; name a ledger")


def is_open_to_others(path: Path) -> bool:
    """Whether somebody except its owner may read or write a ledger."""
    found = _found(path)
    return found is not None and is_loose(found)


def _has_name(file: Identity | None) -> bool:
    """Whether a file that this process has open has a name, anywhere. If the system does not say, it has none."""
    for number in _open_files():
        with suppress(OSError):
            found = os.fstat(number)
            if (found.st_dev, found.st_ino) == file:
                return found.st_nlink > 0
    return False


def _open_files() -> list[int]:
    try:
        return [int(file.name) for file in Path("/dev/fd").iterdir()]
    except OSError:
        return []


def _identity(name: str | Path) -> Identity | None:
    found = _found(name)
    return None if found is None else (found.st_dev, found.st_ino)


def _found(name: str | Path) -> os.stat_result | None:
    try:
        return os.lstat(name)
    except OSError:
        return None  # also a folder that is gone
