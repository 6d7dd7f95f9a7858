"""Opens plain files alone: it does not follow a link, and does not wait on a pipe."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

_FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):  # not every system has each of them
    _FLAGS |= getattr(os, _name, 0)
_LINKS = (errno.ELOOP, errno.EMLINK)
"""What the systems answer if a link must not be followed."""


_OTHERS = 0o077
"""The permissions of everybody except the owner."""


class NotPlain(OSError):
    """It is a link, a folder, a pipe, a device: it can be something else at each reading, or never end.

    `hint` says what to name in its place.
    """

    def __init__(self, what: str, path: object, hint: str = "name a plain file") -> None:
        super().__init__(errno.EINVAL, what, str(path))
        self.hint = hint


def open_plain(path: str | os.PathLike[str]) -> BufferedReader:
    """A plain file, opened for reading. The file that is judged is the file that is read.

    A folder above it may be a link: a name that somebody types may lead through one.

    Raises:
        NotPlain: it is not a plain file.
        OSError: it does not exist, or cannot be opened.
    """
    try:
        opened = os.open(path, _FLAGS)
    except ValueError:  # a name with a NUL
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), repr(path)) from None
    except OSError as error:
        if error.errno in _LINKS and Path(path).is_symlink():
            raise NotPlain("a link; name the file itself", path, "`realpath` tells its name") from None
        raise
    if stat.S_ISREG(os.fstat(opened).st_mode):
        return os.fdopen(opened, "rb")
    os.close(opened)
    raise NotPlain("not a plain file", path)


def read_plain(path: str | os.PathLike[str], most: int = -1) -> bytes:
    """The bytes of a plain file, at most `most` of them (-1: all).

    Raises:
        NotPlain: it is not a plain file.
        OSError: it cannot be read.
    """
    with open_plain(path) as file:
        return file.read(most)


def is_loose(found: os.stat_result) -> bool:
    """Whether somebody except its owner may read or write a file. Where files have no owners, nobody may."""
    return hasattr(os, "geteuid") and bool(stat.S_IMODE(found.st_mode) & _OTHERS)
