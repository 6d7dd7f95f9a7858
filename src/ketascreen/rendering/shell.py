"""Command lines that a reader pastes into a POSIX shell."""

from __future__ import annotations

import shlex
from pathlib import Path

from ketascreen.diagnostic import printable


def pasted(*words: str | Path) -> str:
    """A command line. A `Path` is the name of a file or folder, whatever characters it has.

    A name that ends with a line break is first put into a variable: `$(...)` takes line breaks off its end.
    """
    first: list[str] = []
    line = [_named(str(word), first) if isinstance(word, Path) else shlex.quote(word) for word in words]
    return " ".join([*first, *line])


def _named(name: str, first: list[str]) -> str:
    """A name as one word that is not an option; what nobody sees is written as printf reads it.

    What has to be done before is added to `first`.
    """
    name = f"./{name}" if name.startswith("-") else name
    if printable(name) == name:
        return shlex.quote(name)
    written = "".join(char if _is_plain(char) else _octal(char) for char in name)
    if not name.endswith("\n"):
        return f"\"$(printf '{written}')\""
    variable = f"name{len(first) + 1}"
    first.append(f"{variable}=\"$(printf '{written}.')\";")
    return f'"${{{variable}%.}}"'


def _is_plain(char: str) -> bool:
    return char not in "\\%'" and printable(char) == char


def _octal(char: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))
