"""The entry of a cache of rulebooks, and how somebody forges it who may write it."""

from __future__ import annotations

import json
from pathlib import Path

from ketascreen.loading import cache as caching
from ketascreen.loading import snapshot
from tests.helpers.screening import shipped


def entry(cache: Path) -> Path:
    (found,) = cache.iterdir()
    return found


def forge(path: Path, old: str, new: str, *, meaning: str | None = None) -> str:
    """An entry with other rules that fits itself; it promises the true meaning digest, or its own. Returns its own."""
    head, _, body = path.read_bytes().partition(b"\n")
    _, key, true, _ = head.decode().split()
    assert body.count(old.encode()) == 1
    forged = body.replace(old.encode(), new.encode())
    own = snapshot.read(json.loads(forged), shipped().files, shipped().bytes_digest, ()).meaning_digest
    path.write_bytes(caching._head(key, own if meaning == "its own" else true, forged) + forged)
    return own
