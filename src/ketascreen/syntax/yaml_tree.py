"""YAML text to a located tree, from PyYAML's event stream alone; nothing is constructed, resolved or expanded.

Text that YAML versions read differently is refused, never guessed. No message quotes a value, so the same reader can
read profiles.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml
from yaml.events import AliasEvent, MappingEndEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from ketascreen.diagnostic import Diagnostic, Place, is_plain_name
from ketascreen.language.other_words import SIGNS, comparison_of
from ketascreen.language.quantity import QuantityError, parse_number
from ketascreen.runtime.gc_pause import gc_paused
from ketascreen.spelling import in_ascii, look_alike
from ketascreen.syntax.slips import IN_QUOTES, no_space, sign_hint, slip_in_key, slip_in_text
from ketascreen.syntax.tree import File, Mapping, Node, Scalar, Sequence
from ketascreen.syntax.utf8 import decode, forbidden

MAX_DEPTH = 60
MAX_NODES = 40_000
MAX_SCALAR = 8_000
MAX_NUMBER = 100
_AS_TEXT = "put text, such as a code or a digest, in quotes"
_TOO_DEEP = f"nested more than {MAX_DEPTH} deep"

WORD = re.compile(r"[a-z][a-z0-9_]*")
"""A plain snake-case key."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TRUTH = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false"])
_NOTHING = frozenset({"", "~", "null"})
NOT_TEXT = _TRUTH | _NOTHING
"""Lower-case words that YAML reads as true, false or nothing, if they are not in quotes."""
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_AMBIGUOUS = re.compile(
    r"""[-+]?0[0-9_]+ | 0[xXoObB][0-9a-fA-F_]+            # octal, hexadecimal, binary
      | [-+]?[0-9][0-9_]*(?::[0-9_]+)+(?:\.[0-9_]*)?      # base 60
      | [-+]?[0-9._]*[0-9][0-9._]*[eE][-+]?[0-9]+         # exponents
      | [-+]?\.(?:inf|nan) | \+[0-9._]+ | [-+]?\.[0-9_]+ | [-+]?[0-9_]+\. | -0(?:\.0*)?
      | [-+]?[0-9][0-9_]*_[0-9_.]* | [-+]?[0-9]+(?:,[0-9]+)+(?:\.[0-9]*)?
      | = | <<""",
    re.VERBOSE | re.IGNORECASE,
)
_DATE_WITHOUT_ZEROS = re.compile(r"[0-9]{4}-(?:[0-9]-[0-9]{1,2}|[0-9]{1,2}-[0-9])")
# For text that is too long to try every form of a number.
_LIKE_A_NUMBER = re.compile(r"[-+]?(?:[0-9][-+0-9_.,:eE]*|0[xXoObB][0-9a-fA-F_]*)")


class _Stop(Exception):
    """Ends the reading of this file; the diagnostic is already reported."""


@dataclass(slots=True)
class _EventReader:
    file: File
    keys: re.Pattern[str]
    next: Callable[[], Any]
    found: list[Diagnostic] = field(default_factory=list)
    nodes: int = 0

    def report(self, code: str, message: str, hint: str, event: Any, at: int | None = None) -> None:
        """Notes a problem at an event, or at one character (counted from 0) of its text if that is on one line."""
        place = self.file.place(event)
        shift = place.length - len(event.value) if at is not None else 0
        if at is not None and 0 <= shift <= 2:  # more: a quoted text with escapes
            place = place._replace(column=place.column + at + shift // 2, length=1)
        line = self.file.lines[place.line - 1] if place.line <= len(self.file.lines) else ""
        self.found.append(Diagnostic(code, message, hint, place, text=line))

    def document(self) -> Node | None:
        root: Node | None = None
        while (event := self.next()) is not None:
            match event:
                case yaml.DocumentStartEvent():
                    if event.version or event.tags:
                        self.report("directive", "a line that begins with `%`", "delete it", event)
                    if root is not None:
                        self.report(
                            "second-document",
                            "a second document",
                            "one document for each file; delete `---`",
                            event,
                        )
                        raise _Stop
                case yaml.StreamStartEvent() | yaml.StreamEndEvent() | yaml.DocumentEndEvent():
                    pass
                case _:
                    root = self.node(event, 1)
        return root

    def node(self, event: Any, depth: int) -> Node:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            limit = _TOO_DEEP if depth > MAX_DEPTH else f"more than {MAX_NODES:,} values"
            self.report("over-limit", limit, "make it simpler", event)
            raise _Stop
        if event.anchor is not None:  # an alias has one too
            self.report("anchor", "a value that begins with `&` or `*`", f"{IN_QUOTES}, or write the value out", event)
            if isinstance(event, AliasEvent):
                return Scalar("", event, self.file)
        if event.tag is not None:
            self.report("tag", "a value that begins with `!`", f"{IN_QUOTES}, or delete the word with `!`", event)
        if isinstance(event, ScalarEvent):
            return Scalar(self.scalar(event), event, self.file)
        if isinstance(event, SequenceStartEvent):
            items = []
            while not isinstance(inner := self.next(), SequenceEndEvent):
                items.append(self.node(inner, depth + 1))
            return Sequence(tuple(items), event, self.file)
        return self.mapping(event, depth)

    def mapping(self, start: Any, depth: int) -> Mapping:
        items: dict[str, Node] = {}
        keys: dict[str, Any] = {}
        while not isinstance(event := self.next(), MappingEndEvent):
            key = self.key(event)
            if key is None and not isinstance(event, ScalarEvent | AliasEvent):
                self.node(event, depth + 1)
            value = self.node(self.next(), depth + 1)
            if key in keys:
                first = self.file.place(keys[key]).line
                self.report("duplicate-key", f"a key twice, first on line {first}", "keep one of the two", event)
            elif key is not None:
                items[key], keys[key] = value, event
        return Mapping(items, keys, start, self.file)

    def key(self, event: Any) -> str | None:
        if isinstance(event, ScalarEvent) and event.anchor is None and event.tag is None:
            text: str = event.value
            if self.keys.fullmatch(text) and text not in NOT_TEXT:
                self.space(event)
                return text
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            self.report("anchor", "a key that begins with `&` or `*`", "write the key out", event)
        elif getattr(event, "tag", None) is not None:
            self.report("tag", "a key that begins with `!`", "delete the word with `!`", event)
        elif isinstance(event, ScalarEvent) and event.value == "<<":
            self.report("anchor", "a merge key", "write the keys out; no `<<`", event)
        else:
            return self.meant(event)
        return None

    def space(self, event: Any) -> None:
        """Reports a bracket right behind a key's colon: some parsers read it as a value, and some refuse it."""
        end = event.end_mark
        if not event.style and self.file.lines[end.line][end.column : end.column + 2] in (":[", ":{"):
            slip = no_space(end.line, end.column)
            self.report("syntax", slip.message, slip.hint, event, len(event.value))

    def meant(self, event: Any) -> str | None:
        """Reports that a key is not plain. Where it is clear which one is meant, the rest is read as if it stood there.

        So the first problem that is shown is this one, and not what follows from a missing key.
        """
        text = event.value if isinstance(event, ScalarEvent) else ""
        plain = in_ascii(text).lower().replace("-", "_")
        known = plain if self.keys.fullmatch(plain) and plain not in NOT_TEXT else None
        if comparison := comparison_of(text):
            message = f"`{text}` is not a comparison" if text in SIGNS else "not a comparison"
            self.report("key", message, sign_hint(text) if text in SIGNS else f"write `{comparison}:`", event)
            return comparison
        if " " in text and plain.replace(" ", "_") != plain and self.keys.fullmatch(plain.replace(" ", "_")):
            self.report("key", "a key with a space", "write `_` in place of the space", event)
            return plain.replace(" ", "_")
        found = look_alike(text)
        start = event.start_mark
        before = self.file.lines[start.line][: start.column]
        if not getattr(event, "style", None) and (slip := slip_in_key(text, before)):
            message, hint, at = slip
            self.report("syntax", message, hint, event, at)
            return None
        if text.lower() in NOT_TEXT - {""}:
            self.report("key", "a key that YAML may read as true, false or nothing", "use another word", event)
            return None
        if found is None:
            hint = "a key is lower-case letters, digits and `_`"
            self.report("key", "not a plain key", f"write `{known}`" if known and is_plain_name(known) else hint, event)
            return known
        at, letter = found
        named = f"`{text}`" if is_plain_name(in_ascii(text)) else "a key"
        hint = f"delete it, and type `{letter}`"
        self.report("key", f"{named} holds a letter that only looks like `{letter}`", hint, event, at)
        return known

    def scalar(self, event: Any) -> str | int | Decimal | bool:
        text: str = event.value
        if len(text) > MAX_SCALAR:
            self.report("over-limit", f"text of more than {MAX_SCALAR:,} characters", "shorten it", event)
        if event.style:  # quoted, or a block
            if "\r" in text or any(True for _ in forbidden(text)):  # written as an escape, such as "\e"
                self.report("forbidden-character", "a character that cannot be seen", "delete its escape", event)
            return text
        if text[:1].isalpha() and text.isascii() and text.lower() not in NOT_TEXT:
            self.comment(event)  # no form of a number begins with a letter
            return text
        if text.lower() in _NOTHING:
            self.report("no-value", "no value", "write one", event)
        elif text in ("true", "false"):
            return text == "true"
        elif text.lower() in _TRUTH:
            self.report(
                "ambiguous",
                "a word that YAML may read as true or false",
                "use another word, or put it in quotes",
                event,
            )
        elif _NUMBER.fullmatch(text) and text != "-0":
            return self.number(text, event)
        elif _DATE_WITHOUT_ZEROS.fullmatch(text):
            self.report("ambiguous", "a date without its zeros", f"write it as 2026-01-02; {_AS_TEXT}", event)
        elif (_AMBIGUOUS if len(text) <= MAX_NUMBER else _LIKE_A_NUMBER).fullmatch(text):
            message = "can be read as a number in more than one way"
            self.report("ambiguous", message, f"write a number plainly, such as 140 or 2.9; {_AS_TEXT}", event)
        elif not text.isascii() and any(not char.isascii() and unicodedata.category(char) == "Nd" for char in text):
            self.report("ambiguous", "digits of another script", "type the digits 0 to 9", event)
        elif slip := slip_in_text(text):
            self.report("syntax", *slip, event)
        else:
            self.comment(event)
        return text

    def number(self, text: str, event: Any) -> int | Decimal:
        try:
            number = parse_number(text)
        except QuantityError as error:
            self.report("ambiguous", "a number that cannot be read", f"{error}; {_AS_TEXT}", event)
            return 0
        return int(number) if "." not in text else number

    def comment(self, event: Any) -> None:
        end = event.end_mark
        line = self.file.lines[end.line]
        if "#" in line and line[end.column :].lstrip().startswith("#"):
            hint = "put the text in quotes, or the comment on its own line"
            self.report("comment-after-text", "a comment after unquoted text", hint, event)


def read_yaml(data: bytes, path: str, keys: re.Pattern[str] = WORD) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a file and what is wrong with it; the tree is None if the file cannot be parsed.

    `keys` is the form of the keys that this file may have.
    """
    return read_lines(data, path, keys)[:2]


def read_lines(data: bytes, path: str, keys: re.Pattern[str] = WORD) -> tuple[Node | None, list[Diagnostic], list[str]]:
    """The same with the lines of the file's text; no lines if the text cannot be read."""
    text, found = decode(data, path)
    if found:
        return None, found, []
    file = File(path, text.split("\n"))
    return *_read(text, file, keys), file.lines


def _read(text: str, file: File, keys: re.Pattern[str]) -> tuple[Node | None, list[Diagnostic]]:
    for number, line in enumerate(file.lines, 1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            place = Place(file.path, number, 1, 1)
            return None, [
                Diagnostic("syntax", "two versions of the file, not merged", "keep one of them", place, text=line)
            ]
    found: list[Diagnostic] = []
    try:
        with gc_paused():  # one file may hold many values too
            root = _EventReader(file, keys, _LOADER(text).get_event, found).document()
    except _Stop:
        return None, found
    except yaml.YAMLError as error:
        return None, _broken(error, file, found)
    if root is None:
        message, hint = "an empty file", "write its content, or delete the file"
        found.append(Diagnostic("empty-file", message, hint, Place(file.path, 1, 1, 1), text=file.lines[0]))
    broken = {one.place.line for one in found if one.code == "syntax" and one.place}
    if not broken:
        return root, found
    # YAML reads what nobody means here; what follows from it is not worth saying.
    return None, [one for one in found if one.code == "syntax" or (one.place and one.place.line not in broken)]


def _broken(error: yaml.YAMLError, file: File, found: list[Diagnostic]) -> list[Diagnostic]:
    """The problems of a file that is not YAML: those above the place where it breaks, and that one."""
    from ketascreen.syntax.broken_yaml import line_of, slip_in  # which takes long to import, and most files are YAML

    if "nesting depth" in (getattr(error, "problem", None) or ""):  # LibYAML has its own limit, and reads ahead
        line = line_of(error)
        place = Place(file.path, line + 1, 1, 1)
        return [*found, Diagnostic("over-limit", _TOO_DEEP, "make it simpler", place, text=file.lines[line])]
    slip = slip_in(file.lines, error)
    place = Place(file.path, slip.line + 1, slip.column + 1, slip.length)
    above = [one for one in found if one.place and one.place.line <= slip.line and not slip.explains(one)]
    return [*above, Diagnostic("syntax", slip.message, slip.hint, place, text=file.lines[slip.line])]
