"""Tables that must have an entry for each of some keys. If one is missing, the import fails, not the first use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key")
Entry = TypeVar("Entry")


def complete(table: str, entries: Mapping[Key, Entry], keys: Iterable[Key]) -> Mapping[Key, Entry]:
    """Returns `entries` if each of `keys` has one. `table` names the table in the error.

    Raises:
        ImportError: a key has no entry.
    """
    lacking = [key for key in keys if key not in entries]
    if lacking:
        names = ", ".join(f"`{getattr(key, '__name__', key)}`" for key in lacking)
        raise ImportError(f"{table} lacks {names}: add an entry for each")
    return entries
