"""A made-up rulebook with times since events, windows in minutes, standing answers and contradictions of its own."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from ketascreen import Rulebook, load_rulebook
from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.read import read_cases
from tests.helpers.places import ROOT

NEW_WORDS = ROOT / "tests" / "data" / "new-words"


@cache
def book() -> Rulebook:
    return load_rulebook(NEW_WORDS)


@cache
def book_cases() -> tuple[Case, ...]:
    return read_cases(NEW_WORDS, book())


def edited(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """A copy of the rulebook with a text, which a file holds once, replaced."""
    folder = tmp_path / "rules"
    if not folder.exists():
        shutil.copytree(NEW_WORDS, folder)
    text = (folder / file).read_text("utf-8")
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new), "utf-8")
    return folder
