"""The tables of docs/for-clinicians.md, from the rulebook and from the lists that the tests hold."""

from __future__ import annotations

from tests.campaigns.clinical_list import listed
from tests.campaigns.rulebooks import REASONS
from tests.helpers.places import ROOT
from tests.helpers.screening import shipped
from tests.helpers.two_rulebooks import read_reasons

from tools.docs.tables import table, with_tables

PAGE = ROOT / "docs" / "for-clinicians.md"


def clinicians_page() -> str:
    """The page with its tables as they are now."""
    tables = {
        "not asked": lambda: [f"- {text}" for text in shipped().identity.not_asked],
        "parameters": _parameters,
        "patients": _patients,
        "less cautious": _less_cautious,
    }
    return with_tables(PAGE.read_text(encoding="utf-8"), tables)


def _parameters() -> list[str]:
    rows = [
        (f"`{one.name}`", str(one.value), one.stricter, one.basis, one.reason) for one in shipped().parameters.values()
    ]
    return table(("parameter", "value", "stricter", "basis", "why"), rows)


def _patients() -> list[str]:
    rows = [(one["patient"], _asked(one), f"`{one['before']}`", f"`{one['after']}`") for one in listed()]
    return table(("patient", "asked", "before", "now"), rows)


def _asked(row: dict[str, str]) -> str:
    return f"{row.get('route', 'iv')}, {row.get('stage', 'candidacy')}"


def _less_cautious() -> list[str]:
    return table(
        ("rule", "why it is right"),
        [(f"`{rule}`", one.because) for rule, one in read_reasons(REASONS, shipped()).items()],
    )
