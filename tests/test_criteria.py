"""Every criterion of the five documents is accounted for, row by row.

The register of criteria and the documents are not part of the repository. These tests run where they stand beside it
(`../shared`), or where KETASCREEN_CRITERIA and KETASCREEN_DOCUMENTS name them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ketascreen.authoring.traceability import Carrier, mentions, verify
from tests.docs_blocks import ROOT
from tests.promises.support import shipped

CRITERIA = Path(os.environ.get("KETASCREEN_CRITERIA", ROOT.parent / "shared" / "clinical" / "criteria.json"))
DOCUMENTS = Path(os.environ.get("KETASCREEN_DOCUMENTS", ROOT.parent / "shared" / "documents"))


@pytest.mark.skipif(not CRITERIA.is_file(), reason="the register of criteria is not here")
def test_each_of_the_313_criteria_is_carried_or_is_listed_as_not_encoded() -> None:
    cited: dict[tuple[str | None, int | None], list[str]] = {}
    for mention in mentions(shipped()):
        citation = mention.citation
        cited.setdefault((citation.document, citation.line), []).append(citation.phrase or "")
    rows = json.loads(CRITERIA.read_text(encoding="utf-8"))
    missing = [
        row["id"]
        for row in rows
        if not any(
            phrase in row["quote"] or row["quote"] in phrase for phrase in cited.get((row["document"], row["line"]), ())
        )
    ]
    assert len(rows) == 313
    assert missing == []


@pytest.mark.skipif(not CRITERIA.is_file(), reason="the register of criteria is not here")
def test_no_absolute_or_conditional_exclusion_is_left_out() -> None:
    exclusions = {
        (row["document"], row["line"])
        for row in json.loads(CRITERIA.read_text(encoding="utf-8"))
        if "exclusion" in row["classification"]
    }
    left_out = {(entry.citation.document, entry.citation.line) for entry in shipped().not_encoded}
    by_a_rule = {
        (mention.citation.document, mention.citation.line)
        for mention in mentions(shipped())
        if mention.carrier is Carrier.RULE
    }
    assert not exclusions & left_out
    assert exclusions <= by_a_rule


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the documents are not here")
def test_every_cited_phrase_stands_on_its_line_of_documents_with_the_recorded_sha256() -> None:
    assert verify(shipped(), DOCUMENTS) == ()


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the documents are not here")
def test_no_citation_is_a_whole_line_of_running_text() -> None:
    lines = {file: (DOCUMENTS / file).read_text(encoding="utf-8").split("\n") for file in shipped().documents}
    for mention in mentions(shipped()):
        citation = mention.citation
        if citation.document and citation.line and citation.phrase:
            line = lines[citation.document][citation.line - 1].strip()
            assert len(citation.phrase.split()) <= 12
            assert citation.phrase != line or len(line.split()) <= 8, f"{citation} is a whole line"


def test_all_38_conflicts_stand_with_both_sides_cited() -> None:
    conflicts = shipped().conflicts
    assert set(conflicts) == {f"C{number}" for number in range(1, 39)}
    for conflict in conflicts.values():
        assert len(conflict.statements) >= 2
        assert conflict.rules or conflict.reason


def test_every_parameter_says_its_basis_and_which_direction_is_stricter() -> None:
    for parameter in shipped().parameters.values():
        assert parameter.reason or parameter.basis == "source"
        assert parameter.sources or parameter.basis == "policy"
        assert parameter.stricter in ("lower", "higher")
