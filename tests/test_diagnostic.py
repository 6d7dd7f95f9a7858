"""One layout of a diagnostic: whole in an exception, within so many columns on a terminal."""

from __future__ import annotations

import pytest

from ketascreen.diagnostic import Diagnostic, InputError, Place

HINT = "put the text in quotes, or the comment on a line of its own, where it is read as one"
LINE = Diagnostic("comment", "a comment behind text", HINT, Place("a.yaml", 8, 6, 4), text="say: Young" + " man" * 30)
POINTED = Diagnostic("unknown-fact", "unknown fact `aeg`", "did you mean `age`?", Place("p.json"), pointer="/aeg")
ROOT = Diagnostic("type", "a profile is wanted", pointer="")


def test_an_exception_tells_place_message_code_line_and_hint_of_each_problem() -> None:
    assert str(InputError([LINE, POINTED, ROOT])).split("\n") == [
        "a.yaml:8:6: a comment behind text [comment]",
        f"    8 | {LINE.text}",
        f"      |      ^^^^ {HINT}",
        "p.json: /aeg: unknown fact `aeg`; did you mean `age`? [unknown-fact]",
        "/: a profile is wanted [type]",
    ]


def test_a_terminal_is_shown_the_same_within_its_columns() -> None:
    assert LINE.lines(60) == [
        "a.yaml:8:6: a comment behind text [comment]",
        "    8 | say: Young man man man man man man man man man ma...",
        "      |      ^^^^",
        "      | put the text in quotes, or the comment on a line of",
        "      | its own, where it is read as one",
    ]
    assert POINTED.lines(60) == ["p.json: /aeg: unknown fact `aeg`; did you mean `age`?", "  [unknown-fact]"]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_word_of_a_problem_is_lost_to_the_columns(width: int) -> None:
    for problem in (POINTED, ROOT):
        assert " ".join(problem.lines(width)).split() == str(problem).split()
    gutter, (_, *below) = "      | ", [line for line in LINE.lines(width) if "|" in line]
    assert " ".join(line.removeprefix(gutter).strip() for line in below).removeprefix("^^^^ ") == HINT


def test_a_path_that_is_longer_than_a_line_stands_whole() -> None:
    path = "/a-long-name" * 9
    assert Diagnostic("no-folder", "no such folder", place=Place(path)).lines(80) == [
        f"{path}:",
        "  no such folder [no-folder]",
    ]
