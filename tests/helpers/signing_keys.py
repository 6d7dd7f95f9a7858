"""Keys that are the same in each run, for tests, and what they sign. Nobody may sign anything else with them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from ketascreen import load_rulebook
from ketascreen.loading.signature import sign_release
from ketascreen.signing import SigningKey, VerifyKey, read_signing_key, write_new_keys
from tests.helpers.rulebook_files import with_files


def key_files(folder: Path, seed: int = 1, passphrase: str | None = None) -> tuple[Path, Path]:
    """The private and the public file of the key of that seed, written into `folder`."""
    private, public = folder / f"key-{seed}.pem", folder / f"key-{seed}.pub.pem"
    write_new_keys(private, public, passphrase, random=Random(seed).randbytes)
    return private, public


@cache
def signing_key(seed: int = 1) -> SigningKey:
    """The key of that seed."""
    with TemporaryDirectory() as folder:
        return read_signing_key(key_files(Path(folder), seed)[0])


def verify_key(seed: int = 1) -> VerifyKey:
    """The public key of that seed."""
    return signing_key(seed).public


def signed(folder: Path, seed: int = 1, files: Mapping[str, str] | None = None) -> Path:
    """A copy of the small rulebook, signed; `files` are written over it before."""
    rulebook = with_files(folder, files or {})
    sign_release(rulebook, load_rulebook(rulebook), signing_key(seed))
    return rulebook


_LOWEST, _CASE = 0x01, 0x20


def each_byte_flipped(data: bytes) -> list[bytes]:
    """The bytes with each in turn flipped in its lowest bit, and in that which tells capitals from small letters."""
    return [
        data[:index] + bytes([data[index] ^ bit]) + data[index + 1 :]
        for index in range(len(data))
        for bit in (_LOWEST, _CASE)
    ]
