"""A permanent choice that keeps a rule from being met is found, once for each choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import permanent_mild
from ketascreen.authoring.checks.run import check_folder
from ketascreen.authoring.checks.subject import Concern
from ketascreen.diagnostic import Place
from tests.helpers.check_findings import TODAY, findings, rule
from tests.helpers.rulebook_files import text_of, with_files

HINT = "do not mark it permanent; or allow it in rulebook.yaml, with the reason why it cannot change"
NOT_POSSIBLE = Concern(
    "permanent-mild",
    "at any age, `not_possible` of `pregnancy` keeps the rule `pregnancy` from being met; `pregnant` would meet it",
    HINT,
    Place("vocabulary.yaml", 11, 56, 9),
    about="pregnancy",
)


def with_mark(mark: str) -> dict[str, str]:
    """The vocabulary with this entry, and `pregnancy` without its permanent choice."""
    text = text_of("vocabulary.yaml").replace(", permanent: [not_possible]", "")
    kept = [line for line in text.splitlines() if not line.startswith(f"  {mark.partition(':')[0]}:")]
    return {"vocabulary.yaml": "\n".join([*kept, f"  {mark}", ""])}


def messages(tmp_path: Path, mark: str, when: str, effect: str = "review", stage: str = "candidacy") -> list[str]:
    files = {**with_mark(mark), **rule(f"{effect}s/one.yaml", when, effect=effect, stage=stage)}
    return [problem.message for problem in findings(permanent_mild, tmp_path, files)]


def test_a_choice_under_which_an_exclusion_is_not_met(tmp_path: Path) -> None:
    assert findings(permanent_mild, tmp_path, {}) == [NOT_POSSIBLE]


NEVER = "psychosis: {fresh_for: 30 days, permanent: [never], reason: Made up.}"


@pytest.mark.parametrize(("effect", "stage"), [("exclude", "candidacy"), ("review", "candidacy"), ("hold", "session")])
def test_each_effect_that_matters(tmp_path: Path, effect: str, stage: str) -> None:
    assert messages(tmp_path, NEVER, "  psychosis: {is: active}", effect, stage) == [
        "at any age, `never` of `psychosis` keeps the rule `one` from being met; `active` would meet it"
    ]


@pytest.mark.parametrize(
    ("mark", "when"),
    [
        (NEVER, "  psychosis: {is: never}"),
        (NEVER, "  psychosis: {none_of: [active]}"),
        (NEVER, "  bipolar: {is: bipolar_i}"),
        ("psychosis: {fresh_for: 30 days, permanent: [active], reason: Made up.}", "  psychosis: {none_of: [never]}"),
    ],
    ids=["meets it", "meets it too", "another fact", "no other choice meets more"],
)
def test_a_choice_that_keeps_nothing_from_being_met(tmp_path: Path, mark: str, when: str) -> None:
    found = messages(tmp_path, mark, when)
    assert [message for message in found if "`one`" in message] == []


def test_a_caution_or_an_alert_that_is_not_met_is_none_of_its_business(tmp_path: Path) -> None:
    assert messages(tmp_path, NEVER, "  psychosis: {is: active}", "caution") == []


def test_a_word_of_a_list_that_a_rule_wants_absent(tmp_path: Path) -> None:
    mark = "current_diagnoses: {fresh_for: 30 days, permanent: [ptsd], reason: Made up.}"
    assert messages(tmp_path, mark, "  current_diagnoses: {includes_none: [ptsd]}") == [
        "at any age, `ptsd` of `current_diagnoses` keeps the rule `one` from being met;"
        " a list without `ptsd` would meet it"
    ]


def test_it_is_accepted_in_rulebook_yaml_by_the_fact_even_where_a_rule_has_its_name(tmp_path: Path) -> None:
    allow = "allow:\n  - {check: permanent-mild, about: pregnancy, reason: It cannot change.}\n"
    files = {"rulebook.yaml": f"{text_of('rulebook.yaml').rstrip()}\n{allow}"}
    checked = check_folder(with_files(tmp_path, files), today=TODAY)
    assert permanent_mild.CODE not in {problem.code for problem in checked.found}
    accepted = [(one.finding.message, one.reason) for one in checked.silenced]
    assert (NOT_POSSIBLE.message, "It cannot change.") in accepted


def test_the_file_of_a_rule_with_the_name_of_the_fact_does_not_accept_it(tmp_path: Path) -> None:
    path = "exclusions/pregnancy.yaml"
    files = {path: f"{text_of(path)}allow:\n  - {{check: permanent-mild, reason: It cannot change.}}\n"}
    checked = check_folder(with_files(tmp_path, files), today=TODAY)
    found = [(problem.code, problem.place.path) for problem in checked.found if problem.place is not None]
    assert ("needless-allow", "exclusions/pregnancy.yaml") in found
    assert ("permanent-mild", "vocabulary.yaml") in found
