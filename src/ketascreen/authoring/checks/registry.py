"""The checks beyond the form: each a module named for its code, with `CODE` and `check(subject)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ketascreen.authoring.checks import (
    approval_date,
    approval_ended,
    approval_lapsed,
    approval_unbound,
    bands,
    better_with_risk,
    boundary_case,
    look_alike,
    no_case,
    no_window,
    not_an_approver,
    number_not_in_phrase,
    other_folder,
    permanent_mild,
    phrase_not_on_line,
    retired_date,
    route_not_tried,
    same_condition,
    same_name,
    shadowed,
    stale_schema,
    unused_definition,
    unused_fact,
    unused_parameter,
)
from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.diagnostic import Diagnostic


class Check(Protocol):
    """A module of this folder."""

    CODE: str

    def check(self, subject: Subject) -> Iterator[Diagnostic]:
        """What it finds, in any order."""


CHECKS: tuple[Check, ...] = (
    approval_date,
    approval_ended,
    approval_lapsed,
    approval_unbound,
    bands,
    better_with_risk,
    boundary_case,
    look_alike,
    no_case,
    no_window,
    not_an_approver,
    number_not_in_phrase,
    other_folder,
    permanent_mild,
    phrase_not_on_line,
    retired_date,
    route_not_tried,
    same_condition,
    same_name,
    shadowed,
    stale_schema,
    unused_definition,
    unused_fact,
    unused_parameter,
)
"""Every check, by code: import the module above and name it here, a line for each."""

ASK_FOR_CASES: frozenset[str] = frozenset({boundary_case.CODE, no_case.CODE, route_not_tried.CODE})
"""The codes of the checks that read the cases; they are left out if the cases cannot be read."""
ASK_FOR_DOCUMENTS: frozenset[str] = frozenset({phrase_not_on_line.CODE})
"""The codes of the checks that read the source documents; they are left out if there are none."""

__all__ = ["ASK_FOR_CASES", "ASK_FOR_DOCUMENTS", "CHECKS", "Check", "Concern", "Subject"]
