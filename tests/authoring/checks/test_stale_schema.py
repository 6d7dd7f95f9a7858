"""Schemas beside the rules that no longer have the rulebook's names are found; missing ones are not."""

from __future__ import annotations

from pathlib import Path

from ketascreen.authoring.checks import stale_schema
from ketascreen.authoring.checks.run import check_folder
from ketascreen.authoring.names import read_names
from ketascreen.authoring.scaffold import write_schemas
from ketascreen.diagnostic import Diagnostic
from tests.helpers.check_findings import TODAY
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


def test_a_new_start_makes_the_schemas_of_cases_stale(tmp_path: Path) -> None:
    rulebook = with_schemas(tmp_path)
    start = "as_of: 2026-11-22T09:00:00Z\nobserved_at: 2026-11-22\ngiven: {age: 40 years}\n"
    (rulebook / "base.start.yaml").write_text(start, "utf-8")
    (found,) = found_in(rulebook)
    assert found.message.startswith("2 of the schemas in `schema/` have other names")


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
