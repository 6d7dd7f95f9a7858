"""Asks git about the repository that a rulebook is in, and lets it run no program that the repository names."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

_OFF = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "log.showSignature=false", "diff.external=")
"""The settings by which the files of a repository, its .git/config first of all, name a program to run."""
_NO_PROGRAM = ("--no-ext-diff", "--no-textconv")
_WORDS: Mapping[str, Sequence[str]] = MappingProxyType(
    {"diff": (*_NO_PROGRAM, "--ignore-submodules=all"), "log": _NO_PROGRAM, "show": _NO_PROGRAM}
)
"""What each command gets besides: its attributes, and the configurations of submodules, name programs as well."""
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",  # writes nothing
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # older ones know the line above not, and fetch what a partial clone lacks
    "GIT_TERMINAL_PROMPT": "0",
}


def git(folder: Path, *words: str, seconds: float | None = None) -> bytes | None:
    """What git says in a folder; None where it refuses, or takes longer than `seconds`.

    It runs no hook, no filter, and no other program that the repository names.

    Raises:
        OSError: git is not installed.
    """
    filters = _ran(folder, ("config", "--null", "--name-only", "--get-regexp", r"^filter\."), (), seconds) or b""
    off = [name for name in os.fsdecode(filters).split("\0") if name]
    if any("=" in name for name in off):  # no option leaves it out
        return None
    command, *others = words
    settings = (*_OFF, *(f"{name}={'false' if name.endswith('.required') else ''}" for name in off))
    return _ran(folder, (command, *_WORDS.get(command, ()), *others), settings, seconds)


def _ran(folder: Path, words: Sequence[str], settings: Sequence[str], seconds: float | None) -> bytes | None:
    told = ["git", "--no-pager", "-C", str(folder), *(word for one in settings for word in ("-c", one)), *words]
    around = {name: value for name, value in os.environ.items() if name != "GIT_EXTERNAL_DIFF"} | _ENVIRONMENT
    try:
        ran = subprocess.run(
            told, capture_output=True, check=False, timeout=seconds, env=around, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return None
    return None if ran.returncode else ran.stdout
