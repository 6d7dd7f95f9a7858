"""What a start of a batch leaves behind if it screens nobody, and what its frames show."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from ketascreen import RequestError
from ketascreen.audit import Ledger
from tests.helpers.ledgers import screener
from tests.helpers.places import ROOT
from tests.helpers.screening import AS_OF
from tests.screening.test_on_record import LOZENGE, PEOPLE, recorded, records


@pytest.mark.parametrize("people", [[], [("p-1", b"{")], [("a name", PEOPLE[0][1]), (None, PEOPLE[1][1])]])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_start_that_screens_nobody_leaves_no_entry(tmp_path: Path, people: list[Any], workers: int) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert len(recorded(ledger, people, workers=workers)) == len(people)
        assert ledger.head().number == 1


SCRIPT = """
from ketascreen import Screener, read_profile
from ketascreen.audit import Ledger
from tests.helpers.screening import AS_OF, shipped

people = [(f"p-{number}", read_profile(%r)) for number in range(60)]
screener = Screener(shipped(), channels=("reference",))
with Ledger(%r) as ledger:
    list(screener.screen_many(people, as_of=AS_OF, ledger=ledger, workers=2))
"""


def test_a_script_without_its_main_guard_leaves_no_batch(tmp_path: Path) -> None:
    script, path = tmp_path / "script.py", tmp_path / "ledger.db"
    script.write_text(SCRIPT % (str(LOZENGE), str(path)), "utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "src", ROOT)))}
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, env=environment)
    assert "a worker process ended at its start" in ran.stderr
    with Ledger.existing(path) as ledger:
        assert records(ledger, "batch") == []


@pytest.mark.parametrize("wrong", [0, 30])
def test_the_frames_of_a_batch_show_nobody(tmp_path: Path, wrong: int) -> None:
    people = [(f"zebrafish-{number}", profile) for number, (_, profile) in enumerate(PEOPLE)]
    with Ledger(tmp_path / "ledger.db") as ledger:
        verdicts = screener(ledger).record_many([*people[:wrong], ("zebrafish", "{}")], as_of=AS_OF)  # type: ignore[list-item]
        with pytest.raises(RequestError) as error:
            list(verdicts)
    ours = "".join(
        line
        for frame in traceback.TracebackException.from_exception(error.value, capture_locals=True).stack
        if frame.filename.endswith("ketascreen/screening/on_record.py")
        for line in (frame.locals or {}).values()
    )
    assert "Composing(" in ours
    assert "zebrafish" not in ours
