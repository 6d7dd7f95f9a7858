"""docs/facts.md, from the vocabulary."""

from __future__ import annotations

from itertools import groupby

from tests.helpers.screening import shipped

from ketascreen.language.source_attributes import USES
from ketascreen.language.vocabulary import Code, Fact, Vocabulary
from ketascreen.patient.codes import codes_by_fact

HEAD = """# Facts

What a profile can say. A fact that is left out is not known. *Fresh for* says how long an answer counts in the built-in
rulebook (a policy of its vocabulary.yaml); answers that are *lasting* or *permanent* count at any age, and those that
*stand* can still meet rules. An *opaque* answer stands for more than one thing, so a clinician's decision on it counts
for that one observation. *Uses* names what the answer says of a person among source attributes 5 to 13
(docs/attributes.md). A number may have its unit by its name or its UCUM code; docs/integrating.md lists the codes.
`make docs` writes this page.

Codes are SNOMED CT, ICD-10-CM and LOINC codes; each row of src/ketascreen/codes names where its code was read. Codes
that were only seen in other public code say "to be verified" there. If a fact has no code, nobody has read one for it.
ICD-10-CM changes every year.
"""


def facts_page() -> str:
    """The page."""
    vocabulary: Vocabulary = shipped().vocabulary
    codes = codes_by_fact(vocabulary)
    parts = [HEAD]
    for domain, facts in groupby(vocabulary.offered.values(), key=lambda fact: fact.domain):
        parts.append(f"\n## {domain.capitalize()}\n")
        parts.append("| fact | what it is | answer | fresh for | codes |\n|---|---|---|---|---|")
        parts += [_row(fact, codes[fact.name]) for fact in facts]
    return "\n".join(parts) + "\n"


def _row(fact: Fact, codes: tuple[Code, ...]) -> str:
    note = f" {fact.note}" if fact.note else ""
    window = str(fact.freshness) if fact.freshness else ""
    for name in ("lasting", "permanent", "stands"):
        words = sorted(getattr(fact.freshness, name)) if fact.freshness else []
        window += f"; {name}: {', '.join(words)}" if words else ""
    note += f" Uses: {', '.join(words for use, words in USES.items() if use in fact.uses)}." if fact.uses else ""
    note += f" Opaque: {', '.join(sorted(fact.opaque))}." if fact.opaque else ""
    listed = ", ".join(f"{code.choice + ': ' if code.choice else ''}{code}" for code in codes)
    return f"| `{fact.name}` | {fact.label}.{note} | {fact.describe()} | {window} | {listed} |"
