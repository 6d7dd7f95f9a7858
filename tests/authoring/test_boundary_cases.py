"""`check --write-cases` writes the boundary cases that it lists: they hold, and nothing else of a file changes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ketascreen import load_rulebook
from ketascreen.authoring.boundary_cases import COMMENT, ProposedCase, append_cases
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.layout import laid_out
from ketascreen.diagnostic import InputError
from ketascreen.runtime import whole_file
from tests.helpers.command_line import Ran, flat, run
from tests.helpers.edited_rulebooks import little_rules, rules_with
from tests.helpers.flooded import BAR

CASES = "exclusions/uncontrolled-hypertension.cases.yaml"


def check(folder: Path, *more: str) -> Ran:
    return run("check", str(folder), "--no-documents", *more)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.yaml")}


def boundary_findings(folder: Path) -> int:
    return check(folder, "-v").out.count("[boundary-case]")


@pytest.fixture
def moved(tmp_path: Path) -> Path:
    """A rulebook of its own id whose bar was lowered: cases fail, and boundary cases are missing."""
    return rules_with(tmp_path, *BAR)


def test_after_a_moved_bar_the_cases_that_are_listed_are_written_and_hold(moved: Path) -> None:
    before = files_of(moved)
    failed = re.search(r"(\d+) failed", run("test", str(moved)).out)
    assert boundary_findings(moved) > 0
    ran = check(moved, "--write-cases")
    after = files_of(moved)
    changed = {path for path in before if after[path] != before[path]}
    assert after.keys() == before.keys()
    assert changed == {CASES, "reviews/raised-pressure-without-diagnosis.cases.yaml"}
    assert all(after[path].startswith(before[path]) for path in changed)
    assert all(after[path][len(before[path]) :].decode() in ran.out for path in changed)
    assert ran.status == 0
    assert boundary_findings(moved) == 0
    still = re.search(r"(\d+) failed", run("test", str(moved)).out)
    assert failed is not None
    assert still is not None
    assert failed[1] == still[1]


def test_a_written_case_says_its_side_in_words_and_asserts_the_reasons(moved: Path) -> None:
    known = {case.name for case in read_cases(moved, load_rulebook(moved))}
    check(moved, "--write-cases")
    new = [
        case
        for case in read_cases(moved, load_rulebook(moved))
        if case.name not in known and case.rule == "uncontrolled-hypertension"
    ]
    names = ["systolic bp 129 mmHg, just below the bar of 130 mmHg", "systolic bp 130 mmHg, exactly at the bar"]
    assert [case.name for case in new][:2] == names
    assert [(case.expect["finding"], case.expect["because"]) for case in new[:2]] == [
        ("not_met", ["diastolic_bp", "systolic_bp"]),
        ("met", ["hypertension", "systolic_bp"]),
    ]
    assert all(case.expect.keys() == {"finding", "because", "gives"} for case in new)
    assert (moved / CASES).read_text("utf-8").count(COMMENT) == len(new)


def test_a_second_run_writes_nothing(moved: Path) -> None:
    check(moved, "--write-cases")
    before = files_of(moved)
    assert "No boundary case is missing: nothing is written." in check(moved, "--write-cases").out
    assert files_of(moved) == before


def test_the_files_are_laid_out_as_fmt_would(moved: Path) -> None:
    check(moved, "--write-cases")
    text = (moved / CASES).read_bytes()
    assert laid_out(text, CASES) == text.decode()


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    folder = rules_with(tmp_path, "rulebook.yaml", "id: ", "id: ")
    path = folder / "cautions" / "older-adult.cases.yaml"
    path.unlink()
    assert check(folder, "--write-cases").status == 0
    text = path.read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=../../../schema/rules/cases.schema.json\n" + COMMENT)
    assert re.findall(r"name: (.*)", text) == [
        "age 64 years, just below the bar of 65 years",
        "age 65 years, exactly at the bar",
        "age 66 years, just above the bar of 65 years",
    ]
    assert run("test", str(folder)).status == 0


def test_cases_are_made_for_all_rules_where_almost_none_has_any(tmp_path: Path) -> None:
    folder = little_rules(tmp_path, "older-adult")
    (folder / "cautions" / "older-adult.cases.yaml").write_text(
        "- name: one\n  as_of: 2026-11-22T09:00:00Z\n  given: {}\n  expect: {finding: unknown}\n", "utf-8"
    )
    ran = check(folder, "--write-cases")
    assert "Written into" in ran.out
    assert run("test", str(folder)).status == 0
    assert boundary_findings(folder) == ran.out.count("Not written: ")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_form_of_the_file_is_kept(tmp_path: Path, ending: str) -> None:
    folder = rules_with(tmp_path, "rulebook.yaml", "id: ", "id: ")
    text = (
        "as_of: 2026-11-22T09:00:00+01:00\nobserved_at: 2026-11-22\ncases:\n"
        "  - name: young\n    given: {age: 40 years}\n    expect: {finding: not_met, because: [age]}\n"
        "  - name: nobody knows\n    given: {}\n    expect: {finding: unknown, asks: [age]}"
    ).replace("\n", ending)
    path = folder / "cautions" / "older-adult.cases.yaml"
    path.write_bytes(text.encode())
    check(folder, "--write-cases")
    after = path.read_bytes().decode()
    assert after.startswith(text)
    new = after[len(text) :]
    assert new.startswith(
        f"{ending}  {COMMENT}{ending}  - name: age 64 years, just below the bar of 65 years{ending}    given: "
    )
    assert "as_of" not in new
    assert "observed_at" not in new
    assert "\n" not in new.replace(ending, "")
    assert run("test", str(folder), "--rule", "older-adult").status == 0


@pytest.mark.parametrize(
    "text",
    [
        "cases:\n- {name: a, given: {}, expect: {finding: unknown}}\nas_of: 2026-11-22T09:00:00Z\n",
        "[{name: a, as_of: 2026-11-22T09:00:00Z, given: {}, expect: {finding: unknown}}]\n",
    ],
)
def test_a_file_to_which_nothing_can_be_added_is_left_and_named(tmp_path: Path, text: str) -> None:
    folder = rules_with(tmp_path, "rulebook.yaml", "id: ", "id: ")
    path = folder / "cautions" / "older-adult.cases.yaml"
    path.write_text(text, "utf-8")
    ran = check(folder, "--write-cases")
    assert ran.status == 2
    assert "no case can be added at the end of this file" in flat(ran.err)
    assert path.read_text("utf-8") == text


def test_a_finding_that_the_rulebook_accepts_gets_no_case(tmp_path: Path) -> None:
    allow = "allow: [{check: boundary-case, reason: Made up.}]\nsay: >"
    folder = rules_with(tmp_path, "cautions/older-adult.yaml", "say: >", allow)
    path = folder / "cautions" / "older-adult.cases.yaml"
    path.write_text("- name: one\n  as_of: 2026-11-22T09:00:00Z\n  given: {}\n  expect: {finding: unknown}\n", "utf-8")
    before = path.read_bytes()
    check(folder, "--write-cases")
    assert path.read_bytes() == before


def test_the_built_in_rulebook_is_not_written_into() -> None:
    ran = run("check", "--no-documents", "--write-cases")
    assert ran.status == 2
    assert "needs the folder of your own rulebook" in flat(ran.err)


def test_nothing_is_written_where_the_cases_are_refused(tmp_path: Path) -> None:
    folder = rules_with(tmp_path, *BAR)
    (folder / CASES).write_text("cases: none\n", "utf-8")
    before = files_of(folder)
    ran = check(folder, "--write-cases")
    assert ran.status == 2
    assert "No case is written: the problems below must be corrected first." in ran.out
    assert files_of(folder) == before


def test_a_format_for_programs_stays_alone_on_the_output(moved: Path) -> None:
    ran = check(moved, "--write-cases", "--format", "json")
    assert json.loads(ran.out)["found"] == []
    assert ran.err.startswith("Written into")


def test_a_file_that_was_changed_meanwhile_is_not_replaced(moved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "- name: new\n  as_of: 2026-11-22T09:00:00Z\n  expect: {finding: unknown}\n"

    def late(path: Path, data: bytes, mode: int, *, before_replacing: Callable[[], None]) -> None:
        path.write_bytes(path.read_bytes() + b"# by another\n")
        whole_file.write_whole(path, data, mode, before_replacing=before_replacing)

    monkeypatch.setattr("ketascreen.authoring.editing.writing.write_whole", late)
    with pytest.raises(InputError, match="was changed meanwhile"):
        append_cases([ProposedCase(CASES, text)], moved)
    assert (moved / CASES).read_bytes().endswith(b"# by another\n")
