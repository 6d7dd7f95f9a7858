"""Edits of the text of a YAML file, at the nodes of PyYAML's composer: all other bytes stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import yaml


class Edit(NamedTuple):
    """The characters from `begin` to `end` are replaced by `new`."""

    begin: int
    end: int
    new: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits; one within a longer one that takes it away is left out."""
    made, at = [], 0
    for edit in sorted(edits, key=lambda one: (one.begin, -one.end)):
        if edit.begin < at:
            continue
        made += [text[at : edit.begin], edit.new]
        at = edit.end
    return "".join([*made, text[at:]])


def end_of(text: str, node: Any) -> int:
    """Where the text of a node ends."""
    if isinstance(node, yaml.ScalarNode):
        return len(text[: node.end_mark.index].rstrip())
    if node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return end_of(text, last[1] if isinstance(last, tuple) else last)


def line_end(text: str, index: int) -> int:
    """The end of a line, before its line break."""
    newline = text.find("\n", index)
    if newline < 0:
        return len(text)
    return newline - 1 if text[newline - 1] == "\r" and newline > index else newline


def line_break(text: str) -> str:
    """The line break of a text."""
    return "\r\n" if "\r\n" in text else "\n"


def without_key(text: str, mapping: Any, at: int) -> Edit:
    """What takes the key number `at` out of a mapping; the comments in its lines stay, each on a line of its own."""
    return _of_braces(text, mapping, at) if mapping.flow_style else _of_lines(text, mapping, at)


def without_added(text: str, mapping: Any, key: str) -> Edit:
    """What takes out a key that `with_key` added."""
    at = [name.value for name, _ in mapping.value].index(key)
    if not mapping.flow_style or not at:
        return without_key(text, mapping, at)
    return Edit(end_of(text, mapping.value[at - 1][1]), end_of(text, mapping.value[at][1]), "")


def _of_braces(text: str, mapping: Any, at: int) -> Edit:
    """One key of a mapping within braces, and one of the commas beside it."""
    key, value = mapping.value[at]
    begin, end = key.start_mark.index, end_of(text, value)
    if at + 1 < len(mapping.value):
        end = mapping.value[at + 1][0].start_mark.index
    elif at:
        begin = end_of(text, mapping.value[at - 1][1])
    return Edit(begin, end, "")


def _of_lines(text: str, mapping: Any, at: int) -> Edit:
    key, value = mapping.value[at]
    begin = key.start_mark.index - key.start_mark.column
    newline = text.find("\n", end_of(text, value))
    end = len(text) if newline < 0 else newline + 1
    margin = text[begin : key.start_mark.index]
    ending = "\r\n" if text[:end].endswith("\r\n") else "\n"
    kept = [f"{margin}{comment}{ending}" for index, comment in comments(text) if begin <= index < end]
    if newline < 0 and not kept and begin:  # the last line, which has no line break: the one before loses its own
        begin = len(text[:begin].removesuffix("\n").removesuffix("\r"))
    return Edit(begin, end, "".join(kept))


def comments(text: str) -> Iterator[tuple[int, str]]:
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


def with_key(text: str, mapping: Any, key: str, value: str, later: Iterable[str] = ()) -> Edit:
    """What adds a key to a mapping that has others: before the keys `later` if they are at its end, else at the end."""
    names = [name.value for name, _ in mapping.value]
    first = next((number for number, name in enumerate(names) if name in {*later}), len(names)) or len(names)
    after = end_of(text, mapping.value[first - 1][1])
    if mapping.flow_style:
        return Edit(after, after, f", {key}: {value}")
    margin = " " * mapping.value[0][0].start_mark.column
    place = line_end(text, after)
    return Edit(place, place, f"{line_break(text)}{margin}{key}: {value}")


def with_item(text: str, sequence: Any, item: str) -> Edit:
    """What adds an item at the end of a list."""
    if not sequence.value:
        place = sequence.start_mark.index + 1
        return Edit(place, place, item)
    after = end_of(text, sequence)
    last = end_of(text, sequence.value[-1])
    if sequence.flow_style:
        return Edit(last, last, f", {item}")
    place = line_end(text, after)
    return Edit(place, place, f"{line_break(text)}{' ' * sequence.start_mark.column}- {item}")


def without_last(text: str, sequence: Any) -> Edit:
    """What takes the last of several items out of a list."""
    before, last = (end_of(text, one) for one in sequence.value[-2:])
    if sequence.flow_style:
        return Edit(before, last, "")
    return Edit(line_end(text, before), line_end(text, last), "")
