"""Mutants: which slips are tried, how their lines look, and what becomes of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from ketascreen import Rulebook, load_rulebook
from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.mutation import run
from ketascreen.authoring.mutation.line_edits import read_sources
from ketascreen.authoring.mutation.mutant import Mutant, mutants, source_paths
from ketascreen.authoring.mutation.run import Fate, MutantResult, MutantRun, try_all
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.screening import shipped, shipped_cases

REST = """\
say: Says so.
sources:
  - {document: 000_fbdac672c43891b5.txt, line: 43, phrase: uncontrolled high blood pressure, says: exclude}
sign_off: {status: draft}
"""


@cache
def shipped_mutants() -> tuple[Mutant, ...]:
    return mutants(shipped(), read_sources(built_in_rules(), source_paths(shipped())))


def of(about: str, kind: str = "") -> list[Mutant]:
    return [one for one in shipped_mutants() if one.about == about and one.kind.startswith(kind)]


def fates(chosen: Sequence[Mutant], cases: tuple[Case, ...] | None = None) -> list[MutantResult]:
    return try_all(chosen, MutantRun(shipped(), shipped_cases() if cases is None else cases))


def changes(chosen: Sequence[Mutant]) -> set[tuple[str, str | None]]:
    return {(one.line.before.strip(), None if one.line.after is None else one.line.after.strip()) for one in chosen}


def with_rule(tmp_path: Path, when: str) -> tuple[Rulebook, Path]:
    """The built-in rulebook with one more rule, `tried`."""
    folder = tmp_path / "rules"
    shutil.copytree(built_in_rules(), folder)
    text = f"id: tried\ntitle: Tried\nstage: candidacy\neffect: review\nroutes: [iv]\nwhen:\n{when}{REST}"
    (folder / "reviews" / "tried.yaml").write_text(text, encoding="utf-8")
    return load_rulebook(folder), folder


def tried(rulebook: Rulebook, folder: Path) -> list[Mutant]:
    found = mutants(rulebook, read_sources(folder, source_paths(rulebook)))
    return [one for one in found if one.about == "rule tried"]


def own_cases(rulebook: Rulebook, text: str, tmp_path: Path) -> tuple[Case, ...]:
    folder = tmp_path / "cases"
    folder.mkdir(exist_ok=True)
    (folder / "tried.yaml").write_text("id: tried\n", encoding="utf-8")
    (folder / "tried.cases.yaml").write_text(text, encoding="utf-8")
    return read_cases(folder, rulebook)


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
        "the answer never ages",
        "`pregnant` is lasting no more",
        "`not_possible` is permanent no more",
        "`not_pregnant` becomes lasting",
        "`not_pregnant` becomes permanent",
    }
    assert {one.what for one in of("fact ride_home", "window")} == {
        "`same day` becomes `1 day`",
        "the answer never ages",
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


def survived(result: MutantResult) -> bool:
    return result.fate is Fate.SURVIVED


def test_a_slip_is_killed_by_the_rules_own_case_first_and_the_case_is_named() -> None:
    (weaker,) = [one for one in of("rule pregnancy", "effect") if "review" in one.what]
    (result,) = fates([weaker])
    assert result.fate is Fate.KILLED
    assert result.why.startswith("exclusions/pregnancy.cases.yaml:")


def test_a_slip_that_only_a_whole_patient_shows_is_killed_by_a_vignette() -> None:
    vignettes = tuple(case for case in shipped_cases() if case.rule is None)
    (weaker,) = [one for one in of("rule pregnancy", "effect") if "review" in one.what]
    (result,) = fates([weaker], vignettes)
    assert result.fate is Fate.KILLED
    assert result.why.startswith("vignettes/")


def test_a_slip_that_no_patient_shows_is_equivalent() -> None:
    (added,) = [
        one for one in of("rule indication-other-than-depression", "word") if one.what == "`major_depression` is added"
    ]
    assert fates([added]) == [MutantResult(Fate.EQUIVALENT)]


def test_a_slip_is_not_called_equivalent_where_not_all_answers_were_tried(tmp_path: Path) -> None:
    words = [
        "aneurysm",
        "stroke",
        "pacemaker",
        "arrhythmia",
        "valve_disease",
        "heart_failure",
        "unstable_angina",
        "unspecified",
    ]
    branches = [
        f"    - heart_conditions: {{includes: {word}}}\n"
        for word in [*words, "unspecified", "severe_arrhythmia", "aneurysm"]
    ]
    rulebook, folder = with_rule(tmp_path, "  any:\n" + "".join(branches))
    *_, last = [one for one in tried(rulebook, folder) if one.kind == "branch"]
    (result,) = try_all([last], MutantRun(rulebook, shipped_cases()))
    assert result.fate is Fate.SURVIVED
    assert result.why == "no answers were found that tell the two apart, and not all could be tried"


def test_a_slip_that_breaks_a_promise_is_refused_with_what_the_loader_says() -> None:
    (marked,) = [one for one in of("fact pregnancy") if one.what == "`not_pregnant` becomes lasting"]
    (result,) = fates([marked], tuple(case for case in shipped_cases() if case.rule == "older-adult"))
    assert result.fate is Fate.REFUSED
    assert "excludes by itself not on" in result.why


BOUNDARY = """\
- name: seventy is met
  as_of: 2026-11-22T09:00:00Z
  given: {age: 70 years}
  expect: {finding: met, because: [age], gives: {iv: review, im: nothing}}
- name: sixty is not
  as_of: 2026-11-22T09:00:00Z
  given: {age: 60 years}
  expect: {finding: not_met, gives: {iv: eligible}}
"""


def test_the_missing_case_kills_the_mutant_that_it_was_written_for_once_pasted(tmp_path: Path) -> None:
    rulebook, folder = with_rule(tmp_path, "  age: {at_least: 65 years}\n")
    (above,) = [one for one in tried(rulebook, folder) if one.what == "`at_least` becomes `above`"]
    (result,) = try_all([above], MutantRun(rulebook, own_cases(rulebook, BOUNDARY, tmp_path)))
    assert result.fate is Fate.SURVIVED
    assert result.missing_for == "tried"
    assert result.missing == (
        "- name: age 65 years is met\n"
        "  as_of: 2026-11-22T09:00:00Z\n"
        "  observed_at: 2026-11-22\n"
        "  given: {age: 65 years}\n"
        "  expect: {finding: met, because: [age], gives: {iv: review}}\n"
    )
    trial = MutantRun(rulebook, own_cases(rulebook, BOUNDARY + result.missing, tmp_path))
    assert not trial.failing()
    (result,) = try_all([above], trial)
    assert result.fate is Fate.KILLED
    assert result.why.endswith("age 65 years is met")


def test_every_missing_case_kills_its_mutant_and_holds_before(tmp_path: Path) -> None:
    when = (
        "  any:\n    - not: {all: [{age: {at_least: 18 years, below: 65 years}}, {suicidality: {is: none}}]}\n"
        "    - heart_conditions: {includes_any: [stroke, pacemaker]}\n    - hypertension: {is_not: none}\n"
    )
    rulebook, folder = with_rule(tmp_path, when)
    found = tried(rulebook, folder)
    results = try_all(found, MutantRun(rulebook, shipped_cases()))
    lacking = [(mutant, result) for mutant, result in zip(found, results, strict=True) if survived(result)]
    assert len(lacking) > 20
    for mutant, result in lacking:
        trial = MutantRun(rulebook, own_cases(rulebook, result.missing, tmp_path))
        assert not trial.failing(), mutant.what
        assert trial.result(mutant).fate is Fate.KILLED, mutant.what


def test_workers_come_to_what_one_process_comes_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ENOUGH", 5)
    chosen = of("rule uncontrolled-hypertension")
    cases = tuple(case for case in shipped_cases() if case.rule == "uncontrolled-hypertension")[:4]
    told: list[int] = []
    alone = try_all(chosen, MutantRun(shipped(), cases))
    together = try_all(chosen, MutantRun(shipped(), cases), workers=2, progress=told.append)
    assert together == alone
    assert told[-1] == len(chosen)
    assert {result.fate for result in alone} >= {Fate.KILLED, Fate.SURVIVED}
