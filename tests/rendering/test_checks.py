"""What each format writes, against golden files, and against what its readers take."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ketascreen.authoring.checks.run import Checked, Silenced, check_folder
from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.rendering.checks.formats import FORMATS
from ketascreen.rendering.page import WIDTH
from tests.helpers.golden import checked, golden, rulebooks

NAMES = list(rulebooks())
SCHEMA = json.loads((Path(__file__).parent / "sarif.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_a_format_writes_what_its_golden_file_shows(name: str, form: str, tmp_path: Path) -> None:
    shown = golden(name, form).read_text("utf-8")
    assert FORMATS[form](checked(name, tmp_path)) + "\n" == shown, "python -m tests.helpers.golden writes it anew"


@pytest.mark.parametrize("name", NAMES)
def test_every_format_shows_every_finding_and_every_reason(name: str, tmp_path: Path) -> None:
    result = checked(name, tmp_path)
    assert result.refused or result.found or result.silenced
    for form in FORMATS.values():
        written = " ".join(form(result).split())
        for problem in (*result.refused, *result.found, *(one.finding for one in result.silenced)):
            assert problem.code in written
            assert problem.message in written
        for silenced in result.silenced:
            assert silenced.reason in written


AWKWARD = Diagnostic("odd", "50% of `ö`: a, b", "hint\nit", Place("a folder/é,:%.yaml", 3, 7, 900), text="x" * 300)
UNPLACED = Diagnostic("odd", "no place", "")
BEYOND = Diagnostic("odd", "behind the end", "hint", Place("a.yaml", 1, 4), text="abc")
ESCAPES = Diagnostic("odd", "a \x1b[2K", "hint", Place("a\x1b.yaml", 1, 3), text="a \x1b[2K\u202e")
EVERY = Checked(refused=(AWKWARD, UNPLACED, BEYOND, ESCAPES), silenced=(Silenced(AWKWARD, "because,\n100%"),))


@pytest.mark.parametrize("name", [*NAMES, "awkward"])
def test_the_sarif_log_is_of_the_standards_form(name: str, tmp_path: Path) -> None:
    log = json.loads(FORMATS["sarif"](EVERY if name == "awkward" else checked(name, tmp_path)))
    validator = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    assert list(validator.iter_errors(log)) == []
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [one["ruleId"] for one in run["results"]]


@pytest.mark.parametrize(("path", "value"), [(("version",), "2.0"), (("runs", 0, "results", 0, "level"), "bad")])
def test_the_form_that_is_tested_against_refuses_other_logs(path: tuple[Any, ...], value: str, tmp_path: Path) -> None:
    log = json.loads(FORMATS["sarif"](checked("found", tmp_path)))
    part = log
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(log)


def test_sarif_says_that_a_check_of_what_was_refused_did_not_succeed(tmp_path: Path) -> None:
    refused = check_folder(tmp_path / "none", today=date(2026, 11, 22))
    for of, succeeded in ((refused, False), (EVERY, False), (checked("found", tmp_path), True)):
        (run,) = json.loads(FORMATS["sarif"](of))["runs"]
        assert run["invocations"] == [{"executionSuccessful": succeeded}]
    assert [one.code for one in refused.refused] == ["no-folder"]


def test_what_is_let_stand_is_suppressed_in_sarif_and_nothing_else_is(tmp_path: Path) -> None:
    (run,) = json.loads(FORMATS["sarif"](checked("found", tmp_path)))["runs"]
    suppressed = {one["ruleId"]: one.get("suppressions") for one in run["results"]}
    kept = {"kind": "inSource", "status": "accepted", "justification": "No built-in fact says it."}
    assert suppressed == {"age-is-asked": None, "needless-allow": None, "fact-is-added": [kept]}


def test_a_command_of_github_stays_one_line_with_its_parts_escaped() -> None:
    first, _, _, _, notice, *_ = FORMATS["github"](EVERY).split("\n")
    where = "file=a folder/é%2C%3A%25.yaml,line=3,endLine=3,col=7,endColumn=906,title=odd"
    assert first == f"::error {where}::50%25 of `ö`: a, b; hint%0Ait"
    assert notice == f"::notice {where}::50%25 of `ö`: a, b; accepted: because,%0A100%25"


@pytest.mark.parametrize("name", [*NAMES, "awkward"])
def test_text_keeps_to_80_columns_and_holds_nothing_that_cannot_be_seen(name: str, tmp_path: Path) -> None:
    lines = FORMATS["text"](EVERY if name == "awkward" else checked(name, tmp_path)).split("\n")
    assert max(map(len, lines)) <= WIDTH
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("column", [1, 40, 72, 73, 200, 290, 301, 400])
@pytest.mark.parametrize("length", [1, 5, 71, 72, 73, 300])
def test_the_underlined_part_of_a_long_line_is_in_sight(column: int, length: int) -> None:
    text = "".join(chr(ord("a") + number % 26) for number in range(300))
    place = Place("a.yaml", 3, column, length)
    shown = FORMATS["text"](Checked(refused=(Diagnostic("odd", "odd", "hint", place, text=text),))).split("\n")
    line, mark = shown[1], shown[2]
    assert len(line) <= WIDTH
    underlined = line[mark.index("^") : mark.rindex("^") + 1]
    marked = text[column - 1 : column - 1 + length]
    assert len(underlined) <= max(1, len(marked))
    assert marked.startswith(underlined)
    assert len(underlined) >= min(length, len(marked), 20)


def test_the_page_of_a_code_is_named_once_at_the_end(tmp_path: Path) -> None:
    result = checked("found", tmp_path)
    text = FORMATS["text"](result)
    assert text.endswith("\nWhat a code means, with examples: docs/codes/<code>.md")
    assert text.count("docs/codes") == 1
    assert re.findall(r"\[([a-z-]+)\]$", text, re.MULTILINE) == ["age-is-asked", "needless-allow", "fact-is-added"]
    assert "docs/codes" not in FORMATS["text"](replace(result, found=(), silenced=()))


def test_json_can_be_read_back_and_is_ascii(tmp_path: Path) -> None:
    written = FORMATS["json"](checked("found", tmp_path))
    data = json.loads(written)
    assert written.isascii()
    assert (data["rules"], data["cases"], data["refused"], data["not_run"]) == (8, 1, [], [])
    assert [(one["path"], one["line"], one["column"]) for one in data["found"]] == [
        ("cautions/young.yaml", 7, 3),
        ("exclusions/heart.yaml", 12, 13),
    ]
    assert data["silenced"][0]["reason"] == "No built-in fact says it."
