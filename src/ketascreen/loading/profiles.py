"""JSON or YAML to a PatientProfile: exact decimals, no duplicate keys, bounded, located, no value in a message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ketascreen.diagnostic import Diagnostic, Place, ProfileError
from ketascreen.loading.text import MAX_BYTES
from ketascreen.profile import PatientProfile
from ketascreen.refusals import is_plain_name

if TYPE_CHECKING:
    from ketascreen.loading.tree import Node

MAX_DEPTH = 20
MAX_NUMBER = 40

# A string that never ends is taken to the end of the text, so that each character is looked at once.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def read_profile(source: str | Path | bytes, *, name: str = "profile") -> PatientProfile:
    """The profile of a JSON or YAML file, or of its bytes (JSON where they begin with a brace or bracket).

    Raises:
        ProfileError: everything that is wrong with it, by place and JSON pointer, without any value.
    """
    if isinstance(source, bytes):
        data, is_json = source, source.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[", b'"')
    else:
        path = Path(source)
        data, name, is_json = _bytes(path), str(source), path.suffix.lower() == ".json"
    if is_json:
        return PatientProfile.model_validate(parse_json(data, name))
    return _read_yaml(data, name)


def open_file(path: Path) -> IO[bytes]:
    """A plain file, opened for reading.

    Raises:
        ProfileError: there is none of that name, or it cannot be read.
    """
    try:
        if path.is_file():
            return path.open("rb")
        reason = "not a plain file; `-` reads standard input" if path.exists() else "no such file"
    except OSError as error:
        reason = error.strerror or "an error of the system"
    raise ProfileError([_unreadable(path, reason)])


def _bytes(path: Path) -> bytes:
    with open_file(path) as file:
        try:
            return file.read(MAX_BYTES + 1)
        except OSError as error:
            reason = error.strerror or "an error of the system"
    raise ProfileError([_unreadable(path, reason)])


def _unreadable(path: Path, reason: str) -> Diagnostic:
    return Diagnostic("unreadable", f"cannot be read ({reason})", "check its name and permissions", Place(str(path)))


def _read_yaml(data: bytes, name: str) -> PatientProfile:
    from ketascreen.loading.tree import plain  # with PyYAML, of which a profile in JSON needs nothing
    from ketascreen.loading.yaml_reader import read_yaml

    tree, found = read_yaml(data, name)
    if found or tree is None:
        raise ProfileError(replace(problem, text=None) for problem in found)
    try:
        return PatientProfile.model_validate(plain(tree))
    except ProfileError as error:
        problems = [_placed(problem, tree) for problem in error.diagnostics]
    raise ProfileError(problems)


def _placed(problem: Diagnostic, tree: Node) -> Diagnostic:
    from ketascreen.loading.tree import place_of

    path = [int(step) if step.isdecimal() else step for step in (problem.pointer or "").split("/")[1:]]
    return replace(problem, place=place_of(tree, path)._replace(length=1))


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object as it was written, equal keys and all."""

    pairs: list[tuple[str, Any]]


class _Unreadable:
    """Stands for a number that cannot be read."""


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
            place = Place(name, error.lineno, error.colno)
            problem = Diagnostic("not-json", "not JSON from here on", "check commas, quotes and brackets; no comments")
    if problem is not None:
        raise ProfileError([replace(problem, place=place)])
    problems = list(_check(parsed, ""))
    if problems:
        raise ProfileError(replace(found, place=place) for found in problems)
    return _plain(parsed)


def _depth(text: str) -> int:
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
