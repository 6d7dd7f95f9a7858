"""Asks git about the repository that a rulebook is in."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(folder: Path, *words: str, seconds: float | None = None) -> bytes | None:
    """What git says in a folder; None where it refuses, or takes longer than `seconds`.

    Raises:
        OSError: git is not installed.
    """
    try:
        ran = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    return None if ran.returncode else ran.stdout
