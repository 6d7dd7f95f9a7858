"""An entry is added to a section, or a value changed, and every other byte of the file stays."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen import RulebookError
from ketascreen.authoring.editing.entries import with_entry, with_value
from ketascreen.diagnostic import InputError
from ketascreen.loading.built_in import built_in_rules
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import read_yaml

ENTRY = "c:\n  value: 3 days\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("facts:\n  a: 1\n", "facts:\n  a: 1\n  c:\n    value: 3 days\n"),
        ("facts:\n  a: 1", "facts:\n  a: 1\n  c:\n    value: 3 days\n"),
        ("facts:\n    a: 1\n", "facts:\n    a: 1\n    c:\n      value: 3 days\n"),
        ("facts:\n  a: 1\n\n  b: 2\n", "facts:\n  a: 1\n\n  b: 2\n\n  c:\n    value: 3 days\n"),
        (
            "# head\nfacts:\n  a: 1\n  # the last\n\n# the next\nnext: 2\n",
            "# head\nfacts:\n  a: 1\n  # the last\n  c:\n    value: 3 days\n\n# the next\nnext: 2\n",
        ),
        ("next: 2\n", "next: 2\nfacts:\n  c:\n    value: 3 days\n"),
        ("facts: {}\nnext: 2\n", "facts:\n  c:\n    value: 3 days\nnext: 2\n"),
        ("facts: {} # none yet\n", "facts: # none yet\n  c:\n    value: 3 days\n"),
        ("facts:\r\n  a: 1\r\n", "facts:\r\n  a: 1\r\n  c:\r\n    value: 3 days\r\n"),
        ("facts:\r\n  a: 1", "facts:\r\n  a: 1\r\n  c:\r\n    value: 3 days\r\n"),
        ("\ufefffacts:\n  a: 1\n", "\ufefffacts:\n  a: 1\n  c:\n    value: 3 days\n"),
        ("facts:\n  a: |\n    # text\n\nnext: 2\n", "facts:\n  a: |\n    # text\n  c:\n    value: 3 days\n\nnext: 2\n"),
    ],
)
def test_an_entry_stands_at_the_end_of_its_section_and_the_rest_stays(before: str, after: str) -> None:
    assert with_entry(before.encode(), "vocabulary.yaml", "facts", ENTRY).decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- name: a\n", "- name: a\n- name: b\n"),
        ("  - name: a\n", "  - name: a\n  - name: b\n"),
        ("- name: a\n\n# B\n- name: x\n", "- name: a\n\n# B\n- name: x\n\n- name: b\n"),
        ("[]\n", "- name: b\n"),
    ],
)
def test_a_case_stands_at_the_end_of_a_list(before: str, after: str) -> None:
    assert with_entry(before.encode(), "x.cases.yaml", "", "- name: b\n").decode() == after


def test_a_case_stands_at_the_end_of_a_list_below_a_key() -> None:
    before = "as_of: x\ncases:\n- name: a\nnext: 2\n"
    after = "as_of: x\ncases:\n- name: a\n- name: b\nnext: 2\n"
    assert with_entry(before.encode(), "x.cases.yaml", "cases", "- name: b\n").decode() == after


def test_a_file_that_is_not_there_begins_with_its_head() -> None:
    assert with_entry(None, "vocabulary.yaml", "facts", "c: 3\n", head="# head\n") == b"# head\nfacts:\n  c: 3\n"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("facts:\n  c: 1\n", "has `c` already"),
        ("facts: {a: 1}\n", "between braces"),
        ("facts:\n- a\n", "cannot hold what this adds"),
        ("facts: a\n", "cannot hold what this adds"),
        ("facts:\n  a: |+\n    text\n\nnext: 2\n", "cannot be changed in this place"),
    ],
)
def test_a_file_that_cannot_take_the_entry_is_refused(before: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        with_entry(before.encode(), "vocabulary.yaml", "facts", ENTRY)


def test_a_file_with_a_key_to_fill_in_is_refused_and_the_key_is_pointed_at() -> None:
    with pytest.raises(RulebookError) as caught:
        with_entry(b"facts:\n  a:\n", "vocabulary.yaml", "facts", ENTRY)
    assert [problem.code for problem in caught.value.diagnostics] == ["no-value"]


def test_an_entry_may_have_keys_to_fill_in() -> None:
    assert with_entry(b"facts:\n  a: 1\n", "vocabulary.yaml", "facts", "c:\n  # A word.\n  label:\n").endswith(
        b"  c:\n    # A word.\n    label:\n"
    )


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_value_is_changed_where_it_stands(mark: str) -> None:
    before = f"{mark}a: {{b: 1, c: 'x'}}  # kept\nd: 2\n".encode()
    assert with_value(before, "x.yaml", ("a", "c"), '"y"') == f'{mark}a: {{b: 1, c: "y"}}  # kept\nd: 2\n'.encode()
    assert with_value(before, "x.yaml", ("d",), "3").endswith(b"\nd: 3\n")


@pytest.mark.parametrize("text", ["2\ne: 3", "", "a: b: c"])
def test_a_value_that_would_be_something_else_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        with_value(b"d: 1\n", "x.yaml", ("d",), text)


_BELOW = st.sampled_from([
    ": 1\n", ": >\n    text\n    # text\n", ":\n    - x\n", ": {x: 1}  # {}\n", ":\n    # in\n    z: 1\n",
])  # fmt: skip
_BETWEEN = st.sampled_from(["", "\n", "# a comment\n", "    # a comment\n", "\n\n  # a comment\n\n"])


@given(st.lists(st.tuples(_BELOW, _BETWEEN), min_size=1, max_size=4), st.lists(_BETWEEN, max_size=2), st.booleans())
def test_whatever_stands_around_it_only_the_entry_is_added(
    entries: list[tuple[str, str]], later: list[str], ends: bool
) -> None:
    listed = "".join(f"  k{number}{below}{between}" for number, (below, between) in enumerate(entries))
    text = f"first: 1\nfacts:\n{listed}" + "".join(f"{between}later_{n}: 2\n" for n, between in enumerate(later))
    before = text.encode() if ends else text.rstrip("\n").encode()
    said = plain_of(before)
    after = with_entry(before, "vocabulary.yaml", "facts", "new:\n  a: 1\n")
    assert [line for line in after.split(b"\n") if line] == _with_two_lines(before, after)
    meant = {**said, "facts": {**said["facts"], "new": {"a": 1}}}
    assert _folded(plain_of(after)) == _folded(meant)


def _folded(read: object) -> str:
    """What was read, without the end of a last line, which the last text of a file may lack."""
    return json.dumps(read).replace('\\n"', '"')


def _with_two_lines(before: bytes, after: bytes) -> list[bytes]:
    """The lines before that are not empty, with the two of the entry where they stand after."""
    lines = [line for line in before.split(b"\n") if line]
    at = [line for line in after.split(b"\n") if line].index(b"  new:")
    return [*lines[:at], b"  new:", b"    a: 1", *lines[at:]]


def plain_of(data: bytes) -> dict:  # type: ignore[type-arg]
    tree, found = read_yaml(data, "x.yaml")
    assert tree is not None
    assert not found
    read = plain(tree)
    assert isinstance(read, dict)
    return read


@pytest.mark.parametrize("section", ["facts", "freshness"])
def test_the_vocabulary_of_the_built_in_rulebook_takes_an_entry(section: str) -> None:
    before = (built_in_rules() / "vocabulary.yaml").read_bytes()
    after = with_entry(before, "vocabulary.yaml", section, "new_fact:\n  fresh_for: 3 days\n")
    assert after.startswith(before)
