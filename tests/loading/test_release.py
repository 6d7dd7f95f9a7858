"""The release of a rulebook that is signed: with a trusted key it loads as it was signed, or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ketascreen import RulebookError, Screener, load_rulebook
from ketascreen.authoring.checks.run import check_folder
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.signature import FILE, FORMAT, require_release, sign_release
from ketascreen.signing import (
    Signature,
)
from tests.helpers.command_line import run
from tests.helpers.rulebook_files import GOOD, RULE, changed, copied, text_of, with_files
from tests.helpers.screening import AS_OF, baseline, profile_of
from tests.helpers.signing_keys import each_byte_flipped, signed, signing_key, verify_key


def refused(rulebook: Path, *seeds: int) -> Diagnostic:
    """The one problem for which a rulebook is refused where these keys are demanded."""
    with pytest.raises(RulebookError) as caught:
        load_rulebook(rulebook, keys=[verify_key(seed) for seed in seeds])
    (problem,) = caught.value.diagnostics
    assert problem.code == "signature"
    assert str(problem.place) == f"{FILE}"
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
    assert refused(rulebook, 1).message == "is missing or cannot be read, but a trusted key must sign it"


def test_no_key_at_all_is_trusted_where_the_keys_are_none(tmp_path: Path) -> None:
    assert "is not a trusted key" in refused(signed(tmp_path)).message


def test_a_signature_by_an_unknown_key_is_refused_by_its_name(tmp_path: Path) -> None:
    message = refused(signed(tmp_path, 1), 2, 3).message
    assert message == f"is signed with the key {verify_key(1).fingerprint}, which is not a trusted key"


OTHER_FILES = "is for other files: one was changed, added or removed after signing"


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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_in_place_of_a_signature_keeps_nobody_waiting(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    os.mkfifo(rulebook / FILE)
    assert refused(rulebook, 1).message == "is missing or cannot be read, but a trusted key must sign it"


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
