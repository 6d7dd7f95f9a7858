"""One slip of an author gives a short report: a headline with a count, the first case, and where the others are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns.flood import SLIPS, commands
from tests.helpers.command_line import run

MOST = {
    ("controlled_systolic 140 -> 130 mmHg", "test"): 30,
    ("controlled_systolic 140 -> 130 mmHg", "check"): 45,
    ("controlled_systolic 140 -> 130 mmHg", "mutate"): 5,
    ("older_adult_age 65 -> 6 years", "test"): 25,
    ("older_adult_age 65 -> 6 years", "check"): 45,
    ("older_adult_age 65 -> 6 years", "mutate"): 5,
    ("a new exclusion on a new fact", "test"): 25,
    ("a new exclusion on a new fact", "check"): 17,
    ("a new exclusion on a new fact", "mutate"): 60,
}
"""The most lines that each command may print. Without groups `test` prints 154, 621 and 1,890."""


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_gives_a_short_report(slip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, rule = SLIPS[slip]
    make(tmp_path)
    monkeypatch.chdir(tmp_path)
    for command, words in commands(Path("rules"), rule).items():
        ran = run(*words)
        printed = len((ran.out + ran.err).splitlines())
        assert 0 < printed <= MOST[slip, command], (command, ran.out)
