"""What npm installs for tests: once for each version, and a sentence where it cannot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.language_server import PYRIGHT, from_npm
from tests.helpers.places import ROOT


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an npm that makes the program `some`, and writes down what it was asked to install."""
    commands = tmp_path / "commands"
    commands.mkdir()
    made = 'mkdir -p "$3/node_modules/.bin" && echo "$6" | tee -a "$(dirname "$0")/asked" >"$3/node_modules/.bin/some"'
    for name, body in {"npm": made, "node": ""}.items():
        (commands / name).write_text(f"#!/bin/sh\n{body}\n")
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(commands), prepend=":")
    return commands


def test_each_version_is_installed_once(npm: Path, tmp_path: Path) -> None:
    programs = [from_npm(tmp_path / "cache", f"a@{version}", "some") for version in (1, 1, 2, 1)]
    assert [isinstance(program, Path) and program.read_text() for program in programs] == [
        "a@1\n",
        "a@1\n",
        "a@2\n",
        "a@1\n",
    ]
    assert (npm / "asked").read_text() == "a@1\na@2\n"


def test_where_npm_fails_a_sentence_names_the_package(npm: Path, tmp_path: Path) -> None:
    (npm / "npm").write_text("#!/bin/sh\nexit 1\n")
    assert from_npm(tmp_path / "cache", "a@1", "some") == "npm could not install a@1"


def test_the_version_of_pyright_stands_in_one_place() -> None:
    pinned = re.compile(r"pyright@\d")
    assert pinned.match(PYRIGHT)
    assert [
        str(file.relative_to(ROOT)) for file in (ROOT / "tests").rglob("*.py") if pinned.search(file.read_text())
    ] == ["tests/helpers/language_server.py"]
