"""Counts the lines that one slip makes a command print: `python -m tests.campaigns.flood [OTHER/src]`.

With another version it prints both, the other one first. The slips: a bar moved from 140 to 130 mmHg, an age from 65 to
6 years, and a new exclusion on a new list fact, with cases of its own. `mutate` tries a rule whose own cases hold.
tests/cli/test_flood.py holds the numbers of this version.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.helpers.edited_rulebooks import rules_with
from tests.helpers.flooded import AGE, BAR, with_new_exclusion
from tests.helpers.places import ROOT

SLIPS: Mapping[str, tuple[Callable[[Path], Path], str]] = {
    "controlled_systolic 140 -> 130 mmHg": (lambda folder: rules_with(folder, *BAR), "older-adult"),
    "older_adult_age 65 -> 6 years": (lambda folder: rules_with(folder, *AGE), "pregnancy"),
    "a new exclusion on a new fact": (with_new_exclusion, "hepatic-failure"),
}
"""Each slip with what makes it in a folder, and a rule whose own cases hold all the same."""


def commands(folder: Path, rule: str) -> dict[str, list[str]]:
    """The commands whose lines are counted, by name."""
    return {
        "test": ["test", str(folder)],
        "check": ["check", str(folder), "--no-documents"],
        "mutate": ["mutate", str(folder), "--rule", rule],
    }


def lines(source: Path, command: list[str]) -> int:
    """The lines that a command of the version at `source` prints, on both outputs."""
    run = [sys.executable, "-m", "ketascreen", *command]
    env = {**os.environ, "PYTHONPATH": str(source)}
    done = subprocess.run(run, capture_output=True, text=True, env=env, check=False)
    return len((done.stdout + done.stderr).splitlines())


def main() -> None:
    """Prints a line for each slip and command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path, nargs="?")
    other = parser.parse_args().other
    versions = [*([other.resolve()] if other else []), ROOT / "src"]
    for name, (make, rule) in SLIPS.items():
        with TemporaryDirectory() as folder:
            for command, words in commands(make(Path(folder)), rule).items():
                counts = " -> ".join(f"{lines(version, words):,}" for version in versions)
                print(f"{name}: {command} {counts} lines", flush=True)


if __name__ == "__main__":
    main()
