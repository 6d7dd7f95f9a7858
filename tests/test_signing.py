"""Keys and signatures, and the releases of a rulebook that are signed with them."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import os
import pickle
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from ketascreen import RulebookError, Screener, load_rulebook
from ketascreen.authoring.checking import check_folder
from ketascreen.cli import main
from ketascreen.diagnostic import Diagnostic
from ketascreen.loading.release import FILE, FORMAT, require_release, sign_release
from ketascreen.rulebook import Rulebook
from ketascreen.screen import built_in_rules
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
from tests.command_line import EXAMPLES, Ran, flat, run
from tests.docs_blocks import ROOT
from tests.keys import each_byte_flipped, key_files, signing_key, verify_key
from tests.loading.support import GOOD, RULE, changed, copied, text_of, with_files
from tests.promises.support import AS_OF, baseline, profile_of

CANARY = "canary-passphrase-7f3a91"
LINE = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))


@pytest.fixture(autouse=True)
def _no_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSPHRASE, raising=False)


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
    made = write_new_keys(tmp_path / "a.pem", tmp_path / "a.pub.pem", None, lambda _: secret)
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
    assert refusal(None, [verify_key(1)], "kind", ["a"]) == "is not signed, and a trusted key is demanded"
    unknown = f"is signed with the key {made.key}, which is not among those that are trusted"
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
    assert f"{taken} cannot be written (there is a file of that name" in str(caught.value)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(taken, "mine")]


def test_a_key_is_opened_by_its_own_passphrase_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private, _ = key_files(tmp_path, passphrase="zwölf Boxkämpfer")
    assert private.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert read_signing_key(private, lambda: "zwölf Boxkämpfer").public == verify_key()
    for given_, said in ((None, f"is encrypted: put its passphrase into {PASSPHRASE}"), ("zwölf", "is not opened by")):
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
    with pytest.raises(SignatureError, match="is no private Ed25519 key"):
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
        _said(lambda: write_new_keys(private, tmp_path / "b.pub.pem", CANARY, lambda _: secret)),
        _said(lambda: write_new_keys(tmp_path / "b.pem", tmp_path / "b.pub.pem", CANARY * 200, lambda _: secret)),
    ]
    assert [text for text in told for word in hidden if word in text] == []
    assert not (tmp_path / "b.pem").exists()


def test_a_passphrase_of_any_bytes_in_the_environment_opens_its_key(tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9")
    private, _ = key_files(tmp_path, passphrase=odd)
    assert read_signing_key(private, lambda: odd).public == verify_key()


# Releases


def signed(folder: Path, seed: int = 1, files: Mapping[str, str] | None = None) -> Path:
    """A copy of the small rulebook, signed; `files` are written over it before."""
    rulebook = with_files(folder, files or {})
    sign_release(rulebook, load_rulebook(rulebook), signing_key(seed))
    return rulebook


def refused(rulebook: Path, *seeds: int) -> Diagnostic:
    """The one problem for which a rulebook is refused where these keys are demanded."""
    with pytest.raises(RulebookError) as caught:
        load_rulebook(rulebook, keys=[verify_key(seed) for seed in seeds])
    (problem,) = caught.value.diagnostics
    assert problem.code == "signature"
    assert str(problem.place) == f"{FILE}:1:1"
    return problem


def test_a_signed_rulebook_loads_with_its_key_with_another_beside_it_and_without(tmp_path: Path) -> None:
    rulebook = signed(tmp_path)
    wanted = load_rulebook(GOOD)
    for keys in ([verify_key(1)], [verify_key(2), verify_key(1)], None):
        read = load_rulebook(rulebook, keys=keys)
        assert (read.bytes_digest, read.meaning_digest) == (wanted.bytes_digest, wanted.meaning_digest)
        assert read.ignored == (FILE,)


def test_the_file_of_a_signature_says_what_was_signed_and_is_the_same_each_time(tmp_path: Path) -> None:
    rulebook = signed(tmp_path)
    read = load_rulebook(rulebook)
    data = (rulebook / FILE).read_bytes()
    told = json.loads(data)
    assert data == json.dumps(told, separators=(",", ":"), sort_keys=True).encode() + b"\n"
    fields = [read.identity.id, read.identity.version, read.bytes_digest]
    assert [told["format"], told["id"], told["version"], told["bytes_digest"]] == [FORMAT, *fields]
    assert verify_key().made(Signature(told["key"], told["signature"]), FORMAT, fields)
    sign_release(rulebook, load_rulebook(rulebook), signing_key())
    assert (rulebook / FILE).read_bytes() == data


def test_a_stripped_signature_is_refused(tmp_path: Path) -> None:
    rulebook = signed(tmp_path)
    (rulebook / FILE).unlink()
    assert refused(rulebook, 1).message == "is missing or cannot be read, and a trusted key is demanded"


def test_no_key_at_all_is_trusted_where_the_keys_are_none(tmp_path: Path) -> None:
    assert "not among those that are trusted" in refused(signed(tmp_path)).message


def test_a_signature_by_an_unknown_key_is_refused_by_its_name(tmp_path: Path) -> None:
    message = refused(signed(tmp_path, 1), 2, 3).message
    assert message == f"is signed with the key {verify_key(1).fingerprint}, which is not among those that are trusted"


OTHER_FILES = "is of other files: one was changed, added or taken away since it was signed"


def test_one_byte_more_a_file_more_or_a_file_less_is_refused(tmp_path: Path) -> None:
    rulebook = signed(tmp_path, files={"cautions/older.yaml": text_of("cautions/young.yaml").replace("young", "older")})
    before = (rulebook / RULE).read_bytes()
    load_rulebook(rulebook, keys=[verify_key()])
    (rulebook / RULE).write_bytes(before + b"\n")
    assert refused(rulebook, 1).message == OTHER_FILES
    (rulebook / RULE).write_bytes(before)
    load_rulebook(rulebook, keys=[verify_key()])
    (rulebook / "cautions" / "eldest.yaml").write_text(text_of("cautions/young.yaml").replace("young", "eldest"))
    assert refused(rulebook, 1).message == OTHER_FILES
    (rulebook / "cautions" / "eldest.yaml").unlink()
    (rulebook / "cautions" / "older.yaml").unlink()
    assert refused(rulebook, 1).message == OTHER_FILES


@pytest.mark.parametrize(
    ("old", "new", "theirs"), [("id: small", "id: another", "another 1.0.0"), ('"1.0.0"', '"9.9.9"', "small 9.9.9")]
)
def test_the_signature_of_another_rulebook_or_version_is_refused_by_both_names(
    old: str, new: str, theirs: str, tmp_path: Path
) -> None:
    other = signed(tmp_path / "a", files=changed("rulebook.yaml", old, new))
    ours = copied(tmp_path / "b")
    (ours / FILE).write_bytes((other / FILE).read_bytes())
    assert refused(ours, 1).message == f"is of {theirs}, and the rulebook is small 1.0.0"


def test_a_file_that_says_of_itself_that_it_is_of_this_rulebook_is_not_believed(tmp_path: Path) -> None:
    rulebook = signed(tmp_path)
    (rulebook / RULE).write_bytes((rulebook / RULE).read_bytes() + b"\n")
    told = {**json.loads((rulebook / FILE).read_bytes()), "bytes_digest": load_rulebook(rulebook).bytes_digest}
    (rulebook / FILE).write_bytes(json.dumps(told, separators=(",", ":"), sort_keys=True).encode() + b"\n")
    assert refused(rulebook, 1).message == f"is not what the key {verify_key().fingerprint} signed"


def test_each_byte_of_a_signature_file_flipped_is_refused(tmp_path: Path) -> None:
    rulebook = signed(tmp_path)
    read = load_rulebook(rulebook)
    data = (rulebook / FILE).read_bytes()
    flipped = each_byte_flipped(data)
    assert len(flipped) == 2 * len(data) > 600
    assert [one for one in flipped if not _is_refused(rulebook, read, one)] == []
    assert not _is_refused(rulebook, read, data)


def _is_refused(folder: Path, read: Rulebook, data: bytes) -> bool:
    (folder / FILE).write_bytes(data)
    try:
        require_release(folder, read, [verify_key(1), verify_key(2)])
    except RulebookError as error:
        return [problem.code for problem in error.diagnostics] == ["signature"]
    return False


def _rewritten(data: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    return json.dumps(change(json.loads(data)), separators=(",", ":"), sort_keys=True).encode() + b"\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data.replace(b",", b", "),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b'"id"', b'"id":"x","id"'),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data + b" " * 5_000,
        lambda data: b"[" * 4_000,
        lambda data: b'{"a":' * 800,
        lambda data: _rewritten(data, lambda told: {**told, "more": "x"}),
        lambda data: _rewritten(data, lambda told: {**told, "version": 1}),
        lambda data: _rewritten(data, lambda told: {**told, "key": None}),
        lambda data: _rewritten(data, lambda told: {**told, "format": "ketascreen-head/1"}),
        lambda data: _rewritten(data, lambda told: {name: told[name] for name in told if name != "signature"}),
        lambda data: _rewritten(data, lambda told: [told]),
        lambda data: b"null\n",
    ],
)
def test_a_file_that_is_not_written_as_we_write_it_is_refused(change: Callable[[bytes], bytes], tmp_path: Path) -> None:
    rulebook = signed(tmp_path)
    (rulebook / FILE).write_bytes(change((rulebook / FILE).read_bytes()))
    assert refused(rulebook, 1).message == "is not written as `ketascreen sign` writes it"


def test_a_pipe_in_place_of_a_signature_keeps_nobody_waiting(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    os.mkfifo(rulebook / FILE)
    assert refused(rulebook, 1).message == "is missing or cannot be read, and a trusted key is demanded"


def test_the_signature_of_a_head_does_not_pass_for_that_of_a_rulebook(tmp_path: Path) -> None:
    rulebook = signed(tmp_path)
    told = json.loads((rulebook / FILE).read_bytes())
    as_head = signing_key().sign("ketascreen-head/1", [told["id"], told["version"], told["bytes_digest"]])
    written = {**told, "signature": as_head.signature}
    (rulebook / FILE).write_bytes(json.dumps(written, separators=(",", ":"), sort_keys=True).encode() + b"\n")
    assert refused(rulebook, 1).message == f"is not what the key {verify_key().fingerprint} signed"


def test_the_rulebook_is_judged_by_the_bytes_that_were_read(tmp_path: Path) -> None:
    rulebook = signed(tmp_path)
    read = load_rulebook(rulebook)
    (rulebook / RULE).write_bytes((rulebook / RULE).read_bytes() + b"\n")
    require_release(rulebook, read, [verify_key()])  # what was read is what was signed
    with pytest.raises(RulebookError):
        require_release(rulebook, load_rulebook(rulebook), [verify_key()])


def test_a_signature_beside_the_rules_alters_no_verdict_check_or_layout(tmp_path: Path) -> None:
    rulebook = with_files(tmp_path, {})

    def came_to() -> tuple[object, ...]:
        read = load_rulebook(rulebook)
        verdict = Screener(read, channels=("reference",)).screen(profile_of(baseline()), as_of=AS_OF)
        checked = check_folder(rulebook, today=AS_OF.date())
        return verdict.model_dump_json(), checked.refused, checked.found, checked.silenced

    before = came_to()
    sign_release(rulebook, load_rulebook(rulebook), signing_key())
    assert came_to() == before
    laid_out = run("fmt", "--check", str(rulebook))
    assert FILE not in laid_out.out + laid_out.err


def test_a_copy_for_a_site_to_own_is_not_signed_and_keeps_the_bytes_of_a_signature(tmp_path: Path) -> None:
    rulebook = signed(tmp_path)
    with patch("ketascreen.cli.init.built_in_rules", lambda: rulebook):
        assert run("init", str(tmp_path / "clinic")).status == 0
    assert not (tmp_path / "clinic" / FILE).exists()
    assert "*.signature.json -text" in (tmp_path / "clinic" / ".gitattributes").read_text()


# At the command line


def test_what_is_signed_at_the_command_line_is_trusted_there(tmp_path: Path) -> None:
    private, public = key_files(tmp_path)
    rulebook = copied(tmp_path)
    said = run("sign", str(rulebook), "--key", str(private))
    assert (said.status, said.err) == (0, "")
    read = load_rulebook(rulebook, keys=[read_verify_key(public)])
    identity = read.identity
    assert said.out.startswith(f"Signed: {identity.id} {identity.version}, digest {read.bytes_digest[:12]}\n")
    assert said.out.endswith(f"Key: {verify_key().fingerprint}\n")
    patient = str(EXAMPLES / "resistant-depression.json")
    screened = ("screen", patient, "--as-of", "2026-11-22T09:00:00Z", "--json", "--rules", str(rulebook))
    trusting = run(*screened, "--trust", str(public))
    assert json.loads(trusting.out)["rulebook"]["bytes_digest"] == read.bytes_digest
    assert trusting == run(*screened)


def test_a_rulebook_that_does_not_load_and_a_key_that_is_none_sign_nothing(tmp_path: Path) -> None:
    private, public = key_files(tmp_path)
    rulebook = copied(tmp_path)
    ran = run("sign", str(rulebook), "--key", str(public))
    assert (ran.status, "[signing-key]" in ran.err) == (2, True)
    (rulebook / "routes.yaml").unlink()
    ran = run("sign", str(rulebook), "--key", str(private))
    assert (ran.status, "[missing-file]" in ran.err) == (2, True)
    assert not (rulebook / FILE).exists()


TAKES_A_RULEBOOK = {
    "screen": [str(EXAMPLES / "resistant-depression.json"), "--as-of", "2026-11-22T09:00:00Z"],
    "routes": [],
    "rules": [],
    "show": ["pregnancy"],
    "facts": [],
    "trace": [],
    "verify-sources": [str(GOOD)],
    "replay": ["no-such-ledger"],
}


@pytest.mark.parametrize("name", TAKES_A_RULEBOOK)
def test_each_command_that_takes_a_rulebook_refuses_one_that_is_not_signed(name: str, tmp_path: Path) -> None:
    _, public = key_files(tmp_path)
    ran = run(name, *TAKES_A_RULEBOOK[name], "--rules", str(copied(tmp_path)), "--trust", str(public))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"{FILE}:1:1: is missing")
    assert ran.err.endswith("[signature]\n")


def test_the_built_in_rulebook_is_refused_too_where_a_key_is_trusted(tmp_path: Path) -> None:
    _, public = key_files(tmp_path)
    ran = run("rules", "--trust", str(public))
    assert (ran.status, "[signature]" in ran.err) == (2, True)
    assert not (built_in_rules() / FILE).exists()


def test_several_keys_may_be_trusted_while_one_takes_the_place_of_another(tmp_path: Path) -> None:
    rulebook = signed(tmp_path, 1)
    (_, first), (_, second) = key_files(tmp_path, 1), key_files(tmp_path, 2)
    both = ("--trust", str(second), "--trust", str(first))
    assert run("rules", "--rules", str(rulebook), *both).status == 0
    sign_release(rulebook, load_rulebook(rulebook), signing_key(2))
    assert run("rules", "--rules", str(rulebook), *both).status == 0
    assert run("rules", "--rules", str(rulebook), "--trust", str(first)).status == 2


def test_a_replay_does_not_pass_over_a_key_that_it_has_nothing_to_try_on(tmp_path: Path) -> None:
    _, public = key_files(tmp_path)
    ran = run("replay", "no-such-ledger", "--trust", str(public))
    assert (ran.status, "--trust is about the rulebook of --rules" in ran.err) == (2, True)


def test_a_new_pair_of_keys_is_made_once_and_shown_by_either_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = run("key", "new", "clinic")
    assert made.status == 0
    assert flat(made.out).startswith("Private key, stays with you: clinic.pem, not encrypted: whoever reads the file")
    fingerprint = read_verify_key("clinic.pub.pem").fingerprint
    assert made.out.endswith(f"Key: {fingerprint}\n")
    assert run("key", "show", "clinic.pub.pem").out == run("key", "show", "clinic.pem").out == f"{fingerprint}\n"
    again = run("key", "new", "clinic")
    assert (again.status, "clinic.pem cannot be written (there is a file of that name" in again.err) == (2, True)
    assert read_verify_key("clinic.pub.pem").fingerprint == fingerprint
    monkeypatch.setenv(PASSPHRASE, CANARY)
    assert "encrypted with the passphrase" in flat(run("key", "new", "locked").out)
    assert run("key", "show", "locked.pem").out == run("key", "show", "locked.pub.pem").out != f"{fingerprint}\n"


def test_a_passphrase_is_asked_for_at_a_terminal_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ketascreen.cli.private_key._at_a_terminal", lambda: True)

    def asked(*args: str, answer: str) -> Ran:
        ran = CliRunner().invoke(main, list(args), input=answer)
        return Ran(ran.exit_code, ran.output, "")

    made = asked("key", "new", "clinic", answer=f"{CANARY}\n{CANARY}\n")
    assert (made.status, "encrypted with the passphrase" in flat(made.out)) == (0, True)
    opened = asked("key", "show", "clinic.pem", answer=f"{CANARY}\n")
    assert (opened.status, opened.out.splitlines()[-1]) == (0, read_verify_key("clinic.pub.pem").fingerprint)
    wrong = asked("key", "show", "clinic.pem", answer=f"{CANARY}x\n")
    assert (wrong.status, "is not opened by the passphrase [signing-key]" in wrong.out) == (2, True)
    open_ = asked("key", "new", "open", answer="\n\n")
    assert (open_.status, "not encrypted" in open_.out) == (0, True)
    assert [ran for ran in (made, opened, wrong, open_) if "canary" in ran.out] == []


# The package


@pytest.mark.parametrize(
    "command",
    [
        ("key", "new", "clinic"),
        ("key", "show", "key-1.pub.pem"),
        ("sign", str(GOOD), "--key", "key-1.pem"),
        ("rules", "--trust", "key-1.pub.pem"),
    ],
    ids=" ".join,
)
def test_without_the_package_one_sentence_says_what_to_install(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    with patch.dict(sys.modules, {"cryptography": None}):
        ran = run(*command)
    said = "signing needs the package cryptography; install it with: pip install 'ketascreen[signing]' [not-installed]"
    assert (ran.status, ran.out, ran.err) == (2, "", f"{said}\n")
    assert not (GOOD / FILE).exists()


def test_without_the_package_a_demanded_signature_is_not_passed_over(tmp_path: Path) -> None:
    rulebook = signed(tmp_path)
    with patch.dict(sys.modules, {"cryptography": None}):
        with pytest.raises(SignatureError) as caught:
            load_rulebook(rulebook, keys=[VerifyKey(verify_key().raw)])
        assert caught.value.code == "not-installed"
        assert load_rulebook(rulebook).ignored == (FILE,)


def test_nothing_loads_the_package_that_does_not_sign_or_verify(tmp_path: Path) -> None:
    code = (
        "import sys, ketascreen, ketascreen.audit, ketascreen.cli.failures, ketascreen.cli.screen\n"
        f"ketascreen.load_rulebook({str(signed(tmp_path))!r})\n"
        "print([name for name in sys.modules if name.startswith('cryptography')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_one_file_alone_knows_the_package() -> None:
    source = ROOT / "src"

    def knows(path: Path) -> bool:
        names = [
            name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            for name in (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [one.name for one in node.names]
                if isinstance(node, ast.Import)
                else []
            )
        ]
        return any(name.split(".")[0] == "cryptography" for name in names)

    assert [path.name for path in source.rglob("*.py") if knows(path)] == ["signing.py"]
