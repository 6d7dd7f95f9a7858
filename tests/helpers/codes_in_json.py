"""Commands that end with the codes which only a program that asks for JSON sees."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest.mock import patch

from ketascreen.diagnostic import ChannelFault
from tests.helpers.command_line import run
from tests.helpers.rulebook_files import with_files

CASE = "- {name: x, as_of: 2026-11-22T09:00:00Z, given: {age: 30 years}, expect: {finding: not_met}}\n"


def _codes(*args: str) -> list[str]:
    return [problem["code"] for problem in json.loads(run(*args, "--json").out)["problems"]]


def _where_reading_ends_with(error: Exception) -> list[str]:
    with patch("ketascreen.cli.rules.rulebook_of", side_effect=error):
        return _codes("rules")


def below_a_file(folder: Path) -> list[str]:
    """The arguments of a command that has to write below a file, which no system can."""
    rules = with_files(folder, {"cautions/young.cases.yaml": CASE})
    (folder / "file").write_bytes(b"")
    return ["coverage", str(rules), "--html", str(folder / "file" / "pages")]


TOLD_IN_JSON: Mapping[str, Callable[[Path], list[str]]] = {
    "channel-fault": lambda _: _where_reading_ends_with(ChannelFault("a process was killed")),
    "internal": lambda _: _where_reading_ends_with(RuntimeError("x")),
    "system": lambda folder: _codes(*below_a_file(folder)),
    "usage": lambda _: _codes("rules", "--effect", "none"),
}
