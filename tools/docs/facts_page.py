"""docs/facts.md, from the vocabulary."""

from __future__ import annotations

from itertools import groupby

from tests.helpers.screening import shipped

from ketascreen.language.vocabulary import Code, Fact, Vocabulary
from ketascreen.patient.codes import codes_by_fact

HEAD = """# Facts

What a profile can say. Every fact may be left out: it is then not known. *Fresh for* is how long an answer counts in
the built-in rulebook (a policy of its vocabulary.yaml); answers that are *lasting* or *permanent* count whatever their
age. `make docs` writes this page.

Codes are SNOMED CT, ICD-10-CM and LOINC codes; each row of src/ketascreen/codes names where its code was read. Those
that were only seen in other public code say "to be verified" there. A fact without a code has none that was read.
ICD-10-CM changes every year.
"""


def facts_page() -> str:
    """The page."""
    vocabulary: Vocabulary = shipped().vocabulary
    codes = codes_by_fact(vocabulary)
    parts = [HEAD]
    for domain, facts in groupby(vocabulary.values(), key=lambda fact: fact.domain):
        parts.append(f"\n## {domain.capitalize()}\n")
        parts.append("| fact | what it is | answer | fresh for | codes |\n|---|---|---|---|---|")
        parts += [_row(fact, codes[fact.name]) for fact in facts]
    return "\n".join(parts) + "\n"


def _row(fact: Fact, codes: tuple[Code, ...]) -> str:
    note = f" {fact.note}" if fact.note else ""
    window = str(fact.freshness) if fact.freshness else ""
    for name in ("lasting", "permanent"):
        words = sorted(getattr(fact.freshness, name)) if fact.freshness else []
        window += f"; {name}: {', '.join(words)}" if words else ""
    listed = ", ".join(f"{code.choice + ': ' if code.choice else ''}{code}" for code in codes)
    return f"| `{fact.name}` | {fact.label}.{note} | {fact.describe()} | {window} | {listed} |"
