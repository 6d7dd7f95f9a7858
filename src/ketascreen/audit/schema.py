"""The tables of a ledger file, their version, and the migrations from older versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from ketascreen.audit.errors import LedgerError
from ketascreen.diagnostic import printable

APPLICATION_ID = 0x6B657461
"""`keta`, in the field where SQLite keeps which program owns the file."""

Migration = Callable[[sqlite3.Connection], None]


def _first(connection: sqlite3.Connection) -> None:
    connection.execute(
        """CREATE TABLE entries (
            number INTEGER PRIMARY KEY,
            recorded_at TEXT NOT NULL,
            previous TEXT NOT NULL,
            digest TEXT NOT NULL,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            body BLOB NOT NULL,
            openings BLOB NOT NULL
        ) STRICT"""
    )
    connection.execute("CREATE INDEX entries_by_key ON entries (kind, key, number)")
    forbid_changes(connection)


MIGRATIONS: Sequence[Migration] = (_first,)
"""Each brings a ledger from one version to the next; a ledger's version is the number of migrations that it had."""


def forbid_changes(connection: sqlite3.Connection) -> None:
    """Makes the table append-only. The chain shows a change that somebody makes by other means."""
    for change in ("UPDATE", "DELETE"):
        connection.execute(
            f"CREATE TRIGGER no_{change.lower()} BEFORE {change} ON entries "
            "BEGIN SELECT RAISE(ABORT, 'a ledger is append-only'); END"
        )


def allow_deletion(connection: sqlite3.Connection) -> None:
    """Allows the removal of whole segments, inside the transaction that restores the triggers."""
    for change in ("UPDATE", "DELETE"):
        connection.execute(f"DROP TRIGGER no_{change.lower()}")


def require_ours(connection: sqlite3.Connection, path: object) -> int:
    """The version of a ledger file; 0 for an empty file. Call it inside a transaction.

    Raises:
        LedgerError: another program's file.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and (application or version or tables):
        raise LedgerError("ledger-foreign", f"{printable(str(path))} is another program's file; name a ledger")
    return int(version)


def require_ours_now(connection: sqlite3.Connection, path: object) -> int:
    """`require_ours` in one transaction of its own: another process may be making the ledger at this moment."""
    connection.execute("BEGIN")
    try:
        return require_ours(connection, path)
    finally:
        if connection.in_transaction:  # after an error SQLite may have ended it; that error is then raised
            connection.execute("ROLLBACK")


def bring_up_to_date(connection: sqlite3.Connection, path: object, migrations: Sequence[Migration]) -> None:
    """Makes the tables, or brings them to the newest version, inside the current transaction.

    Raises:
        LedgerError: another program's file, or a ledger of a later version.
    """
    version = require_ours(connection, path)
    if version > len(migrations):
        raise LedgerError(
            "ledger-newer",
            f"the ledger {printable(str(path))} has version {version}, and this ketascreen reads versions up to "
            f"{len(migrations)}; install a newer ketascreen",
        )
    for migration in migrations[version:]:
        migration(connection)
    if version < len(migrations):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
