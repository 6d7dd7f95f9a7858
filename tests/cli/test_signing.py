"""`ketascreen key` and `sign`, `--trust`, and docs/signing.md: signing as a clinic does it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ketascreen import load_rulebook
from ketascreen.audit.chain import Head
from ketascreen.audit.signed_head import head_text
from ketascreen.cli.commands import main
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.signature import FILE, sign_release
from ketascreen.signing import (
    PASSPHRASE,
    read_verify_key,
)
from tests.helpers.command_line import Ran, flat, run
from tests.helpers.places import EXAMPLES, ROOT
from tests.helpers.rulebook_files import GOOD, copied
from tests.helpers.signing_keys import key_files, signed, signing_key, verify_key

CANARY = "canary-passphrase-7f3a91"


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
    said_trusted, said_plain = json.loads(trusting.out), json.loads(run(*screened).out)
    assert said_trusted["rulebook"].pop("release_key") == verify_key().fingerprint
    assert said_plain["rulebook"].pop("release_key") is None
    assert said_trusted["rulebook"]["bytes_digest"] == read.bytes_digest
    assert said_trusted == said_plain


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
    assert ran.err.startswith(f"{FILE}: is missing")
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
    assert (ran.status, "--trust is for the rulebook of --rules" in ran.err) == (2, True)


def test_a_new_pair_of_keys_is_made_once_and_shown_by_either_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = run("key", "new", "clinic", "--no-passphrase")
    assert made.status == 0
    assert flat(made.out).startswith("Private key, for you alone: clinic.pem, not encrypted: everybody who can read")
    fingerprint = read_verify_key("clinic.pub.pem").fingerprint
    assert made.out.endswith(f"Key: {fingerprint}\n")
    assert run("key", "show", "clinic.pub.pem").out == run("key", "show", "clinic.pem").out == f"{fingerprint}\n"
    again = run("key", "new", "clinic", "--no-passphrase")
    assert (again.status, "clinic.pem cannot be written (a file of that name exists" in again.err) == (2, True)
    assert read_verify_key("clinic.pub.pem").fingerprint == fingerprint
    monkeypatch.setenv(PASSPHRASE, CANARY)
    assert "encrypted with the passphrase" in flat(run("key", "new", "locked").out)
    assert run("key", "show", "locked.pem").out == run("key", "show", "locked.pub.pem").out != f"{fingerprint}\n"


def test_without_a_terminal_no_key_is_made_that_is_not_encrypted_unless_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for passphrase in ("", None):
        monkeypatch.setenv(PASSPHRASE, passphrase) if passphrase is not None else monkeypatch.delenv(PASSPHRASE)
        ran = run("key", "new", "clinic")
        assert (ran.status, ran.out, list(tmp_path.iterdir())) == (2, "", [])
        assert f"there is no terminal to ask for a passphrase; put it into {PASSPHRASE}, or give --no-" in ran.err
    monkeypatch.setenv(PASSPHRASE, CANARY)
    both = run("key", "new", "clinic", "--no-passphrase")
    assert (both.status, list(tmp_path.iterdir())) == (2, [])
    assert f"--no-passphrase, and {PASSPHRASE} holds one" in both.err
    assert CANARY not in both.err


@pytest.mark.parametrize("name", ["", " ", ".", "..", "keys/", "keys/.."])
def test_a_pair_of_keys_without_a_name_is_not_made(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keys").mkdir()
    ran = run("key", "new", name, "--no-passphrase")
    assert (ran.status, "a name for the files, such as `ours` or `keys/ours`" in flat(ran.err)) == (2, True)
    assert [path.name for path in tmp_path.rglob("*")] == ["keys"]


@pytest.mark.parametrize("blank", [" ", "\t "])
def test_a_blank_passphrase_makes_no_key(blank: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KETASCREEN_KEY_PASSPHRASE", blank)
    ran = run("key", "new", "clinic")
    assert (ran.status, "the passphrase is blank" in flat(ran.err)) == (2, True)
    monkeypatch.delenv("KETASCREEN_KEY_PASSPHRASE")
    monkeypatch.setattr("ketascreen.cli.passphrase.at_a_terminal", lambda: True)
    asked = CliRunner().invoke(main, ["key", "new", "clinic"], input="  \n  \n")
    assert (asked.exit_code, "the passphrase is blank" in flat(asked.output)) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_where_the_input_ends_at_the_question_no_key_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ketascreen.cli.passphrase.at_a_terminal", lambda: True)
    ran = CliRunner().invoke(main, ["key", "new", "clinic"], input="")
    assert (ran.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert ran.output.endswith("the input ended where an answer was asked for\n")


def test_a_passphrase_is_asked_forat_a_terminal_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ketascreen.cli.passphrase.at_a_terminal", lambda: True)

    def asked(*args: str, answer: str) -> Ran:
        ran = CliRunner().invoke(main, list(args), input=answer)
        return Ran(ran.exit_code, ran.output, "")

    made = asked("key", "new", "clinic", answer=f"{CANARY}\n{CANARY}\n")
    assert (made.status, "encrypted with the passphrase" in flat(made.out)) == (0, True)
    opened = asked("key", "show", "clinic.pem", answer=f"{CANARY}\n")
    assert (opened.status, opened.out.splitlines()[-1]) == (0, read_verify_key("clinic.pub.pem").fingerprint)
    wrong = asked("key", "show", "clinic.pem", answer=f"{CANARY}x\n")
    assert (wrong.status, "does not open with this passphrase [signing-key]" in wrong.out) == (2, True)
    open_ = asked("key", "new", "open", answer="\n\n")
    assert (open_.status, "not encrypted" in open_.out) == (0, True)
    assert [ran for ran in (made, opened, wrong, open_) if "canary" in ran.out] == []


# docs/signing.md (its session is run by tests/authoring/test_writing_rules.py)

PAGE = (ROOT / "docs" / "signing.md").read_text("utf-8")


def _fence(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_lines_in_python_on_the_page_load_what_was_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed(tmp_path).rename(tmp_path / "clinic")
    key_files(tmp_path)[1].rename(tmp_path / "releases.pub.pem")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(_fence("python"), names)  # the project's own page
    assert names["screener"].rulebook.bytes_digest == load_rulebook(GOOD).bytes_digest


@pytest.mark.skipif(shutil.which("openssl") is None, reason="it is OpenSSL that verifies")
def test_openssl_verifies_a_head_as_the_page_says_and_no_other(tmp_path: Path) -> None:
    key_files(tmp_path)[1].rename(tmp_path / "heads.pub.pem")
    told = json.loads(head_text(Head("0123456789abcdef" * 2, 7, "c0ffee00" * 8), signing_key()))

    def verified(**changed: object) -> str:
        script = _fence("sh")
        for name, value in {**told, **changed}.items():
            script = re.sub(rf"\b{name.upper()}\b", str(value), script)
        return subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False).stdout

    assert verified() == "Signature Verified Successfully\n"
    assert "Success" not in verified(number=8)


def test_the_digest_of_a_rulebook_is_what_the_page_says(tmp_path: Path) -> None:
    rulebook = signed(tmp_path, files={"a.cases.yaml": "[]", "b.start.yaml": "{}", ".x.yaml": "x", ".y/z.yaml": "x"})
    paths = sorted(
        path.relative_to(rulebook).as_posix()
        for path in rulebook.rglob("*.yaml")
        if not path.name.endswith((".cases.yaml", ".start.yaml"))
        and not any(part.startswith(".") for part in path.relative_to(rulebook).parts)
    )
    lines = "".join(f"{path}\0{hashlib.sha256((rulebook / path).read_bytes()).hexdigest()}\n" for path in paths)
    told = json.loads((rulebook / FILE).read_bytes())
    assert told["bytes_digest"] == hashlib.sha256(lines.encode()).hexdigest()
