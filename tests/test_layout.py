"""What the layout of the code promises beyond who imports whom, which `make lint` checks."""

from __future__ import annotations

import ast
from collections import Counter

from tests.helpers.places import ROOT

FOLDERS = ("src", "tests", "tools", "benchmarks")
MOST_LINES = 300
TABLES = {"src/ketascreen/patient/profile.py", "src/ketascreen/patient/given.py"}
"""Files that are longer because they are tables: the built-in facts, and the types of their answers."""


def test_no_file_is_longer_than_300_lines_but_the_tables_named() -> None:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 300
    long = {path.relative_to(ROOT).as_posix() for path in files if len(path.read_bytes().splitlines()) > MOST_LINES}
    assert long == TABLES


def test_no_two_classes_of_the_library_share_a_name() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "src").rglob("*.py")]
    classes = [node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert len(classes) > 200
    assert [name for name, times in Counter(name.lstrip("_") for name in classes).items() if times > 1] == []
