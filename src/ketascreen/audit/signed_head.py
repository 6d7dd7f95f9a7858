"""The head of a chain as a file to keep elsewhere: only a kept head shows that the newest entries were cut off.

The file is one line of canonical JSON (RFC 8785). A file that differs from this form in any byte is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ketascreen.audit.chain import Head
from ketascreen.audit.errors import LedgerError, unreadable
from ketascreen.audit.sealing import SALT_BYTES, canonical
from ketascreen.diagnostic import printable
from ketascreen.runtime.plain_file import read_plain
from ketascreen.signing import SHA256_HEX, Signature, SignatureError, SigningKey, VerifyKey, refusal

FORMAT = "ketascreen-head/1"
MAX_BYTES = 4_096
"""The most bytes of a head; a signed one has about 400."""

_LEDGER = re.compile(rf"[0-9a-f]{{{2 * SALT_BYTES}}}")


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head, and its signature if it has one."""

    head: Head
    signature: Signature | None = None


def head_text(head: Head, key: SigningKey | None = None) -> str:
    """A head as its line, signed if a key is given.

    Raises:
        LedgerError: the head could not be read back, since its ledger was altered.
    """
    if not _is_head(head):
        raise LedgerError("ledger-damaged", "the head of the ledger is damaged; `ketascreen audit verify` says why")
    return _text(SignedHead(head, key.sign(FORMAT, _fields(head)) if key else None))


def read_head(path: Path) -> SignedHead:
    """The head in a file that `head_text` wrote.

    Raises:
        LedgerError: the file cannot be read, or does not have the form of a head.
    """
    problem, data = None, b""
    try:
        data = read_plain(path, MAX_BYTES)
    except OSError as error:
        problem = unreadable(error, path)
    if problem is not None:
        raise problem
    found = _parsed(data)
    if found is None:
        message = f"{printable(str(path))} does not have the form of a head; `ketascreen audit head` writes one"
        raise LedgerError("ledger-refused", message)
    return found


def require_signed(signed: SignedHead, keys: Iterable[VerifyKey]) -> Head:
    """The head, after a check that one of the keys has signed it.

    Raises:
        SignatureError: it has no signature, or no valid one by any of these keys.
    """
    reason = refusal(signed.signature, keys, FORMAT, _fields(signed.head))
    if reason is not None:
        raise SignatureError("signature", f"the head of entry {signed.head.number} {reason}")
    return signed.head


def _fields(head: Head) -> tuple[str, str, str]:
    return head.ledger, str(head.number), head.digest


def _is_head(head: Head) -> bool:
    counted = type(head.number) is int and head.number >= 1  # Python counts true as a number
    return bool(counted and _LEDGER.fullmatch(head.ledger) and SHA256_HEX.fullmatch(head.digest))


def _text(signed: SignedHead) -> str:
    head, signature = signed.head, signed.signature
    told: dict[str, object] = {
        "format": FORMAT,
        "ledger": head.ledger,
        "number": head.number,
        "digest": head.digest,
    }
    if signature is not None:
        told |= {"key": signature.key, "signature": signature.signature}
    return f"{canonical(told)}\n"


def _parsed(data: bytes) -> SignedHead | None:
    """The head, or None if a byte differs from the form of a head."""
    try:
        told = json.loads(data)
        head = Head(told["ledger"], told["number"], told["digest"])
        signed = "key" in told or "signature" in told
        found = SignedHead(head, Signature(told["key"], told["signature"]) if signed else None)
        return found if _is_head(head) and _text(found).encode() == data else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
