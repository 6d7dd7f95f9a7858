"""`ketascreen check` as it is run: its exit status, its options, and all of tests/data/bad-input."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ketascreen.authoring.checks.run import Checked, check_folder
from ketascreen.cli import check as command
from ketascreen.cli.exit_status import AuthoringStatus
from tests.helpers.command_line import flat, run
from tests.helpers.golden import CASES, added
from tests.helpers.rulebook_files import changed, with_files
from tests.loading.test_bad_input import CORPUS, rows

TODAY = ("--today", "2026-11-22")
BAD = "exclusions/corpus.yaml"
TYPO = changed("cautions/young.yaml", "  age:", "  aeg:")


@pytest.fixture
def no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the checks beyond the form, which the small rulebook is not made for."""
    monkeypatch.setattr(command, "check_folder", partial(check_folder, checks=()))


@pytest.mark.usefixtures("no_checks")
def test_a_rulebook_without_a_finding_ends_with_0(tmp_path: Path) -> None:
    ran = run("check", str(with_files(tmp_path, CASES)), *TODAY)
    assert (ran.status, ran.out, ran.err) == (AuthoringStatus.WELL, "8 rules, 1 case: nothing found.\n", "")


@pytest.mark.usefixtures("no_checks")
def test_a_finding_ends_with_1(tmp_path: Path) -> None:
    allow = "allow:\n  - {check: bands, reason: It stood once.}\n"
    ran = run("check", str(with_files(tmp_path, {**CASES, **added("cautions/young.yaml", allow)})), *TODAY)
    assert ran.status == AuthoringStatus.FINDINGS
    assert "young.yaml:12:13: no check is called `bands` [needless-allow]" in flat(ran.out)
    assert "8 rules, 1 case: 1 finding." in ran.out


def test_a_rulebook_that_does_not_load_ends_with_2(tmp_path: Path) -> None:
    files = {**CASES, **TYPO}
    ran = run("check", str(with_files(tmp_path, files)), *TODAY)
    assert ran.status == AuthoringStatus.BAD_INPUT
    assert "cautions/young.yaml:7:3: unknown fact `aeg` [unknown-fact]" in flat(ran.out)
    assert "did you mean `age`?" in ran.out


def test_cases_that_are_refused_end_with_2(tmp_path: Path) -> None:
    files = {"cautions/young.cases.yaml": CASES["cautions/young.cases.yaml"].replace("{age: 20 years}", "{aeg: 20}")}
    ran = run("check", str(with_files(tmp_path, files)), *TODAY)
    assert ran.status == AuthoringStatus.BAD_INPUT
    assert "cautions/young.cases.yaml:3:16: unknown fact `aeg`" in flat(ran.out)
    assert "The cases cannot be used: 1 problem." in ran.out


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = run("check", str(tmp_path / "nowhere"))
    assert ran.status == AuthoringStatus.BAD_INPUT
    assert flat(ran.out).startswith(f"{tmp_path}/nowhere: no such folder; name a rulebook's folder [no-folder]")


@pytest.mark.usefixtures("no_checks")
def test_paths_are_given_from_where_the_command_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = with_files(tmp_path, {**CASES, **TYPO})
    for here, shown in ((tmp_path, "rulebook/cautions/"), (folder, "cautions/"), (folder / "cautions", "../cautions/")):
        monkeypatch.chdir(here)
        given = {tmp_path: "rulebook", folder: "."}.get(here, "..")
        assert run("check", given, *TODAY).out.startswith(f"{shown}young.yaml:7:3: ")


@pytest.mark.parametrize("given", ["tomorrow", "22.11.2026", "20261122", "2026-02-30", "2026-W47-7"])
def test_a_day_that_is_no_iso_date_is_refused(given: str) -> None:
    ran = run("check", "--today", given)
    assert ran.status == AuthoringStatus.BAD_INPUT
    assert "write 2026-11-22" in ran.err


def test_the_day_and_the_documents_reach_the_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def noted(folder: Path, **options: Any) -> Checked:
        given.update(options, folder=folder)
        return Checked()

    monkeypatch.setattr(command, "check_folder", noted)
    assert run("check", str(tmp_path), "--documents", str(tmp_path), "--today", "2027-02-28").status == 0
    asked = {"documents": tmp_path, "no_documents": False, "today": date(2027, 2, 28), "cache": None}
    assert given == {**asked, "folder": tmp_path}
    run("check", str(tmp_path))
    assert given["today"] >= date(2026, 11, 22)
    assert (given["documents"], given["no_documents"]) == (None, False)
    run("check", str(tmp_path), "--no-documents")
    assert (given["documents"], given["no_documents"]) == (None, True)
    both = run("check", str(tmp_path), "--no-documents", "--documents", str(tmp_path))
    assert (both.status, "leave one out" in both.err) == (AuthoringStatus.BAD_INPUT, True)


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_format_for_programs_is_alone_on_the_output(form: str, tmp_path: Path) -> None:
    ran = run("check", str(with_files(tmp_path, TYPO)), "--format", form)
    assert json.loads(ran.out)
    assert (ran.status, ran.err) == (AuthoringStatus.BAD_INPUT, "")


def test_the_help_tells_every_exit_status() -> None:
    ran = run("check", "--help")
    assert ran.status == 0
    for status, meaning in command.MEANING.items():
        assert f" {status}  {meaning}" in ran.out
    assert set(command.MEANING) == set(AuthoringStatus)
    assert max(map(len, ran.out.split("\n"))) <= 80


@pytest.mark.parametrize("row", rows("yaml"))
def test_each_bad_file_is_refused_at_its_line(row: dict[str, Any], tmp_path: Path) -> None:
    folder = with_files(tmp_path, {**CASES, BAD: (CORPUS / row["file"]).read_bytes()})
    began = time.perf_counter()
    ran = run("check", str(folder), "--format", "json", *TODAY)
    assert time.perf_counter() - began < 1
    assert (ran.status, ran.err) == (AuthoringStatus.BAD_INPUT, "")
    refused = json.loads(ran.out)["refused"]
    assert {problem["path"] for problem in refused} == {f"{folder}/{BAD}"}
    assert all(problem["code"] and problem["message"] and problem["hint"] for problem in refused)
    if row["refused_by"] == "reader":
        assert (row["line"], row["code"]) in [(problem["line"], problem["code"]) for problem in refused]


@pytest.mark.parametrize("row", rows("yaml"))
def test_each_bad_file_is_shown_as_a_person_reads_it(row: dict[str, Any], tmp_path: Path) -> None:
    folder = with_files(tmp_path, {**CASES, BAD: (CORPUS / row["file"]).read_bytes()})
    ran = run("check", str(folder), *TODAY)
    first = ran.out.split("\n")[0]
    assert first.startswith(f"{folder}/{BAD}:")
    place = first.removeprefix(f"{folder}/{BAD}:")
    if place[:1].strip():  # nothing or a space where it is the file as a whole, which was not read as text
        line, column = place.split(":")[:2]
        assert int(line) >= 1
        assert int(column) >= 1
    said = [text for text in ran.out.split("\n") if not re.match(r" *[0-9]+ \|", text)]
    assert not any(word in text for text in said for word in ("Traceback", "Error", "pydantic", "Python", "python"))
    assert all(text.isprintable() for text in ran.out.split("\n"))
    assert max(len(text) for text in ran.out.split("\n") if str(folder) not in text) <= 80


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="this system does not tell a process's memory so")
def test_all_bad_files_at_once_are_refused_each_in_under_100_mb(tmp_path: Path) -> None:
    files = {f"exclusions/{path.name}": path.read_bytes() for path in sorted((CORPUS / "yaml").iterdir())}
    folder = with_files(tmp_path, {**CASES, **files})
    peak = tmp_path / "peak"
    program = (
        "from pathlib import Path\nfrom ketascreen.cli import main\n"
        f"try:\n    main(['check', {str(folder)!r}, '--format', 'json'])\n"
        f"finally:\n    Path({str(peak)!r}).write_text(Path('/proc/self/status').read_text())\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (AuthoringStatus.BAD_INPUT, b"")
    named = {Path(problem["path"]).name for problem in json.loads(ran.stdout)["refused"]}
    assert named >= {Path(path).name for path in files}
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", peak.read_text())
    assert int(kilobytes) < 100_000
