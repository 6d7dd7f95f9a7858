"""Cuts and insertions in YAML text leave all other characters, comments among them, or are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ketascreen.authoring.editing.text_edits import (
    CannotEdit,
    Edit,
    at,
    composed,
    edited,
    with_item,
    with_key,
    without_item,
    without_key,
)

Way = Callable[[str, Any], Edit]


def _made(text: str, way: Way) -> str:
    return edited(text, [way(text, composed(text))])


def _without(key: str, *, added: bool = False) -> Way:
    return lambda text, root: without_key(text, root, key, added=added)


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "a byte order mark"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\nb: 2\n", "b: 2\n"),
        ("a: # one\n  - 1 # two\nb: é\n", "# one\n# two\nb: é\n"),
        ("? a\n: 1\nb: 2\n", "b: 2\n"),
        ("b: 2\na: 1\n", "b: 2\n"),
        ("b: 2\na: 1", "b: 2"),
        ("{a: 1, b: 2}\n", "{b: 2}\n"),
        ("{b: 2, a: 1}\n", "{b: 2}\n"),
    ],
)
def test_a_key_goes_and_nothing_else(before: str, after: str, ending: str, mark: str) -> None:
    text, wanted = (f"{mark}{one}".replace("\n", ending) for one in (before, after))
    assert _made(text, _without("a")) == wanted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n- x # first\n- y # last\nb: 1\n", "a:\n- x # first\n# last\nb: 1\n"),
        ("a:\n- x\n# about y\n- y\n", "a:\n- x\n# about y\n"),
        ("a:\n  - x\n  - y", "a:\n  - x"),
        ("a: [x, y] # both\n", "a: [x] # both\n"),
    ],
)
def test_the_last_item_of_a_list_goes_and_its_comment_stays(before: str, after: str) -> None:
    assert _made(before, lambda text, root: without_item(text, at(root, "a"), 1)) == after


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("{b: 2, # two\n a: 1}\n", _without("a")),
        ("{a: 1, # one\n b: 2}\n", _without("a")),
        ("a: [x, # it\n y]\n", lambda text, root: without_item(text, at(root, "a"), 1)),
        ("- a: 1\n  b: 2\n", lambda text, root: without_key(text, root.value[0], "a")),
    ],
    ids=["a comment before", "a comment after", "a comment in a list", "on the line of a dash"],
)
def test_what_would_take_something_else_away_is_refused(text: str, way: Way) -> None:
    with pytest.raises(CannotEdit):
        _made(text, way)


@pytest.mark.parametrize(
    "text",
    ["a: 1 # one\nc: 3\n", "a: 1\nc: 3", "{a: 1,  c: 3}", "{a: 1, # one\n c: 3}", "a: 1\r\n", "a:\n  - 1\n\nc: 3\n"],
)
def test_a_key_that_was_added_goes_without_a_trace(text: str) -> None:
    there = _made(text, lambda text, root: with_key(text, root, "b", "[x]", later=["c"]))
    assert at(composed(there), "b") is not None
    assert _made(there, _without("b", added=True)) == text


@pytest.mark.parametrize("text", ["a: [x]\n", "a:\n- x # it\n", "a:\n  - x", "a: [ x ]\nb: 1\n"])
def test_an_item_that_was_added_goes_without_a_trace(text: str) -> None:
    there = _made(text, lambda text, root: with_item(text, at(root, "a"), "y"))
    assert [one.value for one in at(composed(there), "a").value] == ["x", "y"]
    assert _made(there, lambda text, root: without_item(text, at(root, "a"), 1)) == text
