"""Writes files that are whole under their name, and durable, at any moment."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file for this user alone. It replaces one of that name, in one step, once it is complete.

    Threads, processes and machines may write the same name at once. A link of that name is replaced, never followed.

    Raises:
        OSError: it could not be written. The one before is then still there, if there was one.
    """
    import tempfile  # needed only for writing, and it takes long to import

    opened, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
