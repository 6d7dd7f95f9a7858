"""Times this version beside another in turn: `python -m tests.campaigns.beside OTHER/src [--rounds 5] [--only WHAT]`.

Each round starts both versions, one after the other, on the rulebook and a patient of this clone. Where the other
version cannot read these, name what both can: `--rules DIR --patient FILE` (tests/data/before has both). What is
printed is the median of each, in brackets the fastest, and the ratios of both; nothing is asserted. A version that
cannot give a recommendation alone or a lean form gives its whole verdict instead.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.helpers.places import EXAMPLES, ROOT, RULES

_COMMAND = "import sys; from ketascreen.cli import main; sys.exit(main(sys.argv[1:], standalone_mode=False))"
_SCREENING = """
import statistics, sys, time
from datetime import UTC, datetime
from ketascreen import Screener, load_rulebook, read_profile
screener = Screener(load_rulebook(sys.argv[1]), channels=sys.argv[5:])
profile, as_of = read_profile(sys.argv[2]), datetime(2026, 11, 22, 9, tzinfo=UTC)
asked = {"as_of": as_of, "stage": sys.argv[4]}
verdict = screener.screen(profile, **asked)
lean = lambda verdict: verdict.model_dump_json()
decide = getattr(screener, "decide", screener.screen)
if hasattr(screener, "decide"):
    from ketascreen import LeanVerdict
    lean = lambda verdict: LeanVerdict.of(verdict).to_json()
actions = {
    "screen": lambda: screener.screen(profile, **asked),
    "decide": lambda: decide(profile, **asked),
    "json": lambda: screener.screen(profile, **asked).model_dump_json(),
    "lean": lambda: lean(screener.screen(profile, **asked)),
    "json alone": lambda: verdict.model_dump_json(),
    "lean alone": lambda: lean(verdict),
}
def once():
    began = time.perf_counter()
    actions[sys.argv[3]]()
    return time.perf_counter() - began
print(statistics.median([once() for _ in range(400)][100:]))
"""
SCREENINGS: tuple[tuple[str, ...], ...] = (
    ("screen", "a screening, reference", "reference"),
    ("screen", "a screening, production", "production"),
    ("screen", "a screening, compiled", "compiled"),
    ("screen", "a screening, both default channels", "reference", "production"),
    ("decide", "its recommendation alone, compiled", "compiled"),
    ("decide", "its recommendation alone, both default channels", "reference", "production"),
    ("json", "a screening and its JSON, both default channels", "reference", "production"),
    ("lean", "a screening and its lean JSON, both default channels", "reference", "production"),
    ("json alone", "the JSON of a verdict", "reference"),
    ("lean alone", "the lean JSON of a verdict", "reference"),
)
"""What is done, its name, and the channels."""


def actions(rules: Path, patient: Path) -> dict[str, tuple[str, ...]]:
    """Each action by its name: a program and its arguments."""
    of_the_command_line = {name: (_COMMAND, name, str(rules)) for name in ("check", "test", "mutate")}
    screenings = {
        f"{named}, at {stage}": (_SCREENING, str(rules), str(patient), what, stage, *channels)
        for stage in ("candidacy", "session")
        for what, named, *channels in SCREENINGS
    }
    return {
        "import ketascreen": ("import ketascreen",),
        "import what a screening needs": ("from ketascreen import PatientProfile, Screener, load_rulebook",),
        **{f"ketascreen {name}": action for name, action in of_the_command_line.items()},
        **screenings,
    }


class Times(NamedTuple):
    """Some times in seconds: the fastest hardly changes where other programs slow the machine down."""

    median: float
    fastest: float

    def __str__(self) -> str:
        return f"{self.median * 1e3:,.2f} ms ({self.fastest * 1e3:,.2f})"


def seconds(source: Path, action: tuple[str, ...]) -> float:
    """How long an action takes: what it prints of itself, else its whole process."""
    environment = {**os.environ, "PYTHONPATH": str(source)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    command = [sys.executable, "-c", *action]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=source)
    took = time.perf_counter() - began
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return float(done.stdout) if action[0] == _SCREENING else took


def main() -> None:
    """Prints a line for each action."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="actions whose name holds this")
    parser.add_argument("--rules", type=Path, default=RULES)
    parser.add_argument("--patient", type=Path, default=EXAMPLES / "resistant-depression.json")
    given = parser.parse_args()
    versions = (given.other.resolve(), ROOT / "src")
    for name, action in actions(given.rules.resolve(), given.patient.resolve()).items():
        if given.only not in name:
            continue
        for version in versions:
            seconds(version, action)  # compiles what has not been, and warms the files up
        rounds = [[seconds(version, action) for version in versions] for _ in range(given.rounds)]
        before, after = (Times(statistics.median(times), min(times)) for times in zip(*rounds, strict=True))
        ratios = f"{after.median / before.median:.2f} times ({after.fastest / before.fastest:.2f})"
        print(f"{name}: {before} before, {after} now, {ratios}", flush=True)


if __name__ == "__main__":
    main()
