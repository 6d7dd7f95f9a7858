"""A rule that can never change a decision is found, and a rule that can in the least is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ketascreen import load_rulebook
from ketascreen.authoring.checks import same_condition, shadowed
from ketascreen.authoring.checks.shadowed import judge
from ketascreen.authoring.checks.subject import Concern
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.check_findings import findings, rule
from tests.helpers.rulebook_files import GOOD, changed

LIVER = """\
  liver_conditions:
    type: list
    choices: [cirrhosis, hepatitis]
    label: Liver conditions
    domain: liver
freshness:
  liver_conditions: {fresh_for: 365 days, reason: Made up.}
"""
HINT = (
    "delete it, narrow the other rule, or give this one a stronger effect; if its words are needed, accept it under"
    " `allow`, with the reason"
)


UNREAD = "  heart_conditions: {includes: unrecognised}"


def found(folder: Path, files: Mapping[str, str]) -> list[Diagnostic]:
    """What is found in the small rulebook with these files."""
    return findings(shadowed, folder, files)


def test_a_review_that_loading_requires_is_left_out(tmp_path: Path) -> None:
    """An unrecognised entry leaves its list incomplete, and an exclusion that asks it unknown; the review must stay."""
    assert found(tmp_path / "a", {}) == []
    assert [one.rule.id for one in judge(load_rulebook(GOOD)) if one.settled and one.patient is None] == [
        "unrecognised-heart-condition"
    ]
    beside = rule("reviews/unread-heart.yaml", "  any: [{heart_conditions: {includes: unrecognised}}]", routes="[iv]")
    assert [problem.message.split(" ")[0] for problem in found(tmp_path / "b", beside)] == ["`unread-heart`"]


def test_a_caution_that_loading_requires_beside_another_on_its_list_is_left_out(tmp_path: Path) -> None:
    files = {
        **changed("vocabulary.yaml", "freshness:\n", LIVER),
        **rule("cautions/liver.yaml", "  liver_conditions: {includes: cirrhosis}", effect="caution"),
        **rule("cautions/unread-liver.yaml", "  liver_conditions: {includes: unrecognised}", effect="caution"),
    }
    assert found(tmp_path, files) == []


def test_a_rule_for_unrecognised_entries_that_another_makes_needless_is_found(tmp_path: Path) -> None:
    """With two that read them, nobody needs both: the weaker one can go."""
    weaker = rule("cautions/unread-heart.yaml", UNREAD, effect="caution")
    assert [problem.message.split(" ")[0] for problem in found(tmp_path, weaker)] == ["`unread-heart`"]


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
    assert found(tmp_path, narrow) == [
        Concern(
            "shadowed",
            "`very-high` changes no decision and no readiness: whenever it is met or unknown,"
            " `high-pressure` decides at least as"
            " cautiously",
            HINT,
            Place("exclusions/very-high.yaml", 6, 1, 4),
            about="very-high",
            cause="`high-pressure`",
            brief="`very-high` changes no decision and no readiness",
        )
    ]


def test_a_weaker_rule_on_the_same_answer_is_shadowed(tmp_path: Path) -> None:
    weaker = rule("cautions/expecting.yaml", "  pregnancy: {is: pregnant}", effect="caution")
    assert [problem.message for problem in found(tmp_path, weaker)] == [
        "`expecting` changes no decision and no readiness: whenever it is met or unknown,"
        " `pregnancy` decides at least as"
        " cautiously"
    ]


def test_a_hold_is_shadowed_by_what_excludes_before_the_session(tmp_path: Path) -> None:
    hold = rule("holds/expecting.yaml", "  pregnancy: {is: pregnant}", effect="hold", stage="session")
    assert [problem.place for problem in found(tmp_path, hold)] == [Place("holds/expecting.yaml", 6, 1, 4)]


def test_rules_of_single_routes_may_shadow_together(tmp_path: Path) -> None:
    files = {
        **rule("exclusions/rest-iv.yaml", "  rest_place: {is: lacking}", effect="exclude", routes="[iv]"),
        **rule("exclusions/rest-oral.yaml", "  rest_place: {is: lacking}", effect="exclude", routes="[oral]"),
        **rule("reviews/rest.yaml", "  rest_place: {is: lacking}"),
    }
    assert [problem.message for problem in found(tmp_path, files)] == [
        "`rest` changes no decision and no readiness: whenever it is met or unknown,"
        " `rest-iv` and `rest-oral` decide at least as"
        " cautiously"
    ]


@pytest.mark.parametrize(
    ("upper", "found_too"), [("100", ["all-of-it"]), ("100.000001", [])], ids=["without a gap", "with a gap"]
)
def test_rules_may_shadow_together_where_none_does_alone(upper: str, found_too: list[str], tmp_path: Path) -> None:
    """From 98 mmHg on, one of two others is met: the first up to exactly 100, the second above."""
    files = {
        **rule("exclusions/all-of-it.yaml", "  diastolic_bp: {at_least: 98 mmHg}", effect="exclude"),
        **rule("exclusions/middling.yaml", "  diastolic_bp: {between: [95 mmHg, 100 mmHg]}", effect="exclude"),
        **rule("exclusions/upper.yaml", f"  diastolic_bp: {{above: {upper} mmHg}}", effect="exclude"),
    }
    told = {
        "all-of-it": "`middling` and `upper` decide",
        "upper": "`all-of-it` decides",
    }
    assert [problem.message for problem in found(tmp_path, files)] == [
        f"`{name}` changes no decision and no readiness: whenever it is met or unknown, {told[name]} at least as"
        " cautiously"
        for name in [*found_too, "upper"]
    ]


def test_a_hold_is_shadowed_by_an_exclusion_and_a_hold_together(tmp_path: Path) -> None:
    files = {
        **rule("exclusions/rest.yaml", "  rest_place: {is: lacking}", effect="exclude"),
        **rule("holds/positive.yaml", "  pregnancy_test: {is: positive}", effect="hold", stage="session"),
        **rule(
            "holds/either.yaml",
            "  any: [{rest_place: {is: lacking}}, {pregnancy_test: {is: positive}}]",
            effect="hold",
            stage="session",
        ),
    }
    assert [problem.message for problem in found(tmp_path, files)] == [
        "`either` changes no decision and no readiness: whenever it is met or unknown, `positive` and `rest` decide at"
        " least as cautiously",
        "`positive` changes no decision and no readiness: whenever it is met or unknown, `either` decides at least as"
        " cautiously",
    ]


def test_a_hold_that_a_clinician_can_decide_shadows_no_other_hold(tmp_path: Path) -> None:
    """Once it is decided, the other hold alone keeps the patient from a session."""
    wide = rule("holds/wide.yaml", "  pregnancy_test: {one_of: [positive, not_done]}", effect="hold", stage="session")
    narrow = rule("holds/narrow.yaml", "  pregnancy_test: {is: positive}", effect="hold", stage="session")
    assert [problem.place.path for problem in found(tmp_path / "nobody", {**wide, **narrow}) if problem.place] == [
        "holds/narrow.yaml"
    ]
    decidable = {
        path: text.replace("stage: session", "stage: session\ndecided_by: clinician") for path, text in wide.items()
    }
    assert found(tmp_path / "clinician", {**decidable, **narrow}) == []


def test_the_message_names_no_rule_that_the_others_make_needless(tmp_path: Path) -> None:
    """A part of the range has an exclusion of its own, but the second covers the whole."""
    files = {
        **rule("exclusions/part.yaml", "  diastolic_bp: {between: [95 mmHg, 105 mmHg]}", effect="exclude"),
        **rule("exclusions/whole.yaml", "  diastolic_bp: {at_least: 90 mmHg}", effect="exclude"),
        **rule("reviews/high.yaml", "  diastolic_bp: {above: 95 mmHg}"),
    }
    (message,) = (problem.message for problem in found(tmp_path, files) if problem.message.startswith("`high`"))
    assert message == (
        "`high` changes no decision and no readiness: whenever it is met or unknown, `whole` decides at least as"
        " cautiously"
    )


def test_of_two_equal_rules_the_later_is_left_to_same_condition(tmp_path: Path) -> None:
    files = {
        **rule("exclusions/one.yaml", "  systolic_bp: {above: 200 mmHg}", effect="exclude"),
        **rule("exclusions/two.yaml", "  not: {systolic_bp: {at_most: 200 mmHg}}", effect="exclude"),
    }
    (message,) = (problem.message for problem in found(tmp_path / "a", files))
    assert message.startswith("`one` changes no decision")
    (same,) = (problem.message for problem in findings(same_condition, tmp_path / "b", files))
    assert same.startswith("`two` has the same condition")


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
    # Whoever meets it is pregnant, which excludes. While the age is unknown, so is the rule, for others as well.
    "a review that matters only while it is unknown": rule(
        "reviews/expecting.yaml",
        """
  any:
    - all: [{pregnancy: {is: pregnant}}, {rest_place: {is: lacking}}]
    - all: [{age: {below: 30 years}}, {age: {at_least: 30 years}}]
""",
    ),
    # A clinician decides each review by itself: with the other one decided, this one still waits.
    "a narrower review that asks no more": rule("reviews/low-kidney.yaml", "  egfr: {below: 10 mL/min}"),
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
"""
    },
    "the same as another, of which same-condition tells": rule(
        "exclusions/expecting.yaml", "  pregnancy: {is: pregnant}", effect="exclude"
    ),
}


@pytest.mark.parametrize("files", NOT_SHADOWED.values(), ids=NOT_SHADOWED)
def test_not_shadowed(files: dict[str, str], tmp_path: Path) -> None:
    assert found(tmp_path, files) == []
