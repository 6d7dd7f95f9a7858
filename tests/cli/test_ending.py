"""How commands end when a stream is closed or full, when the reader goes, and at Ctrl-C: the status, and no riddle."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import termios
import time
import tomllib
from pathlib import Path
from typing import IO

import pytest

from ketascreen.cli.commands import COMMANDS
from ketascreen.cli.exit_status import Stopped
from tests.helpers.command_line import AS_OF, run
from tests.helpers.places import DOCS, EXAMPLES, ROOT

PATIENT = str(EXAMPLES / "resistant-depression.json")
SCREEN = ("screen", PATIENT, "--as-of", AS_OF)
"""A screening that ends with 3: a caution."""
PRINTING = {
    "--version": 0,
    "facts": 0,
    f"screen {PATIENT} --as-of {AS_OF}": 3,
    "screen no-such-file": 2,
}
"""Commands that print a line, much, a page and nothing, each with the status that it ends with."""
START = (sys.executable, "-c", "from ketascreen.cli.commands import main; main(prog_name='ketascreen')")


def ran(redirected: str, *words: str) -> subprocess.CompletedProcess[str]:
    """What a command ended with and printed, with its streams as a shell redirects them."""
    told = ["sh", "-c", f'exec "$@" {redirected}', "sh", *START, *words]
    return subprocess.run(told, capture_output=True, text=True, check=False, cwd=ROOT, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("command", [*PRINTING, "--help", "screen --help", "no-such-command"])
def test_a_closed_output_is_refused_before_anything_is_done(command: str) -> None:
    ended = ran(">&-", *command.split())
    assert (ended.returncode, ended.stderr) == (
        2,
        "Error: standard output is closed, so there is no place for what the command prints; open it, or send it to "
        "/dev/null\n",
    )


def test_a_closed_output_puts_nothing_on_record(tmp_path: Path) -> None:
    for redirected in (">&-", ">&- 2>&-"):
        ended = ran(redirected, *SCREEN, "--ledger", str(tmp_path / "l.db"), "--reference", "p-1")
        assert ended.returncode == 2
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("command", "status"), PRINTING.items(), ids=PRINTING)
def test_what_cannot_be_said_on_standard_error_changes_no_status(command: str, status: int) -> None:
    whole = ran("", *command.split())
    assert whole.returncode == status
    for redirected in ("2>&-", "2>/dev/full"):
        ended = ran(redirected, *command.split())
        assert (ended.returncode, ended.stderr, ended.stdout) == (status, "", whole.stdout), redirected


@pytest.mark.parametrize(("command", "status"), PRINTING.items(), ids=PRINTING)
def test_a_full_output_is_a_failure_in_a_sentence(command: str, status: int) -> None:
    ended = ran(">/dev/full", *command.split())
    if status == 2:  # it prints nothing there
        assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
    else:
        assert (ended.returncode, ended.stderr) == (70, "reading or writing failed (No space left on device)\n")
    assert ran(">/dev/full 2>/dev/full", *command.split()).returncode == ended.returncode


def _without_reader(*words: str) -> tuple[int, str]:
    """How a command ends whose output nobody reads."""
    reading, writing = os.pipe()
    started = subprocess.Popen([*START, *words], stdout=writing, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    os.close(writing)
    os.close(reading)
    told = started.communicate()[1]
    return started.returncode, told


@pytest.mark.parametrize("command", [command for command, status in PRINTING.items() if status != 2])
def test_without_a_reader_a_command_ends_in_silence(command: str) -> None:
    assert _without_reader(*command.split()) == (Stopped.NO_READER, "")


def test_a_closed_error_stream_does_not_lend_its_number_to_a_file(tmp_path: Path) -> None:
    tell = "import os, sys; sys.argv[1:] = ['--version']\n"
    tell += "from ketascreen.cli.ending import ended\n"
    tell += "ended(lambda: None); print(os.open(sys.executable, os.O_RDONLY), os.readlink('/proc/self/fd/2'))"
    told = ["sh", "-c", 'exec "$@" 2>&- <&-', "sh", sys.executable, "-c", tell]
    number, second = subprocess.run(told, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    assert int(number) > 2
    assert second == "/dev/null"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file that takes long to screen."""
    file = tmp_path_factory.mktemp("many") / "many.jsonl"
    file.write_text(f"{json.dumps(json.loads(Path(PATIENT).read_text('utf-8')))}\n" * 20_000)
    return str(file)


@pytest.mark.parametrize(("workers", "seconds"), [("1", 0.0), ("1", 0.3), ("2", 0.3), ("1", 1.2), ("2", 1.2)])
def test_ctrl_c_ends_a_batch_with_130_and_no_traceback(many: str, workers: str, seconds: float) -> None:
    code = "print(flush=True); from ketascreen.cli.commands import main; print(flush=True); main()"
    started = subprocess.Popen(
        [sys.executable, "-c", code, "screen", "--many", many, "-j", workers, "--as-of", AS_OF],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert started.stdout
    started.stdout.readline()
    started.stdout.readline()  # the command line is there
    time.sleep(seconds)
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does, to the workers too
    told = started.communicate(timeout=60)[1]
    if seconds:
        assert told.endswith("interrupted; what was printed is not complete\n")
        assert (started.returncode, "Traceback" in told) == (Stopped.INTERRUPTED, False)
    else:
        assert started.returncode in (Stopped.INTERRUPTED, -signal.SIGINT)  # Python itself, before it is in `main`


def until_read(pipe: IO[bytes]) -> None:
    """Waits until the other side has taken all that a pipe holds."""
    ends = time.monotonic() + 60
    while fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)) != bytes(4):
        assert time.monotonic() < ends, "nobody reads"
        time.sleep(0.01)


def test_ctrl_c_while_it_waits_for_input_is_130() -> None:
    started = subprocess.Popen(
        [*START, "screen", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert started.stdin
    started.stdin.write(b"{")
    started.stdin.flush()
    until_read(started.stdin)  # and now it waits for the rest
    os.killpg(started.pid, signal.SIGINT)
    assert b"Traceback" not in started.communicate(timeout=60)[1]
    assert started.returncode == Stopped.INTERRUPTED


def test_a_signal_that_ends_a_batch_is_reported_as_the_system_does(many: str) -> None:
    command = [*START, "screen", "--many", many, "-j", "2", "--as-of", AS_OF]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    assert started.stdout
    assert started.stdout.readline()  # the batch is under way
    started.terminate()
    assert started.communicate(timeout=60)[1] == b""
    assert started.returncode == -signal.SIGTERM


def test_the_page_lists_the_statuses_of_what_was_stopped() -> None:
    page = (DOCS / "decisions.md").read_text("utf-8")
    for status in Stopped:
        assert f"\n| {status.value} | " in page


def test_the_page_has_a_row_for_each_command_that_can_end_with_1() -> None:
    page = (DOCS / "decisions.md").read_text("utf-8")
    rows = page.partition("| command | 0 | 1 |")[2].partition("| all others")[0]
    for name in COMMANDS:
        told = run(name, "--help").out
        assert (f"| `{name}` |" in rows) == (re.search(r"\n +1  ", told) is not None), name


INTERRUPTED_AT = """
import os, runpy, signal, sys

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == at:
            os.kill(os.getpid(), signal.SIGINT)

by, at, *sys.argv[1:] = sys.argv[1:]
sys.meta_path.insert(0, Interrupts())
if by == "module":
    runpy.run_module("ketascreen", run_name="__main__")
else:
    from ketascreen.__main__ import main

    main()
raise AssertionError("a command ends with a status")
"""
"""Runs a command, and interrupts it where it begins to load a module."""


@pytest.mark.parametrize(
    "at",
    [
        *("ketascreen.cli.commands", "click", "ketascreen.cli.ending", "ketascreen.diagnostic", "logging.config"),
        *("ketascreen.cli.screen", "ketascreen.language.vocabulary", "pydantic", "ketascreen.patient.profile", "yaml"),
    ],
)
@pytest.mark.parametrize("by", ["module", "script"])
def test_ctrl_c_while_a_command_loads_is_130_and_no_traceback(by: str, at: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED_AT, by, at, *SCREEN]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if at == "logging.config":  # it is never loaded
        assert (ended.returncode, ended.stderr) == (3, "")
    else:
        assert ended.returncode == Stopped.INTERRUPTED
        assert (ended.stdout, ended.stderr.strip()) == ("", "interrupted; what was printed is not complete")


def test_the_script_is_what_answers_ctrl_c() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {"ketascreen": "ketascreen.__main__:main"}


def test_what_is_loaded_before_ctrl_c_is_answered_is_small() -> None:
    code = "import sys; before = set(sys.modules); import ketascreen.__main__; print(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert {"ketascreen", "ketascreen.__main__"} <= set(loaded.split())
    assert not {"logging", "typing", "re", "click", "pydantic"} & set(loaded.split())


def test_whatever_logs_is_silent_without_a_handler() -> None:
    for module in (
        "screen",
        "channels.registry",
        "audit.store",
        "audit.at_exit",
        "loading.cache",
        "screening.recommend",
    ):
        code = f"import logging, ketascreen.{module} as one; one.log.warning('seen'); logging.warning('other')"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert ran.stderr == "WARNING:root:other\n"
