"""What is installed: the lock fits pyproject.toml, the flags and the version have one text, parts are listed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from tools.sbom import finished

from ketascreen._version import VERSION
from ketascreen.channels.production.engine import ENGINE_FLAGS
from tests.helpers.places import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
GROUPS: dict[str, list[Any]] = PROJECT["dependency-groups"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
_LOCKED = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+?)(?: ; (?P<marker>[^\\\n]+))? \\\n(?P<hashes>(?:    --hash.*\n)+)", re.M
)


def locked(name: str) -> dict[str, Version]:
    """The versions in a lock, by the name of the distribution."""
    found = _LOCKED.finditer((ROOT / "requirements" / name).read_text("utf-8"))
    return {one["name"]: Version(one["version"]) for one in found}


def asked(*groups: str) -> list[Requirement]:
    """What pyproject.toml asks for: ketascreen with all its extras, and these groups of developers."""
    lines = [*PROJECT["project"]["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]
    waiting = list(groups)
    while waiting:
        for line in GROUPS[waiting.pop()]:
            if isinstance(line, str):
                lines.append(line)
            else:
                waiting.append(line["include-group"])
    return [Requirement(line) for line in lines]


# The lock


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_a_version_and_hashes_for_each_distribution_and_names_no_place(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "".join(one.group(0) for one in _LOCKED.finditer(text)) == text
    assert len(locked(lock.name)) > 3
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}( \\)?\n", text)) == text.count("--hash")


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        ("runtime.txt", ()),
        ("dev.txt", ("dev", "build")),
        ("recipes.txt", ("dev", "build", "recipes")),
        ("oldest.txt", ("test",)),
    ],
)
def test_a_lock_holds_what_pyproject_asks_for_in_a_version_that_it_allows(lock: str, groups: tuple[str, ...]) -> None:
    versions = locked(lock)
    for requirement in asked(*groups):
        name = canonicalize_name(requirement.name)
        assert name in versions, f"{name}: run `make lock`"
        assert requirement.specifier.contains(versions[name]), f"{requirement}: run `make lock`"


@pytest.mark.parametrize(("lock", "group"), [("build.txt", "build"), ("release.txt", "release")])
def test_the_lock_of_a_group_of_tools_holds_it(lock: str, group: str) -> None:
    for requirement in map(Requirement, GROUPS[group]):
        assert requirement.specifier.contains(locked(lock)[canonicalize_name(requirement.name)])


def test_the_oldest_are_the_very_first_versions_that_pyproject_allows() -> None:
    versions, lowest = locked("oldest.txt"), {}
    for requirement in asked("test"):
        for bound in requirement.specifier:
            if bound.operator in (">=", "=="):
                lowest[canonicalize_name(requirement.name)] = Version(bound.version)
    assert {"pydantic", "pyyaml", "click", "rfc8785", "tzdata", "ruamel-yaml", "cryptography", "pytest"} <= set(lowest)
    assert {name: versions[name] for name in lowest} == lowest


def test_what_ketascreen_brings_has_the_same_version_in_every_lock_but_the_oldest() -> None:
    everything = locked("recipes.txt")
    for lock in ("dev.txt", "runtime.txt", "build.txt"):
        assert {name: everything[name] for name in locked(lock)} == locked(lock)


@pytest.mark.parametrize("target", re.findall(r"^([a-z-]+):", MAKEFILE, re.M))
def test_no_target_needs_a_pip_that_knows_groups_unless_it_brings_a_newer_pip(target: str) -> None:
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)*)", MAKEFILE, re.M)
    assert recipe
    before = re.search(r"pip install [^\n]*--group", recipe[1])
    assert before is None or "--upgrade pip\n" in recipe[1][: before.start()]


def test_the_environment_is_made_anew_when_a_lock_changes() -> None:
    assert "\n$(VENV)/ready: pyproject.toml $(wildcard requirements/*.txt)\n" in MAKEFILE
    assert "LOCK=requirements/recipes.txt .venv-recipes/ready\n" in MAKEFILE


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_a_python_for_which_the_oldest_have_no_wheels_is_refused_in_a_sentence(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = (3, 13); $2"\n')
    python.chmod(0o755)
    command = ["make", "--no-print-directory", "test-oldest", f"PYTHON={python}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stdout == (
        "make test-oldest needs Python 3.11 or 3.12, because the oldest versions have no wheels for newer ones; "
        "name it: make test-oldest PYTHON=python3.12\n"
    )


# The engine


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt", "recipes.txt", "oldest.txt"])
def test_a_lock_brings_the_engine_everywhere_but_on_windows_where_it_cannot_be_built(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    (engine,) = [one for one in _LOCKED.finditer(text) if one["name"] == "durable-rules"]
    marker = Requirement(f"durable-rules; {engine['marker']}").marker
    assert marker is not None
    told = {system: marker.evaluate({"sys_platform": system}) for system in ("linux", "darwin", "win32")}
    assert told == {"linux": True, "darwin": True, "win32": False}


def test_the_engine_is_a_dependency_below_python_3_13_and_not_on_windows_and_an_extra_everywhere() -> None:
    (depends,) = [one for one in map(Requirement, PROJECT["project"]["dependencies"]) if one.name == "durable-rules"]
    assert depends.marker is not None
    told = {
        (python, system): depends.marker.evaluate({"python_version": python, "sys_platform": system})
        for python in ("3.11", "3.12", "3.13", "3.14")
        for system in ("linux", "darwin", "win32")
    }
    assert {place for place, brings in told.items() if brings} == {
        (python, system) for python in ("3.11", "3.12") for system in ("linux", "darwin")
    }
    (extra,) = map(Requirement, EXTRAS["engine"])
    assert (extra.name, extra.specifier, extra.marker) == (depends.name, depends.specifier, None)


@pytest.mark.parametrize("file", ["README.md", "docs/installing.md", "docs/ci.md", "Makefile"])
def test_the_flags_of_the_compiler_are_the_same_wherever_they_are_written(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    shown = re.findall(r"(?:CPPFLAGS|ENGINE_FLAGS)(?:=\"|: | := )(-[^\"\n]+)", text)
    assert set(shown) == {ENGINE_FLAGS}


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("ci.md", r"rev: v(\S+)"),
        ("ci.md", r"'ketascreen\[.*\]==(.*)'"),
        ("installing.md", r"ketascreen-([\d.]+)-py3-none-any\.whl"),
    ],
)
def test_a_page_shows_the_present_version(file: str, shown: str) -> None:
    assert re.findall(shown, (ROOT / "docs" / file).read_text("utf-8")) == [VERSION]


def test_the_actions_of_the_recipe_are_named_by_the_digest_of_a_commit() -> None:
    used = re.findall(r"uses: (\S+)(.*)", (ROOT / "docs" / "ci.md").read_text("utf-8"))
    assert len(used) >= 2
    for action, release in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", release)


# Parts


def listed(*parts: str) -> dict[str, Any]:
    return {
        "components": [{"name": name, "bom-ref": f"{name}==1"} for name in parts],
        "metadata": {"component": {"name": "ketascreen", "bom-ref": "root"}},
        "dependencies": [{"ref": "root", "dependsOn": ["click==1"]}, *({"ref": f"{name}==1"} for name in parts)],
    }


def test_the_list_of_parts_has_what_the_wheel_brings_and_not_what_builds() -> None:
    made = finished(listed("click", "hatchling", "Ruamel.yaml"), VERSION, frozenset({"click", "ruamel-yaml"}))
    assert [part["name"] for part in made["components"]] == ["click", "Ruamel.yaml"]
    assert [one["ref"] for one in made["dependencies"]] == ["root", "click==1", "Ruamel.yaml==1"]
    assert made["metadata"]["component"]["purl"] == "pkg:pypi/ketascreen@" + VERSION


def test_a_part_that_the_lock_does_not_bring_is_refused() -> None:
    with pytest.raises(ValueError, match="root needs what the lock does not bring: click==1"):
        finished(listed("pyyaml"), VERSION, frozenset({"pyyaml"}))
