"""approvals.yaml: what is read, what is refused, and that an approval of something that is gone is neither."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen import RulebookError, load_rulebook
from ketascreen.language.approval import Approval, Approver, SubjectKind, Withdrawal
from ketascreen.language.sheet import FORM
from ketascreen.loading import approvals
from ketascreen.loading.load import rulebook_of_files
from tests.helpers.reached import often_reached
from tests.helpers.rulebook_files import GOOD, problems, text_of, where, with_files
from tests.loading.test_fuzzing import RULES, SHIPPED, fuzzed, load_in_time, mutated

SHEET = "1-3f9a1c0b22de4410-77c1aa01b2c3d4e5"
SAID = f"sheet: {SHEET}, by: A clinician, role: psychiatrist, date: 2026-11-22"
WITHDRAWN = "withdrawn: {by: A clinician, date: 2026-11-24, reason: Read again.}"
APPROVALS = f"""- {{rule: young, {SAID}}}
- {{route: iv, {SAID}, until: 2027-11-22}}
- {{patient: vignettes/a.cases.yaml 139/89 without a diagnosis, {SAID}, {WITHDRAWN}}}
- {{rule: long-gone, {SAID}}}
"""
DAY = date(2026, 11, 22)


def read(tmp_path: Path, text: str, **more: str) -> tuple[Approval, ...]:
    return load_rulebook(with_files(tmp_path, {"approvals.yaml": text, **more})).approvals


def refused(tmp_path: Path, text: str) -> list[str]:
    return [
        f"{where(problem)}: {problem.message}" for problem in problems(with_files(tmp_path, {"approvals.yaml": text}))
    ]


def test_an_approval_says_of_what_by_whom_and_for_how_long(tmp_path: Path) -> None:
    rule, route, patient, gone = read(tmp_path, APPROVALS)
    assert (rule.kind, rule.name, rule.sheet, rule.by, rule.role) == (
        SubjectKind.RULE, "young", SHEET, "A clinician", "psychiatrist",
    )  # fmt: skip
    assert (rule.day, rule.until, rule.withdrawn, str(rule.place)) == (DAY, None, None, "approvals.yaml:1:3")
    assert (route.kind, route.name, route.until) == (SubjectKind.ROUTE, "iv", date(2027, 11, 22))
    assert patient.name == "vignettes/a.cases.yaml 139/89 without a diagnosis"
    assert patient.withdrawn == Withdrawal("A clinician", date(2026, 11, 24), "Read again.")
    assert gone.name == "long-gone"


def test_approvals_change_the_bytes_and_not_the_meaning(tmp_path: Path) -> None:
    plain = load_rulebook(GOOD)
    approvers = text_of("rulebook.yaml") + "approvers:\n  - {name: A clinician, role: psychiatrist}\n"
    approved = load_rulebook(with_files(tmp_path, {"approvals.yaml": APPROVALS, "rulebook.yaml": approvers}))
    assert approved.identity.approvers == (Approver("A clinician", "psychiatrist"),)
    assert approved.meaning_digest == plain.meaning_digest
    assert approved.rule_digests == plain.rule_digests
    assert approved.bytes_digest != plain.bytes_digest


def test_a_cache_keeps_approvals(tmp_path: Path) -> None:
    folder = with_files(tmp_path, {"approvals.yaml": APPROVALS})
    first = load_rulebook(folder, cache=tmp_path / "cache")
    again = load_rulebook(folder, cache=tmp_path / "cache")
    assert again.is_cached
    assert again.approvals == first.approvals == load_rulebook(folder).approvals


def test_an_empty_file_holds_no_approval(tmp_path: Path) -> None:
    assert read(tmp_path, "[]\n") == ()


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (SAID, "approvals.yaml:1:3 approval: an approval names nothing"),
        (f"rule: young, route: iv, {SAID}", "approvals.yaml:1:3 approval: an approval names a rule and a route"),
        (f"rule: young, {SAID}, until: 2026-11-21", "an approval ends before its day"),
        (
            f"rule: young, {SAID}, withdrawn: {{by: A, date: 2026-11-21, reason: No.}}",
            "an approval is withdrawn before its day",
        ),
        (f"rule: young, {SAID.replace(SHEET, '0-' + SHEET[2:])}", "does not have the form of this key's values"),
        (f"rule: young, {SAID.replace(SHEET, SHEET.upper())}", "does not have the form of this key's values"),
        (f"rule: young, {SAID.replace('A clinician', chr(34) * 2)}", "must be text, and not empty"),
        (f"rule: young, {SAID.replace('date: 2026-11-22', 'date: 22.11.2026')}", "not a date"),
        (f"rule: young, {SAID.replace(', role: psychiatrist', '')}", "`role` is missing"),
        (f"rule: young, {SAID}, withdrawn: true", "must be keys with values"),
        (f"rules: young, {SAID}", "unknown key `rules`"),
    ],
)
def test_what_is_no_approval_is_refused(entry: str, problem: str, tmp_path: Path) -> None:
    (said,) = refused(tmp_path, f"- {{{entry}}}\n")
    assert problem in said


def test_a_sheet_of_a_later_form_needs_a_later_version(tmp_path: Path) -> None:
    later = SAID.replace(SHEET, f"{FORM + 1}-{SHEET[2:]}")
    (problem,) = problems(with_files(tmp_path, {"approvals.yaml": f"- {{rule: young, {later}}}\n"}))
    assert (str(problem.place), problem.message, problem.hint) == (
        "approvals.yaml:1:24",
        f"the sheet is of a later form ({FORM + 1}) than this version knows",
        "install a later version of ketascreen",
    )


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, f"rule: young\nsheet: {SHEET}\n") == ["approvals.yaml:1:1 wrong-value: must be a list"]


@pytest.mark.parametrize("name", ["A\\u001b[31m", "A\\u202eB", "A\\0"])
def test_a_name_with_a_character_that_cannot_be_seen_is_refused(name: str, tmp_path: Path) -> None:
    assert refused(tmp_path, f"- {{rule: young, {SAID.replace('A clinician', chr(34) + name + chr(34))}}}\n")


def test_a_name_is_one_line_and_not_endless(tmp_path: Path) -> None:
    two_lines = SAID.replace("A clinician", r'"A\nB"')
    (approval,) = read(tmp_path / "a", f"- {{rule: young, {two_lines}}}\n")
    assert approval.by == "A B"
    assert len(read(tmp_path / "b", f"- {{rule: young, {SAID.replace('A clinician', 'A' * 200)}}}\n")) == 1
    (said,) = refused(tmp_path / "c", f"- {{rule: young, {SAID.replace('A clinician', 'A' * 201)}}}\n")
    assert said.endswith("too long: at most 200 characters")


def test_the_same_approval_twice_is_refused_since_withdrawing_one_would_leave_the_other(tmp_path: Path) -> None:
    once = f"- {{rule: young, {SAID}}}\n"
    assert refused(tmp_path, once + once) == ["approvals.yaml:2:3 approval: the same approval is on line 1"]


@pytest.mark.parametrize(
    "other",
    [
        f"rule: young, {SAID.replace('A clinician', 'Another')}",
        f"rule: young, {SAID.replace('2026-11-22', '2027-11-22')}",
        f"rule: young, {SAID.replace(SHEET, SHEET[:-1] + '0')}",
        f"rule: young, {SAID}, {WITHDRAWN}",
        f"route: young, {SAID}",
    ],
)
def test_another_approval_of_the_same_subject_stands_beside_it(other: str, tmp_path: Path) -> None:
    assert len(read(tmp_path, f"- {{rule: young, {SAID}}}\n- {{{other}}}\n")) == 2


def test_there_is_a_limit_to_how_many_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvals, "MAX_APPROVALS", 2)
    each = [f"- {{rule: rule-{number}, {SAID}}}\n" for number in range(3)]
    assert len(read(tmp_path / "a", "".join(each[:2]))) == 2
    assert refused(tmp_path / "b", "".join(each)) == ["approvals.yaml:3:3 over-limit: more than 2 approvals"]


def test_as_many_as_there_may_be_are_read_in_good_time(tmp_path: Path) -> None:
    each = f"- {{rule: young, {SAID}}}\n"
    many = "".join(each.replace("2026-11-22", str(date.fromordinal(740_000 + day))) for day in range(3_500))
    text = many.encode()
    load_in_time(Path("approvals.yaml"), text)
    assert len(read(tmp_path, many)) == 3_500


@often_reached
@fuzzed
@given(st.randoms(use_true_random=False))
def test_changed_approvals_are_read_or_refused(rng: Random) -> None:
    load_in_time(Path("approvals.yaml"), mutated(APPROVALS.encode(), RULES + SHIPPED, rng))


@fuzzed
@given(st.binary(max_size=200))
def test_any_bytes_are_approvals_or_refused(data: bytes) -> None:
    files = {path.relative_to(GOOD).as_posix(): path.read_bytes() for path in RULES}
    with suppress(RulebookError):
        rulebook_of_files({**files, "approvals.yaml": data})
