"""A rule that can never change a decision is found, and a rule that can in the least is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import shadowed
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.check_findings import findings, rule

HINT = "delete it, narrow the other rule, or give this one a stronger effect"


def test_a_narrower_exclusion_beside_a_wider_one_is_shadowed(tmp_path: Path) -> None:
    narrow = rule(
        "exclusions/very-high.yaml",
        """
  all:
    - hypertension: {is: diagnosed}
    - systolic_bp: {above: 200 mmHg}
""",
        effect="exclude",
    )
    assert findings(shadowed, tmp_path, narrow) == [
        Diagnostic(
            "shadowed",
            "`very-high` never changes a decision: whenever it is met or unknown, `high-pressure` decides at least as"
            " cautiously",
            HINT,
            Place("exclusions/very-high.yaml", 6, 1, 4),
        )
    ]


def test_a_weaker_rule_on_the_same_answer_is_shadowed(tmp_path: Path) -> None:
    weaker = rule("cautions/expecting.yaml", "  pregnancy: {is: pregnant}", effect="caution")
    assert [problem.message for problem in findings(shadowed, tmp_path, weaker)] == [
        "`expecting` never changes a decision: whenever it is met or unknown, `pregnancy` decides at least as"
        " cautiously"
    ]


def test_a_hold_is_shadowed_by_what_excludes_before_the_session(tmp_path: Path) -> None:
    hold = rule("holds/expecting.yaml", "  pregnancy: {is: pregnant}", effect="hold", stage="session")
    assert [problem.place for problem in findings(shadowed, tmp_path, hold)] == [Place("holds/expecting.yaml", 6, 1, 4)]


def test_rules_of_single_routes_may_shadow_together(tmp_path: Path) -> None:
    files = {
        **rule("exclusions/rest-iv.yaml", "  rest_place: {is: lacking}", effect="exclude", routes="[iv]"),
        **rule("exclusions/rest-oral.yaml", "  rest_place: {is: lacking}", effect="exclude", routes="[oral]"),
        **rule("reviews/rest.yaml", "  rest_place: {is: lacking}"),
    }
    assert [problem.message for problem in findings(shadowed, tmp_path, files)] == [
        "`rest` never changes a decision: whenever it is met or unknown, `rest-iv` and `rest-oral` decide at least as"
        " cautiously"
    ]


NOT_SHADOWED = {
    "wider by the boundary alone": rule(
        "exclusions/wider.yaml", "  systolic_bp: {at_least: 179.999999 mmHg}", effect="exclude"
    ),
    "a stronger effect": rule("exclusions/kidney.yaml", "  egfr: {below: 10 mL/min}", effect="exclude"),
    "on a route where the other is not asked": {
        **rule("exclusions/rest-iv.yaml", "  rest_place: {is: lacking}", effect="exclude", routes="[iv]"),
        **rule("reviews/rest.yaml", "  rest_place: {is: lacking}"),
    },
    # Until the other fact is known, it keeps a review from being the last word.
    "a narrower review that asks more": rule(
        "reviews/kidney-and-rest.yaml", "  all: [{egfr: {below: low_egfr}}, {rest_place: {is: lacking}}]"
    ),
    "a review that only a hold shares": {
        **rule("holds/rest-today.yaml", "  rest_place: {is: lacking}", effect="hold", stage="session"),
        **rule("reviews/rest.yaml", "  rest_place: {is: lacking}"),
    },
    "under a rule that is always met": {
        "cautions/floor.yaml": """id: floor
title: A floor
stage: candidacy
effect: caution
routes: all
when: always
say: It comes with the route.
sources:
  - {document: leaflet.txt, line: 2, phrase: above 180, says: caution}
sign_off: {status: draft}
"""
    },
    "the same as another, of which same-condition tells": rule(
        "exclusions/expecting.yaml", "  pregnancy: {is: pregnant}", effect="exclude"
    ),
}


@pytest.mark.parametrize("files", NOT_SHADOWED.values(), ids=NOT_SHADOWED)
def test_not_shadowed(files: dict[str, str], tmp_path: Path) -> None:
    assert findings(shadowed, tmp_path, files) == []
