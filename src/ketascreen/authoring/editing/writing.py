"""Writes files of a rulebook whole: not beside another process, and not over what changed after it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ketascreen.diagnostic import Place, refused
from ketascreen.runtime.plain_file import read_plain
from ketascreen.runtime.whole_file import locked_folder, write_whole

_NONE: Mapping[str, str] = {}


@contextmanager
def alone(folder: Path, code: str) -> Iterator[None]:
    """While no other process writes into this folder.

    Raises:
        InputError: another one does; `code` is the problem's.
    """
    with locked_folder(folder) as is_free:
        if not is_free:
            hint = "wait until other commands on it have ended, end one that hangs, and run it again"
            raise refused(code, "another process has locked the folder; nothing is written", hint, Place(str(folder)))
        yield


def write_files(
    folder: Path,
    writes: Iterable[tuple[str, bytes | None]],
    had: Mapping[str, bytes],
    code: str,
    like: Mapping[str, str] = _NONE,
) -> None:
    """Writes files of a rulebook's folder in this order, each unless it is not what was read; None deletes one.

    `had` has the bytes that were read, by path; a path that it lacks was not there. A new file has the permissions of
    the file in `like`, or of rulebook.yaml. If the writing is cut off, what was written before stays: so the order has
    to be one of which each beginning is safe. An editor, or a copy by git, asks for no lock.

    Raises:
        InputError: a file has changed; `code` is the problem's.
        OSError: a file could not be written; it is then as it was.
    """
    now: dict[str, bytes | None] = {**had}
    for number, (name, data) in enumerate(writes):
        rest = "it is not" if number else "nothing is"

        def as_read(name: str = name, rest: str = rest) -> None:
            if bytes_of(folder / name) != now.get(name):
                hint = "run it again"
                raise refused(code, f"was changed meanwhile; {rest} written", hint, Place(str(folder / name)))

        if data is None:
            as_read()
            (folder / name).unlink()
        else:
            path = folder / name
            mode = path if path.exists() else folder / like.get(name, "rulebook.yaml")
            write_whole(path, data, mode.stat().st_mode & 0o777, before_replacing=as_read)
        now[name] = data


def replace_file(folder: Path, name: str, data: bytes, before: bytes | None, code: str) -> Path:
    """Writes a file of a rulebook's folder, unless it is not what was read (None: there was none); returns its path.

    Raises:
        InputError, OSError: as `write_files`.
    """
    write_files(folder, [(name, data)], {} if before is None else {name: before}, code)
    return folder / name


def bytes_of(path: Path) -> bytes | None:
    """The bytes of a plain file; None if there is none.

    Raises:
        NotPlain: it is not a plain file.
        OSError: it cannot be read.
    """
    try:
        return read_plain(path)
    except FileNotFoundError:
        return None
