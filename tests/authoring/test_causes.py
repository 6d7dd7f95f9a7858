"""Failed cases by cause: each in one group, the fewest causes that explain all, the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ketascreen import Rulebook, Screener, load_rulebook
from ketascreen.authoring.cases import run as running
from ketascreen.authoring.cases.causes import Cause, CauseKind, causes_of
from ketascreen.authoring.cases.examination import Examined, Failure
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.cases.run import CaseResult, run_cases
from ketascreen.language.terms import Decision
from ketascreen.rendering.causes import because, headline
from ketascreen.runtime.process_pool import can_fork
from tests.helpers.command_line import run
from tests.helpers.edited_rulebooks import rules_with
from tests.helpers.flooded import AGE, BAR, with_new_exclusion
from tests.helpers.screening import shipped, shipped_cases


def failed_in(folder: Path, workers: int = 1) -> tuple[tuple[CaseResult, ...], Rulebook]:
    rulebook = load_rulebook(folder)
    with Screener(rulebook, channels=["reference"]) as screener:
        return run_cases(read_cases(folder, rulebook), screener, workers=workers).failed, rulebook


def causes_in(folder: Path) -> tuple[Cause, ...]:
    failed, rulebook = failed_in(folder)
    found = causes_of(failed, rulebook)
    require_each_once(found, failed)
    return found


def require_each_once(found: Sequence[Cause], failed: Sequence[CaseResult]) -> None:
    grouped = [id(result) for cause in found for result in cause.results]
    assert sorted(grouped) == sorted(map(id, failed))
    assert all(sum(cause.outcomes.values()) in (0, len(cause.results)) for cause in found)


def test_a_moved_parameter_is_one_cause_where_several_rules_ask_it(tmp_path: Path) -> None:
    (cause,) = causes_in(rules_with(tmp_path, *AGE))
    assert (cause.kind, cause.name) == (CauseKind.PARAMETER, "older_adult_age")
    assert cause.rules == ("older-adult", "older-adult-without-checkup")
    assert headline(cause).startswith(
        f"{len(cause.results)} cases fail because of `older_adult_age`, which `older-adult` and"
        " `older-adult-without-checkup` ask: "
    )


def test_a_moved_bar_also_explains_the_cases_that_differ_in_their_grounds_alone(tmp_path: Path) -> None:
    (cause,) = causes_in(rules_with(tmp_path, *BAR))
    assert (cause.kind, cause.name) == (CauseKind.PARAMETER, "controlled_systolic")
    grounds_alone = [one for one in cause.results if "got not_" not in str(one.examined.failures[0])]
    assert any(one.examined.failures[0].text.startswith("expected because") for one in grounds_alone)


def test_a_bar_that_is_raised_explains_the_patients_who_are_told_something_milder(tmp_path: Path) -> None:
    (cause,) = causes_in(rules_with(tmp_path, "parameters.yaml", "value: 65 years", "value: 70 years"))
    assert cause.name == "older_adult_age"
    milder = [one for one in cause.results if one.case.rule is None]
    assert milder
    assert all(failure.wanted in (None, *Decision) for one in milder for failure in one.examined.failures)


def test_a_changed_rule_is_the_cause_of_its_cases_and_of_whole_patients(tmp_path: Path) -> None:
    changed = ("reviews/past-psychosis.yaml", "psychosis: {is: past}", "psychosis: {is: never}")
    first, *_ = causes_in(rules_with(tmp_path, *changed))
    assert (first.kind, first.name) == (CauseKind.RULE, "past-psychosis")
    assert {one.case.rule for one in first.results} == {None, "past-psychosis"}
    assert set(first.outcomes) >= {"met", "not_met"}


def test_another_effect_is_the_cause_although_the_outcome_is_the_expected_one(tmp_path: Path) -> None:
    changed = ("exclusions/unregulated-product.yaml", "effect: exclude", "effect: caution")
    first, *_ = causes_in(rules_with(tmp_path, *changed))
    assert (first.name, set(first.outcomes)) == ("unregulated-product", {"otherwise"})
    assert {one.case.rule for one in first.results} == {None, "unregulated-product"}
    assert "differs in what it rests on or gives" in because(first)


def test_a_rule_on_a_new_fact_is_one_cause_and_the_fact_is_named(tmp_path: Path) -> None:
    (cause,) = causes_in(with_new_exclusion(tmp_path))
    assert (cause.name, cause.outcomes) == ("hepatic-failure", {"unknown": len(cause.results)})
    assert cause.lacks == ("liver_conditions",)
    assert len(cause.results) > 100
    said = headline(cause)
    assert "because `hepatic-failure` is unknown" in said
    assert "They do not say `liver_conditions`: if that is all, add it to the start `baseline` (" in said


def test_a_fact_that_some_of_the_cases_give_is_not_said_to_be_missing(tmp_path: Path) -> None:
    folder = with_new_exclusion(tmp_path)
    (folder / "exclusions" / "hepatic-failure.cases.yaml").write_text(
        "- name: an incomplete list\n  as_of: 2026-11-22T09:00:00Z\n  observed_at: 2026-11-22\n"
        "  given: {liver_conditions: {present: [], complete: false}}\n  expect: {finding: not_met}\n",
        "utf-8",
    )
    (cause,) = causes_in(folder)
    assert (cause.name, cause.lacks) == ("hepatic-failure", ())


def test_two_slips_are_two_causes_the_larger_first(tmp_path: Path) -> None:
    rules_with(tmp_path, *AGE)
    found = causes_in(
        rules_with(tmp_path, "reviews/past-psychosis.yaml", "psychosis: {is: past}", "psychosis: {is: never}")
    )
    names = [cause.name for cause in found]
    assert names[:1] in (["older_adult_age"], ["past-psychosis"])
    assert {*names} >= {"older_adult_age", "past-psychosis"}
    sizes = [len(cause.results) for cause in found]
    assert sizes == sorted(sizes, reverse=True)


def test_a_case_with_two_wrong_rules_is_with_the_one_that_explains_most() -> None:
    one, two, three = (
        result_of(index, wrong)
        for index, wrong in enumerate((("pregnancy",), ("pregnancy", "breast-feeding"), ("breast-feeding",)))
    )
    four = result_of(3, ("breast-feeding",))
    large, small = causes_of([one, two, three, four], shipped())
    assert (large.name, large.results) == ("breast-feeding", (two, three, four))
    assert (small.name, small.results) == ("pregnancy", (one,))


def test_equal_causes_are_in_the_order_of_their_names() -> None:
    found = causes_of([result_of(0, ("pregnancy",)), result_of(1, ("breast-feeding",))], shipped())
    assert [cause.name for cause in found] == ["breast-feeding", "pregnancy"]


def result_of(index: int, wrong: tuple[str, ...]) -> CaseResult:
    """A whole patient of the built-in cases, as if it had failed because of these rules."""
    case = [one for one in shipped_cases() if one.rule is None and one.refused is None][index]
    return CaseResult(case, Examined((Failure("made up", rules=wrong, wrong=wrong),)))


def test_what_no_rule_explains_is_grouped_by_what_is_not_as_expected() -> None:
    case = next(one for one in shipped_cases() if one.rule is None)
    results = [
        CaseResult(case, Examined((Failure("expected x", about="nobody is asked for `age`"),))),
        CaseResult(case, Examined((Failure("expected y", about="nobody is asked for `age`"),))),
        CaseResult(case, Examined((Failure("expected caution", wanted=Decision.CAUTION, routes=("iv",)),))),
    ]
    asked, wanted = causes_of(results, shipped())
    assert (asked.kind, asked.results) == (CauseKind.OTHER, tuple(results[:2]))
    assert headline(asked) == "2 cases fail because nobody is asked for `age`. The first:"
    assert headline(wanted) == "1 case fails because no rule gives `caution`."


def test_a_contradiction_that_is_gone_is_the_cause(tmp_path: Path) -> None:
    case = next(one for one in shipped_cases() if one.refused is not None)
    text = f"not the contradiction `{case.refused}` alone refuses the profile"
    assert because(causes_of([CaseResult(case, Examined((Failure("x", about=text),)))], shipped())[0]) == text


def test_no_failed_case_has_no_cause() -> None:
    assert causes_of((), shipped()) == ()


@pytest.mark.skipif(not can_fork(), reason="cases are run over processes where a process can be forked")
def test_the_groups_are_the_same_over_any_number_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = rules_with(tmp_path, *AGE)
    monkeypatch.setattr(running, "ENOUGH", 100)
    one, rulebook = failed_in(folder)
    many, _ = failed_in(folder, workers=3)
    assert shape(causes_of(one, rulebook)) == shape(causes_of(many, rulebook)) == shape(causes_of(one, rulebook))


def shape(found: Sequence[Cause]) -> list[tuple[str, list[str]]]:
    return [(cause.name, [str(result.case) for result in cause.results]) for cause in found]


def test_a_retired_rule_explains_the_patients_who_expect_what_it_gave(tmp_path: Path) -> None:
    folder = rules_with(tmp_path, *BAR)
    done = run("retire", "diagnosed-hypertension", "--by", "A. Clinician", "--reason", "Old.", "--dir", str(folder))
    assert done.status == 0
    of_rule = {cause.name: cause for cause in causes_in(folder)}
    assert sorted(of_rule) == ["controlled_systolic", "diagnosed-hypertension"]
    retired = of_rule["diagnosed-hypertension"]
    assert retired.outcomes == {"retired": len(retired.results)}
    assert because(retired) == "`diagnosed-hypertension` is retired"
    assert all(one.case.rule is None for one in retired.results)
