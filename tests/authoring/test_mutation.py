"""Mutants: which slips are tried, how their lines look, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.mutants import changes, fates, of, shipped_mutants, survived, tried, with_rule
from tests.helpers.screening import shipped


def test_a_threshold_goes_a_step_up_and_down_where_it_stands() -> None:
    assert changes(of("rule older-adult", "threshold")) == {
        ("age: {at_least: older_adult_age}", "age: {at_least: 66 years}"),
        ("age: {at_least: older_adult_age}", "age: {at_least: 64 years}"),
    }


def test_a_threshold_with_decimals_goes_a_step_of_its_last_place(tmp_path: Path) -> None:
    found = tried(*with_rule(tmp_path, "  months_since_heart_attack_or_stroke: {below: 2.5 months}\n"))
    assert {one.what for one in found if one.kind == "threshold"} == {
        "2.5 months becomes 2.6 months",
        "2.5 months becomes 2.4 months",
    }


def test_a_threshold_at_the_end_of_its_range_is_refused_beyond_it(tmp_path: Path) -> None:
    found = tried(*with_rule(tmp_path, "  age: {at_least: 120 years}\n"))
    refused = {one.what: one.refused for one in found if one.kind == "threshold"}
    assert refused == {
        "120 years becomes 121 years": "outside the range of `age`",
        "120 years becomes 119 years": "",
    }


def test_a_parameter_is_shifted_for_every_rule_that_uses_it() -> None:
    up, down = of("parameter controlled_systolic")
    assert (up.line.before.strip(), up.line.after) == ("value: 140 mmHg", "  value: 141 mmHg")
    assert down.what == "140 mmHg becomes 139 mmHg"
    assert set(up.rules) == {"raised-pressure-without-diagnosis", "uncontrolled-hypertension"} == set(up.touches)


def test_each_comparison_is_mistaken_for_its_neighbours() -> None:
    assert changes(of("rule below-minimum-age", "comparison")) == {
        ("age: {below: minimum_age}", "age: {at_most: minimum_age}"),
        ("age: {below: minimum_age}", "age: {above: minimum_age}"),
    }


def test_branches_are_dropped_and_all_is_mistaken_for_any() -> None:
    assert changes(of("rule no-ride-home", "branch")) == {
        ("all:", "any:"),
        ("- setting: {is: clinic}", None),
        ("- ride_home: {is: not_arranged}", None),
    }


def test_a_not_is_dropped_and_added() -> None:
    lines = changes(of("rule esketamine-off-label-consent-not-signed", "not"))
    assert ("- not: {meets: treatment_resistant_depression}", "- meets: treatment_resistant_depression") in lines
    assert ("- off_label_consent: {is: not_signed}", "- not: {off_label_consent: {is: not_signed}}") in lines


def test_a_choice_is_swapped_for_each_other_one_and_a_word_dropped_and_added() -> None:
    before = "psychosis: {is: active}"
    assert changes(of("rule active-psychosis", "choice")) == {
        (before, "psychosis: {is: never}"),
        (before, "psychosis: {is: past}"),
    }
    before = "ketamine_use_disorder: {one_of: [past, active]}"
    assert changes(of("rule ketamine-use-disorder", "word")) == {
        (before, "ketamine_use_disorder: {one_of: [active]}"),
        (before, "ketamine_use_disorder: {one_of: [past]}"),
        (before, "ketamine_use_disorder: {one_of: [past, active, never]}"),
    }


def test_a_word_of_a_list_on_many_lines_is_dropped_with_its_line() -> None:
    assert ("- aneurysm", None) in changes(of("rule severe-cardiovascular-disease", "word"))


def test_routes_are_dropped_and_added() -> None:
    assert changes(of("rule home-use", "route")) == {
        ("routes: [sublingual, oral]", "routes: [oral]"),
        ("routes: [sublingual, oral]", "routes: [sublingual]"),
        ("routes: [sublingual, oral]", "routes: [sublingual, oral, iv]"),
        ("routes: [sublingual, oral]", "routes: [sublingual, oral, im]"),
        ("routes: [sublingual, oral]", "routes: [sublingual, oral, intranasal]"),
    }
    assert ("routes: all", "routes: [im, intranasal, sublingual, oral]") in changes(of("rule pregnancy", "route"))


def test_an_effect_goes_one_step_and_a_stage_changes_only_where_the_format_allows() -> None:
    assert {one.what for one in of("rule home-use", "effect")} == {
        "`review` becomes `caution`",
        "`review` becomes `exclude`",
    }
    assert {one.what for one in of("rule no-ride-home", "effect")} == {"`hold` becomes `advise`"}
    assert not of("rule home-use", "stage")
    assert {one.what for one in of("rule suicidal-thoughts", "stage")} == {
        "`both` becomes `candidacy`",
        "`both` becomes `session`",
    }


def test_marks_are_dropped_and_added_and_windows_shifted_by_a_day() -> None:
    whats = {one.what for one in of("fact pregnancy")}
    assert whats == {
        "`30 days` becomes `31 days`",
        "`30 days` becomes `29 days`",
        "`30 days` becomes `any age`",
        "`pregnant` is no longer lasting",
        "`not_possible` is no longer permanent",
        "`not_pregnant` becomes lasting",
        "`not_pregnant` becomes permanent",
        "`not_pregnant` becomes standing",
    }
    assert {one.what for one in of("fact ride_home", "window")} == {
        "`same day` becomes `1 day`",
        "`same day` becomes `any age`",
    }


def test_a_definition_changes_for_every_rule_that_asks_it() -> None:
    (dropped,) = [
        one for one in of("definition treatment_resistant_depression", "branch") if "includes" in one.line.before
    ]
    assert set(dropped.rules) == {
        "esketamine-off-label-consent-not-signed",
        "esketamine-outside-resistant-depression",
    }


def test_no_two_mutants_are_the_same_and_none_is_the_original() -> None:
    for mutant in shipped_mutants():
        assert all(mutant.rules[rule] != shipped().rule(rule) for rule in mutant.rules), mutant.what
        assert mutant.line.before != mutant.line.after
    seen = [(tuple(sorted(one.rules.items())), one.fact) for one in shipped_mutants()]
    assert len(seen) == len({str(one) for one in seen})


@pytest.mark.parametrize(
    "about",
    [
        "rule uncontrolled-hypertension",
        "rule early-remission",
        "rule home-use-without-safeguards",
        "rule suicidal-thoughts",
        "parameter controlled_systolic",
        "definition treatment_resistant_depression",
        "fact pregnancy",
        "fact suicidality",
    ],
)
def test_every_slip_in_a_shipped_rule_is_killed_refused_or_equivalent(about: str) -> None:
    survivors = [mutant.what for mutant, result in zip(of(about), fates(of(about)), strict=True) if survived(result)]
    assert survivors == []
