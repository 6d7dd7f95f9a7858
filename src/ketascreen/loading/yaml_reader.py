"""YAML text to a located tree, from PyYAML's event stream alone; nothing is constructed, resolved or expanded.

What YAML versions read differently is refused, not guessed at. No message quotes a value, so that profiles can be read
by the same reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.loading.text import decode, forbidden
from ketascreen.loading.tree import Mapping, Node, Scalar, Sequence
from ketascreen.quantity import QuantityError, parse_number

MAX_DEPTH = 60
MAX_NODES = 40_000
MAX_SCALAR = 8_000
MAX_NUMBER = 100
_TOO_DEEP = f"nested more than {MAX_DEPTH} deep"

WORD = re.compile(r"[a-z][a-z0-9_]*")
"""A plain snake-case key."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TRUTH = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false"])
_NOTHING = frozenset({"", "~", "null"})
_WORDS = _TRUTH | _NOTHING
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_AMBIGUOUS = re.compile(
    r"""[-+]?0[0-9_]+ | 0[xXoObB][0-9a-fA-F_]+            # octal, hexadecimal, binary
      | [-+]?[0-9][0-9_]*(?::[0-9_]+)+(?:\.[0-9_]*)?      # base 60
      | [-+]?[0-9._]*[0-9][0-9._]*[eE][-+]?[0-9]+         # exponents
      | [-+]?\.(?:inf|nan) | \+[0-9._]+ | [-+]?\.[0-9_]+ | [-+]?[0-9_]+\. | -0(?:\.0*)?
      | [-+]?[0-9][0-9_]*_[0-9_.]* | [-+]?[0-9]+(?:,[0-9]+)+(?:\.[0-9]*)?
      | [0-9]{4}-(?:[0-9]-[0-9]{1,2}|[0-9]{1,2}-[0-9])    # dates without leading zeros
      | = | <<""",
    re.VERBOSE | re.IGNORECASE,
)
# For text that is too long to try every form of a number on it.
_LIKE_A_NUMBER = re.compile(r"[-+]?(?:[0-9][-+0-9_.,:eE]*|0[xXoObB][0-9a-fA-F_]*)")


class _Stop(Exception):
    """Reading this file goes no further; the diagnostic is already reported."""


@dataclass
class _Reader:
    path: str
    lines: list[str]
    keys: re.Pattern[str]
    found: list[Diagnostic] = field(default_factory=list)
    nodes: int = 0

    def report(self, code: str, message: str, mend: str, place: Place) -> None:
        line = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
        self.found.append(Diagnostic(code, message, mend, place, text=line))

    def place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else len(self.lines[start.line]) - start.column
        return Place(self.path, start.line + 1, start.column + 1, max(1, length))

    def document(self, text: str) -> Node | None:
        events = yaml.parse(text, Loader=_LOADER)
        root: Node | None = None
        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    if event.version or event.tags:
                        self.report(
                            "directive",
                            "a directive",
                            "delete the line that starts with %",
                            self.place(event),
                        )
                    if root is not None:
                        self.report(
                            "second-document",
                            "a second document",
                            "one document for each file; delete `---`",
                            self.place(event),
                        )
                        raise _Stop
                case yaml.StreamStartEvent() | yaml.StreamEndEvent() | yaml.DocumentEndEvent():
                    pass
                case _:
                    root = self.node(event, events, 1)
        return root

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        place = self.place(event)
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            limit = _TOO_DEEP if depth > MAX_DEPTH else f"more than {MAX_NODES:,} values"
            self.report("over-limit", limit, "make it simpler", place)
            raise _Stop
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self.report("anchor", "an anchor or alias", "write the value out; no `&` or `*`", place)
            if isinstance(event, yaml.AliasEvent):
                return Scalar("", place)
        if event.tag is not None:
            self.report("tag", "a tag", "delete the word with `!`, or put the text in quotes", place)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self.node(inner, events, depth + 1))
            return Sequence(tuple(items), place)
        return self.mapping(events, depth, place)

    def mapping(self, events: Iterator[Any], depth: int, place: Place) -> Mapping:
        items: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            where = self.place(event)
            key = self.key(event, where)
            if key is None and not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                self.node(event, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            if key in keys:
                self.report(
                    "duplicate-key",
                    f"a key twice, first on line {keys[key].line}",
                    "keep one of the two",
                    where,
                )
            elif key is not None:
                items[key], keys[key] = value, where
        return Mapping(items, keys, place)

    def key(self, event: Any, place: Place) -> str | None:
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None:
            text: str = event.value
            if self.keys.fullmatch(text) and text not in _WORDS:
                return text
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            self.report("anchor", "an anchor or alias", "write the key out; no `&` or `*`", place)
        elif getattr(event, "tag", None) is not None:
            self.report("tag", "a tag", "delete the word with `!`", place)
        elif isinstance(event, yaml.ScalarEvent) and event.value == "<<":
            self.report("anchor", "a merge key", "write the keys out; no `<<`", place)
        else:
            self.report("key", "not a plain key", "a key is lower-case letters, digits and `_`", place)
        return None

    def scalar(self, event: Any, place: Place) -> Scalar:
        text: str = event.value
        if len(text) > MAX_SCALAR:
            self.report("over-limit", f"text of more than {MAX_SCALAR:,} characters", "shorten it", place)
        if event.style:  # quoted, or a block
            if "\r" in text or any(True for _ in forbidden(text)):  # written as an escape, such as "\e"
                self.report("forbidden-character", "a character that cannot be seen", "delete its escape", place)
            return Scalar(text, place)
        if text[:1].isalpha() and text.isascii() and text.lower() not in _WORDS:
            self.comment(event, place)  # no form of a number begins with a letter
            return Scalar(text, place)
        if text.lower() in _NOTHING:
            self.report("no-value", "no value", "write one, or delete the key", place)
        elif text in ("true", "false"):
            return Scalar(text == "true", place)
        elif text.lower() in _TRUTH:
            self.report(
                "ambiguous",
                "a word that YAML may read as true or false",
                "use another word, or put it in quotes",
                place,
            )
        elif _NUMBER.fullmatch(text) and text != "-0":
            return Scalar(self.number(text, place), place)
        elif (_AMBIGUOUS if len(text) <= MAX_NUMBER else _LIKE_A_NUMBER).fullmatch(text):
            self.report(
                "ambiguous",
                "a number that can be read in more than one way",
                "write it plainly, such as 140 or 2.9",
                place,
            )
        elif not text.isascii() and any(not char.isascii() and unicodedata.category(char) == "Nd" for char in text):
            self.report("ambiguous", "digits of another script", "type the digits 0 to 9", place)
        else:
            self.comment(event, place)
        return Scalar(text, place)

    def number(self, text: str, place: Place) -> int | Decimal:
        try:
            number = parse_number(text)
        except QuantityError as error:
            self.report("ambiguous", "a number that cannot be read", str(error), place)
            return 0
        return int(number) if "." not in text else number

    def comment(self, event: Any, place: Place) -> None:
        rest = self.lines[event.end_mark.line][event.end_mark.column :]
        if rest.lstrip().startswith("#"):
            self.report(
                "comment-after-text",
                "a comment behind unquoted text",
                "put the text in quotes, or the comment on its own line",
                place,
            )


def read_yaml(data: bytes, path: str, keys: re.Pattern[str] = WORD) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a file and what is wrong with it; the tree is None where it cannot be had.

    `keys` is the form of the keys that this file may have.
    """
    text, found = decode(data, path)
    if found:
        return None, found
    reader = _Reader(path, text.split("\n"), keys)
    for number, line in enumerate(reader.lines, 1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            reader.report("syntax", "two versions of the file, not merged", "keep one of them", Place(path, number))
            return None, reader.found
    try:
        root = reader.document(text)
    except _Stop:
        return None, reader.found
    except yaml.YAMLError as error:
        place, problem = _syntax_place(error, reader), getattr(error, "problem", None) or ""
    else:
        if root is None:
            reader.report("empty-file", "an empty file", "write its content, or delete the file", Place(path))
        return root, reader.found
    if "nesting depth" in problem:  # LibYAML from 0.2.6 on has a limit of its own, and reads ahead of the events
        reader.report("over-limit", _TOO_DEEP, "make it simpler", place)
    else:
        reader.report("syntax", f"not valid YAML ({_spoken(problem)})", "check indentation, quotes and colons", place)
    return None, reader.found


def _syntax_place(error: yaml.YAMLError, reader: _Reader) -> Place:
    """Where the mistake began: an open quote or key rather than where the parser gave up on it."""
    context = getattr(error, "context", None) or ""
    began = "quoted scalar" in context or "simple key" in context
    mark = getattr(error, "context_mark" if began else "problem_mark", None)
    line, column = (min(mark.line, len(reader.lines) - 1), mark.column) if mark else (0, 0)
    return Place(reader.path, line + 1, min(column, len(reader.lines[line])) + 1)


def _spoken(problem: str) -> str:
    # PyYAML's wording names no value, except for the names of aliases and tags, which stand behind a quote.
    return (problem or "it does not parse").split('"')[0].strip().replace("'", "`") or "it does not parse"
