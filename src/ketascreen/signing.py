"""Ed25519 signatures (RFC 8032) of heads and of rulebook releases. Nothing else here knows the cryptography package.

What is signed begins with a line that names its kind, so that no signature can pass for one of another kind.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ketascreen.diagnostic import KetascreenError, printable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PASSPHRASE = "KETASCREEN_KEY_PASSPHRASE"
"""The environment variable that the passphrase of a private key is read from."""


class SignatureError(KetascreenError):
    """Something that must be signed is not, or not so that it can be trusted; or a key cannot be used."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature: which key made it, and its 64 bytes in base64."""

    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public key. `fingerprint` is the sha256 of its 32 bytes, in hexadecimal."""

    fingerprint: str
    _key: Ed25519PublicKey = field(repr=False, compare=False)

    def made(self, signature: Signature, kind: str, fields: Iterable[str]) -> bool:
        """Whether this key made a signature over these fields."""
        from cryptography.exceptions import InvalidSignature

        try:
            raw = base64.b64decode(signature.signature, validate=True)
            self._key.verify(raw, _signed(kind, fields))
        except (InvalidSignature, ValueError):
            return False
        # Base64 has spellings that decode to the same bytes; only the one that is written counts.
        return signature.key == self.fingerprint and base64.b64encode(raw).decode() == signature.signature


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; its repr and its errors show nothing of it."""

    _key: Ed25519PrivateKey = field(repr=False, compare=False)

    @property
    def public(self) -> VerifyKey:
        """The key that verifies what this one signs."""
        return _verify_key(self._key.public_key())

    def sign(self, kind: str, fields: Iterable[str]) -> Signature:
        """A signature over the fields of something of that kind."""
        raw = self._key.sign(_signed(kind, fields))
        return Signature(self.public.fingerprint, base64.b64encode(raw).decode())


def read_signing_key(path: Path) -> SigningKey:
    """A private key out of a PEM file (PKCS #8); its passphrase, if it has one, from the environment.

    Raises:
        SignatureError: it cannot be read, or is no Ed25519 key.
    """
    _require_library()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    passphrase = os.environ.get(PASSPHRASE)
    key: object = None
    # What is wrong is told below, where no context is at hand.
    with suppress(ValueError, TypeError, UnsupportedAlgorithm):
        key = load_pem_private_key(_bytes(path), passphrase.encode() if passphrase else None)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise SignatureError(f"{_name(path)} is no private Ed25519 key, or its passphrase is not in {PASSPHRASE}")
    return SigningKey(key)


def read_verify_key(path: Path) -> VerifyKey:
    """A public key out of a PEM file.

    Raises:
        SignatureError: it cannot be read, or is no Ed25519 key.
    """
    _require_library()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key: object = None
    with suppress(ValueError, UnsupportedAlgorithm):
        key = load_pem_public_key(_bytes(path))
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise SignatureError(f"{_name(path)} is no public Ed25519 key")
    return _verify_key(key)


def write_new_keys(private: Path, public: Path) -> VerifyKey:
    """Makes a pair of keys and writes them as PEM files, the private one for its owner alone.

    The private key is encrypted where the environment holds a passphrase.

    Raises:
        SignatureError: a file of that name is there, or could not be written.
    """
    _require_library()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    key = ed25519.Ed25519PrivateKey.generate()
    passphrase = os.environ.get(PASSPHRASE)
    encryption = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    _write(private, key.private_bytes(pem, pkcs8, encryption), 0o600)
    _write(public, key.public_key().public_bytes(pem, spki), 0o644)
    return _verify_key(key.public_key())


def require_made_by(
    signature: Signature | None, keys: Iterable[VerifyKey], kind: str, fields: Iterable[str], what: str
) -> None:
    """Lets pass what one of the configured keys has signed.

    Raises:
        SignatureError: it is not signed, by none of these keys, or over something else.
    """
    known, listed = {key.fingerprint: key for key in keys}, tuple(fields)
    if signature is None:
        raise SignatureError(f"{what} is not signed, and a key is configured")
    if signature.key not in known:
        raise SignatureError(f"{what} is signed with a key that is not configured")
    if not known[signature.key].made(signature, kind, listed):
        raise SignatureError(f"{what} is not what was signed")


def _signed(kind: str, fields: Iterable[str]) -> bytes:
    lines = (kind, *fields)
    if any("\n" in line for line in lines):
        raise ValueError
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _verify_key(key: Ed25519PublicKey) -> VerifyKey:
    return VerifyKey(hashlib.sha256(key.public_bytes_raw()).hexdigest(), key)


def _require_library() -> None:
    if find_spec("cryptography") is None:
        raise SignatureError("signing needs the package cryptography: run `pip install 'ketascreen[signing]'`")


def _bytes(path: Path) -> bytes:
    reason = None
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "the system failed"
    raise SignatureError(f"{_name(path)} cannot be read ({reason})")


def _write(path: Path, data: bytes, mode: int) -> None:
    reason = None
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except FileExistsError:
        reason = "there is a file of that name"
    except OSError as error:
        reason = error.strerror or "the system failed"
    if reason is not None:
        raise SignatureError(f"{_name(path)} cannot be written ({reason})")


def _name(path: Path) -> str:
    return printable(str(path))
