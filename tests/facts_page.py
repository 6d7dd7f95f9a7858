"""docs/facts.md, from the vocabulary."""

from __future__ import annotations

from itertools import groupby

from ketascreen.patient_codes import codes_of
from ketascreen.vocabulary import Fact, Vocabulary
from tests.promises.support import shipped

HEAD = """# Facts

What a profile can say. Every fact may be left out: it is then not known. *Fresh for* is how long an answer counts in
the built-in rulebook (a policy of its vocabulary.yaml); answers that are *lasting* or *permanent* count whatever their
age. `make docs` writes this page.

Codes are SNOMED CT, ICD-10-CM and LOINC codes whose display was read in public code lists: HL7 US Core examples, the
CDC opioid value sets, the OHDSI phenotype library, and the ICD-10-CM order file of 2021. A fact without a code has none
that was read. ICD-10-CM changes every year.
"""


def facts_page() -> str:
    """The page."""
    vocabulary: Vocabulary = shipped().vocabulary
    parts = [HEAD]
    for domain, facts in groupby(vocabulary.values(), key=lambda fact: fact.domain):
        parts.append(f"\n## {domain.capitalize()}\n")
        parts.append("| fact | what it is | answer | fresh for | codes |\n|---|---|---|---|---|")
        parts += [_row(fact) for fact in facts]
    return "\n".join(parts) + "\n"


def _row(fact: Fact) -> str:
    note = f" {fact.note}" if fact.note else ""
    window = str(fact.freshness) if fact.freshness else ""
    for name in ("lasting", "permanent"):
        words = sorted(getattr(fact.freshness, name)) if fact.freshness else []
        window += f"; {name}: {', '.join(words)}" if words else ""
    codes = ", ".join(f"{code.choice + ': ' if code.choice else ''}{code}" for code in codes_of(fact))
    return f"| `{fact.name}` | {fact.label}.{note} | {fact.describe()} | {window} | {codes} |"
