"""Finds what the documents show: sessions at the command line, and sessions in Python."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner
from tests.helpers.places import ROOT

from ketascreen.cli.commands import main

DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))

SETS_UP = (
    "make ",
    'CPPFLAGS="',
    "python3 -m venv",
    ".venv/bin/",
    "git clone",
    "cd ",
    "pip install",
    "python -m pip install",
)
"""Commands that set up or test: they are run by the build, not by a test."""

_FILE = re.compile(r"^(```python (examples/\S+)\n).*?^```$", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A command that a document shows, and the output that it shows for it."""

    document: Path
    command: str
    output: str

    @property
    def is_ours(self) -> bool:
        """Whether it is a command of ketascreen."""
        return self.command.startswith("ketascreen ")


def shown(document: Path) -> Iterator[Shown]:
    """Each command of a document with its output."""
    for block in _FENCE.findall(document.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield Shown(document, command, output)


def with_files(text: str) -> str:
    """A page with the files that it shows (```python PATH) as they are now."""
    return _FILE.sub(lambda found: f"{found[1]}{(ROOT / found[2]).read_text(encoding='utf-8')}```", text)


def run(command: str) -> str:
    """What a command of ketascreen prints (both streams), with its exit status where it is not 0."""
    result = CliRunner().invoke(main, shlex.split(command)[1:], env={"COLUMNS": "80"})
    status = f"(exit status {result.exit_code})\n" if result.exit_code else ""
    return result.output + status
