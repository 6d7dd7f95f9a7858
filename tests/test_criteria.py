"""Every criterion of the five documents is accounted for, row by row.

tests/data/criteria.jsonl is the register of criteria without its quotes: the document, the line, the class, the digest
of the quote, and the digests of the cited phrases that stand in the quote or hold it. tests/data/lines.jsonl has the
digests of the lines that no citation may repeat whole. tools/register_of_criteria.py makes both. Whether each phrase
stands on its line is for `ketascreen verify-sources`, which needs the documents.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tools.register_of_criteria import digest, made

from ketascreen import load_rulebook
from ketascreen.authoring.traceability import Carrier, Mention, mentions
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.places import ROOT
from tests.helpers.screening import shipped

SCRIPT = ROOT / "tools" / "register_of_criteria.py"
Row = dict[str, Any]
Key = tuple[str | None, int | None, str]


def rows_of(name: str) -> list[Row]:
    """The rows of a file of tests/data."""
    text = (ROOT / "tests" / "data" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


CRITERIA = rows_of("criteria.jsonl")
EXCLUSIONS = [row for row in CRITERIA if "exclusion" in row["class"]]


def key(mention: Mention) -> Key:
    """The document, the line and the digest of the words that a mention cites."""
    citation = mention.citation
    return citation.document, citation.line, digest(citation.phrase or "")


def keys(row: Row) -> set[Key]:
    """What a mention cites that carries the row: its line, in words of its quote."""
    return {(row["document"], row["line"], phrase) for phrase in row["phrases"]}


def left_out(rows: Iterable[Row], cited: Iterable[Mention]) -> list[str]:
    """The ids of the rows that no mention carries."""
    found = {key(mention) for mention in cited}
    return [row["id"] for row in rows if not found & keys(row)]


def by_rules(cited: Iterable[Mention]) -> list[Mention]:
    """Those of the mentions that a rule makes."""
    return [mention for mention in cited if mention.carrier is Carrier.RULE]


def without_citations(rule_id: str) -> Rulebook:
    """The built-in rulebook with a rule that cites nothing any more."""
    assert shipped().rule(rule_id)
    rules = (replace(rule, sources=()) if rule.id == rule_id else rule for rule in shipped().rules)
    return replace(shipped(), rules=tuple(rules))


def test_each_of_the_313_criteria_is_carried_or_is_listed_as_not_encoded() -> None:
    assert len(CRITERIA) == len({row["id"] for row in CRITERIA}) == 313
    missing = left_out(CRITERIA, mentions(shipped()))
    assert missing == [], "left out, or cited in other words: then run tools/register_of_criteria.py"


def test_a_criterion_whose_line_nobody_cites_is_found(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(built_in_rules(), rules)
    entries = rules / "not-encoded.yaml"
    text = entries.read_text(encoding="utf-8")
    entries.write_text(re.sub(r"- \{document: 000_\w+\.txt, line: 50, .*\n", "", text), encoding="utf-8")
    assert left_out(CRITERIA, mentions(load_rulebook(rules))) == ["000-046"]


def test_a_criterion_whose_rule_cites_it_no_longer_is_found() -> None:
    assert left_out(CRITERIA, mentions(without_citations("no-trained-practitioner"))) == ["003-178"]


def test_an_exclusion_that_no_rule_cites_is_found_even_where_a_conflict_does() -> None:
    cited = list(mentions(without_citations("active-mania")))
    assert left_out(EXCLUSIONS, cited) == []
    assert left_out(EXCLUSIONS, by_rules(cited)) == ["003-213", "003-214"]


def test_no_absolute_or_conditional_exclusion_is_left_out() -> None:
    assert len(EXCLUSIONS) == 18
    assert left_out(EXCLUSIONS, by_rules(mentions(shipped()))) == []
    lines = {(row["document"], row["line"]) for row in EXCLUSIONS}
    assert not lines & {(entry.citation.document, entry.citation.line) for entry in shipped().not_encoded}


def test_the_register_holds_digests_and_no_sentence() -> None:
    for row in CRITERIA:
        assert set(row) == {"id", "document", "line", "class", "digest", "phrases"}
        assert 1 <= row["line"] <= shipped().documents[row["document"]].lines
        assert all(re.fullmatch("[0-9a-f]{64}", one) for one in (row["digest"], *row["phrases"]))


def test_no_citation_is_a_whole_line_of_running_text() -> None:
    lines = {(row["document"], row["line"], row["digest"]) for row in rows_of("lines.jsonl")}
    assert len(lines) == 49
    for mention in mentions(shipped()):
        citation = mention.citation
        if citation.document and citation.line and citation.phrase:
            assert len(citation.phrase.split()) <= 12
            assert key(mention) not in lines, f"{citation} is a whole line"


def invented(folder: Path, words: str) -> tuple[Path, Path]:
    """A register with its quotes, of one row, and documents of the right names."""
    documents = folder / "documents"
    documents.mkdir()
    for name in shipped().documents:
        (documents / name).write_text(f"Heading\n{words}\n", encoding="utf-8")
    name = CRITERIA[0]["document"]
    row = {"id": "1", "document": name, "line": 2, "quote": words, "classification": "review", "note": "secret"}
    (folder / "criteria.json").write_text(json.dumps([row]), encoding="utf-8")
    return folder / "criteria.json", documents


def test_the_script_leaves_the_words_out(tmp_path: Path) -> None:
    cited = next(one for one in mentions(shipped()) if keys(CRITERIA[0]) == {key(one)}).citation.phrase
    words = f"{cited} and three more"
    criteria, lines = made(*invented(tmp_path, words)).values()
    assert json.loads(criteria) == {
        "id": "1",
        "document": CRITERIA[0]["document"],
        "line": 2,
        "class": "review",
        "digest": digest(words),
        "phrases": CRITERIA[0]["phrases"],
    }
    assert [json.loads(line) for line in lines.splitlines()] == [
        {"document": name, "line": 2, "digest": digest(words)} for name in sorted(shipped().documents)
    ]


def test_the_script_says_which_file_is_out_of_date(tmp_path: Path) -> None:
    given = [str(path) for path in invented(tmp_path, "three words more")]
    ran = subprocess.run([sys.executable, str(SCRIPT), *given, "--check"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.splitlines() == [
        f"{name} is out of date: run this without --check" for name in ("criteria.jsonl", "lines.jsonl")
    ]


def test_all_38_conflicts_of_the_register_and_the_one_of_the_rulebook_stand_with_both_sides_cited() -> None:
    conflicts = shipped().conflicts
    assert set(conflicts) == {*(f"C{number}" for number in range(1, 39)), "C39"}
    for conflict in conflicts.values():
        assert len(conflict.statements) >= 2
        assert conflict.rules or conflict.reason


def test_every_parameter_says_its_basis_and_which_direction_is_stricter() -> None:
    for parameter in shipped().parameters.values():
        assert parameter.reason or parameter.basis == "source"
        assert parameter.sources or parameter.basis == "policy"
        assert parameter.stricter in ("lower", "higher")
