"""A risk that gets somebody a better decision is found by trying, whatever the rule looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import better_with_risk
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.check_findings import findings, rule

DIAGNOSED = rule("cautions/diagnosed.yaml", "  hypertension: {is: diagnosed}", effect="caution")


def undiagnosed(effect: str) -> dict[str, str]:
    """A rule on high diastolic pressure that is met only without the diagnosis."""
    when = "  all: [{hypertension: {is: none}}, {diastolic_bp: {at_least: 100 mmHg}}]"
    return rule("reviews/undiagnosed.yaml", when, effect=effect)


def test_a_diagnosis_that_takes_the_bar_away(tmp_path: Path) -> None:
    assert findings(better_with_risk, tmp_path, {**DIAGNOSED, **undiagnosed("exclude")}) == [
        Diagnostic(
            "better-with-risk",
            "on iv, some patients get a better decision with `hypertension: diagnosed`, which is a risk by itself, than"
            " with `hypertension: none`: with `diastolic_bp: 100 mmHg`, `undiagnosed` is met only with the second, and"
            " no other rule is as strong",
            "change the rule so that both meet it, or write a rule as strong for the risk",
            Place("reviews/undiagnosed.yaml", 6, 1, 4),
        )
    ]


def test_an_exclusion_that_leaves_out_its_own_end_is_named_at_the_comparison(tmp_path: Path) -> None:
    """`above` in place of `at_least`: only patients exactly at the bar get a better decision."""
    when = "  all: [{hypertension: {is: diagnosed}}, {diastolic_bp: {above: 100 mmHg}}]"
    files = {**DIAGNOSED, **undiagnosed("exclude"), **rule("exclusions/diagnosed-high.yaml", when, effect="exclude")}
    (found,) = findings(better_with_risk, tmp_path, files)
    assert str(found.place) == "exclusions/diagnosed-high.yaml:7:43"
    assert "with `diastolic_bp: 100 mmHg`, `undiagnosed` is met only with the second" in found.message
    assert found.hint == (
        "`diagnosed-high` is not met at exactly this value: write `diastolic_bp: {at_least: 100 mmHg}` there, if the"
        " value itself is to count"
    )
    included = {**files, **rule("exclusions/diagnosed-high.yaml", when.replace("above", "at_least"), effect="exclude")}
    assert findings(better_with_risk, tmp_path / "included", included) == []


def test_a_word_of_a_list_that_takes_the_bar_away(tmp_path: Path) -> None:
    files = {
        **rule("reviews/pacemaker.yaml", "  heart_conditions: {includes: pacemaker}"),
        **rule(
            "exclusions/fast.yaml",
            "  all: [{heart_conditions: {includes_none: [pacemaker]}}, {diastolic_bp: {above: 120 mmHg}}]",
            effect="exclude",
            routes="[oral]",
        ),
    }
    assert findings(better_with_risk, tmp_path, files) == [
        Diagnostic(
            "better-with-risk",
            "on oral, some patients get a better decision with `pacemaker` in `heart_conditions`, which is a risk by"
            " itself, than with `pacemaker` absent from `heart_conditions`: with `diastolic_bp: 120.000001"
            " mmHg`, `fast` is met only with the second, and no other rule is as strong",
            "change the rule so that both meet it, or write a rule as strong for the risk",
            Place("exclusions/fast.yaml", 6, 1, 4),
        )
    ]


MADE_UP_FOR = {
    "the risk alone is as strong": {**DIAGNOSED, **undiagnosed("caution")},
    "another rule is met with the risk": {
        **DIAGNOSED,
        **undiagnosed("exclude"),
        **rule(
            "exclusions/known.yaml",
            "  all: [{hypertension: {is: diagnosed}}, {diastolic_bp: {at_least: 90 mmHg}}]",
            effect="exclude",
        ),
    },
    "what it is compared with is a risk too": {
        **rule("cautions/remission.yaml", "  substance_use_disorder: {is: remission}", effect="caution"),
        **rule("reviews/maintenance.yaml", "  substance_use_disorder: {is: on_maintenance}"),
        **rule(
            "exclusions/unstable.yaml",
            "  all: [{substance_use_disorder: {is: remission}}, {verified_abstinence_months: {below: 3 months}}]",
            effect="exclude",
        ),
    },
    "a choice that no rule calls a risk": undiagnosed("exclude"),
    "on other routes": {
        **rule("cautions/diagnosed.yaml", "  hypertension: {is: diagnosed}", effect="caution", routes="[iv]"),
        **rule(
            "reviews/undiagnosed.yaml",
            "  all: [{hypertension: {is: none}}, {diastolic_bp: {at_least: 100 mmHg}}]",
            routes="[oral]",
        ),
    },
}


@pytest.mark.parametrize("files", MADE_UP_FOR.values(), ids=MADE_UP_FOR)
def test_no_patient_is_better_off_with_the_risk(files: dict[str, str], tmp_path: Path) -> None:
    assert findings(better_with_risk, tmp_path, files) == []


def test_what_makes_up_for_it_must_do_so_from_the_same_boundary(tmp_path: Path) -> None:
    known = "  all: [{hypertension: {is: diagnosed}}, {diastolic_bp: {%s: 100 mmHg}}]"
    for operator, codes in (("at_least", []), ("above", ["better-with-risk"])):
        files = {
            **DIAGNOSED,
            **undiagnosed("exclude"),
            **rule("exclusions/known.yaml", known % operator, effect="exclude"),
        }
        assert [problem.code for problem in findings(better_with_risk, tmp_path / operator, files)] == codes
