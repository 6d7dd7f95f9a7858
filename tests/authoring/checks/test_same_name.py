"""A rulebook that has the name of the built-in one, and not its meaning, is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import same_name
from ketascreen.authoring.checks.run import check_folder
from ketascreen.diagnostic import Diagnostic
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.check_findings import TODAY
from tests.helpers.command_line import run
from tests.helpers.screening import shipped

TOLD = f"this is not ketamine {shipped().identity.version}: its meaning differs from the built-in rulebook of that name"


def found(folder: Path, cache: Path | None = None) -> list[Diagnostic]:
    checked = check_folder(folder, today=TODAY, checks=(same_name,), cache=cache)
    return [one for one in checked.found if one.code == "same-name"]


def copied(folder: Path, *more: str) -> Path:
    assert run("init", str(folder), *more).status == 0
    return folder


def edited(folder: Path, path: str, old: str, new: str) -> Path:
    file = folder / path
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")
    return folder


def test_the_built_in_rulebook_and_its_copy_have_the_name_rightly(tmp_path: Path) -> None:
    assert found(built_in_rules()) == []
    assert found(copied(tmp_path / "clinic")) == []


def test_a_copy_that_decides_otherwise_is_found_at_its_id(tmp_path: Path) -> None:
    folder = edited(copied(tmp_path / "clinic"), "parameters.yaml", "value: 18 years", "value: 19 years")
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        (one,) = found(folder, cache)
        assert (one.message, one.hint) == (TOLD, "give it an id of its own in rulebook.yaml")
        assert str(one.place) == "rulebook.yaml:2:5"


@pytest.mark.parametrize(
    ("old", "new"), [("id: ketamine", "id: clinic"), (f'version: "{shipped().identity.version}"', 'version: "9.0.0"')]
)
def test_another_id_or_another_version_is_another_name(tmp_path: Path, old: str, new: str) -> None:
    folder = edited(copied(tmp_path / "clinic"), "parameters.yaml", "value: 18 years", "value: 19 years")
    assert found(edited(folder, "rulebook.yaml", old, new)) == []


def test_a_copy_that_init_gave_an_id_may_mean_what_it_likes(tmp_path: Path) -> None:
    folder = copied(tmp_path / "clinic", "--id", "clinic-north")
    assert "\nid: clinic-north\n" in (folder / "rulebook.yaml").read_text("utf-8")
    assert found(edited(folder, "parameters.yaml", "value: 18 years", "value: 19 years")) == []


def test_it_can_be_let_stand_with_a_reason(tmp_path: Path) -> None:
    folder = edited(copied(tmp_path / "clinic"), "parameters.yaml", "value: 18 years", "value: 19 years")
    allowed = "allow:\n  - {check: same-name, reason: It is tried beside the other., about: ketamine}\n"
    folder = edited(folder, "rulebook.yaml", "allow:\n", allowed)
    assert found(folder) == []
    (silenced,) = check_folder(folder, today=TODAY, checks=(same_name,)).silenced
    assert silenced.reason == "It is tried beside the other."


@pytest.mark.parametrize("name", ["Clinic North", "clinic_north", "-", "a" * 81])
def test_init_takes_no_id_that_no_rulebook_can_have(tmp_path: Path, name: str) -> None:
    ran = run("init", str(tmp_path / "clinic"), f"--id={name}")
    assert ran.status == 2
    assert "is not an id" in ran.err
    assert not (tmp_path / "clinic").exists()
