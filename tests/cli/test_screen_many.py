"""`ketascreen screen --many`: a line for each patient, a bad one told by its number, the rest carried on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ketascreen import LeanVerdict, PatientProfile
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.cli.exit_status import ExitStatus
from ketascreen.cli.screen_many import MEANING
from ketascreen.language.logic import Truth
from tests.helpers.command_line import AS_OF, Ran, run
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import AS_OF as TIME
from tests.helpers.screening import shipped, shipped_screener

RESISTANT, MISSING = (
    json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    for name in ("resistant-depression", "blood-pressure-missing")
)
WORD = "zebrafish"
"""A patient's word that no message may hold."""

ELIGIBLE = "eligible: iv, intranasal; caution: im, sublingual, oral"
INSUFFICIENT = "insufficient data: iv, im, intranasal, sublingual, oral"


def line(profile: Any) -> str:
    return profile if isinstance(profile, str) else json.dumps(profile)


def many(*profiles: Any, args: tuple[str, ...] = (), terminal: bool = False) -> Ran:
    text = "".join(f"{line(profile)}\n" for profile in profiles)
    return run("screen", "--many", "-", "--as-of", AS_OF, *args, stdin=text.encode(), terminal=terminal)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_each_line_gives_a_line_with_its_number_and_the_decisions(jobs: str) -> None:
    ran = many(RESISTANT, MISSING, RESISTANT, args=("-j", jobs))
    assert ran.out == f"1: {ELIGIBLE}\n2: {INSUFFICIENT}\n3: {ELIGIBLE}\n"
    assert ran.status == 0
    assert ran.err == (
        "3 screened.\neligible: iv 2, intranasal 2\ncaution: im 2, sublingual 2, oral 2\n"
        "insufficient data: iv 1, im 1, intranasal 1, sublingual 1, oral 1\n"
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bad_line_is_told_by_its_number_and_the_rest_carried_on(jobs: str) -> None:
    ran = many(RESISTANT, '{"age": ', {**RESISTANT, "ages": WORD, "sex": WORD}, MISSING, args=("-j", jobs))
    assert ran.out == f"1: {ELIGIBLE}\n2: refused\n3: refused\n4: {INSUFFICIENT}\n"
    first, *others, summary, _eligible, _caution, _insufficient = ran.err.splitlines()
    assert first.startswith("standard input:2:9: not JSON")
    assert {problem.split("[")[-1] for problem in others} == {"unknown-fact]"}
    assert all(problem.startswith("standard input:3:1: /") for problem in others)
    assert (ran.status, summary) == (ExitStatus.BAD_INPUT, "2 screened, 2 refused.")
    assert WORD not in ran.out + ran.err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_as_json_every_line_is_a_verdict_in_its_lean_form_or_its_problems(jobs: str) -> None:
    ran = many(MISSING, {"sistolic_bp": 1}, args=("--json", "-j", jobs))
    good, bad = map(json.loads, ran.out.splitlines())
    assert good["line"] == 1
    verdict = LeanVerdict.model_validate(good["verdict"]).whole(shipped())
    assert verdict == shipped_screener().screen(PatientProfile.model_validate(MISSING), as_of=TIME)
    assert bad == {
        "line": 2,
        "problems": [
            {
                "code": "unknown-fact",
                "message": "unknown fact `sistolic_bp`",
                "hint": "did you mean `systolic_bp`?",
                "path": "standard input",
                "line": 2,
                "column": 1,
                "length": 1,
                "text": None,
                "pointer": "/sistolic_bp",
            }
        ],
    }


def test_at_a_session_the_line_says_whether_it_may_be_given_today() -> None:
    ran = many(RESISTANT, args=("--stage", "session", "--route", "iv"))
    assert ran.out == "1: eligible (today: ready): iv\n"


def test_an_alert_comes_before_the_decisions() -> None:
    profile = json.loads((EXAMPLES / "suicidal-thoughts.json").read_text("utf-8"))
    assert many(profile).out.startswith("1: ALERT suicidal-thoughts; ")


def test_a_fault_is_said_before_the_decisions_and_ends_the_command_with_its_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ReferenceChannel, "evaluate", lambda *_: {"no-rule": Truth.FALSE})
    ran = many(RESISTANT)
    assert ran.out == f"1: FAULT; {INSUFFICIENT}\n"
    assert (ran.status, ran.err.splitlines()[0]) == (ExitStatus.FAULT, "1 screened, 1 of them with a fault.")


def test_empty_lines_are_passed_over_and_counted() -> None:
    assert many("", RESISTANT, "  ", MISSING).out == f"2: {ELIGIBLE}\n4: {INSUFFICIENT}\n"


def test_a_line_longer_than_a_profile_may_be_is_refused_and_the_next_one_read() -> None:
    ran = many(json.dumps({"age": "1" * 3_000_000}), RESISTANT)
    assert ran.out == f"1: refused\n2: {ELIGIBLE}\n"
    assert "[too-large]" in ran.err


def test_a_profile_behind_more_blanks_than_a_profile_may_have_is_refused_and_not_passed_over() -> None:
    ran = many(RESISTANT, " " * 1_000_003 + json.dumps(RESISTANT), RESISTANT)
    assert ran.out == f"1: {ELIGIBLE}\n2: refused\n3: {ELIGIBLE}\n"
    assert "[too-large]" in ran.err


def test_a_closed_output_is_refused_before_anything_is_screened(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text(json.dumps(RESISTANT) + "\n")
    program = "from ketascreen.cli import main; import sys; main(sys.argv[1:])"
    arguments = [sys.executable, "-c", program, "screen", "--many", str(file), "--as-of", AS_OF]
    ran = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == ExitStatus.BAD_INPUT
    assert "standard output is closed" in ran.stderr


def test_the_last_line_needs_no_line_break(tmp_path: Path) -> None:
    file = tmp_path / "patients.jsonl"
    file.write_text(f"{line(MISSING)}\r\n{line(RESISTANT)}", "utf-8")
    assert run("screen", "--many", str(file), "--as-of", AS_OF).out == f"1: {INSUFFICIENT}\n2: {ELIGIBLE}\n"


def test_nothing_to_screen_is_no_success() -> None:
    ran = many("", "")
    assert (ran.status, ran.out, ran.err) == (ExitStatus.BAD_INPUT, "", "no line with a profile.\n")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    ran = run("screen", "--many", str(tmp_path / "none.jsonl"), "--as-of", AS_OF)
    assert ran.status == ExitStatus.BAD_INPUT
    assert "no such file" in ran.err


@pytest.mark.parametrize("option", [("--decided", "a:b"), ("--reference", "p-1"), ("--all",)], ids=lambda one: one[0])
def test_what_is_about_one_patient_is_refused(option: tuple[str, ...]) -> None:
    ran = many(RESISTANT, args=option)
    assert (ran.status, ran.out) == (ExitStatus.BAD_INPUT, "")
    assert f"{option[0]} is for one patient" in ran.err


def test_processes_are_for_many() -> None:
    ran = run("screen", str(EXAMPLES / "resistant-depression.json"), "-j", "2")
    assert ran.status == ExitStatus.BAD_INPUT
    assert "-j is for --many" in ran.err


def test_progress_is_shown_on_a_terminal_alone() -> None:
    profiles = [MISSING] * 200
    route = ("--channel", "compiled", "--route", "iv")
    shown = many(*profiles, args=route, terminal=True).err
    assert (
        shown == "\r100 lines\r\r200 lines\r200 screened.\ninsufficient data: iv 200\n"
    )  # what comes next stands in its place
    assert many(*profiles, args=route).err == "200 screened.\ninsufficient data: iv 200\n"


def test_whoever_stops_reading_gets_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "patients.jsonl"
    file.write_text(f"{line(MISSING)}\n" * 400, "utf-8")
    args = ["screen", "--many", str(file), "-j", "2", "--as-of", AS_OF]
    command = [sys.executable, "-c", "import sys; from ketascreen.cli import main; main(sys.argv[1:])", *args]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"1: ")
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_the_help_tells_every_exit_status() -> None:
    shown = run("screen", "--help").out
    for status, meaning in MEANING.items():
        assert f"{int(status):>2}  {meaning}" in shown
