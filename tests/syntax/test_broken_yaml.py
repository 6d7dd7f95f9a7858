"""What is said of a file that is not YAML: in plain words, in the file, the same with every parser, with no value."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ketascreen import ProfileError, RulebookError, load_rulebook, read_profile
from ketascreen.diagnostic import Diagnostic
from ketascreen.syntax import yaml_tree
from ketascreen.syntax.broken_yaml import first_slip
from ketascreen.syntax.utf8 import decode
from ketascreen.syntax.yaml_tree import read_yaml
from tests.authoring.test_slips import OF_THE_PARSER
from tests.helpers.places import EXAMPLES, ROOT
from tests.helpers.reached import often_reached, reached
from tests.helpers.rulebook_files import GOOD, with_files
from tests.helpers.slips import SLIPS, rows_of, said_of

PARSERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]
ROWS = rows_of(SLIPS / "syntax.yaml")
FILES = sorted(GOOD.rglob("*.yaml"))
SIGNS = " \n\t:-,[]{}'\"#&*!|>%@`?<.a1\u201c\u2013\uff1a"
VALUES = ("zebra", "quagga", "okapi")
PROFILE = f'age: 50 years\nsetting: {VALUES[0]}\npregnancy: {{value: "{VALUES[1]}"}}\nextra:\n  [{VALUES[2]}, 1]\n'
fuzzed = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def with_one_slip(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A text with one character deleted, or one inserted."""
    text = draw(texts)
    at = draw(st.integers(0, len(text) - 1))
    return text[:at] + draw(st.sampled_from(SIGNS)) + text[at:] if draw(st.booleans()) else text[:at] + text[at + 1 :]


def lines_of(problem: Diagnostic, text: str) -> str:
    """The line of a problem's place, which must be in the text."""
    assert problem.place is not None
    lines = text.split("\n")
    assert 1 <= problem.place.line <= len(lines)
    line = lines[problem.place.line - 1]
    assert 1 <= problem.place.column <= len(line) + 1
    return line


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in ROWS])
def test_each_parser_gives_the_same(row: dict[str, Any], parser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_tree, "_LOADER", parser)
    assert said_of(row) == row["now"]


@often_reached
@fuzzed
@given(st.sampled_from(FILES), st.data())
def test_whatever_one_character_breaks_is_told_in_plain_words_at_its_place(file: Path, data: st.DataObject) -> None:
    path, text = file.relative_to(GOOD).as_posix(), data.draw(with_one_slip(st.just(file.read_text("utf-8"))))
    with tempfile.TemporaryDirectory() as folder:
        try:
            load_rulebook(with_files(Path(folder), {path: text}))
        except RulebookError as error:
            for problem in error.diagnostics:
                assert problem.hint
                assert problem.message
                assert not OF_THE_PARSER.search(f"{problem.message} {problem.hint}")
                if problem.place and problem.place.path == path and not problem.place.is_whole:
                    lines_of(problem, text)
                    reached("a problem in the file")


@often_reached
@fuzzed
@given(with_one_slip(st.sampled_from(FILES).map(lambda file: file.read_text("utf-8"))))
def test_one_character_that_breaks_a_file_is_told_the_same_with_each_parser(text: str) -> None:
    said = []
    for parser in PARSERS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yaml_tree, "_LOADER", parser)
            tree, found = read_yaml(text.encode(), "x.yaml", yaml_tree.WORD)
        said.append([one for one in found if one.code == "syntax"] if tree is None else [])
    if all(said):  # one parser may accept what another refuses, such as a tab at the end of a line
        assert all(one == said[0] for one in said)
        reached("text that is not YAML")


@often_reached
@fuzzed
@given(with_one_slip(st.just(PROFILE)))
def test_of_a_profile_no_value_is_said(text: str) -> None:
    try:
        read_profile(text.encode())
    except ProfileError as error:
        for problem in error.diagnostics:
            assert problem.text is None
            assert not [value for value in VALUES if value[1:4] in f"{problem.message} {problem.hint}"]
            if problem.code == "syntax":
                reached("a profile that is not YAML")


def test_nothing_is_said_of_yaml_that_a_parser_accepts() -> None:
    files = [file for folder in (ROOT / "rules", EXAMPLES, GOOD, ROOT / "docs") for file in folder.rglob("*.yaml")]
    assert len(files) > 200
    for file in files:
        text, found = decode(file.read_bytes(), file.name)
        assert found == []
        assert first_slip(text.split("\n")) is None, file


def test_what_is_not_recognised_is_told_honestly_with_its_line() -> None:
    _, found = read_yaml(b"a: {b\n: c}\n", "x.yaml")
    assert [(str(one.place), one.message) for one in found] == [
        ("x.yaml:2:1", "this line does not fit what is above it")
    ]
