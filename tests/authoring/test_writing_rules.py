"""Pages tell sessions that go as they are told; docs/ci.md and the hooks name what there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from tools.docs.transcript import PAGES, replayed

from ketascreen.authoring.scaffold import MARK
from ketascreen.cli.commands import COMMANDS, main
from tests.helpers.places import ROOT

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
CI = (ROOT / "docs" / "ci.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_session_that_a_page_tells_goes_as_it_is_told(page: Path, tmp_path: Path) -> None:
    told = page.read_text("utf-8")
    assert replayed(told, tmp_path) == told


def test_the_page_shows_a_slip_found_by_each_of_check_test_and_mutate() -> None:
    told = PAGES[0].read_text("utf-8")
    for section, wanted in (
        ("## A mistake that `check` finds", "did you mean `resting_heart_rate`?"),
        ("## A mistake that `test` finds", "expected met, got not_met"),
        ("## A mistake that only `mutate` finds", "No case notices it."),
    ):
        assert wanted in told.partition(section)[2].partition("\n## ")[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_whoever_pastes_a_file_of_a_rulebook_keeps_the_line_for_editors(page: Path) -> None:
    for path, first in re.findall(r"^```yaml write (\S+/\S+)\n(.*)$", page.read_text("utf-8"), re.MULTILINE):
        schema = "cases" if path.endswith(".cases.yaml") else "rule"
        kind = "vignettes" if "/vignettes/" in path else schema
        assert first == f"{MARK}$schema=../schema/{kind}.schema.json"


def test_each_common_change_is_shown_where_the_page_says() -> None:
    page = (ROOT / "docs" / "common-changes.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z].*?) \| (?:below|(docs/\S+), \"(.*?)\") \|$", page, re.MULTILINE)
    assert len(rows) == 12
    for change, other, section in rows:
        told = (ROOT / other).read_text("utf-8") if other else page
        assert f"\n## {section or change.capitalize()}\n" in told


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_a_command_that_there_is(hook: dict[str, object]) -> None:
    program, name = shlex.split(str(hook["entry"]))
    assert program == "ketascreen"
    assert name in COMMANDS
    assert hook["language"] == "system"
    if hook.get("pass_filenames", True):
        assert re.match(str(hook["files"]), "rules/holds/a-rule.yaml")
        assert not re.match(str(hook["files"]), ".pre-commit-config.yaml")
    else:
        assert (hook["always_run"], "files" in hook) == (True, False)  # a commit may only delete files


def test_the_recipe_uses_hooks_commands_and_options_that_there_are() -> None:
    assert set(re.findall(r"- id: (\S+)", CI)) == {hook["id"] for hook in HOOKS}
    steps = re.findall(r"- run: (ketascreen .*)", CI)
    assert len(steps) == 5
    for step in steps:
        name, *words = step.split()[1:]
        command = main.get_command(main.make_context("ketascreen", [], resilient_parsing=True), name)
        assert command is not None
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= options
