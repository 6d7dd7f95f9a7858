"""Pyright, which editors run for Python, completes and explains the facts of a profile, and marks what is misspelt."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.language_server import PYRIGHT, LanguageServer, cache, from_npm
from tests.helpers.places import ROOT
from tests.helpers.typed_calls import accepted, client, line_of, refused

pytestmark = pytest.mark.server

SETTINGS = {"python": {"pythonPath": sys.executable}, "python.analysis": {"extraPaths": [str(ROOT / "src")]}}
HEART = {"stroke", "aneurysm", "unspecified"}


def _program(name: str) -> Path:
    program = from_npm(cache(), PYRIGHT, name)
    if not isinstance(program, Path):
        pytest.fail(f"pyright is not there: {program}")
    return program


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[int]]:
    """The lines, from 1, that pyright marks in the two client programs."""
    folder = tmp_path_factory.mktemp("clients")
    (folder / "good.py").write_text(client(accepted()), "utf-8")
    (folder / "bad.py").write_text(client(refused()), "utf-8")
    settings = {"extraPaths": [str(ROOT / "src")], "pythonVersion": "3.11"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    command = [str(_program("pyright")), "--outputjson", "--pythonpath", sys.executable]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    marked: dict[str, set[int]] = {"good": set(), "bad": set()}
    for one in json.loads(ran.stdout)["generalDiagnostics"]:
        if one["severity"] == "error":
            marked[Path(one["file"]).stem].add(one["range"]["start"]["line"] + 1)
    return marked


def test_each_call_that_the_reader_accepts_is_in_order(found: dict[str, set[int]]) -> None:
    assert [accepted()[line - line_of(0)] for line in found["good"]] == []


def test_each_misspelt_name_choice_key_and_unit_is_marked(found: dict[str, set[int]]) -> None:
    assert [call for number, call in enumerate(refused()) if line_of(number) not in found["bad"]] == []
    assert min(found["bad"]) >= line_of(0)


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    with LanguageServer(_program("pyright-langserver"), "python", SETTINGS) as running:
        yield running


class Editor:
    """An editor in which a call is being written; `|` is the cursor."""

    opened = 0

    def __init__(self, server: LanguageServer, folder: Path, call: str) -> None:
        Editor.opened += 1
        self.server, self.path = server, folder / f"client{Editor.opened}.py"
        self.column = call.index("|") + 1
        server.opened(self.path, f"from ketascreen import PatientProfile\n{call.replace('|', '')}\n")

    def completed(self) -> set[str]:
        return {label.strip('"') for label in self.server.completed(self.path, 2, self.column)}

    def hovered(self) -> str:
        return self.server.hovered(self.path, 2, self.column)


def test_the_names_of_facts_are_completed(server: LanguageServer, tmp_path: Path) -> None:
    assert {"pregnancy=", "pregnancy_test="} <= Editor(server, tmp_path, "PatientProfile(preg|)").completed()


@pytest.mark.parametrize(
    "call",
    [
        'PatientProfile(pregnancy="|")',
        'PatientProfile(pregnancy={"value": "|"})',
        'PatientProfile().model_copy(update={"pregnancy": "|"})',
    ],
)
def test_exactly_the_choices_of_a_fact_are_completed(server: LanguageServer, tmp_path: Path, call: str) -> None:
    assert Editor(server, tmp_path, call).completed() == {"not_pregnant", "pregnant", "not_possible"}


@pytest.mark.parametrize(
    "call", ['PatientProfile(heart_conditions=["|"])', 'PatientProfile(heart_conditions={"present": ["|"]})']
)
def test_the_words_of_a_list_are_completed(server: LanguageServer, tmp_path: Path, call: str) -> None:
    assert Editor(server, tmp_path, call).completed() >= HEART


def test_the_keys_of_an_answer_and_its_units_are_completed(server: LanguageServer, tmp_path: Path) -> None:
    assert Editor(server, tmp_path, 'PatientProfile(pregnancy={"|"})').completed() == {"value", "at"}
    unit = Editor(server, tmp_path, 'PatientProfile(systolic_bp={"value": 1, "unit": "|"})')
    assert unit.completed() == {"mmHg", "mm[Hg]"}


def test_a_fact_is_explained_with_its_range_and_how_long_an_answer_counts(
    server: LanguageServer, tmp_path: Path
) -> None:
    shown = Editor(server, tmp_path, "PatientProfile(systolic|_bp=139)").hovered()
    assert "Systolic blood pressure at rest." in shown
    assert "30 to 350 mmHg" in shown
    assert "Counts for 30 days" in shown
