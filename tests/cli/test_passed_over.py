"""What of a folder was passed over is counted and named by each command that says how many rules or cases there are."""

from __future__ import annotations

import json
import xml.etree.ElementTree as Xml
from pathlib import Path

import pytest

from ketascreen.rendering.passed_over import NAMED, passed_over
from tests.helpers.command_line import run
from tests.helpers.rulebook_files import text_of, with_files

CASES = {
    "exclusions/pregnancy.cases.yaml": "- {name: nothing is known, as_of: 2026-11-22T09:00:00Z, "
    "expect: {finding: unknown}}\n"
}
NAMES = [".rule.yaml", "exclusions/rule.yam", "schema/"]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A rulebook with a rule whose name has a slip, a hidden one, and a folder of other files."""
    text = text_of("exclusions/pregnancy.yaml")
    other = {"exclusions/rule.yam": text, ".rule.yaml": text, "schema/a": "", "schema/b": ""}
    return with_files(tmp_path, {**CASES, **other})


def test_check_test_and_rules_say_it(rules: Path) -> None:
    for command in (("check", str(rules)), ("test", str(rules)), ("rules", "--rules", str(rules))):
        told = " ".join(run(*command).out.split())
        assert f"Passed over, because it is not a .yaml file (3): {', '.join(NAMES)}." in told
    told = " ".join(run("check", str(rules), "--format", "github").out.split())
    assert "Passed over, because it is not a .yaml file (3)" in told


def test_a_check_that_refuses_says_it_too(rules: Path) -> None:
    (rules / "routes.yaml").write_text("a: b\n")
    told = run("check", str(rules))
    assert told.status == 2
    assert ".rule.yaml" in told.out


def test_so_does_their_output_for_programs(rules: Path, tmp_path: Path) -> None:
    assert json.loads(run("check", str(rules), "--format", "json").out)["ignored"] == NAMES
    listed = json.loads(run("rules", "--rules", str(rules), "--json").out)
    assert listed["ignored"] == NAMES
    assert {rule["id"] for rule in listed["rules"]} >= {"pregnancy"}
    run("test", str(rules), "--junit", str(tmp_path / "junit.xml"))
    told = Xml.parse(tmp_path / "junit.xml").getroot().findall("properties/property")
    said = [("channels", "reference, production"), *(("passed_over", name) for name in NAMES)]
    assert [(one.get("name"), one.get("value")) for one in told] == said


def test_nothing_is_said_where_nothing_was_passed_over(tmp_path: Path) -> None:
    for command in (("check",), ("test",), ("rules", "--rules")):
        told = run(*command, str(with_files(tmp_path / command[0], CASES))).out
        assert told
        assert "Passed over" not in told


@pytest.mark.parametrize(("count", "last"), [(NAMED, "n9."), (NAMED + 1, "n9 and 1 more.")])
def test_of_many_the_first_are_named_and_the_others_counted(count: int, last: str) -> None:
    told = " ".join(line.text for line in passed_over([f"n{number}" for number in range(count)]))
    assert told.startswith(f"Passed over, because it is not a .yaml file ({count}): n0, ")
    assert told.endswith(last)
    assert "\x1b" not in "".join(line.text for line in passed_over(["a\x1b[2J"]))
