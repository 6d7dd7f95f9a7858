"""The place of a ledger file: whether its path still names the files that are open, and who may read them.

SQLite opens the file and the two files of its log once, and goes on with them whatever happens to their names. So a
file that is moved, removed or replaced would take in records that nobody finds again.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from dataclasses import dataclass
from pathlib import Path

from ketascreen.audit.errors import LedgerError
from ketascreen.diagnostic import printable

LOG = ("-wal", "-shm")
"""What SQLite adds to the name of a file for its log and the index of its log."""

_OTHERS = 0o077
"""The permissions of everybody except the owner."""

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

    def save_log(self, writer: sqlite3.Connection) -> None:
        """Puts the log of a file that was moved, or whose log was removed, into the file.

        The log of a moved file is then removed: SQLite would lay it over the next file of that name. A log that
        another process has made since is left alone.
        """
        file, log = (_identity(name) for name in self.names[:2])
        is_moved = file != self.files[0]
        if not is_moved and log is not None:
            return
        busy, frames, saved = writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if is_moved and not busy and frames == saved:
            for name, own in zip(self.names[1:], self.files[1:], strict=True):
                if own is not None and _identity(name) == own:
                    Path(name).unlink()


def moved(path: Path) -> LedgerError:
    """The error for a ledger whose path does not name the file that is open."""
    message = (
        f"the ledger {printable(str(path))}: it, or its log beside it, was moved, removed or replaced while it was "
        "open; end every process that uses it, and put both back"
    )
    return LedgerError("ledger-moved", message)


def make_file(path: Path) -> None:
    """Makes an empty file for its owner alone, unless there is one. SQLite gives its log the same permissions.

    An existing file is not opened: closing it would give up the locks of every connection of this process to it.

    Raises:
        LedgerError: the log of another file lies there, or the file system lets others read the new file.
        OSError: it could not be made, or the existing one may not be written.
    """
    require_no_log(path)
    try:
        made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if not os.access(path, os.W_OK):  # SQLite would open it to read alone, without a word
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None
        return
    loose = _is_loose(os.fstat(made))
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
        message = (
            f"the log of a ledger lies beside {printable(str(path))} without its file; put the file back, or move "
            "the log to where the file is now"
        )
        raise LedgerError("ledger-moved", message)


def require_plain(path: Path) -> None:
    """Refuses a link, a pipe and a device. What is not there, and a folder, fail where they are opened.

    Raises:
        LedgerError: it is none of these.
    """
    found = _found(path)
    if found is None or stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
        return
    what = "a link; name the file itself" if stat.S_ISLNK(found.st_mode) else "not a plain file; name a ledger"
    raise LedgerError("ledger-refused", f"the ledger {printable(str(path))} is {what}")


def is_loose(path: Path) -> bool:
    """Whether somebody except its owner may read or write a ledger."""
    found = _found(path)
    return found is not None and _is_loose(found)


def _is_loose(found: os.stat_result) -> bool:
    return bool(stat.S_IMODE(found.st_mode) & _OTHERS)


def _identity(name: str | Path) -> Identity | None:
    found = _found(name)
    return None if found is None else (found.st_dev, found.st_ino)


def _found(name: str | Path) -> os.stat_result | None:
    try:
        return os.lstat(name)
    except OSError:
        return None  # also a folder that is gone
