"""Copies of the built-in rulebook with a slip of the hand in them."""

from __future__ import annotations

import re
import shutil
from itertools import count, islice
from pathlib import Path

from ketascreen.loading.built_in import built_in_rules

STRICTER = ("parameters.yaml", "value: 140 mmHg", "value: 141 mmHg")
"""A slip: what is raised from 140 mmHg on is so from 141 on."""

SLIPPED = "exactly 140 systolic with diagnosed hypertension is not under control"
"""A case that fails by it."""


def rules_with(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """A copy of the built-in rulebook, under an id of its own, with some text of a file replaced."""
    folder = tmp_path / "rules"
    if not folder.exists():
        shutil.copytree(built_in_rules(), folder)
        head = folder / "rulebook.yaml"
        head.write_text(head.read_text("utf-8").replace("id: ketamine\n", "id: edited\n"), "utf-8")
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    return folder


def little_rules(tmp_path: Path, *kept: str) -> Path:
    """A copy of the built-in rulebook with all its rules, and the cases of those named alone."""
    folder = tmp_path / "rules"
    shutil.copytree(built_in_rules(), folder)
    for cases in folder.rglob("*.cases.yaml"):
        if cases.name.removesuffix(".cases.yaml") not in kept:
            cases.unlink()
    return folder


def many_cases(tmp_path: Path, wanted: int) -> Path:
    """A copy of the built-in rulebook with its cases copied under other names, as many in all as are wanted."""
    folder = tmp_path / "rules"
    shutil.copytree(built_in_rules(), folder)
    files = {file: _cases_in(file) for file in sorted(folder.rglob("*.cases.yaml"))}
    copies = (
        (file, case.replace("- name: ", f"- name: copy {number} of ", 1))
        for number in count(2)
        for file, cases in files.items()
        for case in cases
        if not case.startswith(("- name: '", '- name: "'))
    )
    for file, case in islice(copies, wanted - sum(map(len, files.values()))):
        with file.open("a", encoding="utf-8") as open_file:
            open_file.write(f"\n{case.rstrip()}\n")
    return folder


def _cases_in(file: Path) -> list[str]:
    return re.split(r"^(?=- name: )", file.read_text("utf-8"), flags=re.MULTILINE)[1:]


def line_of(file: str, text: str) -> int:
    """The line of a file of the built-in rulebook on which some text stands."""
    lines = (built_in_rules() / file).read_text("utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines, start=1) if text in line]
    return found


def place_of_slipped() -> str:
    """Where that case stands, below a folder `rules`."""
    file = "exclusions/uncontrolled-hypertension.cases.yaml"
    return f"rules/{file}:{line_of(file, SLIPPED)}:3"
