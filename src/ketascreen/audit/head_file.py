"""The head of a chain as a file to keep elsewhere: without one, a tail that was cut off cannot be found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ketascreen.audit.problems import LedgerError
from ketascreen.audit.sealing import canonical
from ketascreen.audit.walk import Head
from ketascreen.diagnostic import printable
from ketascreen.signing import Signature, SigningKey, VerifyKey, require_made_by

FORMAT = "ketascreen-head/1"


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head, and its signature where it has one."""

    head: Head
    signature: Signature | None = None


def head_text(head: Head, key: SigningKey | None = None) -> str:
    """A head as one line of canonical JSON, signed where a key is given."""
    told: dict[str, object] = {
        "format": FORMAT,
        "ledger": head.ledger,
        "number": head.number,
        "digest": head.digest,
    }
    if key is not None:
        signature = key.sign(FORMAT, _fields(head))
        told |= {"key": signature.key, "signature": signature.signature}
    return f"{canonical(told)}\n"


def read_head(path: Path) -> SignedHead:
    """The head of a file that `head_text` wrote.

    Raises:
        LedgerError: it cannot be read, or is not written as a head is.
    """
    reason = None
    try:
        data = path.read_bytes()
    except OSError as error:
        reason, data = error.strerror or "the system failed", b""
    if reason is not None:
        raise LedgerError("ledger-system", f"{printable(str(path))} cannot be read ({reason})")
    found = _parsed(data)
    if found is None:
        raise LedgerError("ledger-refused", f"{printable(str(path))} is not written as a head is")
    return found


def require_signed(signed: SignedHead, keys: Iterable[VerifyKey]) -> Head:
    """The head, once it is sure that one of the keys has signed it.

    Raises:
        SignatureError: it is not signed, by none of these keys, or over something else.
    """
    require_made_by(signed.signature, keys, FORMAT, _fields(signed.head), "the head")
    return signed.head


def _fields(head: Head) -> tuple[str, str, str]:
    return head.ledger, str(head.number), head.digest


def _parsed(data: bytes) -> SignedHead | None:
    """The head, or None where a byte is not as it is written."""
    try:
        told = json.loads(data)
        if told["format"] != FORMAT or type(told["number"]) is not int or f"{canonical(told)}\n".encode() != data:
            return None
        texts = {name: value for name, value in told.items() if name != "number"}
        if not all(isinstance(value, str) for value in texts.values()):
            return None
        head = Head(told["ledger"], told["number"], told["digest"])
        extra = told.keys() - {"format", "ledger", "number", "digest"}
        signature = Signature(told["key"], told["signature"]) if extra else None
    except (ValueError, KeyError, TypeError):
        return None
    return SignedHead(head, signature) if extra <= {"key", "signature"} else None
