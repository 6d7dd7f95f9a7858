"""Says why a ledger failed, in sentences that hold nothing of a record."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ketascreen.diagnostic import Diagnostic, KetascreenError, printable


class LedgerError(KetascreenError):
    """A ledger could not be read or written. If a screening needed it, there is no verdict.

    `code` is stable: `ledger-full`, `ledger-read-only`, `ledger-locked`, `ledger-missing`, `ledger-damaged`,
    `ledger-foreign`, `ledger-newer`, `ledger-system`, `ledger-not-there` (it does not hold what you asked for),
    `ledger-not-stored`, `ledger-refused`, `ledger-moved`, `ledger-rolled-back`.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        self.diagnostics = (Diagnostic(code, message),)
        super().__init__(f"{message} [{code}]")

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.code, str(self))


def _again(code: str, message: str) -> LedgerError:
    return LedgerError(code, message.removesuffix(f" [{code}]"))


class _Reason(NamedTuple):
    """Why a ledger failed: the code, and the reason with what to do."""

    code: str
    reason: str


_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _Reason("ledger-full", "the disk is full; make room, then try again"),
    sqlite3.SQLITE_READONLY: _Reason(
        "ledger-read-only", "you may not write the file or its folder; check the permissions"
    ),
    sqlite3.SQLITE_PERM: _Reason("ledger-read-only", "you may not open the file; check its permissions"),
    sqlite3.SQLITE_BUSY: _Reason("ledger-locked", "another process uses it; try again"),
    sqlite3.SQLITE_LOCKED: _Reason("ledger-locked", "another process uses it; try again"),
    sqlite3.SQLITE_CANTOPEN: _Reason("ledger-missing", "it cannot be opened; check the folder and its permissions"),
    sqlite3.SQLITE_CORRUPT: (
        "ledger-damaged",
        "the file is damaged; keep it, and restore the backup (docs/audit.md) or start a new ledger",
    ),
    sqlite3.SQLITE_NOTADB: _Reason("ledger-foreign", "the file is not a ledger; name a ledger"),
    sqlite3.SQLITE_IOERR: _Reason("ledger-system", "the system could not read or write it; check the disk"),
}
_PRIMARY = 0xFF
"""SQLite puts the primary result code into the lowest byte of an extended one."""


def of_sqlite(error: sqlite3.Error, path: object) -> LedgerError:
    """The error for what SQLite could not do with the ledger at `path`."""
    number = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if number == sqlite3.SQLITE_CANTOPEN and (problem := _of_folder(path)):
        return problem
    code, reason = _OF_SQLITE.get(number, _Reason("ledger-system", f"SQLite failed with code {number}; check the disk"))
    return LedgerError(code, f"the ledger {printable(str(path))}: {reason}")


@contextmanager
def spoken(path: object) -> Iterator[None]:
    """Turns an error of SQLite or of the system with the ledger at `path` into a LedgerError."""
    problem = None
    try:
        yield
    except sqlite3.Error as error:
        problem = of_sqlite(error, path)
    except OSError as error:
        problem = of_system(error, path)
    if problem is not None:
        raise problem


def _of_folder(path: object) -> LedgerError | None:
    """The error for a folder in the place of a ledger; an empty name means the present folder."""
    if not Path(str(path)).is_dir():
        return None
    message = f"{printable(str(path))} is a folder; name the file of a ledger in it, such as clinic.db"
    return LedgerError("ledger-refused", message)


def unreadable(error: OSError, path: object) -> LedgerError:
    """The error for a file beside a ledger (a chain, a head) that cannot be read."""
    if isinstance(error, FileNotFoundError):
        return LedgerError("ledger-missing", f"there is no file {printable(str(path))}; check its name")
    reason = error.strerror or "the system failed"
    return LedgerError("ledger-system", f"{printable(str(path))} cannot be read ({reason})")


_OF_SYSTEM = {
    errno.EROFS: sqlite3.SQLITE_READONLY,
    errno.EACCES: sqlite3.SQLITE_READONLY,
    errno.EPERM: sqlite3.SQLITE_READONLY,
    errno.ENOSPC: sqlite3.SQLITE_FULL,
    errno.EDQUOT: sqlite3.SQLITE_FULL,
    errno.ENOENT: sqlite3.SQLITE_CANTOPEN,
    errno.ENOTDIR: sqlite3.SQLITE_CANTOPEN,
    errno.EISDIR: sqlite3.SQLITE_CANTOPEN,
}


def of_system(error: OSError, path: object) -> LedgerError:
    """The error for what the system could not do with the ledger at `path`, in the same sentences."""
    if problem := _of_folder(path):
        return problem
    number = _OF_SYSTEM.get(error.errno or 0, sqlite3.SQLITE_IOERR)
    code, reason = _OF_SQLITE[number]
    return LedgerError(code, f"the ledger {printable(str(path))}: {reason}")
