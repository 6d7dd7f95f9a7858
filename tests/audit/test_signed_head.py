"""A head as a file: written in one way, read back only so; where a key is trusted, only what it signed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.chain import Head
from ketascreen.audit.signed_head import FORMAT, SignedHead, head_text, read_head, require_signed
from ketascreen.loading.signature import FORMAT as RELEASE
from ketascreen.signing import Signature, SignatureError
from tests.helpers.command_line import flat, run
from tests.helpers.ledgers import lozenge_today, new_ledger
from tests.helpers.reached import often_reached, reached
from tests.helpers.signing_keys import each_byte_flipped, key_files, signing_key, verify_key

HEAD = Head("0123456789abcdef" * 2, 7, "c0ffee00" * 8)
HEADS = st.builds(
    Head,
    st.text("0123456789abcdef", min_size=32, max_size=32),
    st.integers(1, 2**53 - 1),
    st.text("0123456789abcdef", min_size=64, max_size=64),
)


def written(folder: Path, data: bytes | str) -> Path:
    """A file that holds these bytes."""
    path = folder / "head.json"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def refused(folder: Path, data: bytes, *seeds: int) -> str:
    """The code with which a file is refused where these keys are demanded, or nothing where it is not."""
    try:
        require_signed(read_head(written(folder, data)), [verify_key(seed) for seed in seeds])
    except (LedgerError, SignatureError) as error:
        return error.code
    return ""


def test_a_head_is_one_line_of_canonical_json() -> None:
    told = f'{{"digest":"{HEAD.digest}","format":"{FORMAT}","ledger":"{HEAD.ledger}","number":7}}\n'
    assert head_text(HEAD) == told
    made = signing_key().sign(FORMAT, [HEAD.ledger, "7", HEAD.digest])
    assert head_text(HEAD, signing_key()) == (
        f'{{"digest":"{HEAD.digest}","format":"{FORMAT}","key":"{made.key}","ledger":"{HEAD.ledger}","number":7,'
        f'"signature":"{made.signature}"}}\n'
    )


@often_reached
@given(HEADS, st.booleans())
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, head: Head, sign: bool) -> None:
    path = written(tmp_path_factory.mktemp("head"), head_text(head, signing_key() if sign else None))
    read = read_head(path)
    assert read.head == head
    assert (read.signature is not None) == sign
    if sign:
        assert require_signed(read, [verify_key()]) == head
        reached("a signed head")


def test_each_byte_of_a_signed_head_flipped_is_refused(tmp_path: Path) -> None:
    data = head_text(HEAD, signing_key()).encode()
    flipped = each_byte_flipped(data)
    assert len(flipped) == 2 * len(data) > 600
    assert {refused(tmp_path, one, 1, 2) for one in flipped} == {"ledger-refused", "signature"}
    assert refused(tmp_path, data, 1, 2) == ""


def test_a_stripped_signature_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SignatureError) as caught:
        require_signed(read_head(written(tmp_path, head_text(HEAD))), [verify_key()])
    assert caught.value.code == "signature"
    assert str(caught.value).startswith("the head of entry 7 is not signed, but a trusted key must sign it")


def test_a_key_that_is_not_trusted_is_refused_by_its_name_and_any_of_several_is_enough() -> None:
    signed = SignedHead(HEAD, signing_key(1).sign(FORMAT, [HEAD.ledger, "7", HEAD.digest]))
    for seeds in ((2,), ()):
        with pytest.raises(SignatureError, match=f"{verify_key(1).fingerprint}, which is not a trusted key"):
            require_signed(signed, [verify_key(seed) for seed in seeds])
    assert require_signed(signed, [verify_key(2), verify_key(1)]) == HEAD


@pytest.mark.parametrize(
    "other",
    [Head("f" * 32, 7, HEAD.digest), Head(HEAD.ledger, 8, HEAD.digest), Head(HEAD.ledger, 7, "f" * 64)],
    ids=["ledger", "number", "digest"],
)
def test_another_ledger_number_or_digest_under_the_same_signature_is_refused(other: Head) -> None:
    made = signing_key().sign(FORMAT, [HEAD.ledger, "7", HEAD.digest])
    assert require_signed(SignedHead(HEAD, made), [verify_key()]) == HEAD
    with pytest.raises(SignatureError, match=f"is not what the key {verify_key().fingerprint} signed"):
        require_signed(SignedHead(other, made), [verify_key()])


def test_the_signature_of_a_rulebook_does_not_pass_for_that_of_a_head() -> None:
    made = signing_key().sign(RELEASE, [HEAD.ledger, "7", HEAD.digest])
    with pytest.raises(SignatureError, match="is not what the key"):
        require_signed(SignedHead(HEAD, made), [verify_key()])


def _with(**told: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: {**data, **told}


@pytest.mark.parametrize(
    "change",
    [
        _with(number=True),
        _with(number=0),
        _with(number=-7),
        _with(number=7.5),
        _with(number="7"),
        _with(number=None),
        _with(number=2**53),
        _with(number=[7]),
        _with(ledger=""),
        _with(ledger=HEAD.ledger.upper()),
        _with(ledger=HEAD.ledger + "\n"),
        _with(ledger=7),
        _with(digest=HEAD.digest[1:]),
        _with(digest="\ud800" * 64),
        _with(digest=None),
        _with(format="ketascreen-head/2"),
        _with(format=None),
        _with(more="x"),
        _with(key=verify_key().fingerprint),
        _with(signature=signing_key().sign("a", []).signature),
        _with(key=None, signature=None),
        _with(key=7, signature=7),
        _with(key="", signature=""),
        lambda data: {name: data[name] for name in data if name != "number"},
        lambda data: {},
    ],
)
def test_what_is_no_head_is_refused(change: Callable[[dict[str, Any]], dict[str, Any]], tmp_path: Path) -> None:
    told = change(json.loads(head_text(HEAD)))
    data = json.dumps(told, separators=(",", ":"), sort_keys=True, ensure_ascii=True) + "\n"
    assert refused(tmp_path, data.encode(), 1) == "ledger-refused"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"null\n",
        b"7\n",
        b"[]\n",
        b"\xff\xfe",
        b"[" * 4_000,
        b'{"digest":' * 400,
        head_text(HEAD).encode()[:-1],
        head_text(HEAD).encode() + b"\n",
        head_text(HEAD).encode() * 2,
        head_text(HEAD).encode() + b" " * 5_000,
        head_text(HEAD).replace(",", ", ").encode(),
        head_text(HEAD).replace("7}", "7.0}").encode(),
        head_text(HEAD).replace("7}", "7e0}").encode(),
        head_text(HEAD).replace("7}", '8,"number":7}').encode(),
        head_text(HEAD).replace('"digest"', '"\\u0064igest"').encode(),
        b"\xef\xbb\xbf" + head_text(HEAD).encode(),
        head_text(HEAD).replace("\n", "\r\n").encode(),
        b'{"number":7,' + head_text(HEAD).encode()[1:].replace(b',"number":7', b""),
    ],
)
def test_a_head_that_is_written_otherwise_is_refused_without_its_text(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        read_head(written(tmp_path, data))
    assert caught.value.code == "ledger-refused"
    assert (
        str(caught.value)
        == f"{tmp_path}/head.json does not have the form of a head; `ketascreen audit head` writes one [ledger-refused]"
    )
    assert caught.value.__context__ is None


def test_a_file_that_cannot_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    for path, told, code in [
        (tmp_path / "none.json", "there is no file .*none.json; check its name", "ledger-missing"),
        (tmp_path, "cannot be read", "ledger-system"),
    ]:
        with pytest.raises(LedgerError, match=told) as caught:
            read_head(path)
        assert caught.value.code == code


@pytest.mark.parametrize("head", [Head("", 7, HEAD.digest), Head(HEAD.ledger, 0, HEAD.digest), Head("a\nb", 7, "")])
def test_a_head_that_could_not_be_read_back_is_not_written(head: Head) -> None:
    for key in (None, signing_key()):
        with pytest.raises(LedgerError, match="the head of the ledger is damaged") as caught:
            head_text(head, key)
        assert caught.value.code == "ledger-damaged"


# At the command line


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger of a few entries."""
    with new_ledger(tmp_path) as made:
        lozenge_today(made)
        lozenge_today(made, reference="p-18")
    return tmp_path / "ledger.db"


def test_a_head_that_is_signed_there_is_verified_against_there(ledger: Path, tmp_path: Path) -> None:
    (private, public), (_, other) = key_files(tmp_path, 1), key_files(tmp_path, 2)
    told = run("audit", "head", str(ledger), "--sign", str(private))
    with Ledger.existing(ledger) as opened:
        assert told.out == head_text(opened.head(), signing_key())
    head = str(written(tmp_path, told.out))
    verify = ("audit", "verify", str(ledger), "--against", head)
    assert run(*verify).status == 0
    assert run(*verify, "--trust", str(public)).status == 0
    assert run(*verify, "--trust", str(other), "--trust", str(public)).status == 0
    unknown = run(*verify, "--trust", str(other))
    assert (unknown.status, unknown.out) == (2, "")
    assert "which is not a trusted key [signature]" in unknown.err


def test_a_stripped_and_a_changed_head_are_refused_there(ledger: Path, tmp_path: Path) -> None:
    private, public = key_files(tmp_path)
    told = json.loads(run("audit", "head", str(ledger), "--sign", str(private)).out)
    verify = ("audit", "verify", str(ledger), "--against", str(tmp_path / "head.json"), "--trust", str(public))
    with Ledger.existing(ledger) as opened:
        written(tmp_path, head_text(opened.head()))
    assert run(*verify).err == (
        f"the head of entry {told['number']} is not signed, but a trusted key must sign it [signature]\n"
    )
    earlier = {**told, "number": told["number"] - 1}
    written(tmp_path, json.dumps(earlier, separators=(",", ":"), sort_keys=True) + "\n")
    changed = run(*verify)
    assert (changed.status, changed.out) == (2, "")
    assert "is not what the key" in changed.err


def test_a_tail_that_was_cut_is_found_against_a_signed_head(ledger: Path, tmp_path: Path) -> None:
    private, public = key_files(tmp_path)
    kept = run("audit", "export", str(ledger), str(tmp_path / "early.jsonl"))
    assert kept.status == 0, kept.err
    with Ledger.existing(ledger, writes=True) as opened:
        lozenge_today(opened, reference="p-19")
    head = written(tmp_path, run("audit", "head", str(ledger), "--sign", str(private)).out)
    found = run("audit", "verify", str(tmp_path / "early.jsonl"), "--against", str(head), "--trust", str(public))
    assert (found.status, "is missing: the chain was cut off after entry" in flat(found.out)) == (1, True)


def test_a_trusted_key_without_a_head_to_try_it_on_is_not_passed_over(ledger: Path, tmp_path: Path) -> None:
    _, public = key_files(tmp_path)
    ran = run("audit", "verify", str(ledger), "--trust", str(public))
    assert (ran.status, ran.out) == (2, "")
    assert "--trust is for the head of --against" in ran.err


def test_a_head_is_not_signed_with_what_is_no_key(ledger: Path, tmp_path: Path) -> None:
    _, public = key_files(tmp_path)
    ran = run("audit", "head", str(ledger), "--sign", str(public))
    assert (ran.status, ran.out) == (2, "")
    assert "[signing-key]" in ran.err


def test_a_signature_is_a_signature_by_its_bytes_and_its_key() -> None:
    made = signing_key().sign(FORMAT, ["a"])
    assert Signature(made.key, made.signature) == made
