"""The signature of a rulebook's release, which lies beside its files and is none of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import rfc8785

from ketascreen.diagnostic import printable
from ketascreen.rulebook import Rulebook
from ketascreen.signing import Signature, SignatureError, SigningKey, VerifyKey, require_made_by

FORMAT = "ketascreen-rulebook/1"
FILE = "rulebook.signature.json"


def sign_release(folder: Path, rulebook: Rulebook, key: SigningKey) -> Path:
    """Signs the very bytes of a rulebook, its id and its version; the file that holds the signature.

    Raises:
        SignatureError: the file could not be written.
    """
    signature, reason = key.sign(FORMAT, _fields(rulebook)), None
    told = {"format": FORMAT, "key": signature.key, "signature": signature.signature}
    path = folder / FILE
    try:
        path.write_bytes(rfc8785.dumps(told) + b"\n")
    except OSError as error:
        reason = error.strerror or "the system failed"
    if reason is not None:
        raise SignatureError(f"{printable(str(path))} cannot be written ({reason})")
    return path


def require_release(folder: Path, rulebook: Rulebook, keys: Iterable[VerifyKey]) -> None:
    """Lets pass a rulebook that one of the keys has signed as it is.

    Raises:
        SignatureError: it is not signed, by none of these keys, or its files are not what was signed.
    """
    what = f"the rulebook {printable(str(folder))}"
    require_made_by(_signature(folder / FILE), keys, FORMAT, _fields(rulebook), what)


def _fields(rulebook: Rulebook) -> tuple[str, str, str]:
    return rulebook.identity.id, rulebook.identity.version, rulebook.bytes_digest


def _signature(path: Path) -> Signature | None:
    """The signature of a file, None where there is none or it is not written as one is."""
    try:
        data = path.read_bytes()
        told = json.loads(data)
        signature = Signature(told["key"], told["signature"])
        as_written = {"format": FORMAT, "key": signature.key, "signature": signature.signature}
        return signature if rfc8785.dumps(as_written) + b"\n" == data else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
