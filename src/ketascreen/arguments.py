"""Refuses an argument of a type that nobody can use, and says what it must be, never what was given."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn, TypeVar

from ketascreen.diagnostic import Diagnostic, InputError, RequestError

ItemT = TypeVar("ItemT")

_PATH = 'write it as text, such as "folder/name", or as a pathlib.Path'


def refuse(
    name: str, wanted: str, hint: str, *, code: str = "argument", error: type[InputError] = RequestError
) -> NoReturn:
    """Refuses the argument `name`.

    Raises:
        RequestError, or the `error` that is named: always.
    """
    raise error([Diagnostic(code, f"`{name}` must be {wanted}", hint)])


def require(
    given: object,
    kinds: type | tuple[type, ...],
    name: str,
    wanted: str,
    hint: str,
    *,
    code: str = "argument",
    error: type[InputError] = RequestError,
) -> None:
    """Requires an argument of one of `kinds`. True and False are not numbers.

    Raises:
        RequestError, or the `error` that is named: it is something else.
    """
    if not isinstance(given, kinds) or (isinstance(given, bool) and kinds is not bool):
        refuse(name, wanted, hint, code=code, error=error)


def path_of(
    given: object, name: str, wanted: str = "a path", hint: str = _PATH, *, error: type[InputError] = RequestError
) -> Path:
    """The path that an argument names, as text or as a `pathlib.Path`.

    Raises:
        RequestError, or the `error` that is named: it is something else, is empty, or holds a null character.
    """
    if isinstance(given, str | os.PathLike):
        path = os.fspath(given)
        if isinstance(path, str) and path and "\0" not in path:
            return Path(path)
    return refuse(name, wanted, hint, error=error)


def listed(given: Iterable[ItemT], name: str, wanted: str, hint: str) -> Iterable[ItemT]:
    """The argument itself, if it is a list of things, or anything else that gives one thing after another.

    Raises:
        RequestError: it is a text, bytes, or one thing.
    """
    if isinstance(given, str | bytes | bytearray) or not isinstance(given, Iterable):
        refuse(name, wanted, hint)
    return given


def list_of(given: Iterable[ItemT], kind: type[ItemT], name: str, wanted: str, hint: str) -> tuple[ItemT, ...]:
    """The things of a list, each of which is of a `kind`.

    Raises:
        RequestError: it is not a list, or something in it is something else.
    """
    found = tuple(listed(given, name, wanted, hint))
    for one in found:
        require(one, kind, name, wanted, hint)
    return found
