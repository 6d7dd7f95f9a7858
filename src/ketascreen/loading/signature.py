"""The signature of a rulebook's release: a file beside the rulebook's files, and not one of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import rfc8785

from ketascreen.arguments import list_of
from ketascreen.diagnostic import Diagnostic, Place, RulebookError
from ketascreen.language.rulebook import Rulebook
from ketascreen.runtime.plain_file import read_plain
from ketascreen.signing import Signature, SigningKey, VerifyKey, refusal

FORMAT = "ketascreen-rulebook/1"
FILE = "rulebook.signature.json"
MAX_BYTES = 4_096
"""A signature has about 400."""

_HINT = "load a release as it was signed, or ask its signer to check it and sign it again (docs/signing.md)"


@dataclass(frozen=True, slots=True)
class Release:
    """The signed parts of a rulebook: its id, its version, and the digest of exactly the bytes of its files."""

    id: str
    version: str
    bytes_digest: str

    @property
    def fields(self) -> tuple[str, str, str]:
        """The signed fields, in this order."""
        return self.id, self.version, self.bytes_digest


def sign_release(folder: Path, rulebook: Rulebook, key: SigningKey) -> Path:
    """Signs a rulebook as it was read from `folder`; returns the path of the signature.

    Raises:
        OSError: the file could not be written.
    """
    release, path = _release(rulebook), folder / FILE
    path.write_bytes(_bytes(release, key.sign(FORMAT, release.fields)))
    return path


def trusted(keys: Iterable[VerifyKey]) -> tuple[VerifyKey, ...]:
    """The keys that a caller trusts.

    Raises:
        RequestError: something else.
    """
    hint = 'read one with ketascreen.signing.read_verify_key("clinic.pub")'
    return list_of(keys, VerifyKey, "keys", "a list of public keys", hint)


def require_release(folder: Path, rulebook: Rulebook, keys: Iterable[VerifyKey]) -> str:
    """The fingerprint of the key, one of `keys`, that has signed the rulebook as it was read.

    Raises:
        RulebookError: it has no signature, or one of another key, or was changed; with the code `signature`.
        SignatureError: the cryptography package is not installed.
    """
    data = _read(folder / FILE)
    if data is None:
        raise _refused("is missing or cannot be read, but a trusted key must sign it")
    found = _parsed(data)
    if found is None:
        raise _refused("is not written as `ketascreen sign` writes it")
    told, signature = found
    reason = refusal(signature, keys, FORMAT, told.fields) or _other_than(told, _release(rulebook))
    if reason is not None:
        raise _refused(reason)
    return signature.key


def _refused(reason: str) -> RulebookError:
    return RulebookError([Diagnostic("signature", reason, _HINT, Place(FILE))])


def _other_than(told: Release, release: Release) -> str | None:
    """Why what was signed is not this release, or None if it is."""
    if (told.id, told.version) != (release.id, release.version):
        return f"is of {told.id} {told.version}, and the rulebook is {release.id} {release.version}"
    return None if told == release else "is for other files: one was changed, added or removed after signing"


def _release(rulebook: Rulebook) -> Release:
    return Release(rulebook.identity.id, rulebook.identity.version, rulebook.bytes_digest)


def _read(path: Path) -> bytes | None:
    try:
        return read_plain(path, MAX_BYTES)
    except OSError:
        return None


def _bytes(release: Release, signature: Signature) -> bytes:
    told = {
        "format": FORMAT,
        "id": release.id,
        "version": release.version,
        "bytes_digest": release.bytes_digest,
        "key": signature.key,
        "signature": signature.signature,
    }
    return rfc8785.dumps(told) + b"\n"


def _parsed(data: bytes) -> tuple[Release, Signature] | None:
    """The signed fields in a file, with the signature; None if a byte differs from what `write` would write."""
    try:
        told = json.loads(data)
        release = Release(told["id"], told["version"], told["bytes_digest"])
        signature = Signature(told["key"], told["signature"])
        as_written = all(isinstance(field, str) for field in release.fields) and _bytes(release, signature) == data
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (release, signature) if as_written else None
