"""A connection to a ledger file: with a write-ahead log and full synchronisation."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from ketascreen.audit.errors import LedgerError
from ketascreen.audit.schema import require_ours_now
from ketascreen.diagnostic import printable

_PAUSE_SECONDS = 0.01


def connected(path: Path, mode: str, busy_seconds: float) -> sqlite3.Connection:
    """A connection in one of SQLite's modes. It has read the file once, so that the log is open too.

    Raises:
        LedgerError: the file is not a ledger, or its file system has no write-ahead log.
        sqlite3.Error: it cannot be opened.
    """
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        require_ours_now(connection, path)
        if mode != "ro":
            _prepare(connection, path, busy_seconds)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, busy_seconds: float) -> None:
    if _write_ahead(connection, busy_seconds) != "wal":
        message = f"the ledger {printable(str(path))}: its file system has no write-ahead log; use a local disk"
        raise LedgerError("ledger-system", message)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # macOS: flushes to the disk itself
    connection.execute("PRAGMA checkpoint_fullfsync = ON")


def _write_ahead(connection: sqlite3.Connection, busy_seconds: float) -> str:
    """Switches to the write-ahead log, and returns the mode.

    SQLite itself does not wait if another process switches the same new file at this moment.
    """
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return str(mode)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
        time.sleep(_PAUSE_SECONDS)
