"""The newest head of a ledger, kept in a file by itself, so that an older copy in the ledger's place is found."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from threading import Lock
from types import NoneType

from ketascreen.arguments import path_of, refuse, require
from ketascreen.audit.chain import Head
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.new_file import replace_file
from ketascreen.audit.signed_head import head_text, read_head, require_signed
from ketascreen.diagnostic import printable
from ketascreen.runtime.whole_file import locked_folder
from ketascreen.signing import SigningKey

EVERY = 100
"""After how many entries the head is kept again, by default: a policy. It is also kept when the ledger is closed."""
_KEY = 'read it with ketascreen.signing.read_signing_key("heads.pem")'
_HEAD = "give `ledger.head()`"


class KeptHead:
    """A file with the newest head of a ledger, as `ketascreen audit head` writes it, signed if there is a `key`.

    It belongs where those who can write the ledger cannot write: on another disk, of another owner. Threads and
    processes may share it. The file is made for a new ledger alone. For a ledger that has entries it must be there,
    unless `new`: then it must not be there, and is made once. A signed head is replaced by a signed one alone.

    Raises:
        RequestError: `path` is not a path, `every` not a whole number from 1, or `key` not a private key.
    """

    def __init__(
        self, path: str | PathLike[str], every: int = EVERY, key: SigningKey | None = None, *, new: bool = False
    ) -> None:
        self.path = path_of(path, "path").absolute()
        require(every, int, "every", "a number of entries", f"write {EVERY}")
        if every < 1:
            refuse("every", "a number of entries, from 1 on", f"write {EVERY}")
        require(new, bool, "new", "True or False", "write new=True once, for a ledger that has entries")
        require(key, (SigningKey, NoneType), "key", "a private key, or None", _KEY)
        self._every = every
        self._key = key
        self._is_new = new
        self._newest = 0
        self._is_signed = False
        self._lock = Lock()  # around reading, comparing and replacing
        _all.add(self)

    def read(self) -> Head | None:
        """The head in the file; None if there is no file.

        Raises:
            LedgerError: the file does not have the form of a head, or is there and should be new.
            SignatureError: there is a key, and it did not sign this head.
        """
        with self._lock:
            return self._read()

    def begin(self, head: Head) -> None:
        """Begins with the head of a ledger that was opened.

        Raises:
            LedgerError: no head was kept, and the ledger is not new; the kept one is signed, and there is no key; or
                the head could not be written.
        """
        require(head, Head, "head", "the head of a ledger", _HEAD)
        with self._alone():
            kept = self._read()
            if kept is None and head.number > 1 and not self._is_new:
                raise self._missing(head)
            self._keep(kept, head, self._every)

    def keep(self, head: Head, *, is_last: bool = False) -> None:
        """Keeps a head if the one in the file is older by `every` entries, or is older at all and this is the last one.

        Raises:
            LedgerError: it could not be written; it is due again at the next entry. Its entry is on record.
        """
        require(head, Head, "head", "the head of a ledger", _HEAD)
        every, problem = 1 if is_last else self._every, None
        if head.number - self._newest < every:
            return
        try:
            with self._alone():
                self._keep(self._read(), head, every)  # another process may have kept one since
        except LedgerError as error:
            on_record = f"entry {head.number} is on record; only its head is not kept"
            problem = LedgerError(error.code, f"{error.message}; {on_record}")
        if problem is not None:
            raise problem

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other thread or process reads, compares and replaces the file."""
        with self._lock, locked_folder(self.path.parent):
            yield

    def _read(self) -> Head | None:
        if not os.path.lexists(self.path):
            return None
        if self._is_new:
            message = (
                f"{printable(str(self.path))} is there, and a new head was asked for; move it aside, or do not ask for "
                "a new one"
            )
            raise LedgerError("ledger-refused", message)
        signed = read_head(self.path)
        self._is_signed = signed.signature is not None
        return signed.head if self._key is None else require_signed(signed, [self._key.public])

    def _keep(self, kept: Head | None, head: Head, every: int) -> None:
        if kept is not None and kept.ledger != head.ledger:
            message = f"{printable(str(self.path))} is the head of another ledger; name another file for this one"
            raise LedgerError("ledger-refused", message)
        if kept is not None and self._is_signed and self._key is None:
            message = f"the head in {printable(str(self.path))} is signed; give its key (--heads-key)"
            raise LedgerError("ledger-refused", message)
        if kept is None or head.number - kept.number >= every:
            replace_file(self.path, head_text(head, self._key).encode())
            kept = head
        self._newest, self._is_new = kept.number, False

    def _missing(self, head: Head) -> LedgerError:
        message = (
            f"the head of this ledger is not in {printable(str(self.path))}, and the ledger is at entry {head.number}; "
            "put that file back. If none was kept before, or the ledger was restored: verify the ledger, then ask for "
            "a new head once (--heads-new)"
        )
        return LedgerError("ledger-refused", message)


_all: weakref.WeakSet[KeptHead] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for kept in list(_all):
        kept._lock = Lock()  # a thread of the parent may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
