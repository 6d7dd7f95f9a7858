"""Why a fact is not known, in each of the four words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.screening import AS_OF, profile_of, shipped_screener


@pytest.mark.parametrize(
    ("fact", "answer", "why"),
    [
        ("systolic_bp", None, "not_recorded"),
        ("systolic_bp", {"value": "120 mmHg"}, "undated"),
        ("systolic_bp", {"value": "120 mmHg", "at": "2020-01-01"}, "too_old"),
        ("heart_conditions", {"present": [], "complete": False, "at": "2026-11-20"}, "list_incomplete"),
    ],
)
def test_a_fact_that_is_lacking_says_why(fact: str, answer: Any, why: str) -> None:
    verdict = shipped_screener().screen(profile_of({fact: answer} if answer else {}), as_of=AS_OF)
    asks = {ask.fact: ask.why for route in verdict.routes.values() for ask in route.asks}
    lacks = {lacking.why for finding in verdict.findings for lacking in finding.lacks if lacking.fact == fact}
    assert asks[fact] == why
    assert lacks == {why}
