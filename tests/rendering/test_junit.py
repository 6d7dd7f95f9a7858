"""JUnit XML: a suite for each file, a test for each case, failures in the case's words, what was not run as skipped."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from tests.helpers.command_line import run
from tests.helpers.edited_rulebooks import SLIPPED, STRICTER, place_of_slipped, rules_with


@pytest.fixture
def slipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = rules_with(tmp_path, *STRICTER)
    monkeypatch.chdir(tmp_path)
    return folder


def written(*options: str) -> Xml.Element:
    run("test", "rules", "--junit", "cases.xml", *options)
    return Xml.parse("cases.xml").getroot()


def test_a_failure_is_told_in_the_words_of_the_case(slipped: Path) -> None:
    root = written("--rule", "uncontrolled-hypertension", "-k", "systolic with diagnosed")
    (failed,) = [test for test in root.iter("testcase") if test.find("failure") is not None]
    assert failed.attrib == {
        "classname": "uncontrolled-hypertension",
        "name": SLIPPED,
        "file": "rules/exclusions/uncontrolled-hypertension.cases.yaml",
        "line": place_of_slipped().split(":")[1],
    }
    failure = failed.find("failure")
    assert failure is not None
    assert failure.attrib["message"].startswith("expected met, got not_met; expected because")
    assert (failure.text or "").startswith(
        f"{place_of_slipped()}\n  Because `uncontrolled-hypertension` is not met\n  - expected met, got not_met\n"
    )
    assert "systolic_bp: {at_least: controlled_systolic = 141 mmHg}: does not hold" in (failure.text or "")


def test_the_channels_that_were_asked_are_a_property(slipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def channels(*options: str) -> list[str | None]:
        properties = written("--rule", "pregnancy", *options).iter("property")
        return [one.attrib["value"] for one in properties if one.attrib["name"] == "channels"]

    assert channels() == ["reference, production"]
    assert channels("--channel", "compiled") == ["compiled"]
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    assert channels() == ["reference, compiled"]


def test_the_counts_are_those_of_the_tests_below(slipped: Path) -> None:
    root = written("-k", "140")
    for counted in (root, *root.iter("testsuite")):
        assert counted.attrib["tests"] == str(len(list(counted.iter("testcase"))))
        assert counted.attrib["failures"] == str(len(list(counted.iter("failure"))))
        assert (counted.attrib["errors"], counted.attrib["skipped"]) == ("0", "0")
    assert int(root.attrib["failures"]) > 3
    assert float(root.attrib["time"]) >= 0
    assert {suite.attrib["name"] for suite in root.iter("testsuite")} >= {"rules/vignettes/boundaries.cases.yaml"}
    assert "boundaries" in {test.attrib["classname"] for test in root.iter("testcase")}


def test_a_case_that_was_not_run_is_skipped(slipped: Path) -> None:
    root = written("-k", "140", "--fail-fast")
    tests = list(root.iter("testcase"))
    first = next(index for index, test in enumerate(tests) if test.find("failure") is not None)
    assert len(list(root.iter("failure"))) == 1
    assert [test.find("skipped") is not None for test in tests] == [index > first for index in range(len(tests))]
    assert root.attrib["skipped"] == str(len(tests) - first - 1) != "0"


def test_words_that_xml_would_read_come_through(slipped: Path) -> None:
    cases = slipped / "exclusions" / "pregnancy.cases.yaml"
    name = """<b> & "quotes" ü 心"""
    cases.write_text(f"- name: '{name}'\n  as_of: 2026-11-22T09:00:00Z\n  expect: {{finding: met}}\n", encoding="utf-8")
    (test,) = written("--rule", "pregnancy").iter("testcase")
    assert test.attrib["name"] == name
    assert test.find("failure") is not None
