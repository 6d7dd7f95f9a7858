"""Cases as tests of pytest, as a clinic runs them: named by the case, told in its words, one error for a rulebook."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
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


OF_ANOTHER_MAKE = {
    "a list of plays": "- name: Reacts to events\n  hosts: all\n  rules:\n    - name: say\n      condition: true\n",
    "common keys": "id: house-style\ntitle: The rules of the house\nversion: 1.0.0\nrules: [one, two]\n",
    "one key of ours": "title: Chess\nversion: 3\nformat: pgn\nrules:\n  - limits: {time: 5}\n    requires: clock\n",
    "nothing": "",
    "YAML that does not parse": "rules: [one, two\n  - {",
    "no YAML": "\x00\x01\x02",
}


@pytest.mark.parametrize("text", OF_ANOTHER_MAKE.values(), ids=OF_ANOTHER_MAKE)
def test_a_rulebook_of_another_make_is_passed_over_and_told(pytester: pytest.Pytester, text: str) -> None:
    rules = pytester.mkdir("rules")
    rules.joinpath("rulebook.yaml").write_text(text)
    rules.joinpath("foo.cases.yaml").write_text("- name: foo\n  given: {a: 1}\n  expect: {b: 2}\n")
    pytester.makepyfile(test_one="def test_one(): pass")
    result = pytest_of(pytester)
    assert result.parseoutcomes() == {"passed": 1}
    assert result.ret == pytest.ExitCode.OK
    passed_over = f"ketascreen: passed over 1 *.cases.yaml without a ketascreen rulebook, first {rules.name}"
    assert passed_over in result.stdout.str()


def _emptied(text: str) -> bytes:
    return b""


def _cut_short(text: str) -> bytes:
    return text[:60].encode()


def _of_an_older_format(text: str) -> bytes:
    return text.replace("format: 2", "format: 0").encode()


def _of_a_newer_ketascreen(text: str) -> bytes:
    return text.replace('requires: ">=', 'requires: ">=99').encode()


def _not_yaml(text: str) -> bytes:
    return (text + "\n  - {[").encode()


def _in_utf_16(text: str) -> bytes:
    return text.encode("utf-16")


def _with_slips_in_keys(text: str) -> bytes:
    return text.replace("format:", "fromat:").replace("id:", "iid:").encode()


@pytest.mark.parametrize(
    "broken",
    [
        _emptied,
        _cut_short,
        _of_an_older_format,
        _of_a_newer_ketascreen,
        _not_yaml,
        _in_utf_16,
        _with_slips_in_keys,
    ],
)
def test_a_broken_rulebook_of_ours_is_one_error(
    pytester: pytest.Pytester, slipped: Path, broken: Callable[[str], bytes]
) -> None:
    file = slipped / "rulebook.yaml"
    file.write_bytes(broken(file.read_text("utf-8")))
    pytester.makepyfile(test_one="def test_one(): pass")
    result = pytest_of(pytester)
    assert result.parseoutcomes() == {"errors": 1}
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "the rulebook in rules does not load" in result.stdout.str()


def _a_dangling_link(file: Path) -> None:
    file.symlink_to(file.with_name("elsewhere.yaml"))


def _a_folder(file: Path) -> None:
    file.mkdir()


def _a_pipe(file: Path) -> None:
    os.mkfifo(file)


def _renamed(file: Path) -> None:
    file.with_name("rulebook.yml").touch()


def _deleted(file: Path) -> None:
    assert not file.exists()


@pytest.mark.parametrize("instead", [_a_dangling_link, _a_folder, _a_pipe, _renamed, _deleted])
def test_a_rulebook_of_ours_without_the_file_that_names_it_is_one_error(
    pytester: pytest.Pytester, slipped: Path, instead: Callable[[Path], None]
) -> None:
    file = slipped / "rulebook.yaml"
    file.unlink()
    instead(file)
    pytester.makepyfile(test_one="def test_one(): pass")
    result = pytest_of(pytester)
    assert result.parseoutcomes() == {"errors": 1}
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "the rulebook in rules does not load" in result.stdout.str()


def test_files_below_no_rulebook_are_passed_over_and_told(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("other.cases.yaml").write_text("whatever: this is\n")
    pytester.makepyfile(test_one="def test_one(): pass")
    result = pytest_of(pytester)
    assert result.parseoutcomes() == {"passed": 1}
    result.stdout.fnmatch_lines(
        ["ketascreen: passed over 1 [*].cases.yaml without a ketascreen rulebook, first other.cases.yaml"]
    )


def test_a_run_says_how_many_cases_it_collected(pytester: pytest.Pytester, slipped: Path) -> None:
    for args in ((), ("-q",)):
        result = pytest_of(pytester, "rules", "--collect-only", *args)
        collected = sum("<CaseItem" in line or "::" in line for line in result.outlines)
        assert collected > 20
        result.stdout.fnmatch_lines(
            [f"ketascreen: {collected} cases of rulebooks, by the channels reference and production"]
        )


def test_a_run_without_the_plugin_says_nothing_of_cases(pytester: pytest.Pytester, slipped: Path) -> None:
    pytester.makepyfile(test_one="def test_one(): pass")
    result = pytester.runpytest_inprocess("-p", "no:ketascreen", "-p", f"no:{PLUGIN}")
    assert result.parseoutcomes() == {"passed": 1}
    assert "ketascreen:" not in result.stdout.str()


@pytest.mark.skipif(not INSTALLED, reason="ketascreen is not installed, so pytest knows no plugin of that name")
@pytest.mark.parametrize("off", ["-p no:ketascreen", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"])
def test_the_lines_of_the_page_refuse_a_run_without_the_plugin(pytester: pytest.Pytester, off: str) -> None:
    lines = re.search(r"```ini\n(.*?)```", (ROOT / "docs" / "testing-rules.md").read_text("utf-8"), re.DOTALL)
    assert lines
    pytester.makefile(".ini", pytest=lines[1])
    pytester.makepyfile(test_one="def test_one(): pass")
    command = [sys.executable, "-m", "pytest"]
    assert subprocess.run(command, cwd=pytester.path, capture_output=True, check=False).returncode == 0
    named = off.split() if off.startswith("-") else []
    given = {**os.environ, **({} if named else {off: "1"})}
    ran = subprocess.run([*command, *named], cwd=pytester.path, env=given, capture_output=True, text=True, check=False)
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "Missing required plugins: ketascreen" in ran.stderr


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
