"""JSON to plain data: exact decimals, no equal keys, bounded in size and depth, no value in a message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from ketascreen.diagnostic import Diagnostic, Place, ProfileError, is_plain_name
from ketascreen.syntax.utf8 import MAX_BYTES

MAX_DEPTH = 20
MAX_NUMBER = 40

# A string without an end is matched to the end of the text, so that each character is looked at once.
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object as it was written, with its equal keys."""

    pairs: list[tuple[str, Any]]


_BREAKS = {ord(character): None for character in "\t\n\r"}
"""The characters that JSON allows between its parts and never inside a string."""


class _Unreadable:
    """In place of a number that cannot be read."""


def parse_json(data: bytes, name: str = "profile") -> Any:
    """Plain data of a JSON text, with ints and exact decimals.

    Raises:
        ProfileError: not JSON, JSON that readers differ on (equal keys, NaN, lone surrogates), too deep, too large.
    """
    problem = None
    if len(data) > MAX_BYTES:
        problem = Diagnostic("too-large", f"larger than {MAX_BYTES:,} bytes", "send one patient's facts")
    text = "" if problem else data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    place = Place(name)
    if problem is None and text.encode() != data.removeprefix(b"\xef\xbb\xbf"):
        problem = Diagnostic("not-utf-8", "not UTF-8", "send it as UTF-8")
    if problem is None and _depth(text) > MAX_DEPTH:
        problem = Diagnostic("over-limit", f"nested more than {MAX_DEPTH} deep", "a profile is one object of facts")
    parsed: Any = None
    if problem is None and (plain := _without_problems(text)) is not None:
        return plain
    if problem is None:
        try:
            parsed = json.loads(
                text,
                object_pairs_hook=_Object,
                parse_float=_decimal,
                parse_int=_decimal,
                parse_constant=_constant,
            )
        except json.JSONDecodeError as error:
            place = Place(name, error.lineno, error.colno, 1)
            problem = Diagnostic("not-json", "not JSON from here on", "check commas, quotes and brackets; no comments")
    if problem is not None:
        raise ProfileError([replace(problem, place=place)])
    problems = list(_check(parsed, ""))
    if problems:
        raise ProfileError(replace(found, place=place) for found in problems)
    return _plain(parsed)


def _without_problems(text: str) -> dict[str, Any] | None:
    """The object of a text in which nothing can be wrong; None where each part must be looked at.

    Most texts are such ones. Without escapes, no string holds a character that the text itself does not show.
    """
    if "\\" in text or not text.translate(_BREAKS).isprintable():
        return None
    doubtful: list[object] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            doubtful.append(found)
        return found

    def number(digits: str) -> int | Decimal | _Unreadable:
        read = _decimal(digits)
        if isinstance(read, _Unreadable):
            doubtful.append(read)
        return read

    try:
        parsed = json.loads(
            text, object_pairs_hook=members, parse_float=number, parse_int=number, parse_constant=doubtful.append
        )
    except json.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, dict) and not doubtful else None


def _depth(text: str) -> int:
    if "\\" not in text:  # then every quote begins or ends a string, and what is outside is quickly found
        text = "".join(text.split('"')[::2])
    deepest = depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] in "]}":
            depth -= 1
    return deepest


def _decimal(text: str) -> int | Decimal | _Unreadable:
    if len(text) > MAX_NUMBER:
        return _Unreadable()
    try:
        return Decimal(text) if any(mark in text for mark in ".eE") else int(text)
    except InvalidOperation:
        return _Unreadable()


def _constant(_text: str) -> _Unreadable:
    return _Unreadable()


def _check(data: Any, pointer: str) -> Iterator[Diagnostic]:
    match data:
        case _Unreadable():
            yield Diagnostic(
                "not-a-number",
                "a number that cannot be read",
                "write it plainly, such as 139",
                pointer=pointer,
            )
        case str() if not data.isprintable():
            yield Diagnostic("control-character", "text with a control character", "take it out", pointer=pointer)
        case list():
            for index, item in enumerate(data):
                yield from _check(item, f"{pointer}/{index}")
        case _Object(pairs):
            seen: set[str] = set()
            for key, value in pairs:
                below = f"{pointer}/{key}" if is_plain_name(key) else pointer
                if key in seen:
                    yield Diagnostic("duplicate-key", "a key twice", "keep one of the two", pointer=below)
                seen.add(key)
                yield from _check(value, below)


def _plain(data: Any) -> Any:
    if isinstance(data, _Object):
        return {key: _plain(value) for key, value in data.pairs}
    return [_plain(item) for item in data] if isinstance(data, list) else data
