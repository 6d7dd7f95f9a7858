"""Signing where the cryptography package is not there, and who loads it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from ketascreen import load_rulebook
from ketascreen.loading.signature import FILE
from ketascreen.signing import (
    SignatureError,
    VerifyKey,
)
from tests.helpers.command_line import run
from tests.helpers.places import ROOT
from tests.helpers.rulebook_files import GOOD
from tests.helpers.signing_keys import key_files, signed, verify_key


@pytest.mark.parametrize(
    "command",
    [
        ("key", "new", "clinic", "--no-passphrase"),
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
        "import sys, ketascreen, ketascreen.audit, ketascreen.cli.errors, ketascreen.cli.screen\n"
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
