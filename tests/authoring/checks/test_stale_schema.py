"""Schemas beside the rules that no longer have the rulebook's names are found; missing ones are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import stale_schema
from ketascreen.authoring.checks.run import check_folder
from ketascreen.authoring.names import read_names
from ketascreen.authoring.scaffold import write_schemas
from ketascreen.diagnostic import Diagnostic
from tests.helpers.check_findings import TODAY, rule
from tests.helpers.rulebook_files import copied, text_of

FACT = """  potassium:
    type: number
    unit: mmol/L
    minimum: 1
    maximum: 10
    label: Potassium
    domain: renal
freshness:
"""


def found_in(rulebook: Path) -> tuple[Diagnostic, ...]:
    return check_folder(rulebook, today=TODAY, no_documents=True, checks=(stale_schema,)).found


def with_schemas(folder: Path) -> Path:
    rulebook = copied(folder)
    write_schemas(read_names(rulebook), rulebook / "schema")
    return rulebook


def add_a_fact(rulebook: Path) -> None:
    text = text_of("vocabulary.yaml").replace("freshness:\n", FACT)
    (rulebook / "vocabulary.yaml").write_text(text, "utf-8")


def test_a_new_fact_makes_them_stale_until_they_are_written_again(tmp_path: Path) -> None:
    rulebook = with_schemas(tmp_path)
    assert found_in(rulebook) == ()
    add_a_fact(rulebook)
    (found,) = found_in(rulebook)
    assert (found.code, found.hint) == ("stale-schema", "write them again: ketascreen schema DIR")
    assert found.message.endswith("other names than the rulebook; an editor marks right words as wrong")
    assert found.place is not None
    assert found.place.path == "schema/rule.schema.json"
    write_schemas(read_names(rulebook), rulebook / "schema")
    assert found_in(rulebook) == ()


def test_a_new_rule_makes_none_stale(tmp_path: Path) -> None:
    rulebook = with_schemas(tmp_path)
    for path, text in rule("cautions/older.yaml", "  age: {at_least: 75 years}", effect="caution").items():
        (rulebook / path).write_text(text, "utf-8")
    assert found_in(rulebook) == ()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("parameters.yaml", "low_egfr:", "lower_egfr:"),
        ("definitions.yaml", "resistant_depression:", "hard_depression:"),
        ("documents.yaml", "B1-01:", "B1-02:"),
    ],
)
def test_another_name_does(tmp_path: Path, file: str, old: str, new: str) -> None:
    rulebook = with_schemas(tmp_path)
    for path in rulebook.rglob("*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(text.replace(old.rstrip(":"), new.rstrip(":")), "utf-8")
    assert [one.code for one in found_in(rulebook)] == ["stale-schema"]


def test_a_folder_without_schemas_has_no_stale_one(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    add_a_fact(rulebook)
    assert found_in(rulebook) == ()


def test_nothing_is_written(tmp_path: Path) -> None:
    rulebook = with_schemas(tmp_path)
    add_a_fact(rulebook)
    before = {path: path.read_bytes() for path in rulebook.rglob("*") if path.is_file()}
    assert found_in(rulebook)
    assert {path: path.read_bytes() for path in rulebook.rglob("*") if path.is_file()} == before


def test_another_value_of_a_parameter_makes_none_stale_and_another_parameter_does(tmp_path: Path) -> None:
    rulebook = with_schemas(tmp_path)
    parameters = rulebook / "parameters.yaml"
    text = parameters.read_text("utf-8")
    parameters.write_text(text.replace("180 mmHg", "170 mmHg"), "utf-8")
    assert found_in(rulebook) == ()
    other = "\nother_bar: {value: 150 mmHg, stricter: lower, basis: policy, reason: Made up.}\n"
    parameters.write_text(text + other, "utf-8")
    assert [one.code for one in found_in(rulebook)] == ["stale-schema"]


def test_a_schema_that_is_not_json_is_stale(tmp_path: Path) -> None:
    rulebook = with_schemas(tmp_path)
    (rulebook / "schema" / "rule.schema.json").write_text("{", "utf-8")
    assert [one.code for one in found_in(rulebook)] == ["stale-schema"]
