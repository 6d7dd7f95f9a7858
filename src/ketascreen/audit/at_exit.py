"""What a program leaves open is closed at its end: a file that was moved is rescued, and the last head is kept."""

from __future__ import annotations

import atexit
import logging
import weakref
from typing import Protocol

from ketascreen.audit.errors import LedgerError

log = logging.getLogger(__name__)


class Closes(Protocol):
    """Something with a file to close."""

    def close(self) -> None:
        """Closes the file.

        Raises:
            LedgerError: the file is not what it was.
        """
        ...


_open: weakref.WeakSet[Closes] = weakref.WeakSet()


def close_at_exit(one: Closes) -> None:
    """Closes this one when the program ends, unless nothing refers to it any more. A failure goes to the logging."""
    _open.add(one)


@atexit.register
def _close_all() -> None:
    for one in list(_open):
        try:
            one.close()
        except LedgerError as error:
            log.error("%s", error.message)
