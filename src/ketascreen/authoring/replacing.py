"""Writes a file of a rulebook whole: not beside another process, and not over what changed after it was read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ketascreen.diagnostic import Place, refused
from ketascreen.runtime.plain_file import read_plain
from ketascreen.runtime.whole_file import locked_folder, write_whole


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


def replace_file(folder: Path, name: str, data: bytes, before: bytes | None, code: str) -> Path:
    """Writes a file of a rulebook's folder, unless it is not what was read (None: there was none).

    An editor, or a copy by git, asks for no lock.

    Raises:
        InputError: it has changed; `code` is the problem's.
        OSError: it could not be written; it is then as it was.
    """
    path = folder / name

    def as_read() -> None:
        if bytes_of(path) != before:
            raise refused(code, "was changed meanwhile; nothing is written", "run it again", Place(str(path)))

    like = path if path.exists() else folder / "rulebook.yaml"
    write_whole(path, data, like.stat().st_mode & 0o777, before_replacing=as_read)
    return path


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
