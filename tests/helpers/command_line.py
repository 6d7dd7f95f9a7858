"""Runs the command line in this process, on the examples."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ketascreen import Rulebook, load_rulebook
from ketascreen.cli.commands import main
from ketascreen.loading.built_in import built_in_rules
from ketascreen.signing import VerifyKey
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import shipped

AS_OF = "2026-11-22T09:00:00Z"


@dataclass(frozen=True)
class Ran:
    """What a command ended with and printed."""

    status: int
    out: str
    err: str


class _Written(io.TextIOWrapper):
    """Keeps what is written; a terminal where it says so."""

    def __init__(self, terminal: bool, encoding: str) -> None:
        self._bytes = io.BytesIO()
        self._terminal = terminal
        super().__init__(self._bytes, encoding, newline="")

    def isatty(self) -> bool:
        return self._terminal

    def text(self) -> str:
        self.flush()
        return self._bytes.getvalue().decode()


def run(*args: str, stdin: bytes = b"", terminal: bool = False, encoding: str = "utf-8") -> Ran:
    """What a command line comes to. The built-in rulebook is read once for all: it takes most of the time."""
    out, err = _Written(terminal, encoding), _Written(terminal, encoding)
    fed = patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    with fed, patch("ketascreen.cli.options.load_rulebook", _load), redirect_stdout(out), redirect_stderr(err):
        try:
            main.main(list(args), prog_name="ketascreen")
        except SystemExit as ended:
            return Ran(int(ended.code or 0), out.text(), err.text())
    raise AssertionError("a command line ends with a status")


def _load(folder: Path, *, keys: tuple[VerifyKey, ...] | None = None, cache: str | None = None) -> Rulebook:
    as_it_is = folder == built_in_rules() and not keys and not cache
    return shipped() if as_it_is else load_rulebook(folder, keys=keys, cache=cache)


def screen(name: str, *args: str, terminal: bool = False) -> Ran:
    """Screens an example."""
    return run("screen", str(EXAMPLES / name), "--as-of", AS_OF, *args, terminal=terminal)


def screen_changed(name: str, *args: str, **changed: Any) -> Ran:
    """Screens a JSON example with facts changed, or taken away where None."""
    profile = {**json.loads((EXAMPLES / name).read_text("utf-8")), **changed}
    known = {fact: value for fact, value in profile.items() if value is not None}
    return run("screen", "-", "--as-of", AS_OF, *args, stdin=json.dumps(known).encode())


def flat(text: str) -> str:
    """The text in one line."""
    return " ".join(text.split())
