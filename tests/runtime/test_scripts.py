"""Scripts that use several workers: without the main guard, from standard input, ended before all results are taken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.places import ROOT

SCRIPT = """
from datetime import datetime, timezone
from ketascreen import Screener, read_profile
screener, patient = Screener.default(), read_profile("examples/ptsd.yaml")
as_of = datetime(2026, 11, 22, 9, tzinfo=timezone.utc)
print(len(list(screener.screen_many([patient] * 60, as_of=as_of, workers=2))))
"""
ENDED = "ChannelFault: a worker process ended at its start (exit status 1)"
GUARD = 'a script must be a file, with its work under `if __name__ == "__main__":`'


@pytest.mark.parametrize("piped", [False, True])
def test_a_script_without_its_main_guard_ends_and_says_what_to_do(tmp_path: Path, piped: bool) -> None:
    file = tmp_path / "script.py"
    file.write_text(SCRIPT)
    with file.open() as source:
        ran = subprocess.run(
            [sys.executable, "-" if piped else str(file)],
            stdin=source if piped else subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ENDED in ran.stderr
    assert GUARD in ran.stderr


LEFT_OPEN = """
from ketascreen.runtime.process_pool import in_order
from tests.runtime.test_process_pool import doubling
if __name__ == "__main__":
    left_open = in_order(doubling, range(1000), workers=2)
    print(next(left_open))
"""


def test_a_program_that_ends_with_results_left_does_not_wait(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(LEFT_OPEN)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "0\n", "")


FORKED = """
import os, sys
from ketascreen import ChannelFault
from ketascreen.runtime.process_pool import in_order
from tests.runtime.test_process_pool import doubling
if __name__ == "__main__":
    results = in_order(doubling, range(1000), workers=2)
    found = [next(results)]
    child = os.fork()
    if not child:
        try:
            sys.exit(list(results) and 3)
        except ChannelFault as error:
            sys.exit(4 if "was forked" in str(error) else 5)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    other = os.fork() or sys.exit(0)
    print(ended, os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]), len(found + list(results)))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_is_forked_meanwhile_neither_uses_the_workers_nor_ends_them(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(FORKED)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stdout.split() == ["4", "0", "1000"], ran.stderr
