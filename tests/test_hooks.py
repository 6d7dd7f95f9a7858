"""The hooks of docs/ci.md stop a commit that only deletes files, in a real repository with the real pre-commit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.places import ROOT, RULES

RULE = "exclusions/uncontrolled-hypertension"
CONFIG = ".pre-commit-config.yaml"


@dataclass(frozen=True)
class Site:
    """A clinic's repository with its rulebook and the hooks."""

    folder: Path
    environment: dict[str, str]

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """What a command in the repository ended with and printed."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def git(self, *words: str) -> str:
        """What a command of git that must succeed printed."""
        ran = self.run("git", *words)
        assert ran.returncode == 0, ran.stdout
        return ran.stdout.strip()

    def head(self) -> str:
        """The newest commit."""
        return self.git("rev-parse", "HEAD")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A copy of the built-in rulebook, committed, with the hooks as docs/ci.md shows them."""
    place = tmp_path_factory.mktemp("hooks")
    who = {f"GIT_{role}_{kind}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for kind in ("NAME", "EMAIL")}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        **who,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PRE_COMMIT_HOME": str(place / "cache"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    hooks = Site(place / "hooks", environment)
    hooks.folder.mkdir()
    (hooks.folder / ".pre-commit-hooks.yaml").write_bytes((ROOT / ".pre-commit-hooks.yaml").read_bytes())
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "Hooks")):
        hooks.git(*words)
    clinic = Site(place / "clinic", environment)
    clinic.folder.mkdir()
    shutil.copytree(RULES, clinic.folder / "rules")
    (clinic.folder / CONFIG).write_text(_config(hooks.folder, hooks.head()))
    (clinic.folder / "README").touch()
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "Start")):
        clinic.git(*words)
    installed = clinic.run(sys.executable, "-m", "pre_commit", "install")
    assert installed.returncode == 0, f"{installed.stdout}: install the group dev of pyproject.toml"
    return clinic


def _config(hooks: Path, revision: str) -> str:
    shown = re.search(r"```yaml\n(repos:\n.*?)```", (ROOT / "docs" / "ci.md").read_text("utf-8"), re.DOTALL)
    assert shown
    return re.sub(r"rev: .*", f"rev: {revision}", re.sub(r"repo: .*", f"repo: {hooks}", shown[1]))


@pytest.mark.parametrize(
    ("deleted", "told"),
    [
        ((f"rules/{RULE}.yaml", f"rules/{RULE}.cases.yaml"), "[stands]"),
        ((f"rules/{RULE}.cases.yaml",), "no-case"),
        (("rules",), "no such folder"),
    ],
    ids=["a rule with its cases", "the cases alone", "the whole rulebook"],
)
def test_a_commit_that_only_deletes_is_stopped(site: Site, deleted: tuple[str, ...], told: str) -> None:
    before = site.head()
    site.git("rm", "-r", "--quiet", *deleted)
    ran = site.run("git", "commit", "--message", "Tidy up", SKIP="ketascreen-test" if told == "no-case" else "")
    assert ran.returncode == 1
    assert re.search(r"check the rulebook\.+Failed", ran.stdout), ran.stdout
    assert told in ran.stdout
    assert site.head() == before
    site.git("reset", "--quiet", "--hard")


def test_a_commit_beside_the_rulebook_runs_its_cases_and_passes(site: Site) -> None:
    before = site.head()
    site.git("rm", "--quiet", "README")
    ran = site.run("git", "commit", "--message", "No page")
    assert ran.returncode == 0, ran.stdout
    for hook, ended in (("check the rulebook", "Passed"), ("run the rulebook's cases", "Passed")):
        assert re.search(rf"{hook}\.+{ended}", ran.stdout), ran.stdout
    assert site.head() != before
