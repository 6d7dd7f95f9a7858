"""What tells a rulebook of ketascreen, however broken, from files of the same names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.own_rulebook import is_own_rulebook
from ketascreen.loading.build import NAMED
from tests.helpers.edited_rulebooks import little_rules


@pytest.mark.parametrize("kept", [("rulebook",), ("routes", "documents"), ("rulebook", "routes", "documents")])
def test_two_signs_are_enough_for_a_rulebook_of_ours(tmp_path: Path, kept: tuple[str, ...]) -> None:
    little_rules(tmp_path)
    for name in NAMED:
        if name not in kept:
            (tmp_path / "rules" / f"{name}.yaml").unlink(missing_ok=True)
    (tmp_path / "rules" / "rulebook.yaml").touch()
    assert is_own_rulebook(tmp_path / "rules")


def test_one_sign_is_not_enough(tmp_path: Path) -> None:
    for text, beside in ((b"format: 1\n", ()), (b"", ("routes.yaml",)), (b"  format: 1\n  requires: x\n", ())):
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        (folder / "rulebook.yaml").write_bytes(text)
        for name in beside:
            (folder / name).touch()
        assert not is_own_rulebook(folder)
    (folder / "routes.yaml").touch()
    (folder / "rulebook.yaml").write_bytes(b"format: 1\n")
    assert is_own_rulebook(folder)
    (folder / "rulebook.yaml").unlink()
    assert not is_own_rulebook(folder)
    (folder / "documents.yaml").symlink_to("elsewhere.yaml")
    assert is_own_rulebook(folder)


def test_a_rulebook_that_is_a_link_is_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (tmp_path / "elsewhere.yaml").touch()
    assert is_own_rulebook(tmp_path)
