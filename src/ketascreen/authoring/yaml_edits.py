"""Edits of YAML text that leave all other bytes: a key or an entry of a list taken out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import yaml


class CannotEdit(Exception):
    """The text cannot be taken out without another change."""


def composed(text: str) -> Any:
    """PyYAML's nodes of a text, with the place of each."""
    return yaml.compose(text, Loader=yaml.SafeLoader)


def value_at(node: Any, key: str) -> Any:
    """The node under a key of a mapping; None if there is none."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def without_key(text: str, mapping: Any, key: str) -> str:
    """The text without one key of a mapping; comments on the lines of the key stay, each on a line of its own.

    Raises:
        CannotEdit: the key is on the line of the dash of a list's entry.
    """
    at = next(number for number, (name, _) in enumerate(mapping.value) if name.value == key)
    if mapping.flow_style:
        return _within(text, [(name.start_mark.index, end_of(text, value)) for name, value in mapping.value], at)
    return _of_lines(text, *mapping.value[at])


def without_item(text: str, items: Any, at: int) -> str:
    """The text without one entry of a list that has others; comments on its lines stay, each on a line of its own.

    Raises:
        CannotEdit: the entry is not on lines of its own, in a list with dashes.
    """
    item = items.value[at]
    if items.flow_style:
        return _within(text, [(one.start_mark.index, end_of(text, one)) for one in items.value], at)
    dash = text.rfind("-", 0, item.start_mark.index)
    return _of_lines(text, item, item, dash)


def emptied(text: str, mapping: Any, key: str) -> str:
    """The text with `[]` in the place of the list under a key of a mapping.

    Raises:
        CannotEdit: a comment stands between the key and the end of the list.
    """
    name, items = next(pair for pair in mapping.value if pair[0].value == key)
    begin, end = text.index(":", name.end_mark.index) + 1, end_of(text, items)
    if any(begin <= index < end for index, _ in _comments(text)):
        raise CannotEdit
    return f"{text[:begin]} []{text[end:]}"


def _within(text: str, members: Sequence[tuple[int, int]], at: int) -> str:
    """The text without a member of what is within brackets or braces, and without one of the commas beside it."""
    begin, end = members[at]
    if at + 1 < len(members):
        end = members[at + 1][0]
    elif at:
        begin = members[at - 1][1]
    return text[:begin] + text[end:]


def _of_lines(text: str, first: Any, last: Any, start: int | None = None) -> str:
    """The text without the lines from one node to another; the comments in these lines stay, each on its own."""
    start = first.start_mark.index if start is None else start
    begin = text.rfind("\n", 0, start) + 1
    margin = text[begin:start]
    if margin.strip():
        raise CannotEdit
    newline = text.find("\n", end_of(text, last))
    end = len(text) if newline < 0 else newline + 1
    ending = "\r\n" if text[:end].endswith("\r\n") else "\n"
    kept = [f"{margin}{comment}{ending}" for index, comment in _comments(text) if begin <= index < end]
    return text[:begin] + "".join(kept) + text[end:]


def end_of(text: str, node: Any) -> int:
    """Where the text of a node ends."""
    if isinstance(node, yaml.ScalarNode):
        return len(text[: node.end_mark.index].rstrip())
    if node.flow_style:
        return int(node.end_mark.index)
    last = node.value[-1]
    return end_of(text, last[1] if isinstance(last, tuple) else last)


def comments_of(text: str) -> Counter[str]:
    """The comments of a text, in no order."""
    return Counter(comment for _, comment in _comments(text))


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """Each comment with its place in the text."""
    shown = list(text)
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            begin, end = token.start_mark.index, token.end_mark.index
            if token.style in ("|", ">"):  # the line that opens it may end with a comment
                begin = max(begin, text.find("\n", begin, end))
            shown[begin:end] = ["x" if char != "\n" else char for char in shown[begin:end]]
    for found in re.finditer(r"(?:^|(?<=[ \t]))#[^\r\n]*", "".join(shown), re.MULTILINE):
        yield found.start(), text[found.start() : found.end()].rstrip()
