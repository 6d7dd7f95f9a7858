"""The checks of approvals: each approval that does not count is reported where it stands, and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest

from ketascreen import load_rulebook
from ketascreen.authoring.approving.subjects import SubjectName, Subjects, read_subjects, sheet_of_patient
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.checks import (
    approval_date,
    approval_ended,
    approval_lapsed,
    approval_unbound,
    not_an_approver,
)
from ketascreen.authoring.checks.registry import CHECKS
from ketascreen.authoring.checks.run import check_folder
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.approval import Approval, SubjectKind
from ketascreen.language.sheet import sheet_of
from ketascreen.loading.built_in import built_in_rules
from ketascreen.runtime.plain_file import read_plain
from tests.helpers.check_findings import TODAY, findings
from tests.helpers.rulebook_files import GOOD, changed, of_format_1, text_of, with_files

OF_APPROVALS = (approval_date, approval_ended, approval_lapsed, approval_unbound, not_an_approver)
PATIENTS = """\
- name: young
  as_of: 2026-11-22T09:00:00Z
  given: {age: {value: 30, at: 2026-11-22}}
  expect: {decisions: {iv: insufficient_data}}
"""
YOUNG = "vignettes/one.cases.yaml young"


def entry(
    kind: str = "rule", name: str = "high-pressure", *, by: str = "Dr A. Meyer", day: str = "2026-11-20", more: str = ""
) -> str:
    """An entry for a sheet of the small rulebook as it is."""
    rulebook = load_rulebook(GOOD)
    sheet = Subjects(rulebook).sheet(SubjectName(SubjectKind(kind), name))
    assert sheet is not None
    return f"- {kind}: {name}\n  sheet: {sheet.digest}\n  by: {by}\n  role: psychiatrist\n  date: {day}\n{more}"


def found(folder: Path, files: dict[str, str], *, today: date = TODAY) -> list[str]:
    """What all checks of approvals find, each with its place and code."""
    told: list[Diagnostic] = []
    for number, check in enumerate(OF_APPROVALS):
        told += findings(check, folder / str(number), files, today=today)
    return [f"{one.place} {one.message} [{one.code}]" for one in told]


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    for number in range(len(OF_APPROVALS)):
        (tmp_path / str(number)).mkdir()


def test_each_check_of_approvals_is_registered() -> None:
    assert set(OF_APPROVALS) <= set(CHECKS)


def test_approvals_that_stand_are_not_reported(tmp_path: Path) -> None:
    files = {"approvals.yaml": entry() + entry("route", "iv")}
    assert found(tmp_path, files) == []


def test_a_shipped_rulebook_has_no_finding_about_approvals() -> None:
    checked = check_folder(built_in_rules(), today=TODAY, checks=OF_APPROVALS)
    codes = {check.CODE for check in OF_APPROVALS}
    assert (checked.refused, [one for one in checked.found if one.code in codes]) == ((), [])


def test_a_rule_that_decides_otherwise_than_was_approved(tmp_path: Path) -> None:
    moved = changed("parameters.yaml", "value: 180 mmHg", "value: 170 mmHg")
    assert found(tmp_path, {**moved, "approvals.yaml": entry()}) == [
        "approvals.yaml:1:3 `high-pressure` decides otherwise than Dr A. Meyer approved on 2026-11-20 [approval-lapsed]"
    ]


def test_a_rule_that_says_it_in_other_words_than_was_approved(tmp_path: Path) -> None:
    moved = changed("exclusions/high-pressure.yaml", "The pressure is high.", "It is high.")
    assert found(tmp_path, {**moved, "approvals.yaml": entry()}) == [
        "approvals.yaml:1:3 `high-pressure` says it in other words than Dr A. Meyer approved on 2026-11-20; what it "
        "decides is the same [approval-lapsed]"
    ]


def test_a_route_that_is_told_otherwise_and_what_is_gone(tmp_path: Path) -> None:
    moved = changed("routes.yaml", "Intravenous infusion", "A drip")
    gone = entry().replace("high-pressure", "higher-pressure")
    assert found(tmp_path, {**moved, "approvals.yaml": gone + entry("route", "iv")}) == [
        "approvals.yaml:1:3 there is no rule `higher-pressure`, which Dr A. Meyer approved [approval-lapsed]",
        "approvals.yaml:6:3 the route `iv` says it in other words than Dr A. Meyer approved on 2026-11-20; what it "
        "decides is the same [approval-lapsed]",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value: 30,", "value: 31,"),
        ("T09:00:00Z", "T10:00:00Z"),
        ("iv: insufficient_data", "oral: insufficient_data"),
        ("  given:", "  stage: session\n  given:"),
        ("  given:", "  decisions: [not-resistant]\n  given:"),
    ],
)
def test_a_whole_patient_that_was_changed_and_one_that_was_renamed(tmp_path: Path, old: str, new: str) -> None:
    folder = with_files(tmp_path / "0", {"vignettes/one.cases.yaml": PATIENTS})
    rulebook = load_rulebook(folder)
    (case,) = read_cases(folder, rulebook)
    digest = sheet_of_patient(case, rulebook).digest
    said = f"- patient: {YOUNG}\n  sheet: {digest}\n  by: Dr A. Meyer\n  role: psychiatrist\n  date: 2026-11-20\n"
    for number, (patients, wanted) in enumerate(
        (
            (PATIENTS, ""),
            (PATIENTS.replace("name: young", "name: younger"), f"there is no patient `{YOUNG}`"),
            (PATIENTS.replace(old, new), f"the patient `{YOUNG}` decides otherwise than Dr A. Meyer approved"),
        ),
        1,
    ):
        files = {"vignettes/one.cases.yaml": patients, "approvals.yaml": said}
        told = findings(approval_lapsed, tmp_path / str(number), files)
        assert [one.message for one in told if not one.message.startswith(wanted)] == []
        assert len(told) == bool(wanted)


def test_where_cases_cannot_be_read_lapsed_rules_are_reported_and_patients_are_not(tmp_path: Path) -> None:
    said = entry().replace("high-pressure", YOUNG).replace("- rule", "- patient")
    moved = changed("parameters.yaml", "value: 180 mmHg", "value: 170 mmHg")
    broken = {"vignettes/one.cases.yaml": "- name: x\n", "approvals.yaml": entry() + said}
    checked = check_folder(with_files(tmp_path, {**moved, **broken}), today=TODAY, checks=(approval_lapsed,))
    assert [one.code for one in checked.refused] != []
    assert [one.message[:15] for one in checked.found] == ["`high-pressure`"]


@pytest.mark.parametrize(("today", "told"), [(date(2026, 11, 22), False), (date(2026, 11, 23), True)])
def test_an_approval_counts_to_its_last_day(tmp_path: Path, today: date, told: bool) -> None:
    files = {"approvals.yaml": entry(more="  until: 2026-11-22\n")}
    message = "approvals.yaml:1:3 the approval of `high-pressure` by Dr A. Meyer ended on 2026-11-22 [approval-ended]"
    assert found(tmp_path, files, today=today) == ([message] if told else [])


@pytest.mark.parametrize(("today", "told"), [(date(2026, 11, 19), True), (date(2026, 11, 20), False)])
def test_an_approval_counts_from_its_day_on(tmp_path: Path, today: date, told: bool) -> None:
    message = (
        "approvals.yaml:1:3 the approval of `high-pressure` by Dr A. Meyer is of 2026-11-20, which is still to come "
        "[approval-date]"
    )
    assert found(tmp_path, {"approvals.yaml": entry()}, today=today) == ([message] if told else [])


def test_an_approval_by_somebody_whom_the_rulebook_does_not_list(tmp_path: Path) -> None:
    listed = text_of("rulebook.yaml") + "approvers:\n  - {name: Dr A. Meyer, role: psychiatrist}\n"
    files = {"rulebook.yaml": listed, "approvals.yaml": entry() + entry(by="Dr A. Meier")}
    assert found(tmp_path, files) == [
        "approvals.yaml:6:3 `Dr A. Meier` approved `high-pressure`, and is not an approver of this rulebook "
        "[not-an-approver]"
    ]
    (one,) = findings(not_an_approver, tmp_path, files)
    assert one.hint == "did you mean `Dr A. Meyer`?"


def test_an_approval_in_another_role_than_the_rulebook_lists(tmp_path: Path) -> None:
    listed = text_of("rulebook.yaml") + "approvers:\n  - {name: Dr A. Meyer, role: psychiatrist}\n"
    other = entry().replace("role: psychiatrist", "role: nurse")
    files = {"rulebook.yaml": listed, "approvals.yaml": entry("route", "iv") + other}
    assert found(tmp_path, files) == [
        "approvals.yaml:6:3 `Dr A. Meyer` approved `high-pressure` as `nurse`, and is listed as `psychiatrist` "
        "[not-an-approver]"
    ]


def test_a_sign_off_of_format_1_is_bound_to_nothing(tmp_path: Path) -> None:
    signed = "sign_off: {status: approved, by: Old Hand, date: 2026-01-01}\n"
    files = {"exclusions/high-pressure.yaml": text_of("exclusions/high-pressure.yaml") + signed}
    checked = check_folder(of_format_1(tmp_path, files), today=TODAY, checks=OF_APPROVALS)
    assert [(str(one.place), one.message, one.code) for one in checked.found] == [
        (
            "exclusions/high-pressure.yaml:16:1",
            "`high-pressure` is marked as approved by Old Hand, and nothing says what was read",
            "approval-unbound",
        )
    ]


def test_a_withdrawn_approval_is_nothing_to_mend(tmp_path: Path) -> None:
    gone = "  withdrawn: {by: Dr A. Meyer, date: 2026-11-21, reason: New guidance}\n"
    moved = changed("parameters.yaml", "value: 180 mmHg", "value: 170 mmHg")
    assert found(tmp_path, {**moved, "approvals.yaml": entry(more=gone)}) == []


def test_a_rule_accepts_a_finding_about_its_own_approval(tmp_path: Path) -> None:
    moved = changed("parameters.yaml", "value: 180 mmHg", "value: 170 mmHg")
    allowed = "allow:\n  - {check: approval-lapsed, reason: The board meets next week.}\n"
    files = {
        **moved,
        "exclusions/high-pressure.yaml": text_of("exclusions/high-pressure.yaml") + allowed,
        "approvals.yaml": entry(),
    }
    checked = check_folder(with_files(tmp_path, files), today=TODAY, checks=(approval_lapsed,))
    assert (checked.found, [one.reason for one in checked.silenced]) == ((), ["The board meets next week."])


def test_whole_patients_of_the_shipped_rulebook_have_each_a_sheet_of_their_own() -> None:
    subjects = read_subjects(built_in_rules(), patients=True)
    digests = [sheet_of_patient(case, subjects.rulebook).digest for case in subjects.patients.values()]
    assert len(digests) > 200
    assert len(set(digests)) > len(digests) * 0.9


def test_a_thousand_approvals_are_judged_once_and_their_file_is_read_once(tmp_path: Path) -> None:
    text = "".join(entry(by=f"dr-{number}", more="  until: 2026-11-21\n") for number in range(3))
    many = "".join(text.replace("dr-", f"dr-{number}-") for number in range(400))
    folder = with_files(tmp_path, {"approvals.yaml": many})
    with (
        patch.object(Approval, "state", autospec=True, side_effect=Approval.state) as judged,
        patch("ketascreen.language.rulebook.sheet_of", side_effect=sheet_of) as made,
        patch("ketascreen.authoring.checks.run.read_plain", side_effect=read_plain) as read,
    ):
        ended = [one for one in check_folder(folder, today=TODAY).found if one.code == "approval-ended"]
    assert len(ended) == judged.call_count == 1200
    assert made.call_count <= len(load_rulebook(folder).rules)
    assert sum(call.args[0].name == "approvals.yaml" for call in read.call_args_list) == 1
