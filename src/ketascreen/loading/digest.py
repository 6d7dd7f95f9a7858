"""The digest that says which files a rulebook was read from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def bytes_digest(files: Mapping[str, bytes]) -> str:
    """sha256 over the path and the sha256 of the bytes of each file, in the order of their paths."""
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(f"{path}\0{hashlib.sha256(files[path]).hexdigest()}\n".encode())
    return whole.hexdigest()
