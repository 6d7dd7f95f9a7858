"""What is read by a name is a plain file: no link is followed, no pipe waited for, whoever asks."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ketascreen import KetascreenError, PatientProfile, ProfileError, load_rulebook, read_profile
from ketascreen.audit.signed_head import read_head
from ketascreen.authoring.traceability import verify
from ketascreen.loading.signature import FILE
from ketascreen.runtime.plain_file import NotPlain, open_plain, read_plain
from ketascreen.signing import read_signing_key, read_verify_key
from tests.helpers.rulebook_files import copied
from tests.helpers.screening import shipped
from tests.helpers.signing_keys import verify_key

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")


def _link(path: Path) -> None:
    target = path.with_name("a plain file")
    target.write_text("{}")
    path.symlink_to(target)


def _dangling(path: Path) -> None:
    path.symlink_to(path.with_name("nothing"))


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


KINDS: dict[str, Callable[[Path], Any]] = {
    "a link": _link,
    "a link to nothing": _dangling,
    "a link to a device": _device,
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
}


def _document(path: Path) -> None:
    (problem, *_) = verify(shipped(), path.parent)
    assert problem.code == "document-unreadable"
    raise NotPlain(problem.message, path)


def _signature(path: Path) -> None:
    rules = copied(path.parent)
    path.rename(rules / FILE)
    load_rulebook(rules, keys=[verify_key(1)])


DOCUMENT = next(iter(shipped().documents.values())).file
READERS: dict[str, Callable[[Path], Any]] = {
    "profile.json": read_profile,
    "profile.yaml": read_profile,
    "parsed.json": PatientProfile.parse_file,
    "public.pem": read_verify_key,
    "private.pem": read_signing_key,
    "head.json": read_head,
    DOCUMENT: _document,
    FILE: _signature,
    "plain": read_plain,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", READERS)
def test_what_is_not_a_plain_file_is_refused_at_once(name: str, kind: str, tmp_path: Path) -> None:
    KINDS[kind](tmp_path / name)
    began = time.monotonic()
    with pytest.raises((KetascreenError, NotPlain)) as caught:
        READERS[name](tmp_path / name)
    assert time.monotonic() - began < 5
    if name != FILE:  # a signature that cannot be read is as one that is missing
        assert ("a link; name the file itself" if "link" in kind else "not a plain file") in str(caught.value)


@pytest.mark.parametrize(("kind", "hint"), [("a link", "`realpath` tells its name"), ("a pipe", "name a plain file")])
def test_the_hint_is_not_about_permissions(kind: str, hint: str, tmp_path: Path) -> None:
    KINDS[kind](tmp_path / "profile.json")
    with pytest.raises(ProfileError) as caught:
        read_profile(tmp_path / "profile.json")
    (problem,) = caught.value.diagnostics
    assert problem.hint == f"{hint}, and `-` reads standard input"


def test_a_plain_file_is_read_also_by_way_of_a_folder_that_is_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"abc")
    (tmp_path / "by way of").symlink_to(tmp_path / "folder")
    assert read_plain(tmp_path / "by way of" / "file") == b"abc"
    assert read_plain(tmp_path / "folder" / "file", 2) == b"ab"


def test_a_name_that_no_file_can_have_is_not_there(tmp_path: Path) -> None:
    for name in ("none", "a\0b"):
        with pytest.raises(FileNotFoundError):
            open_plain(tmp_path / name)


def test_no_file_stays_open_after_a_refusal(tmp_path: Path) -> None:
    with open_plain(__file__) as file:
        opened_as = file.fileno()
    for _ in range(50):
        with pytest.raises(NotPlain):
            open_plain(tmp_path)
    with open_plain(__file__) as again:
        assert again.fileno() <= opened_as + 1
