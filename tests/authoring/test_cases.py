"""The cases of the built-in rulebook hold, and a case that does not hold says so."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ketascreen import RulebookError, Screener, load_rulebook
from ketascreen.authoring.cases.examination import examine
from ketascreen.authoring.cases.read import Case, read_cases
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.screening import shipped, shipped_cases, shipped_screener


@pytest.mark.parametrize("case", shipped_cases(), ids=str)
def test_case(case: Case) -> None:
    assert not examine(case, shipped_screener()).failures


def test_every_rule_has_cases() -> None:
    assert {case.rule for case in shipped_cases()} >= {rule.id for rule in shipped().rules}


def test_every_rule_with_a_condition_is_seen_met_not_met_and_unknown() -> None:
    seen: dict[str, set[str]] = {}
    for case in shipped_cases():
        if case.rule:
            seen.setdefault(case.rule, set()).add(case.expect["finding"])
    for findings in seen.values():
        findings.discard("not_asked")
    for rule in shipped().rules:
        wanted = {"met"} if type(rule.when).__name__ == "Always" else {"met", "not_met", "unknown"}
        assert seen[rule.id] == wanted, rule.id


def changed(tmp_path: Path, file: str, old: str, new: str) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(built_in_rules(), folder)
    target = folder / file
    text = target.read_text(encoding="utf-8")
    assert old in text
    target.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "failing"),
    [
        ("parameters.yaml", "value: 140 mmHg", "value: 141 mmHg", "uncontrolled-hypertension"),
        ("parameters.yaml", "value: 18 years", "value: 17 years", "below-minimum-age"),
        ("reviews/past-psychosis.yaml", "effect: review", "effect: caution", "past-psychosis"),
        ("vocabulary.yaml", "lasting: [pregnant]", "lasting: []", "pregnancy"),
        (
            "exclusions/uncontrolled-hypertension.yaml",
            "above: severe_systolic",
            "at_least: severe_systolic",
            "uncontrolled-hypertension",
        ),
        ("holds/no-ride-home.yaml", "setting: {is: clinic}", "setting: {is: home}", "no-ride-home"),
    ],
)
def test_a_slip_of_the_hand_is_caught_by_a_case(tmp_path: Path, file: str, old: str, new: str, failing: str) -> None:
    rulebook = load_rulebook(changed(tmp_path, file, old, new))
    screener = Screener(rulebook, channels=("reference",))
    failed = {case.rule for case in shipped_cases() if examine(case, screener).failures}
    assert failing in failed


def test_a_failing_case_says_what_was_expected_what_came_and_why() -> None:
    case = next(case for case in shipped_cases() if case.rule == "pregnancy" and case.expect["finding"] == "met")
    wrong = replace(case, expect={"finding": "not_met", "because": ["age"], "gives": {"iv": "eligible"}})
    assert tuple(map(str, examine(wrong, shipped_screener()).failures)) == (
        "expected not_met, got met; it rests on pregnancy",
        "expected because age; got pregnancy",
        "expected eligible for iv, got not_eligible",
    )


CASE = "- name: a\n  as_of: 2026-11-22T09:00:00Z\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]\n", "the file has no cases"),
        ("- name: asserts nothing\n  as_of: 2026-11-22T09:00:00Z\n  expect: {}\n", "the case expects too little"),
        (
            "- name: a\n  as_of: 2026-11-22T09:00:00Z\n  given: {pregnency: pregnant}\n  expect: {finding: met}\n",
            "did you mean `pregnancy`?",
        ),
        ("- name: a\n  as_of: 2026-11-22\n  expect: {finding: met}\n", "must be a time"),
        ("- name: a\n  start: nowhere\n  expect: {finding: met}\n", "no start `nowhere`"),
        (
            "- name: a\n  as_of: 2026-11-22T09:00:00Z\n  expect: {finding: met, met: [pregnancy]}\n",
            "is not for this kind of case",
        ),
        ("- name: a\n  as_of: 2026-11-22T09:00:00Z\n  expect: {finding: maybe}\n", "`finding` must be one of"),
        (CASE + "  expect: {finding: met, gives: {}}\n", "`gives` names no route"),
        (CASE + "  expect: {finding: met, gives: {iv: not_eligble}}\n", "did you mean `not_eligible`?"),
        (CASE + "  expect: {finding: met, gives: {iv: ready}}\n", "`pregnancy` alone never gives `ready`"),
        (CASE + "  expect: {finding: met, because: [pregnency]}\n", "did you mean `pregnancy`?"),
        (CASE + "  decisions: [breast-feeding]\n  expect: {finding: met}\n", "`breast-feeding` is not a review"),
        (
            CASE + "  given: {pregnancy: pregnant}\n  without: [pregnancy]\n  expect: {finding: met}\n",
            "`pregnancy` is under both `given` and `without`",
        ),
    ],
)
def test_a_case_file_that_says_too_little_or_too_much_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "pregnancy.cases.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        read_cases(tmp_path, shipped())
    assert message in str(caught.value)
    assert "pregnancy.cases.yaml:" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  expect: {decisions: {}}\n", "patient.cases.yaml:3:3: the case expects too little"),
        ("  expect: {decisions: {iv: review}, readiness: {iv: ready}}\n", "`readiness` is asked at a session only"),
        (
            "  stage: session\n  expect: {decisions: {iv: review}, readiness: {}}\n",
            "`readiness` names no route",
        ),
        ("  expect: {decisions: {iv: review}, met: [pregnency]}\n", "did you mean `pregnancy`?"),
        ("  without: [sistolic_bp]\n  expect: {decisions: {iv: review}}\n", "did you mean `systolic_bp`?"),
    ],
)
def test_a_vignette_that_says_too_little_or_too_much_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "vignettes").mkdir()
    (tmp_path / "vignettes" / "patient.cases.yaml").write_text(CASE + text, encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        read_cases(tmp_path, shipped())
    assert message in str(caught.value)


def test_two_starts_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        start = "as_of: 2026-11-22T09:00:00Z\nobserved_at: 2026-11-22\ngiven: {}\n"
        (tmp_path / folder / "same.start.yaml").write_text(start, encoding="utf-8")
    with pytest.raises(RulebookError, match=r"two/same\.start\.yaml: two starts have the name `same`"):
        read_cases(tmp_path, shipped())


START = "as_of: 2026-11-22T09:00:00Z\nobserved_at: 2026-11-22\ngiven:\n  age: 40 years\n"
USES = "- name: {name}\n  start: base\n  given: {given}\n  expect: {{decisions: {{iv: review}}}}\n"
TWO = USES.format(name="one", given="{pregnancy: pregnant}") + USES.format(name="two", given="{}")


def refused_start(tmp_path: Path, start: str, cases: str = TWO) -> list[tuple[str, str]]:
    (tmp_path / "vignettes").mkdir()
    (tmp_path / "vignettes" / "base.start.yaml").write_text(start, encoding="utf-8")
    (tmp_path / "vignettes" / "patient.cases.yaml").write_text(cases, encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        read_cases(tmp_path, shipped())
    return [(str(one.place), one.message) for one in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("  age: 40 years", "  agee: 40 years", "4:9", "unknown fact `agee`"),
        ("  age: 40 years", "  age: 400 years", "4:8", "`age`: outside its range"),
        ("  age: 40 years", "  pregnancy: yes", "4:14", "`pregnancy`: not one of its choices"),
        ("  age: 40 years", "  age: {value: 40 years, at: today}", "4:3", "`age`: not a date"),
        ("observed_at: 2026-11-22", "observed_at: today", "2:14", "`observed_at`: not a date"),
        ("T09:00:00Z", "", "1:8", "`as_of`: must be a time, not a date alone"),
        ("given:\n", "givn: {}\ngiven:\n", "3:1", "unknown key `givn`"),
    ],
)
def test_what_is_wrong_in_a_start_is_reported_there_once_however_many_cases_use_it(
    tmp_path: Path, old: str, new: str, place: str, message: str
) -> None:
    cases = TWO.replace("pregnancy: pregnant", "breastfeeding: breastfeeding")
    found = refused_start(tmp_path, START.replace(old, new), cases)
    assert found == [(f"vignettes/base.start.yaml:{place}", message)]


def test_what_a_case_itself_says_is_reported_at_the_case(tmp_path: Path) -> None:
    cases = TWO + USES.format(name="three", given="{age: 400 years}")
    ((place, message),) = refused_start(tmp_path, START, cases)
    assert (place, "`age`" in message) == ("vignettes/patient.cases.yaml:11:16", True)


def test_a_wrong_answer_of_a_start_that_each_case_replaces_is_not_one_of_a_patient(tmp_path: Path) -> None:
    cases = USES.format(name="one", given="{age: 30 years}") + "  without: [agee]\n"
    ((place, message),) = refused_start(tmp_path, START.replace("40 years", "400 years"), cases)
    assert (place, message) == ("vignettes/patient.cases.yaml:5:13", "unknown fact `agee`")
