"""What is wrong with an input, where, and how to fix it. Other modules render it.

A diagnostic about a profile never holds a patient's value: it has a pointer and no text of the line.
"""

from __future__ import annotations

import logging
import re
import sys
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from ketascreen.spelling import INVISIBLE, columns, look_alike, near

# Silent unless the program that uses it says otherwise; nothing that is logged holds a value of a profile.
logging.getLogger("ketascreen").addHandler(logging.NullHandler())

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class Place(NamedTuple):
    """A place in a file: path, line and column counted from 1, length in characters. A path alone is the whole file.

    A tuple, since each node of each file has one.
    """

    path: str
    line: int = 1
    column: int = 1
    length: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it is the file as a whole, not one of its lines."""
        return self[1:] == (1, 1, 0)

    def __str__(self) -> str:
        return printable(self.path) if self.is_whole else f"{printable(self.path)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: a stable code, a message, how to fix it, and where."""

    code: str
    message: str
    hint: str = ""
    place: Place | None = None
    pointer: str | None = None
    text: str | None = None

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, width: int = sys.maxsize) -> list[str]:
        """Where and what it is, with its code; then its line of the file, the place underlined, and the hint.

        Without a line of a file, the hint follows the message. No line is longer than `width` columns (40 at least),
        except for a word of the first line that is longer itself, such as a path: it gets its own line.
        """
        if self.text is None or self.place is None:
            return _folded(self._head(printable(self.hint)), width)
        room = width - _GUTTER
        shown, before, length = _excerpt(self.text, self.place, room)
        mark = " " * columns(shown[:before]) + "^" * max(1, columns(shown[before : before + length]))
        hint = printable(self.hint)
        fits = len(mark) + 1 + len(hint) <= room
        below = [f"{mark} {hint}".rstrip()] if fits else [mark, *textwrap.wrap(hint, room)]
        numbered = f"{self.place.line:>5} | {shown}".rstrip()
        return [*_folded(self._head(), width), numbered, *(f"{'|':>7} {line}" for line in below)]

    def as_data(self) -> dict[str, str | int | None]:
        """The problem as plain data, the same from every command (schema/problems.schema.json); None: there is none."""
        path, line, column, length = self.place or (None, None, None, None)
        return {
            "code": self.code, "message": self.message, "hint": self.hint,
            "path": path, "line": line, "column": column, "length": length,
            "text": self.text, "pointer": self.pointer,
        }  # fmt: skip

    def _head(self, hint: str = "") -> str:
        where = [str(self.place)] if self.place else []
        if self.pointer is not None:
            where.append(self.pointer or "/")
        return f"{': '.join([*where, printable(self.message)])}{f'; {hint}' if hint else ''} [{self.code}]"


_NOTHING_RENAMED: Mapping[str, str] = MappingProxyType({})
_GUTTER = 8  # of "   10 | "
_CUT = "..."


def _folded(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _excerpt(text: str, place: Place, room: int) -> tuple[str, int, int]:
    """As much of the line as there is room for, and where in it, and how long, the place is."""
    start = min(place.column - 1, len(text))
    before = printable(text[:start])
    marked = printable(text[start : start + place.length])
    line = before + marked + printable(text[start + place.length :])
    whole = len(line) <= room
    first = 0 if whole or len(before) + len(marked) <= room - len(_CUT) else max(0, len(before) - room // 3)
    shown, offset = (_CUT + line[first:], len(before) - first + len(_CUT)) if first else (line, len(before))
    if len(shown) > room:
        shown = shown[: room - len(_CUT)]
        return shown + _CUT, offset, max(1, min(len(marked), len(shown) - offset))
    return shown, offset, max(1, len(marked))


class KetascreenError(Exception):
    """The root of every error that ketascreen raises on purpose.

    `diagnostics` holds every problem: a stable code, a message, a hint, and a place or a JSON pointer where there is
    one. docs/codes explains each code.
    """

    diagnostics: tuple[Diagnostic, ...] = ()


class InputError(KetascreenError):
    """An input that was refused, with every problem found in it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Diagnostic, ...]]]:
        return type(self), (self.diagnostics,)


def refused(code: str, message: str, hint: str, place: Place | None = None) -> InputError:
    """An input that is refused for one reason."""
    return InputError([Diagnostic(code, message, hint, place)])


class RulebookError(InputError):
    """A rulebook that does not load; nothing of it is active."""


class ProfileError(InputError):
    """A patient profile that was refused; holds names of facts, never a value."""


class RequestError(InputError):
    """A screening that cannot be done as asked (an unknown route, a decision on a rule that is not a review)."""


class ChannelFault(KetascreenError):
    """A channel could not answer. The message holds no patient's value."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.diagnostics = (Diagnostic("channel-fault", message),)


def did_you_mean(
    word: str, words: Iterable[str], *, otherwise: str = "", renamed: Mapping[str, str] = _NOTHING_RENAMED
) -> str:
    """ "did you mean `x`?" for the word, or words, that are near in spelling; else `otherwise`.

    `renamed` has the name of today of each name of before: such a word is met with its name of today. Not for names of
    routes: `im` and `iv` are near, and another route.
    """
    if word in renamed:
        return f"it is called `{renamed[word]}` now"
    meant = near(word, words)
    if not meant:
        return otherwise
    looks = f"it holds a letter that only looks like `{found[1]}`; " if (found := look_alike(word)) else ""
    return f"{looks}did you mean {' or '.join(f'`{one}`' for one in meant)}?"


def printable(text: str) -> str:
    """`text` with control, format and other invisible characters escaped, safe for a terminal."""
    if text.isascii() and text.isprintable():
        return text
    seen = (c.isprintable() and c not in INVISIBLE for c in text)
    return "".join(
        c if is_seen else c.encode("unicode_escape").decode("ascii") for c, is_seen in zip(text, seen, strict=True)
    )


def is_plain_name(name: str) -> bool:
    """Whether a message may repeat a key; a key that is not a plain word could hold anything."""
    # More digits than a fact's name has could be a number of the patient's.
    return _PLAIN_NAME.fullmatch(name) is not None and sum(map(str.isdigit, name)) <= 3
