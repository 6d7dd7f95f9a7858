"""Keys and signatures, and the one package that they need."""

from __future__ import annotations

import base64
import hashlib
import os
import pickle
import stat
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from ketascreen.signing import (
    PASSPHRASE,
    Signature,
    SignatureError,
    VerifyKey,
    read_signing_key,
    read_verify_key,
    refusal,
    write_new_keys,
)
from tests.helpers.signing_keys import key_files, signing_key, verify_key

CANARY = "canary-passphrase-7f3a91"
LINE = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))


# Signatures


def test_a_signature_is_ed25519_over_the_kind_and_the_fields_a_line_each() -> None:
    made = signing_key().sign("ketascreen-head/1", ["a", "7"])
    public = ed25519.Ed25519PublicKey.from_public_bytes(verify_key().raw)
    public.verify(base64.b64decode(made.signature), b"ketascreen-head/1\na\n7\n")  # raises where it is not
    assert made.key == hashlib.sha256(verify_key().raw).hexdigest()


def test_the_key_of_the_standards_first_example_is_read_as_it_is_there(tmp_path: Path) -> None:
    # RFC 8032, section 7.1, test 1
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    made = write_new_keys(tmp_path / "a.pem", tmp_path / "a.pub.pem", None, random=lambda _: secret)
    assert made == VerifyKey(public) == read_verify_key(tmp_path / "a.pub.pem")
    assert read_signing_key(tmp_path / "a.pem").public == made


@given(st.lists(LINE, min_size=1), st.lists(LINE, min_size=1))
def test_a_signature_over_some_lines_is_none_over_others(one: list[str], other: list[str]) -> None:
    made = signing_key().sign(one[0], one[1:])
    assert verify_key().made(made, one[0], one[1:])
    assert verify_key().made(made, other[0], other[1:]) == (one == other)


def test_a_field_of_two_lines_is_never_signed_nor_taken_for_two_fields() -> None:
    with pytest.raises(ValueError, match="more than one line"):
        signing_key().sign("kind", ["a\nb"])
    made = signing_key().sign("kind", ["a", "b"])
    assert verify_key().made(made, "kind", ["a", "b"])
    assert not verify_key().made(made, "kind", ["a\nb"])


def test_one_key_does_not_verify_what_another_signed_nor_under_its_name() -> None:
    made = signing_key(1).sign("kind", ["a"])
    assert not verify_key(2).made(made, "kind", ["a"])
    renamed = Signature(verify_key(2).fingerprint, made.signature)
    assert not verify_key(1).made(renamed, "kind", ["a"])
    assert not verify_key(2).made(renamed, "kind", ["a"])


@pytest.mark.parametrize("change", ["A", "", "=", "\n", " ", "é"])
def test_a_signature_that_is_spelt_otherwise_is_none(change: str) -> None:
    made = signing_key().sign("kind", ["a"])
    with pytest.raises(ValueError):  # noqa: PT011
        Signature(made.key, made.signature[:-3] + change)
    with pytest.raises(ValueError, match="not a signature"):
        Signature(made.key.upper(), made.signature)


def test_a_spelling_that_decodes_to_the_same_bytes_is_no_signature() -> None:
    made = signing_key().sign("kind", ["a"])
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(made.signature[-3])
    other = f"{made.signature[:-3]}{alphabet[last ^ 1]}=="
    assert base64.b64decode(other) == base64.b64decode(made.signature)
    with pytest.raises(ValueError, match="as it is written"):
        Signature(made.key, other)


def test_a_refusal_says_which_it_is() -> None:
    made = signing_key(1).sign("kind", ["a"])
    assert refusal(made, [verify_key(1)], "kind", ["a"]) is None
    assert refusal(made, [verify_key(2), verify_key(1)], "kind", ["a"]) is None
    assert refusal(None, [verify_key(1)], "kind", ["a"]) == "is not signed, but a trusted key must sign it"
    unknown = f"is signed with the key {made.key}, which is not a trusted key"
    assert refusal(made, [verify_key(2)], "kind", ["a"]) == unknown
    assert refusal(made, [], "kind", ["a"]) == unknown
    other = f"is not what the key {made.key} signed"
    assert refusal(made, [verify_key(1)], "kind", ["b"]) == other
    assert refusal(made, [verify_key(1)], "another", ["a"]) == other


# Keys and their files


def test_a_new_private_key_is_its_owners_alone_and_the_public_one_anybodys(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        private, public = key_files(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert stat.S_IMODE(public.stat().st_mode) == 0o644
    assert private.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert public.read_bytes().startswith(b"-----BEGIN PUBLIC KEY-----\n")


@pytest.mark.parametrize("taken", ["key-1.pem", "key-1.pub.pem"])
def test_a_file_that_is_there_is_not_written_over_and_half_a_pair_is_not_left(taken: str, tmp_path: Path) -> None:
    (tmp_path / taken).write_text("mine")
    with pytest.raises(SignatureError) as caught:
        key_files(tmp_path)
    assert caught.value.code == "signing-key"
    assert f"{taken} cannot be written (a file of that name exists" in str(caught.value)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(taken, "mine")]


def test_a_key_is_opened_by_its_own_passphrase_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private, _ = key_files(tmp_path, passphrase="zwölf Boxkämpfer")
    assert private.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert read_signing_key(private, lambda: "zwölf Boxkämpfer").public == verify_key()
    refusals = ((None, f"is encrypted: put its passphrase into {PASSPHRASE}"), ("zwölf", "does not open with"))
    for given_, said in refusals:
        with pytest.raises(SignatureError, match=said):
            read_signing_key(private, lambda given_=given_: given_)  # type: ignore[misc]
    monkeypatch.setenv(PASSPHRASE, "zwölf Boxkämpfer")
    assert read_signing_key(private).public == verify_key()
    monkeypatch.setenv(PASSPHRASE, "")
    with pytest.raises(SignatureError, match="is encrypted"):
        read_signing_key(private)


def test_a_passphrase_is_not_asked_for_a_key_that_has_none(tmp_path: Path) -> None:
    def asked() -> str:
        raise AssertionError("asked")

    assert read_signing_key(key_files(tmp_path)[0], asked).public == verify_key()


def _other_curve() -> bytes:
    form = serialization
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"-----BEGIN PRIVATE KEY-----\n", _other_curve(), None])
def test_what_is_no_key_is_refused_by_the_name_of_its_file(data: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "key\x1b.pem"
    if data is not None:
        path.write_bytes(data)
    for read in (read_signing_key, read_verify_key):
        with pytest.raises(SignatureError) as caught:
            read(path)
        assert caught.value.code == "signing-key"
        assert "key\\x1b.pem" in str(caught.value)


def test_a_private_key_in_place_of_a_public_one_and_the_other_way_round_are_told(tmp_path: Path) -> None:
    private, public = key_files(tmp_path)
    with pytest.raises(SignatureError, match="is a private key; name the public one"):
        read_verify_key(private)
    with pytest.raises(SignatureError, match="is not a private Ed25519 key"):
        read_signing_key(public)


def test_keys_are_compared_by_what_they_are() -> None:
    assert verify_key(1) == VerifyKey(verify_key(1).raw) != verify_key(2)
    assert signing_key(1) != signing_key(2)
    assert len({verify_key(1), VerifyKey(verify_key(1).raw), verify_key(2)}) == 2
    assert repr(verify_key(1)) == f"VerifyKey({verify_key(1).fingerprint})"
    assert pickle.loads(pickle.dumps(verify_key(1))) == verify_key(1)


def test_an_error_goes_through_a_pickle_whole() -> None:
    error = SignatureError("signing-key", "a key cannot be read")
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, str(again)) == ("signing-key", "a key cannot be read [signing-key]")


def _said(action: Callable[[], object]) -> str:
    """What an action raises, with all that led to it, its arguments and its notes."""
    try:
        action()
    except Exception as error:  # noqa: BLE001
        told = "".join(traceback.format_exception(error))
        chain: list[BaseException | None] = [error, error.__cause__, error.__context__]
        return told + "".join(repr((one, one.args, vars(one))) for one in chain if one is not None)
    raise AssertionError("it was to be refused")


def test_nothing_of_a_private_key_or_a_passphrase_is_in_an_error_or_a_repr(tmp_path: Path) -> None:
    private, _ = key_files(tmp_path, 1)
    locked, _ = key_files(tmp_path, 2, CANARY)
    (tmp_path / "broken.pem").write_bytes(private.read_bytes().replace(b"MC4", b"MC5"))
    secret = Random(1).randbytes(32)
    body = private.read_text().splitlines()[1]
    hidden = (CANARY, "canary", secret.hex(), base64.b64encode(secret).decode()[4:-4], body, body[-20:], repr(secret))
    told = [
        repr(signing_key(1)),
        str(signing_key(1)),
        repr(signing_key(1).sign("kind", ["a"])),
        _said(lambda: pickle.dumps(signing_key(1))),
        _said(lambda: signing_key(1).sign("kind", ["a\n"])),
        _said(lambda: read_signing_key(locked, lambda: f"{CANARY}x")),
        _said(lambda: read_signing_key(locked, lambda: CANARY * 200)),
        _said(lambda: read_signing_key(locked, lambda: f"{CANARY}\udcff")),
        _said(lambda: read_signing_key(tmp_path / "broken.pem", lambda: CANARY)),
        _said(lambda: read_verify_key(private)),
        _said(lambda: key_files(tmp_path, 1, CANARY)),
        _said(lambda: key_files(tmp_path, 3, CANARY * 200)),
    ]
    assert [text for text in told for word in hidden if word in text] == []
    assert not (tmp_path / "key-3.pem").exists()


def test_a_passphrase_of_any_bytes_in_the_environment_opens_its_key(tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9")
    private, _ = key_files(tmp_path, passphrase=odd)
    assert read_signing_key(private, lambda: odd).public == verify_key()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_private_key_that_others_may_read_or_write_signs_nothing(tmp_path: Path, mode: int) -> None:
    private, public = key_files(tmp_path)
    private.chmod(mode)
    with pytest.raises(SignatureError, match="others than its owner; close it to them with chmod 600") as refused:
        read_signing_key(private)
    assert refused.value.code == "signing-key"
    private.chmod(0o600)
    assert read_signing_key(private).public == read_verify_key(public)


def test_the_permissions_of_a_key_are_those_of_the_file_that_is_read(tmp_path: Path) -> None:
    private, _ = key_files(tmp_path, 1)
    private.chmod(0o644)
    (tmp_path / "closed").touch(0o600)
    closed = (tmp_path / "closed").stat()
    with (
        patch.object(Path, "stat", lambda _: closed),  # as if it were exchanged after it was read
        pytest.raises(SignatureError, match="others than its owner"),
    ):
        read_signing_key(private)
