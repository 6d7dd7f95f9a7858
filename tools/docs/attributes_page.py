"""The table of docs/attributes.md: what each built-in fact says of a person, and why."""

from __future__ import annotations

from tests.helpers.places import ROOT

from ketascreen.language.source_attributes import USES
from ketascreen.patient.fact_uses import FACT_USES
from ketascreen.patient.profile import BUILT_IN
from tools.docs.tables import table, with_tables

PAGE = ROOT / "docs" / "attributes.md"


def attributes_page() -> str:
    """The page with its table as it is now."""
    return with_tables(PAGE.read_text(encoding="utf-8"), {"facts": _facts})


def _facts() -> list[str]:
    rows = [(f"`{name}`", _uses(name), FACT_USES[name].because) for name in BUILT_IN]
    return table(("fact", "uses", "why"), rows)


def _uses(name: str) -> str:
    return ", ".join(words for use, words in USES.items() if use in FACT_USES[name].uses) or "none"
