"""Cases as tests of pytest, as a clinic runs them: named by the case, told in its words, one error for a rulebook."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from ketascreen import Rulebook, load_rulebook, pytest_plugin
from tests.helpers.edited_rulebooks import SLIPPED, STRICTER, little_rules, place_of_slipped, rules_with
from tests.helpers.places import ROOT

pytest_plugins = ["pytester"]

PLUGIN = "ketascreen_pytest"
INSTALLED = bool(entry_points(group="pytest11", name="ketascreen"))


def pytest_of(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """Runs pytest as a clinic would; where the plugin is not installed it is named."""
    named = () if INSTALLED else ("-p", PLUGIN)
    return pytester.runpytest_inprocess(*named, "-W", "error", *args)


@pytest.fixture
def slipped(pytester: pytest.Pytester) -> Path:
    """A clinic's folder with the cases of two rules, one of which fails."""
    folder = little_rules(pytester.path, "uncontrolled-hypertension", "pregnancy")
    return rules_with(folder.parent, *STRICTER)


def test_the_project_names_the_plugin_to_pytest() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["entry-points"]["pytest11"] == {"ketascreen": PLUGIN}
    assert f"src/{PLUGIN}" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def test_a_failing_case_is_told_in_its_own_words_without_a_traceback(pytester: pytest.Pytester, slipped: Path) -> None:
    result = pytest_of(pytester, "rules")
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 1
    assert outcomes["passed"] > 20
    result.stdout.fnmatch_lines(
        [
            f"*_ {SLIPPED} _*",
            place_of_slipped(),
            "  - expected met, got not_met",
            "  Why: Uncontrolled high blood pressure (uncontrolled-hypertension) is not_met",
            "      systolic_bp: {at_least: controlled_systolic = 141 mmHg}: does not hold",
            "    Rule: rules/exclusions/uncontrolled-hypertension.yaml:*",
        ]
    )
    shown = result.stdout.str()
    assert "Traceback" not in shown
    assert ".py:" not in shown
    assert "CaseFailed" not in shown


def test_a_test_is_named_by_its_case_and_can_be_chosen(pytester: pytest.Pytester, slipped: Path) -> None:
    chosen = "rules/exclusions/uncontrolled-hypertension.cases.yaml"
    result = pytest_of(pytester, chosen, "-v", "-k", "139 and control")
    result.stdout.fnmatch_lines(
        [f"{chosen}::139 over 89 with diagnosed hypertension is under control on every * PASSED*"]
    )
    assert result.ret == pytest.ExitCode.OK


def test_no_case_is_collected_twice_and_the_rulebook_is_read_once(
    pytester: pytest.Pytester, slipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def noted(folder: Path) -> Rulebook:
        read.append(folder)
        return load_rulebook(folder)

    monkeypatch.setattr(pytest_plugin, "load_rulebook", noted)
    items, _ = pytester.inline_genitems(*(() if INSTALLED else ("-p", PLUGIN)), "rules", "rules/exclusions")
    cases = (slipped / "exclusions").glob("*.cases.yaml")
    written = sum(len(re.findall(r"(?m)^- name: ", file.read_text("utf-8"))) for file in cases)
    assert len({item.nodeid for item in items}) == len(items) == written
    assert read == [slipped]


def test_a_rulebook_that_does_not_load_is_one_error_with_all_its_problems(
    pytester: pytest.Pytester, slipped: Path
) -> None:
    rules_with(slipped.parent, "exclusions/pregnancy.yaml", "pregnancy: {", "pregnency: {")
    rules_with(slipped.parent, "exclusions/breast-feeding.yaml", "effect: exclude", "effect: exlude")
    result = pytest_of(pytester, "rules")
    assert result.parseoutcomes() == {"errors": 1}
    assert result.ret == pytest.ExitCode.INTERRUPTED
    shown = result.stdout.str()
    assert "the rulebook in rules does not load" in shown
    assert "unknown fact `pregnency`" in shown
    assert "did you mean `exclude`?" in shown
    assert "Traceback" not in shown
    assert ".py:" not in shown


def test_a_case_that_asserts_nothing_is_an_error(pytester: pytest.Pytester, slipped: Path) -> None:
    (slipped / "exclusions" / "pregnancy.cases.yaml").write_text(
        "- name: nothing\n  as_of: 2026-11-22T09:00:00Z\n  expect: {}\n"
    )
    result = pytest_of(pytester, "rules")
    assert result.parseoutcomes() == {"errors": 1}
    assert "exclusions/pregnancy.cases.yaml:3:3: the case expects too little" in result.stdout.str()


def test_files_that_belong_to_no_rulebook_are_left_alone(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("other.cases.yaml").write_text("whatever: this is\n")
    pytester.makepyfile(test_one="def test_one(): pass")
    result = pytest_of(pytester)
    assert result.parseoutcomes() == {"passed": 1}


def test_a_run_without_cases_does_not_load_ketascreen(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_one="""
        import sys

        def test_one():
            assert "ketascreen_pytest" in sys.modules
            assert "ketascreen" not in sys.modules
            assert "pydantic" not in sys.modules
        """
    )
    command = [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:ketascreen", "-p", "no:hypothesispytest"]
    ran = subprocess.run(command, cwd=pytester.path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
