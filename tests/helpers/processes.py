"""What a process holds: descriptors and children."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


def children() -> frozenset[int]:
    """The processes that this one started and that it has not yet waited for."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            found |= {int(status.parent.name)} if parent == os.getpid() else set()
    return frozenset(found)
