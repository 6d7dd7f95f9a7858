"""Refuses an argument of a type that nobody can use, and says what it must be, never what was given."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn, TypeVar

from ketascreen.diagnostic import Diagnostic, RequestError

ItemT = TypeVar("ItemT")


def refuse(name: str, wanted: str, hint: str, code: str = "argument") -> NoReturn:
    """Refuses the argument `name`.

    Raises:
        RequestError: always.
    """
    raise RequestError([Diagnostic(code, f"`{name}` must be {wanted}", hint)])


def require(
    given: object, kinds: type | tuple[type, ...], name: str, wanted: str, hint: str, *, code: str = "argument"
) -> None:
    """Requires an argument of one of `kinds`.

    Raises:
        RequestError: it is something else.
    """
    if not isinstance(given, kinds):
        refuse(name, wanted, hint, code=code)


def path_of(given: object, name: str) -> Path:
    """The path that an argument names, as text or as a `pathlib.Path`.

    Raises:
        RequestError: it is something else, or holds a null character, as no path does.
    """
    if isinstance(given, str | os.PathLike):
        path = os.fspath(given)
        if isinstance(path, str) and "\0" not in path:
            return Path(path)
    return refuse(name, "a path", 'write it as text, such as "folder/name", or as a pathlib.Path')


def listed(given: Iterable[ItemT], name: str, wanted: str, hint: str) -> Iterable[ItemT]:
    """The argument itself, if it is a list of things, or anything else that gives one thing after another.

    Raises:
        RequestError: it is a text, bytes, or one thing.
    """
    if isinstance(given, str | bytes | bytearray) or not isinstance(given, Iterable):
        refuse(name, wanted, hint)
    return given
