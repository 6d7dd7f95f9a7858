"""What the tests of approving share: the small rulebook with two whole patients, and the commands on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from ketascreen import load_rulebook
from ketascreen.cli.commands import main
from ketascreen.language.approval import Approval
from tests.helpers.command_line import Ran, run
from tests.helpers.rulebook_files import with_files

EXAMPLE = "Example Clinician (not real)"
FILE = "approvals.yaml"
TODAY = date(2026, 12, 31)
BAR = "value: 180 mmHg"
PATIENTS = """\
- name: young
  as_of: 2026-11-22T09:00:00Z
  given: {age: {value: 30, at: 2026-11-22}}
  expect: {decisions: {iv: insufficient_data}}
- name: old
  as_of: 2026-11-22T09:00:00Z
  given: {age: {value: 80, at: 2026-11-22}}
  expect: {decisions: {iv: insufficient_data}}
"""


@contextmanager
def today(day: date) -> Iterator[None]:
    """Lets the command line take this day for today."""
    with patch("ketascreen.cli.options.now", lambda: datetime.combine(day, time(12), UTC)):
        yield


@contextmanager
def small_rulebook(folder: Path) -> Iterator[Path]:
    """The small rulebook in a folder of which git knows nothing, with two whole patients; today is `TODAY`."""
    with patch.dict(os.environ, {"GIT_CEILING_DIRECTORIES": str(folder.parent)}), today(TODAY):
        yield with_files(folder, {"vignettes/two.cases.yaml": PATIENTS})


def approve(folder: Path, *words: str, by: str = EXAMPLE, day: str = "2026-11-22", yes: bool = True) -> Ran:
    """`ketascreen approve` by the example clinician."""
    told = ("--rules", str(folder), "--by", by, "--role", "psychiatrist", "--date", day)
    return run("approve", *words, *told, *(["--yes"] if yes else []))


def asked(folder: Path, *words: str, answers: str) -> Ran:
    """The same at a terminal, with these answers."""
    told = ("--rules", str(folder), "--by", EXAMPLE, "--role", "psychiatrist", "--date", "2026-11-22")
    with patch("ketascreen.cli.approve.at_a_terminal", lambda: True):
        ran = CliRunner().invoke(main, ["approve", *words, *told], input=answers)
    return Ran(ran.exit_code, ran.output, "")


def approvals(folder: Path) -> dict[tuple[str, str, str], Approval]:
    """The approvals of a rulebook by kind, name and who gave them."""
    return {(str(one.kind), one.name, one.by): one for one in load_rulebook(folder).approvals}


def changed(folder: Path, path: str, old: str, new: str) -> None:
    """Replaces a text that a file of the rulebook has once."""
    text = (folder / path).read_text("utf-8")
    assert text.count(old) == 1
    (folder / path).write_text(text.replace(old, new), "utf-8")
