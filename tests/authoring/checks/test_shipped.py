"""The built-in rulebook passes every check, and loses that when one of its cases is taken away."""

from __future__ import annotations

from ketascreen.authoring.checks import boundary_case, no_case
from ketascreen.authoring.checks.run import check_folder
from ketascreen.authoring.checks.subject import Subject
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.check_findings import TODAY
from tests.helpers.screening import shipped, shipped_cases


def test_nothing_is_found_that_the_rulebook_does_not_let_stand() -> None:
    checked = check_folder(built_in_rules(), today=TODAY, no_documents=True)
    assert (checked.refused, checked.found, checked.not_run) == ((), (), ("phrase-not-on-line",))
    assert checked.rules == len(shipped().rules)


def test_each_rule_and_each_threshold_rests_on_its_own_cases() -> None:
    bare = Subject(shipped(), (), TODAY)
    assert len(list(no_case.check(bare))) == len(shipped().rules)
    only = tuple(case for case in shipped_cases() if case.rule != "older-adult")
    found = [*no_case.check(Subject(shipped(), only, TODAY)), *boundary_case.check(Subject(shipped(), only, TODAY))]
    assert [(problem.code, problem.place.path if problem.place else "") for problem in found] == [
        ("no-case", "cautions/older-adult.yaml"),
        ("boundary-case", "cautions/older-adult.yaml"),
    ]
