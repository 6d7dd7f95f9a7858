"""Writes what the documents show, and the JSON Schemas, from what the program does now. Run it with `make docs`."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.helpers.code_pages import PAGES as CODE_PAGES
from tests.helpers.code_pages import index
from tests.helpers.places import ROOT

from ketascreen.authoring.editor.file_schemas import schema_text as editor_schema_text
from ketascreen.authoring.editor.file_schemas import schemas
from ketascreen.authoring.names import read_names
from ketascreen.loading.built_in import built_in_rules
from ketascreen.verdict.schema import SCHEMAS
from tools.docs.attributes_page import PAGE as ATTRIBUTES
from tools.docs.attributes_page import attributes_page
from tools.docs.clinicians_page import PAGE as FOR_CLINICIANS
from tools.docs.clinicians_page import clinicians_page
from tools.docs.docs_blocks import DOCUMENTS, run, shown, with_files
from tools.docs.facts_page import facts_page
from tools.docs.given_facts import MODULE as GIVEN_FACTS
from tools.docs.given_facts import given_facts
from tools.docs.transcript import PAGES, replayed


def schema_text(name: str) -> str:
    """The text of a schema in its file."""
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


def editor_schemas() -> dict[str, str]:
    """The schemas of the shipped rulebook's files as they stand below `schema/rules/`, by file name."""
    made = schemas(read_names(built_in_rules()))
    return {name: editor_schema_text(schema) for name, schema in made.items()}


def refresh(document: Path) -> None:
    """Puts the present output behind each command that a document shows."""
    text = document.read_text(encoding="utf-8")
    for one in shown(document):
        if one.is_ours:
            text = text.replace(f"$ {one.command}\n{one.output}", f"$ {one.command}\n{run(one.command)}")
    document.write_text(with_files(text), encoding="utf-8")


def main() -> None:
    """Writes them all."""
    for name in SCHEMAS:
        (ROOT / "schema" / name).write_text(schema_text(name), encoding="utf-8")
    (ROOT / "schema" / "rules").mkdir(exist_ok=True)
    for name, text in editor_schemas().items():
        (ROOT / "schema" / "rules" / name).write_text(text, encoding="utf-8")
    (CODE_PAGES / "README.md").write_text(index(), encoding="utf-8")
    (ROOT / "docs" / "facts.md").write_text(facts_page(), encoding="utf-8")
    GIVEN_FACTS.write_text(given_facts(), encoding="utf-8")
    ATTRIBUTES.write_text(attributes_page(), encoding="utf-8")
    FOR_CLINICIANS.write_text(clinicians_page(), encoding="utf-8")
    for document in DOCUMENTS:
        refresh(document)
    for page in PAGES:
        with TemporaryDirectory() as folder:
            page.write_text(replayed(page.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
