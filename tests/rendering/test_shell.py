"""Printed commands are pasted into sh, and name the very folder that was given."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ketascreen
from ketascreen.rendering.shell import pasted
from tests.helpers.command_line import run

NAMES = (
    "rules",
    "r ules \u00e9",
    "two  spaces",
    "o'clock",
    'a "quoted" $HOME `id` $(id)',
    "-dashed",
    "semi;colon & more | *",
    "back\\slash\\n",
    "100%s %d'",
    "\u65e5\u672c",
    "line\nfeed and\ttab",
    "\x1b[31mred' %",
    "u200b\u200b",
    "~home",
    "a" * 120,
    "nm\n",
    "two\n\n",
    "\n",
    "-dashed.\n",
)
SHELL = shutil.which("dash") or "sh"


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_is_one_word_for_a_shell_and_shows_nothing_unseen(name: str) -> None:
    line = pasted("printf", "%s|", Path(name), Path(name) / "rulebook.yaml")
    assert line.isprintable()
    printed = subprocess.run([SHELL, "-c", line], capture_output=True, check=True).stdout.decode()
    prefix = "./" if name.startswith("-") else ""
    assert printed == f"{prefix}{name}|{prefix}{name}/rulebook.yaml|"


@pytest.mark.parametrize("raw", [b"caf\xe9", b"\xff-\x00".replace(b"\x00", b"")])
def test_a_name_that_is_not_utf_8_is_pasted_to_its_bytes(raw: bytes) -> None:
    line = pasted("printf", "%s", Path(os.fsdecode(raw)))
    assert subprocess.run([SHELL, "-c", line], capture_output=True, check=True).stdout == raw


def test_a_word_that_is_no_file_is_quoted_too() -> None:
    assert pasted("ketascreen", "test", "-k", "140 systolic") == "ketascreen test -k '140 systolic'"


@pytest.mark.parametrize("name", ["r ules \u00e9", "-dashed", "o'clock \x1b[31m", "a" * 120])
def test_the_commands_that_init_and_new_print_can_be_pasted(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = run("init", "--", name).out
    told = _commands(printed)
    assert [line.split()[1] for line in told] == ["new", "check", "test", "screen"]
    made = _in_sh(told[0].replace("RULE", "house-rule").replace("EFFECT", "caution"), tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / name / "cautions" / "house-rule.yaml").is_file()
    (check,) = _commands(made.stdout)
    assert f"{check} --no-documents" == told[1]
    checked = _in_sh(check, tmp_path)
    assert (checked.returncode, "house-rule.yaml" in checked.stdout) == (2, True)


def test_a_name_that_ends_with_a_line_break_is_the_folder_that_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = run("init", "nm\n").out
    (tmp_path / "nm").mkdir()
    (check,) = (line.strip() for line in printed.splitlines() if "ketascreen check" in line)
    checked = _in_sh(check, tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "")


def _commands(printed: str) -> list[str]:
    return [line.strip() for line in printed.splitlines() if line.strip().startswith("ketascreen ")]


def _in_sh(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a line as a shell does that knows the command."""
    run_it = 'from ketascreen.cli.commands import main; main(prog_name="ketascreen")'
    defined = f"ketascreen() {{ '{sys.executable}' -c '{run_it}' \"$@\"; }}\n{line}\n"
    return subprocess.run([SHELL, "-c", defined], capture_output=True, text=True, check=False, cwd=folder)


def test_no_other_module_puts_a_path_into_a_command() -> None:
    source = Path(ketascreen.__file__).parent
    put = re.compile(r"""f["'][^"'\n]*ketascreen (?:[a-z-]+ )+[^"'\n]*\{""")
    found = {
        file.relative_to(source).as_posix()
        for file in source.rglob("*.py")
        for line in file.read_text("utf-8").splitlines()
        if put.search(line) or "shlex" in line
    }
    assert found <= {"rendering/shell.py"}
