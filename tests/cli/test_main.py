"""`python -m ketascreen` is the command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.helpers.places import ROOT


def said(*arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "ketascreen", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.returncode, done.stdout, done.stderr


def test_it_says_its_version_and_its_own_name() -> None:
    assert said("--version")[1].startswith("ketascreen, version ")
    assert said("--help")[1].startswith("Usage: ketascreen [OPTIONS]")


def test_it_screens_and_gives_the_status_of_the_command(tmp_path: Path) -> None:
    status, shown, _ = said("screen", "examples/pregnant-and-manic.json", "--as-of", "2026-11-22T09:00:00+01:00")
    assert status != 0
    assert "not eligible" in shown
    status, _, wrong = said("screen", str(tmp_path / "none.json"))
    assert status == 2
    assert "[unreadable]" in wrong
