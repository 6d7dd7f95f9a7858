"""Command lines that a reader pastes into a POSIX shell."""

from __future__ import annotations

import shlex
from pathlib import Path

from ketascreen.diagnostic import printable


def pasted(*words: str | Path) -> str:
    """A command line. A `Path` is the name of a file or folder, whatever characters it has."""
    return " ".join(_named(str(word)) if isinstance(word, Path) else shlex.quote(word) for word in words)


def _named(name: str) -> str:
    """A name as one word that is not an option; what nobody sees is written as printf reads it."""
    name = f"./{name}" if name.startswith("-") else name
    if printable(name) == name:
        return shlex.quote(name)
    written = "".join(char if _is_plain(char) else _octal(char) for char in name)
    return f"\"$(printf '{written}')\""


def _is_plain(char: str) -> bool:
    return char not in "\\%'" and printable(char) == char


def _octal(char: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))
