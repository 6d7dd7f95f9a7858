"""Bands of one number that do not meet at their boundary are found; other uses of a boundary are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import bands
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.check_findings import findings, rule


def two(lower: str, upper: str, **given: str) -> dict[str, str]:
    """A rule on a lower band and one on an upper band."""
    return {**rule("reviews/few-months.yaml", lower, **given), **rule("reviews/many-months.yaml", upper, **given)}


REMISSION = "  all: [{substance_use_disorder: {is: remission}}, {verified_abstinence_months: {%s}}]"


def test_a_gap_of_exactly_the_boundary(tmp_path: Path) -> None:
    files = two(REMISSION % "below: 3 months", REMISSION % "above: 3 months, below: 12 months")
    assert findings(bands, tmp_path, files) == [
        Diagnostic(
            "bands",
            "exactly 3 months of `verified_abstinence_months` is in neither band: `above` here, `below` in"
            " `few-months`",
            "write `at_least` here, or `at_most` there",
            Place("reviews/many-months.yaml", 7, 82, 36),
        )
    ]


def test_an_overlap_of_exactly_the_boundary(tmp_path: Path) -> None:
    files = two(
        "  verified_abstinence_months: {at_most: 3 months}",
        "  verified_abstinence_months: {between: [3 months, 12 months]}",
    )
    assert findings(bands, tmp_path, files) == [
        Diagnostic(
            "bands",
            "exactly 3 months of `verified_abstinence_months` is in both bands: `at_least` here, `at_most` in"
            " `few-months`",
            "write `above` here, or `below` there",
            Place("reviews/many-months.yaml", 7, 3, 60),
        )
    ]


def test_a_gap_within_one_rule(tmp_path: Path) -> None:
    split = rule("reviews/rest.yaml", """
  any:
    - failed_antidepressant_trials: {below: 4 trials}
    - failed_antidepressant_trials: {above: 4 trials}
""")  # fmt: skip
    assert findings(bands, tmp_path, split) == [
        Diagnostic(
            "bands",
            "exactly 4 trials of `failed_antidepressant_trials` is in neither band: `above` here, `below` in the same"
            " rule",
            "write `at_least` here, or `at_most` there",
            Place("reviews/rest.yaml", 9, 7, 47),
        )
    ]


def test_under_not_a_band_is_the_rest(tmp_path: Path) -> None:
    files = two(
        "  verified_abstinence_months: {below: 3 months}",
        "  not: {verified_abstinence_months: {at_most: 3 months}}",
    )
    assert [problem.message for problem in findings(bands, tmp_path, files)] == [
        "exactly 3 months of `verified_abstinence_months` is in neither band: `above` here, `below` in `few-months`"
    ]


MEETING = {
    "below and at least": two(REMISSION % "below: 3 months", REMISSION % "at_least: 3 months"),
    "at most and above": two(REMISSION % "at_most: 3 months", REMISSION % "above: 3 months"),
    "apart by more than the boundary": two(REMISSION % "below: 3 months", REMISSION % "above: 3.000001 months"),
    "for patients who are never the same": two(
        "  all: [{setting: {is: home}}, {verified_abstinence_months: {below: 3 months}}]",
        "  all: [{setting: {is: clinic}}, {verified_abstinence_months: {above: 3 months}}]",
    ),
    "on no common route": {
        **rule("reviews/few.yaml", "  verified_abstinence_months: {below: 3 months}", routes="[iv]"),
        **rule("reviews/many.yaml", "  verified_abstinence_months: {above: 3 months}", routes="[oral]"),
    },
    "about different matters": two(
        "  all: [{age: {below: 65 years}}, {breastfeeding: {is: breastfeeding}}]",
        "  all: [{age: {above: 65 years}}, {older_adult_checkup: {is: incomplete}}]",
    ),
    "a third rule between them": {
        **two("  verified_abstinence_months: {below: 3 months}", "  verified_abstinence_months: {above: 3 months}"),
        **rule("cautions/middle.yaml", "  verified_abstinence_months: {is: 3 months}", effect="caution"),
    },
    "a single number left out": rule(
        "reviews/few.yaml", "  not: {verified_abstinence_months: {between: [3 months, 3 months]}}"
    ),
    "a gap at the end of the range": two(
        "  any: [{setting: {is: home}}, {verified_abstinence_months: {below: 0 months}}]",
        "  all: [{setting: {is: home}}, {verified_abstinence_months: {above: 0 months}}]",
    ),
    "an overlap at the end of the range": two(
        "  all: [{setting: {is: home}}, {verified_abstinence_months: {at_most: 0 months}}]",
        "  all: [{setting: {is: home}}, {verified_abstinence_months: {at_least: 0 months}}]",
    ),
    "a single number": rule(
        "reviews/few.yaml", "  verified_abstinence_months: {at_least: 3 months, at_most: 3 months}"
    ),
}


@pytest.mark.parametrize("files", MEETING.values(), ids=MEETING)
def test_bands_that_meet_and_rules_that_are_no_bands(files: dict[str, str], tmp_path: Path) -> None:
    assert findings(bands, tmp_path, files) == []


def test_a_third_rule_that_is_not_met_by_everybody_closes_no_gap(tmp_path: Path) -> None:
    files = {
        **two("  verified_abstinence_months: {below: 3 months}", "  verified_abstinence_months: {above: 3 months}"),
        **rule(
            "cautions/middle.yaml",
            "  all: [{verified_abstinence_months: {is: 3 months}}, {setting: {is: home}}]",
            effect="caution",
        ),
    }
    assert [problem.code for problem in findings(bands, tmp_path, files)] == ["bands"]
