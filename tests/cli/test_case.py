"""`ketascreen case` shows or writes a case of a patient, and says what to look at before it is shared."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from ketascreen import load_rulebook
from ketascreen.authoring.cases.read import cases_in, read_cases
from tests.helpers.command_line import AS_OF, Ran, flat, run
from tests.helpers.rulebook_files import copied, text_of, with_files

PATIENT = {
    "observed_at": "2026-11-20",
    "birth_date": "1950-01-02",
    "systolic_bp": 190,
    "heart_conditions": {"present": ["Morbus Kranich"], "complete": True},
    "extra": {"egfr": "29 mL/min"},
}


def _case(rulebook: Path, *args: str, patient: object = PATIENT) -> Ran:
    given = json.dumps(patient).encode()
    return run("case", "-", "--as-of", AS_OF, "--rules", str(rulebook), *args, stdin=given)


def test_the_case_is_shown_without_a_date_or_a_word_of_the_patient_and_holds(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    before = sorted(rulebook.rglob("*"))
    ran = _case(rulebook)
    assert ran.status == 0
    assert sorted(rulebook.rglob("*")) == before
    for real in ("2026-11-20", "2026-11-22", "1950-01-02", "Kranich"):
        assert real not in ran.out
    assert "something_else" in ran.out
    (case,) = cases_in({"vignettes/a.cases.yaml": ran.out.encode()}, load_rulebook(rulebook)).cases
    assert set(case.profile.observations()) == {"systolic_bp", "heart_conditions"}
    assert "egfr" in case.profile.extra


def test_what_stays_is_said_and_on_which_day_the_case_is(tmp_path: Path) -> None:
    ran = _case(copied(tmp_path), "--onto", "2024-05-06")
    assert "Its day is 2024-05-06, and all dates moved with it." in flat(ran.err)
    assert "All other answers stay as the profile has them" in flat(ran.err)
    assert "Read the case before you share it." in flat(ran.err)
    same = _case(copied(tmp_path / "other"))
    assert "on 2026-11-22 not every finding would be the same, or a date would be the real one" in flat(same.err)


def test_it_is_written_to_the_cases_of_its_rule_at_the_end_and_all_else_stays(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    cases = rulebook / "exclusions" / "high-pressure.cases.yaml"
    before = b"# mine\n- name: one\n  as_of: 2026-11-22T09:00:00Z\n  given: {}\n  expect: {finding: unknown}"
    cases.write_bytes(before)
    ran = _case(rulebook, "--rule", "high-pressure", "--write", "--name", "a high: pressure")
    assert (ran.status, f"at the end of {cases}" in flat(ran.out)) == (0, True)
    assert cases.read_bytes().startswith(before + b'\n- name: "a high: pressure"\n')
    read = [case for case in read_cases(rulebook, load_rulebook(rulebook)) if case.rule == "high-pressure"]
    assert [case.name for case in read] == ["one", "a high: pressure"]
    assert run("test", str(rulebook)).status == 0
    again = _case(rulebook, "--rule", "high-pressure", "--write", "--name", "a high: pressure")
    assert (again.status, "a case of that name is there already" in flat(again.err)) == (2, True)
    assert _case(rulebook, "--rule", "high-pressure", "--write").status == 0
    assert _case(rulebook, "--rule", "high-pressure", "--write").status == 0
    assert run("test", str(rulebook)).status == 0


def test_it_is_not_written_to_a_file_that_nobody_reads(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    (rulebook / "exclusions" / "high-pressure.cases.yaml").unlink(missing_ok=True)
    unread = rulebook / ".old" / "high-pressure.cases.yaml"
    unread.parent.mkdir()
    unread.write_text("- name: one\n", "utf-8")
    assert _case(rulebook, "--rule", "high-pressure", "--write").status == 0
    assert unread.read_text("utf-8") == "- name: one\n"
    assert (rulebook / "exclusions" / "high-pressure.cases.yaml").is_file()
    elsewhere = rulebook / "mine" / "high-pressure.cases.yaml"
    elsewhere.parent.mkdir()
    (rulebook / "exclusions" / "high-pressure.cases.yaml").rename(elsewhere)
    before = elsewhere.read_bytes()
    assert _case(rulebook, "--rule", "high-pressure", "--write").status == 0
    assert elsewhere.read_bytes().startswith(before)
    assert elsewhere.read_bytes() != before


YOUNG = "cautions/young.yaml"
TIMES = "as_of: 2026-11-22T09:00:00Z\nobserved_at: 2026-11-22\n"


def test_in_a_file_that_says_its_times_once_it_is_added_to_the_list_and_says_its_own(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    cases = rulebook / "exclusions" / "high-pressure.cases.yaml"
    listed = "cases:\n  - name: one\n    given: {}\n    expect: {finding: unknown}\n"
    cases.write_text(f"{TIMES}{listed}", "utf-8")
    assert _case(rulebook, "--rule", "high-pressure", "--write", "--name", "two", "--onto", "2025-01-02").status == 0
    text = cases.read_text("utf-8")
    assert text.startswith(f"{TIMES}{listed}  - name: two\n    as_of: 2025-01-02T")
    one, two = (case for case in read_cases(rulebook, load_rulebook(rulebook)) if case.rule == "high-pressure")
    assert (one.name, one.as_of.isoformat()) == ("one", "2026-11-22T09:00:00+00:00")
    assert (two.name, two.as_of.date().isoformat(), two.expect["finding"]) == ("two", "2025-01-02", "met")
    assert run("test", str(rulebook)).status == 0
    again = _case(rulebook, "--rule", "high-pressure", "--write", "--name", "two")
    assert (again.status, "a case of that name is there already" in flat(again.err)) == (2, True)


def test_in_such_a_file_whose_times_are_last_it_stands_above_them(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    cases = rulebook / "exclusions" / "high-pressure.cases.yaml"
    listed = "cases:\n- name: one\n  given: {}\n  expect: {finding: unknown}\n"
    cases.write_text(f"{listed}{TIMES}", "utf-8")
    assert _case(rulebook, "--rule", "high-pressure", "--write", "--name", "two").status == 0
    text = cases.read_text("utf-8")
    assert (text.startswith(f"{listed}- name: two\n"), text.endswith(TIMES)) == (True, True)
    assert run("test", str(rulebook)).status == 0


@pytest.mark.parametrize("args", [["--rule", "young"], ["--decided", "young"], ["--decided", "young:A"]])
def test_a_rule_that_is_retired_has_no_new_case_and_the_reason_is_said(tmp_path: Path, args: list[str]) -> None:
    retired = "retired: {date: 2026-11-28, by: A, reason: Old., instead: [heart]}\n"
    rulebook = with_files(tmp_path, {YOUNG: f"{text_of(YOUNG)}{retired}"})
    ran = _case(rulebook, *args)
    assert (ran.status, ran.out) == (2, "")
    said = "`young` was retired on 2026-11-28; `heart` replaces it; `ketascreen show` says why"
    assert said in flat(ran.err)
    shown = run("attributes", "--rule", "young", "--rules", str(rulebook))
    assert (shown.status, said in flat(shown.err)) == (2, True)


def test_a_rule_without_cases_gets_a_file_and_a_whole_patient_one_in_vignettes(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    (rulebook / "exclusions" / "high-pressure.cases.yaml").unlink(missing_ok=True)
    assert _case(rulebook, "--rule", "high-pressure", "--write").status == 0
    assert _case(rulebook, "--write").status == 0
    assert _case(rulebook, "--write", "--stage", "session", "--file", "others").status == 0
    made = {path.relative_to(rulebook).as_posix() for path in rulebook.rglob("*.cases.yaml")}
    assert {
        "exclusions/high-pressure.cases.yaml",
        "vignettes/patients.cases.yaml",
        "vignettes/others.cases.yaml",
    } <= made
    first = (rulebook / "vignettes" / "patients.cases.yaml").read_text("utf-8").partition("\n")[0]
    assert first == "# yaml-language-server: $schema=../schema/vignettes.schema.json"
    assert run("test", str(rulebook)).status == 0


def test_the_stage_of_a_rule_that_a_session_alone_asks_is_the_session(tmp_path: Path) -> None:
    rulebook = tmp_path / "clinic"
    assert run("init", str(rulebook)).status == 0
    ran = _case(rulebook, "--rule", "no-ride-home", patient={})
    (case,) = cases_in({"no-ride-home.cases.yaml": ran.out.encode()}, load_rulebook(rulebook)).cases
    assert (case.stage, case.expect) == ("session", {"finding": "unknown", "asks": ["ride_home", "setting"]})
    refused = _case(rulebook, "--rule", "no-ride-home", "--stage", "candidacy", patient={})
    assert (refused.status, "`no-ride-home` is asked at session; leave --stage out" in flat(refused.err)) == (2, True)


def test_decisions_are_those_of_the_case_and_who_decided_does_not_stay(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    review = next(rule.id for rule in load_rulebook(rulebook).rules if rule.effect == "review")
    ran = _case(rulebook, "--stage", "session", "--decided", f"{review}:Dr Kranich")
    assert f"  decisions: [{review}]\n" in ran.out
    assert "Kranich" not in ran.out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--rule", "high-pressur"], "unknown rule `high-pressur`; did you mean `high-pressure`?"),
        (["--rule", "high-pressure", "--decided", "high-pressure"], "are for a whole patient"),
        (["--file", "others"], "--file is for --write"),
        (["--write", "--file", "../others"], "`../others` is not a name for a file of cases"),
        (["--onto", "tomorrow"], "not a date; write 2026-11-22"),
        (["--name", "  "], "write letters that can be read"),
    ],
)
def test_a_call_that_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, args: list[str], said: str) -> None:
    rulebook = copied(tmp_path)
    before = sorted(rulebook.rglob("*"))
    ran = _case(rulebook, *args)
    assert (ran.status, ran.out, said in flat(ran.err)) == (2, "", True)
    assert sorted(rulebook.rglob("*")) == before


def test_a_profile_that_is_refused_is_refused_in_the_words_of_the_rulebook(tmp_path: Path) -> None:
    ran = _case(copied(tmp_path), patient={"egfr": 29})
    assert (ran.status, "put it under `extra`" in flat(ran.err)) == (2, True)


def test_a_file_with_something_to_fill_in_is_left_as_it_is(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    cases = rulebook / "exclusions" / "high-pressure.cases.yaml"
    cases.write_text("- name:\n", "utf-8")
    ran = _case(rulebook, "--rule", "high-pressure", "--write")
    assert (ran.status, "no value [no-value]" in flat(ran.err)) == (2, True)
    assert cases.read_text("utf-8") == "- name:\n"


def test_if_no_day_keeps_every_finding_the_reason_is_said(tmp_path: Path) -> None:
    with patch("ketascreen.authoring.moved_patient.moved_to", lambda *_: None):
        ran = _case(copied(tmp_path))
    assert (ran.status, ran.out) == (2, "")
    assert "no other day was found on which every finding is the same" in flat(ran.err)


def test_case_wants_a_rulebook(tmp_path: Path) -> None:
    assert "has no rulebook.yaml; name a rulebook's folder with --rules" in flat(_case(tmp_path).err)


def test_a_case_is_written_where_cases_are_read(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    hidden = rulebook / ".old" / "high-pressure.cases.yaml"
    hidden.parent.mkdir()
    hidden.write_text("- name: of before\n", "utf-8")
    assert _case(rulebook, "--rule", "high-pressure", "--write").status == 0
    assert hidden.read_text("utf-8") == "- name: of before\n"
    assert (rulebook / "exclusions" / "high-pressure.cases.yaml").exists()


def test_a_decision_may_name_a_rule_by_its_former_id_and_the_case_names_it_by_its_id_of_today(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    review = next(rule.id for rule in load_rulebook(rulebook).rules if rule.effect == "review")
    decided = ("--stage", "session", "--decided", f"{review}:A")
    before = _case(rulebook, *decided)
    assert run("rename", "rule", review, "of-today", "--dir", str(rulebook)).status == 0
    ran = _case(rulebook, *decided)
    assert (ran.status, ran.out) == (before.status, before.out.replace(review, "of-today"))
    assert "decisions: [of-today]" in ran.out
