"""Adds an entry to a section of a YAML file, or puts another value in its place: all other bytes stay.

Each changed file is read again: it says what it said, and the change, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence as Seq
from copy import deepcopy
from typing import Any

from ketascreen.diagnostic import InputError, Place, RulebookError, refused
from ketascreen.loading.build import keys_of
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar, Sequence, plain
from ketascreen.syntax.yaml_tree import read_yaml

CODE = "edit"
_NOTHING_BETWEEN = re.compile(r"(.*?) *(?:\{ *\}|\[ *\])(.*)")
_TO_FILL_IN = "no-value"
"""The code of a key without its value, which an entry to fill in may have."""


def with_entry(data: bytes | None, path: str, section: str, entry: str, *, head: str = "") -> bytes:
    """The bytes of a file with one more entry at the end of a section.

    `section` is a key at the file's root, or "" for the root itself. `entry` is its YAML from the first column: a key
    with what it holds, or a list's `- `. Keys of it may have no value yet. A section that the file lacks is added at
    the end of the file; a file that is not there begins with `head`.

    Raises:
        RulebookError: the file cannot be read.
        InputError: the file has that key already, or is written in a way that leaves no line for an entry.
    """
    return with_entries(data, path, {section: entry}, head=head)


def with_entries(data: bytes | None, path: str, entries: Mapping[str, str], *, head: str = "") -> bytes:
    """The same with an entry in each of several sections.

    Raises:
        RulebookError, InputError: see `with_entry`.
    """
    if data is not None:
        _read(data, path)
    for section, entry in entries.items():
        data = _new_file(path, section, entry, head) if data is None else _added(data, path, section, entry)
    assert data is not None
    return data


def _new_file(path: str, section: str, entry: str, head: str) -> bytes:
    added = plain(_read(entry.encode(), path, to_fill_in=True))
    text = f"{head}{section}:\n{_indented(entry, 2)}" if section else f"{head}{entry}"
    return _checked(text.encode(), path, {section: added} if section else added)


def _added(data: bytes, path: str, section: str, entry: str) -> bytes:
    tree = _read(data, path, to_fill_in=True)
    expected = _with(plain(tree), section, plain(_read(entry.encode(), path, to_fill_in=True)), path)
    lines = data.decode("utf-8").split("\n")
    start, stop, new = _splice(lines, tree, section, entry, path)
    carriage = "\r" if lines[0].endswith("\r") else ""
    added = [f"{line}{carriage}" for line in new]
    if start == len(lines):  # the last line has no end yet
        lines[-1] += carriage
        added.append("")
    return _checked("\n".join([*lines[:start], *added, *lines[stop:]]).encode(), path, expected)


def with_value(data: bytes, path: str, keys: Seq[str], text: str) -> bytes:
    """The bytes of a file with `text`, as YAML writes it, in place of the value at `keys`, which is on one line.

    Raises:
        RulebookError: the file cannot be read.
        InputError: no value on one line is there, or `text` would not be read as one.
    """
    tree = _read(data, path)
    expected, node = plain(tree), tree
    holds: Any = expected
    for key in keys:
        if not isinstance(node, MappingNode) or key not in node.items:
            raise _by_hand(path, tree, f"has no `{key}` where one must change")
        holds = holds if key == keys[-1] else holds[key]
        node = node.items[key]
    if not isinstance(node, Scalar) or node.event.start_mark.line != node.event.end_mark.line:
        raise _by_hand(path, node, f"`{keys[-1]}` is not on one line")
    holds[keys[-1]] = plain(_read(text.encode(), path))
    lines = data.decode("utf-8").split("\n")
    number, start, stop = node.event.start_mark.line, node.event.start_mark.column, node.event.end_mark.column
    mark = len("\ufeff") if number == 0 and lines[0].startswith("\ufeff") else 0
    lines[number] = f"{lines[number][: start + mark]}{text}{lines[number][stop + mark :]}"
    return _checked("\n".join(lines).encode(), path, expected)


def _read(data: bytes, path: str, *, to_fill_in: bool = False) -> Node:
    tree, found = read_yaml(data, path, keys_of(path))
    if tree is None or any(not to_fill_in or problem.code != _TO_FILL_IN for problem in found):
        raise RulebookError(found)
    return tree


def _with(said: Any, section: str, added: Any, path: str) -> Any:
    """What the file says with the entry."""
    expected = deepcopy(said)
    if section and isinstance(expected, dict) and section not in expected:
        return {**expected, section: added}
    holds = expected if not section or not isinstance(expected, dict) else expected[section]
    if isinstance(holds, list) and isinstance(added, list):
        holds += added
    elif isinstance(holds, dict) and isinstance(added, dict):
        if taken := sorted(holds.keys() & added.keys()):
            raise refused(CODE, f"has `{taken[0]}` already", "choose another name", Place(path))
        holds.update(added)
    else:
        raise refused(CODE, "cannot hold what this adds to it", "docs/rule-format.md shows its form", Place(path))
    return expected


def _splice(lines: list[str], tree: Node, section: str, entry: str, path: str) -> tuple[int, int, list[str]]:
    """The numbers of the first line to replace and of the one after the last, and the lines in their place."""
    node = tree.items.get(section) if section and isinstance(tree, MappingNode) else tree
    holder = tree if node is None else node
    if not isinstance(holder, Scalar) and holder.event.flow_style:
        return _in_place_of_braces(lines, holder, entry, path)
    at = _end(lines, tree, section) if node is not None and isinstance(tree, MappingNode) and section else _last(lines)
    written = f"{section}:\n{_indented(entry, 2)}" if node is None else entry
    apart = [""] if _apart(lines, holder) and lines[at - 1].strip() else []
    return at, at, [*apart, *_lines(_indented(written, int(holder.event.start_mark.column)))]


def _last(lines: list[str]) -> int:
    """The number of the line, from 0, before which an entry is added at the end of a file."""
    return len(lines) if lines[-1] else len(lines) - 1


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _end(lines: list[str], tree: MappingNode, section: str) -> int:
    """The number of the line, from 0, before which an entry of a section is added: above the comments of the next."""
    starts = sorted(event.start_mark.line for event in tree.keys.values())
    later = [start for start in starts if start > tree.keys[section].start_mark.line]
    if not later:
        return _last(lines)
    end, indent = int(later[0]), " " * int(tree.event.start_mark.column)
    while not lines[end - 1].strip() or lines[end - 1].startswith(f"{indent}#"):
        end -= 1
    return end


def _apart(lines: list[str], holder: Node) -> bool:
    """Whether an empty line stands before the last of several entries, above its comments."""
    if isinstance(holder, Sequence):
        starts = [item.event.start_mark.line for item in holder.items]
    else:
        starts = [event.start_mark.line for event in holder.keys.values()] if isinstance(holder, MappingNode) else []
    if len(starts) < 2:
        return False
    above = int(starts[-1]) - 1
    while lines[above].lstrip().startswith("#"):
        above -= 1
    return not lines[above].strip()


def _in_place_of_braces(lines: list[str], holder: Node, entry: str, path: str) -> tuple[int, int, list[str]]:
    """As `_splice`: `{}` or `[]` is replaced by the entry, on lines of its own."""
    number = int(holder.event.start_mark.line)
    line = lines[number].removesuffix("\r")
    found = _NOTHING_BETWEEN.fullmatch(line)
    if getattr(holder, "items", None) or found is None:
        raise _by_hand(path, holder, "its entries are written between braces")
    key, rest = found.groups()
    indent = len(line) - len(line.lstrip()) + 2 if key else 0
    above = [f"{key}{rest}".rstrip()] if key or rest.strip() else []
    return number, number + 1, [*above, *_lines(_indented(entry, indent))]


def _indented(entry: str, columns: int) -> str:
    return re.sub(r"^(?=.)", " " * columns, entry, flags=re.MULTILINE)


def _by_hand(path: str, node: Node, why: str) -> InputError:
    return refused(
        CODE, why, "write each entry on lines of its own, then run this again", node.place._replace(path=path)
    )


def _checked(data: bytes, path: str, expected: Any) -> bytes:
    """The bytes, if they are read as what is expected."""
    if _as_said(plain(_read(data, path, to_fill_in=True))) != _as_said(expected):
        message, hint = "cannot be changed in this place without changing something else", "change it by hand"
        raise refused(CODE, message, hint, Place(path))
    return data


def _as_said(value: Any) -> Any:
    """A value without the end of a text's last line: a file that ended in such a text may have had none."""
    if isinstance(value, dict):
        return {key: _as_said(one) for key, one in value.items()}
    if isinstance(value, list):
        return list(map(_as_said, value))
    return value.removesuffix("\n") if isinstance(value, str) else value
