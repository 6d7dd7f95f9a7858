"""Everything that is wrong is found at once, and only what a rulebook names with a reason is let stand."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path

import pytest

from ketascreen.authoring.checks import run
from ketascreen.authoring.checks.registry import ASK_FOR_CASES, ASK_FOR_DOCUMENTS
from ketascreen.authoring.checks.registry import CHECKS as BUILT_IN_CHECKS
from ketascreen.authoring.checks.run import Checked, check_folder
from tests.helpers.golden import ALLOW, ALLOW_ABOUT, CASES, CHECKS, TODAY, added
from tests.helpers.rulebook_files import where, with_files

AGE = "cautions/young.yaml:7:3 age-is-asked"
FACT = "vocabulary.yaml:2:3 fact-is-added"


def check(folder: Path, files: dict[str, str], documents: Path | None = None) -> Checked:
    """The small rulebook with a case and these files, checked."""
    return check_folder(with_files(folder, {**CASES, **files}), today=TODAY, documents=documents, checks=CHECKS)


def found(checked: Checked) -> list[str]:
    """`path:line:column code` of each finding."""
    return [where(problem) for problem in checked.found]


def silenced(checked: Checked) -> list[tuple[str, str]]:
    """`path:line:column code` of each silenced finding, with its reason."""
    return [(where(one.finding), one.reason) for one in checked.silenced]


def test_what_the_checks_find_stands_in_the_order_of_the_files_with_the_text_of_its_line(tmp_path: Path) -> None:
    checked = check(tmp_path, {})
    assert found(checked) == [AGE, FACT]
    assert [problem.text for problem in checked.found] == ["  age: {below: 21 years}", "  egfr:"]
    assert (checked.refused, checked.silenced, checked.not_run) == ((), (), ())
    assert (checked.rules, checked.cases) == (8, 1)


def test_an_allow_in_the_rules_own_file_silences_what_is_found_about_it(tmp_path: Path) -> None:
    checked = check(tmp_path, added("cautions/young.yaml", ALLOW))
    assert found(checked) == [FACT]
    assert silenced(checked) == [(AGE, "The brain matures.")]


def test_an_allow_of_another_check_or_of_another_rule_does_not(tmp_path: Path) -> None:
    other = ALLOW.replace("age-is-asked", "fact-is-added")
    assert found(check(tmp_path / "a", added("cautions/young.yaml", other))) == [
        AGE,
        "cautions/young.yaml:12:13 needless-allow",
        FACT,
    ]
    assert found(check(tmp_path / "b", added("exclusions/heart.yaml", ALLOW))) == [
        AGE,
        "exclusions/heart.yaml:12:13 needless-allow",
        FACT,
    ]


def test_rulebook_yaml_silences_what_is_about_no_rule(tmp_path: Path) -> None:
    checked = check(tmp_path, added("rulebook.yaml", ALLOW_ABOUT))
    assert found(checked) == [AGE]
    assert silenced(checked) == [(FACT, "No built-in fact says it.")]


def test_an_allow_about_another_fact_silences_nothing_and_is_found_itself(tmp_path: Path) -> None:
    checked = check(tmp_path, added("rulebook.yaml", ALLOW_ABOUT.replace("egfr", "bmi")))
    assert found(checked) == [AGE, "rulebook.yaml:11:13 needless-allow", FACT]
    assert checked.found[1].message == "`fact-is-added` finds nothing that this entry would accept"


def test_what_is_about_a_rule_is_not_silenced_from_rulebook_yaml(tmp_path: Path) -> None:
    allow = "allow:\n  - {check: age-is-asked, about: young, reason: Out of sight.}\n"
    checked = check(tmp_path, added("rulebook.yaml", allow))
    assert found(checked) == [AGE, "rulebook.yaml:11:13 needless-allow", FACT]
    assert checked.found[1].hint == "move it into the file of `young`, without `about`"


def test_an_allow_of_no_check_says_which_may_have_been_meant(tmp_path: Path) -> None:
    checked = check(tmp_path, added("cautions/young.yaml", ALLOW.replace("age-is-asked", "age-is-askd")))
    needless = checked.found[1]
    assert needless.message == "no check is called `age-is-askd`"
    assert needless.hint == "did you mean `age-is-asked`?"
    assert needless.text == "  - {check: age-is-askd, reason: The brain matures.}"


def test_two_findings_of_one_rule_are_silenced_by_one_entry(tmp_path: Path) -> None:
    both = "when:\n  age: {at_least: 1 years, below: 21 years}"
    text = added("cautions/young.yaml", ALLOW)["cautions/young.yaml"].replace("when:\n  age: {below: 21 years}", both)
    checked = check(tmp_path, {"cautions/young.yaml": text})
    assert found(checked) == [FACT]
    assert len(checked.silenced) == 2


def test_a_rulebook_that_does_not_load_is_refused_with_the_yaml_of_its_cases_checked_too(tmp_path: Path) -> None:
    bad = {"cautions/young.cases.yaml": "- name: no\n", "exclusions/heart.yaml": "id: &x heart\n"}
    checked = check(tmp_path, bad)
    assert where(checked.refused[0]) == "cautions/young.cases.yaml:1:9 ambiguous"
    assert "exclusions/heart.yaml:1:5 anchor" in map(where, checked.refused)
    assert all(problem.text for problem in checked.refused)
    assert checked.not_run == ("age-is-asked", "fact-is-added")
    assert (checked.found, checked.rules) == ((), 0)


def test_cases_that_are_refused_leave_out_the_checks_that_need_them_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ASK_FOR_CASES", frozenset({"age-is-asked"}))
    empty = {"cautions/young.cases.yaml": "[]\n", **added("cautions/young.yaml", ALLOW)}
    checked = check(tmp_path, empty)
    assert [where(problem) for problem in checked.refused] == ["cautions/young.cases.yaml:1:1 no-cases"]
    assert found(checked) == [FACT], "and the allow of a check that was not run is not needless"
    assert checked.not_run == ("age-is-asked",)


def test_the_checks_of_documents_are_run_only_where_their_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ASK_FOR_DOCUMENTS", frozenset({"fact-is-added"}))
    without = check(tmp_path / "a", added("rulebook.yaml", ALLOW_ABOUT))
    absent = "documents.yaml no-documents"
    assert (found(without), without.silenced, without.not_run) == ([AGE, absent], (), ("fact-is-added",))
    named = check(tmp_path / "b", added("rulebook.yaml", ALLOW_ABOUT), documents=tmp_path)
    assert (found(named), len(named.silenced), named.not_run) == ([AGE], 1, ())


@dataclass(frozen=True)
class _Asked:
    """What a check's source asks of its subject."""

    code: str
    cases: bool
    documents: bool


def _asked() -> list[_Asked]:
    texts = [(check.CODE, inspect.getsource(inspect.getmodule(check.check) or check)) for check in BUILT_IN_CHECKS]  # type: ignore[arg-type]
    return [_Asked(code, "subject.cases" in text, "subject.documents" in text) for code, text in texts]


def test_the_registry_names_the_checks_that_ask_for_cases_and_for_documents() -> None:
    asked = _asked()
    assert {one.code for one in asked if one.cases} == ASK_FOR_CASES
    assert {one.code for one in asked if one.documents} == ASK_FOR_DOCUMENTS
    assert len({one.code for one in asked}) == len(asked)
