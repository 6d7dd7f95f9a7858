"""Writes files that are whole under their name, and durable, at any moment."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # Windows: the ledger, which needs it, is for Linux
    flock = None  # type: ignore[assignment]

_WAIT_SECONDS = 5.0
_PAUSE_SECONDS = 0.005


def write_whole(
    path: Path, data: bytes, mode: int = 0o600, *, before_replacing: Callable[[], None] = lambda: None
) -> None:
    """Writes a file. It replaces one of that name, in one step, once it is complete.

    `before_replacing` is called when all is written under another name; if it raises, nothing is replaced.

    It is for its owner alone, unless `mode` says otherwise. A new file is this user's. One that replaces another
    user's stays that user's, where this user may give files away.

    Threads, processes and machines may write the same name at once. A link of that name is replaced, never followed.

    Raises:
        OSError: it could not be written. The one before is then still there, if there was one.
    """
    import tempfile  # needed only for writing, and it takes long to import

    opened, part = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(opened, "wb") as file:
            _give_to_the_owner_of(path, opened)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(part).chmod(mode)
        before_replacing()
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _give_to_the_owner_of(path: Path, opened: int) -> None:
    with suppress(OSError, AttributeError):
        found = path.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_uid != os.geteuid():
            os.fchown(opened, found.st_uid, found.st_gid)


@contextmanager
def locked_folder(folder: Path) -> Iterator[bool]:
    """While no other process has locked this folder.

    A process that was stopped keeps its lock, so this waits some seconds alone, and then goes on without the lock: it
    gives False. Where the system locks no folders, it gives True, since nobody is known to have locked it.
    """
    descriptor, is_free = None, True
    try:
        with suppress(OSError):
            if flock is not None:
                descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
                is_free = _wait_for_lock(descriptor)
        yield is_free
    finally:
        if descriptor is not None:
            os.close(descriptor)  # gives the lock back


def _wait_for_lock(descriptor: int) -> bool:
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            flock(descriptor, LOCK_EX | LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
        time.sleep(_PAUSE_SECONDS)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
