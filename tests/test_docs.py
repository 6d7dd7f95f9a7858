"""Every command and output that the documents show is what the program does."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tools.docs.attributes_page import PAGE as PAGE_OF_ATTRIBUTES
from tools.docs.attributes_page import attributes_page
from tools.docs.docs_blocks import DOCUMENTS, SETS_UP, Shown, run, shown
from tools.docs.facts_page import facts_page
from tools.docs.refresh import schema_text

from ketascreen import LeanVerdict, Stage, read_profile
from ketascreen.verdict.schema import SCHEMAS
from tests.helpers.places import ROOT
from tests.helpers.screening import AS_OF, shipped, shipped_screener

SHOWN = [one for document in DOCUMENTS for one in shown(document)]
EXAMPLES = [path for path in sorted((ROOT / "examples").iterdir()) if path.suffix in (".json", ".yaml")]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("one", SHOWN, ids=lambda one: f"{one.document.name}: {one.command}")
def test_a_shown_command_prints_what_is_shown(one: Shown) -> None:
    if one.is_ours:
        assert run(one.command) == one.output
    else:
        assert one.command.startswith(SETS_UP)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_shown_session_in_python_goes_as_shown(document: Path) -> None:
    failed, _ = doctest.testfile(str(document), module_relative=False, encoding="utf-8")
    assert failed == 0


def test_the_readme_shows_both_commands_and_their_plain_forms() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for wanted in ("make demo", "make test", "python3 -m venv .venv", ".venv/bin/python -m pytest"):
        assert wanted in text


def test_the_page_of_facts_is_what_the_vocabulary_says() -> None:
    assert (ROOT / "docs" / "facts.md").read_text(encoding="utf-8") == facts_page()


def test_the_page_of_attributes_has_what_each_built_in_fact_uses() -> None:
    assert PAGE_OF_ATTRIBUTES.read_text(encoding="utf-8") == attributes_page()


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_under_schema_is_what_the_program_writes(name: str) -> None:
    assert (ROOT / "schema" / name).read_text(encoding="utf-8") == schema_text(name)
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name]())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_keeps_to_the_schema_and_its_verdict_to_its_own(example: Path) -> None:
    profile = read_profile(example)
    sent = profile.model_dump(mode="json", exclude_none=True)
    jsonschema.Draft202012Validator(SCHEMAS["profile.schema.json"]()).validate(sent)
    verdict = shipped_screener().screen(profile, as_of=AS_OF, stage=Stage.SESSION)
    jsonschema.Draft202012Validator(SCHEMAS["verdict.schema.json"]()).validate(verdict.model_dump(mode="json"))
    lean = json.loads(LeanVerdict.of(verdict).to_json())
    jsonschema.Draft202012Validator(SCHEMAS["lean-verdict.schema.json"]()).validate(lean)


def test_the_schema_refuses_what_the_profile_refuses() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMAS["profile.schema.json"]())
    refused: list[Any] = [{"sistolic_bp": 120}, {"systolic_bp": "180"}, {"systolic_bp": True}, {"psychosis": "no"}, []]
    dated = {"psychosis": {"value": "past", "at": "2026-11-22"}}
    accepted: list[Any] = [{}, {"systolic_bp": None}, {"systolic_bp": "139 mmHg"}, dated]
    assert not any(map(validator.is_valid, refused))
    assert all(map(validator.is_valid, accepted))


def test_the_table_of_the_examples_is_what_they_come_to() -> None:
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    for example in EXAMPLES:
        (row,) = [line for line in text.splitlines() if line.startswith("|") and f"{example.name}" in line]
        verdict = shipped_screener().screen(read_profile(example), as_of=AS_OF)
        decisions = [one.decision.value for one in verdict.routes.values()]
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[-len(decisions) :] == decisions, example.name


def test_the_times_in_examples_cases_and_documents_are_those_of_a_clinic() -> None:
    read = [*ROOT.glob("examples/*.*"), *ROOT.glob("rules/ketamine/**/*.yaml"), *ROOT.glob("docs/*.md")]
    inside = re.compile(r"(?:as_of: |at: |--as-of |--at |\"at\": \")20[0-9-]+T[0-9:]+Z")
    assert [path.name for path in read if inside.search(path.read_text(encoding="utf-8"))] == []


def test_there_are_at_least_six_examples() -> None:
    assert len(EXAMPLES) >= 6


def test_the_changelog_counts_the_rules_as_they_are() -> None:
    assert f"{len(shipped().rules)} rules" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
