"""Writes what the documents show, and the JSON Schemas, from what the program does now. Run it with `make docs`."""

from __future__ import annotations

import json
from pathlib import Path

from ketascreen.schemas import SCHEMAS
from tests.docs_blocks import DOCUMENTS, ROOT, run, shown
from tests.facts_page import facts_page


def schema_text(name: str) -> str:
    """A schema as it stands in its file."""
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


def refresh(document: Path) -> None:
    """Puts the present output behind each command that a document shows."""
    text = document.read_text(encoding="utf-8")
    for one in shown(document):
        if one.is_ours:
            text = text.replace(f"$ {one.command}\n{one.output}", f"$ {one.command}\n{run(one.command)}")
    document.write_text(text, encoding="utf-8")


def main() -> None:
    """Writes them all."""
    for name in SCHEMAS:
        (ROOT / "schema" / name).write_text(schema_text(name), encoding="utf-8")
    (ROOT / "docs" / "facts.md").write_text(facts_page(), encoding="utf-8")
    for document in DOCUMENTS:
        refresh(document)


if __name__ == "__main__":
    main()
