"""Two rules that ask the same and do the same are found, however differently they are written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ketascreen.authoring.checks import same_condition
from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.language.condition import Compare
from ketascreen.patient.profile import BUILT_IN
from ketascreen.reasoning import witness
from tests.helpers.check_findings import findings, rule


def test_the_later_of_two_rules_that_ask_the_same_in_other_words(tmp_path: Path) -> None:
    again = rule(
        "exclusions/expecting.yaml", "  not: {pregnancy: {one_of: [not_pregnant, not_possible]}}", effect="exclude"
    )
    assert findings(same_condition, tmp_path, again) == [
        Diagnostic(
            "same-condition",
            "`pregnancy` has the same condition and effect as `expecting`, on a route of both",
            "merge the two, or correct the condition of one of them",
            Place("exclusions/pregnancy.yaml", 6, 1, 4),
        )
    ]


def test_words_of_a_list_in_another_order_and_apart(tmp_path: Path) -> None:
    apart = rule(
        "exclusions/vessels.yaml",
        "  any: [{heart_conditions: {includes: aneurysm}}, {heart_conditions: {includes: stroke}}]",
        effect="exclude",
        routes="[iv]",
    )
    assert [problem.message for problem in findings(same_condition, tmp_path, apart)] == [
        "`vessels` has the same condition and effect as `heart`, on a route of both"
    ]


def test_reviews_of_unrecognised_entries_that_no_complete_list_can_have(tmp_path: Path) -> None:
    again = rule("reviews/unread-heart.yaml", "  heart_conditions: {includes: unrecognised}")
    assert [problem.message for problem in findings(same_condition, tmp_path, again)] == [
        "`unrecognised-heart-condition` has the same condition and effect as `unread-heart`, on a route of both"
    ]


DIFFERENT = {
    "another effect": rule("cautions/expecting.yaml", "  pregnancy: {is: pregnant}", effect="caution"),
    "no common route": {
        **rule("reviews/rest-iv.yaml", "  rest_place: {is: lacking}", routes="[iv]"),
        **rule("reviews/rest-oral.yaml", "  rest_place: {is: lacking}", routes="[oral]"),
    },
    "the boundary in one of them alone": rule("reviews/kidney.yaml", "  egfr: {at_most: low_egfr}"),
    # For somebody of whom the pregnancy is not known, one of them waits for the age as well.
    "the same once all is known": rule(
        "exclusions/expecting.yaml",
        """
  any:
    - all: [{pregnancy: {is: pregnant}}, {age: {below: 30 years}}]
    - all: [{pregnancy: {is: pregnant}}, {age: {at_least: 30 years}}]
""",
        effect="exclude",
    ),
    "two pieces of advice": {
        **rule("advice/one.yaml", "  rest_place: {is: lacking}", effect="advise"),
        **rule("advice/two.yaml", "  rest_place: {is: lacking}", effect="advise"),
    },
    "alerts at different stages": {
        **rule("alerts/one.yaml", "  rest_place: {is: lacking}", effect="alert", stage="candidacy"),
        **rule("alerts/two.yaml", "  rest_place: {is: lacking}", effect="alert", stage="session"),
    },
}


@pytest.mark.parametrize("files", DIFFERENT.values(), ids=DIFFERENT)
def test_different(files: dict[str, str], tmp_path: Path) -> None:
    assert findings(same_condition, tmp_path, files) == []


def test_conditions_that_are_written_alike_need_no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "MAX_WORK", 0)
    active, stable = (Compare("psychosis", "is", word) for word in ("active", "past"))
    assert same_condition.mean_the_same(active, replace(active, place=Place("x.yaml")), BUILT_IN)
    assert not same_condition.mean_the_same(active, stable, BUILT_IN)
