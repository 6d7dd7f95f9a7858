"""The newest head of a ledger, kept in a file by itself, so that an older copy in the ledger's place is found."""

from __future__ import annotations

import logging
from pathlib import Path

from ketascreen.audit.chain import Head
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.new_file import replace_file
from ketascreen.audit.signed_head import head_text, read_head, require_signed
from ketascreen.diagnostic import printable
from ketascreen.signing import SigningKey

log = logging.getLogger(__name__)

EVERY = 100
"""After how many entries the head is kept again, by default: a policy. A cut of fewer entries may not be found."""


class KeptHead:
    """A file with the newest head of a ledger, as `ketascreen audit head` writes it, signed if there is a `key`.

    It belongs where those who can write the ledger cannot write: on another disk, of another owner. Several processes
    may share it.
    """

    def __init__(self, path: Path, every: int = EVERY, key: SigningKey | None = None) -> None:
        self.path = path.absolute()
        self._every = every
        self._key = key
        self._newest = 0

    def read(self) -> Head | None:
        """The head in the file; None if there is no file.

        Raises:
            LedgerError: the file does not have the form of a head.
            SignatureError: there is a key, and it did not sign this head.
        """
        if not self.path.exists():
            return None
        signed = read_head(self.path)
        head = signed.head if self._key is None else require_signed(signed, [self._key.public])
        self._newest = head.number
        return head

    def keep(self, head: Head) -> None:
        """Keeps a head if the one in the file is older by `every` entries, or there is none.

        Raises:
            LedgerError: it could not be written; it is due again at the next entry.
        """
        if self._newest and head.number - self._newest < self._every:
            return
        kept = self.read()  # another process may have kept one since
        if kept is not None and kept.ledger != head.ledger:
            message = f"{printable(str(self.path))} is the head of another ledger; name another file for this one"
            raise LedgerError("ledger-refused", message)
        if kept is None or head.number - kept.number >= self._every:
            if kept is None and head.number > 1:
                log.warning("no head of the ledger was kept before; the one of entry %d is kept now", head.number)
            replace_file(self.path, head_text(head, self._key).encode())
            self._newest = head.number
