"""The made-up patients of tests/data/clinical-list.yaml are told what the list says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tools.docs.clinicians_page import PAGE, clinicians_page

from tests.campaigns.clinical_list import EXAMPLE, listed, told
from tests.helpers.screening import shipped_screener


@pytest.mark.parametrize("row", listed(), ids=lambda row: f"{row['item']}: {row['patient']}")
def test_a_patient_is_told_what_the_list_says(row: dict[str, Any]) -> None:
    base = json.loads(EXAMPLE.read_text("utf-8"))
    assert told(shipped_screener(), row, row["given"], base) == row["after"]


def test_each_patient_was_told_otherwise_before() -> None:
    assert [row["patient"] for row in listed() if row["before"] == row["after"]] == []


def test_the_page_for_clinicians_has_the_tables_as_they_are() -> None:
    assert PAGE.read_text("utf-8") == clinicians_page()
