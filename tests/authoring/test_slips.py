"""Each slip of an author is met with its place, what is wrong, and what to write; tests/data/slips has them all."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from tests.helpers.slips import SLIPS, rows_of, said_of

TABLES = sorted(SLIPS.glob("*.yaml"))
ROWS = [(table.stem, row) for table in TABLES for row in rows_of(table)]
OF_THE_PARSER = re.compile(
    r"\b(tokens?|mapping values|block|scalars?|simple key|flow|document start|anchor|alias|node)\b|expected <"
)
"""Words of a YAML parser, which no author knows."""
OF_PROGRAMS = re.compile(r"\b(Python|Pydantic|libyaml|str|int|dict|NoneType|Traceback|exception)\b")


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{table}: {row['name']}") for table, row in ROWS])
def test_a_slip_is_met_with_its_place_what_is_wrong_and_what_to_write(row: dict[str, Any]) -> None:
    assert said_of(row) == row["now"]
    assert row["now"]


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{table}: {row['name']}") for table, row in ROWS])
def test_no_message_speaks_as_a_program_does(row: dict[str, Any]) -> None:
    for problem in row["now"]:
        said = f"{problem['message']} {problem['hint']}"
        assert not OF_THE_PARSER.search(said)
        assert not OF_PROGRAMS.search(said)


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{table}: {row['name']}") for table, row in ROWS])
def test_it_was_met_with_something_else_before_or_was_met_well(row: dict[str, Any]) -> None:
    assert (row["before"] == row["now"]) == row.get("good_before", False)


def test_no_two_slips_share_a_name() -> None:
    assert [name for name, times in Counter(row["name"] for _, row in ROWS).items() if times > 1] == []


def test_the_tables_have_at_least_40_slips_each_and_80_together() -> None:
    assert [table.name for table in TABLES] == ["rules.yaml", "syntax.yaml"]
    assert len(ROWS) >= 80
    assert {table: count for table, count in Counter(table for table, _ in ROWS).items() if count < 40} == {}
