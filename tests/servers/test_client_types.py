"""The client program keeps to the library's types, as pyright checks them; `make lint` checks them by mypy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.language_server import PYRIGHT, cache, from_npm
from tests.helpers.places import ROOT

pytestmark = pytest.mark.server

CLIENT = ROOT / "examples" / "client.py"


@pytest.fixture(scope="module")
def pyright() -> Path:
    program = from_npm(cache(), PYRIGHT, "pyright")
    if not isinstance(program, Path):
        pytest.fail(f"pyright is not there: {program}")
    return program


def complaints(pyright: Path, folder: Path, text: str) -> list[str]:
    """What pyright says of a program, at its strictest: the rule of each complaint."""
    (folder / "client.py").write_text(text, encoding="utf-8")
    settings = {"include": ["client.py"], "typeCheckingMode": "strict", "extraPaths": [str(ROOT / "src")]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [str(pyright), "--project", str(folder), "--pythonpath", sys.executable, "--outputjson"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    found = json.loads(said.stdout)
    assert found["summary"]["filesAnalyzed"] == 1
    return [one["rule"] for one in found["generalDiagnostics"]]


def test_pyright_has_nothing_against_the_client(pyright: Path, tmp_path: Path) -> None:
    text = CLIENT.read_text("utf-8")
    assert "ignore" not in text
    assert complaints(pyright, tmp_path, text) == []


def test_pyright_has_nothing_against_what_a_program_does_with_routes(pyright: Path, tmp_path: Path) -> None:
    text = (ROOT / "tests" / "helpers" / "typed_words.py").read_text("utf-8")
    assert complaints(pyright, tmp_path, text) == []


@pytest.mark.parametrize(
    ("slip", "rule"),
    [
        ('verdict.routes["iv"].decisions', "reportAttributeAccessIssue"),
        ("verdict.routes[1]", "reportArgumentType"),
        ("verdict.routes.get(1)", "reportArgumentType"),
        ('Screener("rules/ketamine")', "reportArgumentType"),
        ('Screener.default("rules/ketamine")', "reportArgumentType"),
        ('PatientProfile({"age": 40})', "reportCallIssue"),
    ],
)
def test_pyright_finds_a_slip(pyright: Path, tmp_path: Path, slip: str, rule: str) -> None:
    names = "from ketascreen import PatientProfile, Screener, Verdict"
    text = f"{names}\n\ndef slip(verdict: Verdict) -> object:\n    return {slip}\n"
    assert rule in complaints(pyright, tmp_path, text)
