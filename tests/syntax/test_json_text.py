"""JSON texts in which nothing is wrong are read faster, and to the same data and refusals as all others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen import ProfileError
from ketascreen.syntax import json_text
from ketascreen.syntax.json_text import MAX_DEPTH, parse_json

DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False).map(float),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)
TEXTS = st.builds(
    lambda data, indent, escaped: json.dumps(data, indent=indent, ensure_ascii=escaped),
    DATA,
    st.none() | st.just(1),
    st.booleans(),
)


def read(text: str) -> Any:
    try:
        return parse_json(text.encode("utf-8", "surrogatepass"))
    except ProfileError as error:
        return [str(problem) for problem in error.diagnostics]


def read_part_by_part(text: str) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(json_text, "_without_problems", lambda _text: None)
        return read(text)


@given(TEXTS)
def test_a_text_is_read_to_the_same_data_fast_or_part_by_part(text: str) -> None:
    assert read(text) == read_part_by_part(text)


@given(TEXTS, st.data())
def test_a_damaged_text_is_refused_in_the_same_words_fast_or_part_by_part(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    damaged = (
        text[:at]
        + data.draw(st.sampled_from(['"', "{", "[", ",", "\\", "", "\x00", "NaN", "1e999999999", '"a":1,']))
        + text[at + 1 :]
    )
    assert read(damaged) == read_part_by_part(damaged)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 1}', "duplicate-key"),
        ('{"a": {"b": 1, "b": 2}}', "duplicate-key"),
        ('{"a": NaN}', "not-a-number"),
        (f'{{"a": {"1" * 41}}}', "not-a-number"),
        ('{"a": "\u200b"}', "control-character"),
        ('{"a": "\\u0007"}', "control-character"),
        ('{"a": ["\u202e"]}', "control-character"),
        ('{"a": "\t"}', "not-json"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "over-limit"),
        ('{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1), "over-limit"),
        ("[" * 100_000, "over-limit"),
    ],
)
def test_what_readers_differ_on_is_refused(text: str, code: str) -> None:
    with pytest.raises(ProfileError) as refused:
        parse_json(text.encode())
    assert [problem.code for problem in refused.value.diagnostics] == [code]


def test_brackets_in_strings_nest_nothing() -> None:
    deep = "[" * 30
    assert parse_json(json.dumps({"a": deep, "b": '\\"' + deep}).encode()) == {"a": deep, "b": '\\"' + deep}


def test_exactly_the_depth_that_is_allowed_is_read() -> None:
    text = '{"a":' * MAX_DEPTH + "1" + "}" * MAX_DEPTH
    assert read(text) == json.loads(text)
