"""What becomes of a mutant: killed, refused, equivalent, or survived with the case that is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.mutation import run
from ketascreen.authoring.mutation.run import Fate, MutantResult, MutantRun, try_all
from ketascreen.language.terms import Effect
from tests.helpers.mutants import fates, of, own_cases, shipped_mutants, survived, tried, with_rule
from tests.helpers.screening import shipped, shipped_cases


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
    assert result.why == "no answers were found that distinguish the two, and not all could be tried"


def test_a_slip_that_breaks_a_promise_is_refused_with_what_the_loader_says() -> None:
    (marked,) = [one for one in of("fact pregnancy") if one.what == "`not_pregnant` becomes lasting"]
    (result,) = fates([marked], tuple(case for case in shipped_cases() if case.rule == "older-adult"))
    assert result.fate is Fate.REFUSED
    assert "does not exclude by itself on" in result.why


BOUNDARY = """\
- name: seventy is met
  as_of: 2026-11-22T09:00:00Z
  observed_at: 2026-11-22
  given: {age: 70 years}
  expect: {finding: met, because: [age], gives: {iv: review, im: nothing}}
- name: sixty is not
  as_of: 2026-11-22T09:00:00Z
  observed_at: 2026-11-22
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


def test_who_decides_is_changed_where_a_rule_says_it_and_a_vignette_with_the_refused_decision_notices() -> None:
    changed = [one for one in shipped_mutants() if one.kind == "decided_by"]
    assert {(one.about, one.what) for one in changed} == {
        (f"rule {rule.id}", "`nobody` becomes `clinician`")
        for rule in shipped().with_effect(Effect.REVIEW)
        if rule.decided_by == "nobody"
    }
    for one in fates(changed):
        assert (one.fate, one.why.split(":")[0]) == (Fate.KILLED, "vignettes/further.cases.yaml")
    own = tuple(case for case in shipped_cases() if case.rule is not None)
    for one in fates(changed, own):
        assert one.fate is Fate.SURVIVED
        assert one.why.endswith("a whole patient shows it by `decisions` and `not_decidable`")
