"""Edits of the text of a YAML file, at the nodes of PyYAML's composer: all other bytes stay as they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOM = "\ufeff"


class CannotEdit(Exception):
    """The text cannot be taken out without another change."""


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


def composed(text: str) -> Any:
    """The nodes of a text that the reader of rulebooks accepts, with the place of each; None if it is empty."""
    # libyaml's places do not count a byte order mark; PyYAML's own do, as the text does.
    return yaml.compose(text, Loader=yaml.SafeLoader if text.startswith(_BOM) else _LOADER)


def pairs(node: Any) -> list[tuple[Any, Any]]:
    """The keys and values of a mapping; nothing of another node."""
    return node.value if isinstance(node, yaml.MappingNode) else []


def items(node: Any) -> list[Any]:
    """The items of a list; nothing of another node."""
    return node.value if isinstance(node, yaml.SequenceNode) else []


def at(node: Any, *keys: str) -> Any:
    """The node under these keys, or None."""
    for wanted in keys:
        node = next((value for key, value in pairs(node) if key.value == wanted), None)
    return node


def end_of(text: str, node: Any) -> int:
    """Where the text of a node ends."""
    if isinstance(node, yaml.ScalarNode):
        return len(text[: node.end_mark.index].rstrip())
    if node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return end_of(text, last[1] if isinstance(last, tuple) else last)


def line_break(text: str) -> str:
    """The line break of a text."""
    return "\r\n" if "\r\n" in text else "\n"


def _line_end(text: str, index: int) -> int:
    """The end of a line, before its line break."""
    newline = text.find("\n", index)
    if newline < 0:
        return len(text)
    return newline - 1 if text[newline - 1] == "\r" and newline > index else newline


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


def _commented(text: str, begin: int, end: int) -> list[str]:
    """The comments that begin between two places."""
    return [comment for index, comment in _comments(text) if begin <= index < end]


def without_key(text: str, mapping: Any, key: str, *, added: bool = False) -> Edit:
    """What takes a key out of a mapping; comments on its lines stay, each on a line of its own.

    `added`: it is a key that `with_key` added, and all must be as it was before.

    Raises:
        CannotEdit: the key is on the line of the dash of a list's entry, or a comment within braces would go.
    """
    number = [name.value for name, _ in mapping.value].index(key)
    if mapping.flow_style:
        return _within(text, mapping.value, number, added=added)
    name, value = mapping.value[number]
    return _of_lines(text, int(name.start_mark.index), int(name.start_mark.column), value)


def without_item(text: str, sequence: Any, number: int) -> Edit:
    """What takes an item out of a list that has others; comments on its lines stay, each on a line of its own.

    Raises:
        CannotEdit: the item is not on lines of its own, in a list with dashes; or a comment within brackets would go.
    """
    if sequence.flow_style:
        return _within(text, [(item, item) for item in sequence.value], number)
    item = sequence.value[number]
    dash = text.rfind("-", 0, item.start_mark.index)
    return _of_lines(text, dash, dash - text.rfind("\n", 0, dash) - 1, item)


def emptied(text: str, mapping: Any, key: str) -> Edit:
    """What puts `[]` in the place of the list under a key of a mapping.

    Raises:
        CannotEdit: a comment stands between the key and the end of the list.
    """
    name, sequence = next(pair for pair in mapping.value if pair[0].value == key)
    begin, end = text.index(":", name.end_mark.index) + 1, end_of(text, sequence)
    if _commented(text, begin, end):
        raise CannotEdit
    return Edit(begin, end, " []")


def _within(text: str, members: Sequence[tuple[Any, Any]], number: int, *, added: bool = False) -> Edit:
    """One of the members within brackets or braces, each by its first and last node, and one of the commas beside it.

    The comma after it, if there is one; of a member that was `added` after another, the comma before it.
    """
    begin, end = members[number][0].start_mark.index, end_of(text, members[number][1])
    if number + 1 < len(members) and not (added and number):
        end = members[number + 1][0].start_mark.index
    elif number:
        begin = end_of(text, members[number - 1][1])
    if _commented(text, begin, end):
        raise CannotEdit
    return Edit(begin, end, "")


def _of_lines(text: str, start: int, column: int, last: Any) -> Edit:
    """The lines from the one where `start` is, in this column, to the end of a node."""
    begin = start - column
    margin = text[begin:start].replace("?", " ")  # which may stand before a key
    if margin.strip():
        raise CannotEdit
    newline = text.find("\n", end_of(text, last))
    end = len(text) if newline < 0 else newline + 1
    ending = "\r\n" if text[:end].endswith("\r\n") else "\n"
    kept = "".join(f"{margin}{comment}{ending}" for comment in _commented(text, begin, end))
    if newline < 0 and not kept and begin:  # the last line, which has no line break: the one before loses its own
        begin = len(text[:begin].removesuffix("\n").removesuffix("\r"))
    return Edit(begin, end, kept)


def with_key(text: str, mapping: Any, key: str, value: str, later: Iterable[str] = ()) -> Edit:
    """What adds a key to a mapping that has others: before the keys `later` if they are at its end, else at the end."""
    names = [name.value for name, _ in mapping.value]
    first = next((number for number, name in enumerate(names) if name in {*later}), len(names)) or len(names)
    after = end_of(text, mapping.value[first - 1][1])
    if mapping.flow_style:
        return Edit(after, after, f", {key}: {value}")
    margin = " " * mapping.value[0][0].start_mark.column
    place = _line_end(text, after)
    return Edit(place, place, f"{line_break(text)}{margin}{key}: {value}")


def with_item(text: str, sequence: Any, item: str) -> Edit:
    """What adds an item at the end of a list."""
    if not sequence.value:
        place = sequence.start_mark.index + 1
        return Edit(place, place, item)
    last = end_of(text, sequence.value[-1])
    if sequence.flow_style:
        return Edit(last, last, f", {item}")
    place = _line_end(text, last)
    return Edit(place, place, f"{line_break(text)}{' ' * sequence.start_mark.column}- {item}")
