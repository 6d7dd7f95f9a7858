"""Files that the audit writes beside a ledger: durable, and never half-written under their name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ketascreen.audit.errors import LedgerError
from ketascreen.diagnostic import printable
from ketascreen.runtime.whole_file import sync_folder, write_whole


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file, durable at the end. An existing file is never overwritten; a half-written file is removed.

    Raises:
        LedgerError: a file with that name exists, or the file could not be written.
    """
    reason, made = None, False
    try:
        # For its owner alone: it may hold facts about patients.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        made = True
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
        made = False
    except FileExistsError:
        reason = "a file with that name exists; give another name"
    except OSError as error:
        reason = error.strerror or "the system failed"
    finally:
        if made:
            path.unlink(missing_ok=True)
    if reason is not None:
        raise LedgerError("ledger-system", f"{printable(str(path))} cannot be written ({reason})")


def replace_file(path: Path, data: bytes) -> None:
    """Writes a file that replaces the one of that name, if any; durable at the end.

    Raises:
        LedgerError: it could not be written. Then the one before is still there.
    """
    reason = None
    try:
        write_whole(path, data)
    except OSError as error:
        reason = error.strerror or "the system failed"
    if reason is not None:
        raise LedgerError("ledger-system", f"{printable(str(path))} cannot be written ({reason})")
