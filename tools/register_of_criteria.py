"""Makes tests/data/criteria.jsonl and tests/data/lines.jsonl, which hold no sentence of the documents.

    python tools/register_of_criteria.py CRITERIA.json DOCUMENTS [--check]

CRITERIA.json is the register with its quotes, DOCUMENTS the folder of the documents. Run it after the words of a
citation change. With `--check` nothing is written: it ends with 1 where a file is not what would be written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ketascreen.authoring.traceability import mentions
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.load import load_rulebook

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
Row = dict[str, Any]
Phrases = Mapping[tuple[str, int], set[str]]

SHORT = 8
"""A whole line of at most so many words may be cited: it is a heading or an entry of a list."""
MOST = 12
"""A citation has at most so many words, so longer lines are never cited whole."""


def digest(text: str) -> str:
    """The sha256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def cited_phrases(rulebook: Rulebook) -> Phrases:
    """The phrases that a rulebook cites, by document and line."""
    cited: dict[tuple[str, int], set[str]] = defaultdict(set)
    for mention in mentions(rulebook):
        citation = mention.citation
        if citation.document and citation.line and citation.phrase:
            cited[citation.document, citation.line].add(citation.phrase)
    return cited


def criterion(row: Row, cited: Phrases) -> Row:
    """A row without its quote. `phrases` are the digests of the cited phrases in the quote, or around it."""
    quote = row["quote"]
    phrases = cited.get((row["document"], row["line"]), set())
    return {
        "id": row["id"],
        "document": row["document"],
        "line": row["line"],
        "class": row["classification"],
        "digest": digest(quote),
        "phrases": sorted(digest(phrase) for phrase in phrases if phrase in quote or quote in phrase),
    }


def long_lines(file: Path) -> Iterator[Row]:
    """The lines of a document that a citation could hold whole, and must not."""
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
        if SHORT < len(line.split()) <= MOST:
            yield {"document": file.name, "line": number, "digest": digest(line.strip())}


def made(criteria: Path, documents: Path) -> dict[Path, str]:
    """The text of each file."""
    rulebook = load_rulebook(built_in_rules())
    cited = cited_phrases(rulebook)
    rows = [criterion(row, cited) for row in json.loads(criteria.read_text(encoding="utf-8"))]
    lines = [row for name in sorted(rulebook.documents) for row in long_lines(documents / name)]
    return {DATA / "criteria.jsonl": as_lines(rows), DATA / "lines.jsonl": as_lines(lines)}


def as_lines(rows: list[Row]) -> str:
    """One row a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main() -> int:
    """Writes the files, or says which are out of date."""
    parser = argparse.ArgumentParser(description="Makes the register of criteria without its quotes.")
    parser.add_argument("criteria", type=Path)
    parser.add_argument("documents", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 where a file differs")
    given = parser.parse_args()
    files = made(given.criteria, given.documents)
    if not given.check:
        for path, text in files.items():
            path.write_text(text, encoding="utf-8", newline="\n")
        return 0
    stale = [path for path, text in files.items() if path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{path.name} is out of date: run this without --check")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
