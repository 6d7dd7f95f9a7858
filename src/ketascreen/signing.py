"""Ed25519 signatures (RFC 8032) of heads and of rulebook releases. Nothing else here knows the cryptography package.

The signed bytes begin with a line that names their kind, so a signature of one kind is never accepted as another.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ketascreen.arguments import path_of
from ketascreen.diagnostic import Diagnostic, KetascreenError, printable
from ketascreen.runtime.plain_file import is_loose, open_plain

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PASSPHRASE = "KETASCREEN_KEY_PASSPHRASE"
"""The environment variable that the passphrase of a private key is read from."""

SHA256_HEX = re.compile(r"[0-9a-f]{64}")
KEY_BYTES = 32
SIGNATURE_BYTES = 64
_MAX_FILE_BYTES = 65_536
"""The most bytes of a key file; a file that ketascreen makes has about 250."""


class SignatureError(KetascreenError):
    """A required signature is missing or cannot be trusted, or a key cannot be used.

    `code` is stable: `signature`, `signing-key` (the file of a key), `not-installed`. No message holds anything of a
    private key or of a passphrase.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code, self.diagnostics = code, (Diagnostic(code, message),)
        super().__init__(f"{message} [{code}]")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.code, self.diagnostics[0].message)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature: the fingerprint of the key that made it, and its 64 bytes in base64.

    Several base64 texts decode to the same bytes; only the canonical one counts.

    Raises:
        ValueError: it is not written so.
    """

    key: str
    signature: str

    def __post_init__(self) -> None:
        if not SHA256_HEX.fullmatch(self.key) or len(self.raw) != SIGNATURE_BYTES:
            raise ValueError("not a signature")
        if base64.b64encode(self.raw).decode() != self.signature:
            raise ValueError("not a signature as it is written")

    @property
    def raw(self) -> bytes:
        """Its bytes."""
        return base64.b64decode(self.signature, validate=True)


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public key: its 32 bytes. `fingerprint` is their sha256, in hexadecimal."""

    raw: bytes

    def __repr__(self) -> str:
        return f"VerifyKey({self.fingerprint if hasattr(self, 'raw') else ''})"

    @property
    def fingerprint(self) -> str:
        """The name of the key. People compare it, and a signature names the key that made it."""
        return hashlib.sha256(self.raw).hexdigest()

    def made(self, signature: Signature, kind: str, fields: Iterable[str]) -> bool:
        """Whether this key made a signature over these fields of something of that kind.

        Raises:
            SignatureError: the cryptography package is not there.
        """
        _require_library()
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ed25519

        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature.raw, _signed(kind, fields))
        except (InvalidSignature, ValueError):
            return False
        return signature.key == self.fingerprint


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """A private key; its repr and its errors show nothing of it, and it cannot be pickled."""

    _key: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> VerifyKey:
        """The key that verifies what this one signs."""
        return _verify_key(self._key.public_key())

    def sign(self, kind: str, fields: Iterable[str]) -> Signature:
        """A signature over the fields of something of that kind.

        Raises:
            ValueError: a field that does not fit on one line.
        """
        raw = self._key.sign(_signed(kind, fields))
        return Signature(self.public.fingerprint, base64.b64encode(raw).decode())


def refusal(signature: Signature | None, keys: Iterable[VerifyKey], kind: str, fields: Iterable[str]) -> str | None:
    """Why something cannot be trusted if one of `keys` must have signed its fields, or None if it can.

    Raises:
        SignatureError: the cryptography package is not there.
    """
    if signature is None:
        return "is not signed, but a trusted key must sign it"
    key = next((key for key in keys if key.fingerprint == signature.key), None)
    if key is None:
        return f"is signed with the key {signature.key}, which is not a trusted key"
    if not key.made(signature, kind, fields):
        return f"is not what the key {signature.key} signed"
    return None


def passphrase_of_environment() -> str | None:
    """The passphrase in the environment, or None."""
    return os.environ.get(PASSPHRASE) or None


def read_signing_key(path: str | Path, passphrase: Callable[[], str | None] = passphrase_of_environment) -> SigningKey:
    """A private key from a PEM file (PKCS #8); `passphrase` is called only if the key is encrypted.

    Raises:
        SignatureError: it cannot be read, others may read or write it, it is not an Ed25519 key, or the passphrase
            does not open it.
        RequestError: `path` is not a path.
    """
    path = path_of(path, "path")
    _require_library()
    from cryptography.hazmat.primitives.asymmetric import ed25519

    data, loose = _read(path)
    if b"PRIVATE KEY" in data and loose:
        raise _key_error(path, "can be read or written by others than its owner; close it to them with chmod 600")
    key, encrypted = _private(data, None)
    if encrypted:
        given = passphrase()
        if given is None:
            raise _key_error(path, f"is encrypted: put its passphrase into {PASSPHRASE}")
        key, _ = _private(data, _secret(given))
        if key is None:
            raise _key_error(path, "does not open with this passphrase")
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise _key_error(path, "is not a private Ed25519 key in PEM form (PKCS #8)")
    return SigningKey(key)


def read_verify_key(path: str | Path) -> VerifyKey:
    """A public key from a PEM file (SubjectPublicKeyInfo).

    Raises:
        SignatureError: it cannot be read, or is not a public Ed25519 key.
        RequestError: `path` is not a path.
    """
    path = path_of(path, "path")
    _require_library()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    data, _ = _read(path)
    key: object = None
    with suppress(ValueError, UnsupportedAlgorithm):
        key = load_pem_public_key(data)
    if not isinstance(key, ed25519.Ed25519PublicKey):
        public = "is a private key; name the public one" if b"PRIVATE KEY" in data else None
        raise _key_error(path, public or "is not a public Ed25519 key in PEM form")
    return _verify_key(key)


def write_new_keys(
    private: Path, public: Path, passphrase: str | None, *, random: Callable[[int], bytes] = os.urandom
) -> VerifyKey:
    """Makes a pair of keys and writes both as PEM files, the private one for its owner alone (mode 0600).

    The private key is encrypted if there is a passphrase. No file is overwritten, and if one file cannot be written,
    the other is removed.

    Raises:
        SignatureError: a file of that name exists, or could not be written.
    """
    _require_library()
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ed25519

    key = ed25519.Ed25519PrivateKey.from_private_bytes(random(KEY_BYTES))
    lock = form.NoEncryption() if passphrase is None else form.BestAvailableEncryption(_secret(passphrase))
    pem = None
    with suppress(ValueError):
        pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, lock)
    if pem is None:
        raise _key_error(private, "cannot be encrypted: the passphrase is too long")
    _write(private, pem, 0o600)
    try:
        spki = form.PublicFormat.SubjectPublicKeyInfo
        _write(public, key.public_key().public_bytes(form.Encoding.PEM, spki), 0o644)
    except SignatureError:
        private.unlink()
        raise
    return _verify_key(key.public_key())


def _signed(kind: str, fields: Iterable[str]) -> bytes:
    lines = (kind, *fields)
    if any("\n" in line for line in lines):
        raise ValueError("a field of more than one line")
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _verify_key(key: Ed25519PublicKey) -> VerifyKey:
    return VerifyKey(key.public_bytes_raw())


def _private(data: bytes, passphrase: bytes | None) -> tuple[object, bool]:
    """The private key of a PEM file, or None; and whether its passphrase is missing."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(data, passphrase), False
    except TypeError:
        return None, passphrase is None
    except (ValueError, UnsupportedAlgorithm):
        return None, False


def _secret(passphrase: str) -> bytes:
    """A passphrase as bytes; bytes of another encoding in the environment stay unchanged."""
    return passphrase.encode("utf-8", "surrogateescape")


def _require_library() -> None:
    with suppress(ImportError):
        import cryptography  # noqa: F401
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: F401

        return
    message = "signing needs the package cryptography; install it with: pip install 'ketascreen[signing]'"
    raise SignatureError("not-installed", message)


def _read(path: Path) -> tuple[bytes, bool]:
    """The bytes of a key's file, and whether others may read or write exactly that file."""
    try:
        with open_plain(path) as file:
            return file.read(_MAX_FILE_BYTES), is_loose(os.fstat(file.fileno()))
    except OSError as error:
        reason = error.strerror
    raise _key_error(path, f"cannot be read ({reason or 'the system failed'})")


def _write(path: Path, data: bytes, mode: int) -> None:
    reason, made = None, False
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        made = True
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        reason = "a file of that name exists, and nothing is overwritten; choose another name"
    except OSError as error:
        reason = error.strerror or "the system failed"
    if reason is not None:
        if made:
            path.unlink(missing_ok=True)
        raise _key_error(path, f"cannot be written ({reason})")


def _key_error(path: Path, what: str) -> SignatureError:
    return SignatureError("signing-key", f"{printable(str(path))} {what}")
