"""A citation whose line does not hold its phrase is found, where the documents are at hand."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ketascreen.authoring.checks import phrase_not_on_line
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.check_findings import findings
from tests.helpers.rulebook_files import changed

LEAFLET = "A leaflet\nDo not use above 180.\n3\n4\nIt works within minutes.\n6\n7\n8\nPlease ask for our prices.\n"
DIGEST = changed("documents.yaml", "0" * 64, hashlib.sha256(LEAFLET.encode()).hexdigest())


def documents(folder: Path, text: str = LEAFLET) -> Path:
    """A folder with the one document."""
    (folder / "documents").mkdir()
    (folder / "documents" / "leaflet.txt").write_text(text, "utf-8")
    return folder / "documents"


def test_a_phrase_that_stands_elsewhere(tmp_path: Path) -> None:
    moved = {**DIGEST, **changed("cautions/young.yaml", "line: 2", "line: 3")}
    assert findings(phrase_not_on_line, tmp_path, moved, documents=documents(tmp_path)) == [
        Diagnostic(
            "phrase-not-on-line",
            "the phrase “above 180” is not on line 3 of `leaflet.txt`",
            "it is on line 2",
            Place("cautions/young.yaml", 10, 5, 1),
        )
    ]


def test_phrases_that_stand_on_their_lines(tmp_path: Path) -> None:
    assert findings(phrase_not_on_line, tmp_path, DIGEST, documents=documents(tmp_path)) == []


def test_another_document_is_told_of_under_its_own_code(tmp_path: Path) -> None:
    found = findings(phrase_not_on_line, tmp_path, DIGEST, documents=documents(tmp_path, LEAFLET.replace("3", "03")))
    assert [problem.code for problem in found] == ["sha256"]


def test_without_the_documents_nothing_is_claimed(tmp_path: Path) -> None:
    moved = changed("cautions/young.yaml", "line: 2", "line: 3")
    assert findings(phrase_not_on_line, tmp_path, moved) == []
