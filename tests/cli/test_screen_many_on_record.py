"""`ketascreen screen --many --ledger`: a night's batch on record, with the caller's ids, gone on with after an end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ketascreen import LeanVerdict
from ketascreen.audit import Ledger
from ketascreen.cli.exit_status import ExitStatus
from tests.cli.test_screen_many import ELIGIBLE, INSUFFICIENT, MISSING, RESISTANT, WORD, many
from tests.helpers.command_line import AS_OF, Ran, run
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import shipped


def person(reference: str, profile: Any, **more: Any) -> dict[str, Any]:
    return {"reference": reference, "profile": profile, **more}


def on_record(folder: Path, *people: Any, args: tuple[str, ...] = ()) -> Ran:
    return many(*people, args=("--ledger", str(folder / "ledger.db"), *args))


def screenings(folder: Path) -> dict[int, str]:
    with Ledger.existing(folder / "ledger.db") as ledger:
        return {one.number: one.record.digest for one in ledger.entries() if one.record.kind == "screening"}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_each_line_tells_its_id_the_decisions_and_where_it_is_on_record(tmp_path: Path, jobs: str) -> None:
    ran = on_record(tmp_path, person("p-1", RESISTANT, id="row-1"), person("p-2", MISSING), args=("-j", jobs))
    (first, one), (second, two) = screenings(tmp_path).items()
    assert ran.out == (
        f"1 row-1: {ELIGIBLE}; on record: entry {first}, digest {one[:12]}\n"
        f"2 p-2: {INSUFFICIENT}; on record: entry {second}, digest {two[:12]}\n"
    )
    assert ran.status == 0
    assert ran.err == (
        f"made a new ledger {tmp_path / 'ledger.db'}\n2 screened.\neligible: iv 1, intranasal 1\n"
        "caution: im 1, sublingual 1, oral 1\n"
        "insufficient data: iv 1, im 1, intranasal 1, sublingual 1, oral 1\n"
    )


def test_as_json_a_line_has_its_id_and_the_receipt(tmp_path: Path) -> None:
    ran = on_record(tmp_path, person("p-1", MISSING, id="row-1"), person("p-2", {"age": WORD}), args=("--json",))
    good, bad = map(json.loads, ran.out.splitlines())
    assert (good["line"], good["id"], bad["line"], bad["id"]) == (1, "row-1", 2, "p-2")
    verdict = LeanVerdict.model_validate(good["verdict"]).whole(shipped())
    assert verdict.receipt is not None
    assert {verdict.receipt.record: verdict.receipt.digest} == screenings(tmp_path)
    assert [problem["code"] for problem in bad["problems"]] == ["not-a-number"]


def test_an_id_is_the_reference_where_none_is_given(tmp_path: Path) -> None:
    ran = on_record(tmp_path, {"id": "p-1", "profile": MISSING})
    assert ran.out.startswith(f"1 p-1: {INSUFFICIENT}; on record: entry ")
    with Ledger.existing(tmp_path / "ledger.db") as ledger:
        assert [one.record.part("reference") for one in ledger.entries(first=4)] == ["p-1"]


@pytest.mark.parametrize(
    ("line", "told", "code"),
    [
        (MISSING, "1", "reference"),
        ({"profile": MISSING}, "1", "reference"),
        ({"id": "row-1"}, "1 row-1", "missing-key"),
        ({"reference": "p-1", **MISSING}, "1 p-1", "missing-key"),
        ({"reference": "a name", "profile": MISSING}, "1", "reference"),
        ({"id": "row-1", "reference": "a name", "profile": MISSING}, "1 row-1", "reference"),
        ({"id": 7, "reference": "p-1", "profile": MISSING}, "1 p-1", "reference"),
        ({"reference": "p-1", "profile": MISSING, "idd": "row-1"}, "1 p-1", "unknown-key"),
        ({"reference": "p-1", "profile": {"sistolic_bp": 1}}, "1 p-1", "unknown-fact"),
        ({"reference": "p-1", "profile": None}, "1 p-1", "wrong-type"),
        ('{"reference": "p-1", "reference": "p-2", "profile": {}}', "1 p-2", "duplicate-key"),
    ],
)
def test_a_line_without_what_a_ledger_needs_is_refused_by_number_and_id(
    tmp_path: Path, line: Any, told: str, code: str
) -> None:
    ran = on_record(tmp_path, line, person("p-9", MISSING))
    first, second = ran.out.splitlines()
    assert first == f"{told}: refused"
    assert second.startswith("2 p-9: ")
    new, problem, counted = ran.err.splitlines()[:3]
    assert new.startswith("made a new ledger")
    assert problem.startswith("standard input:1:1: ")
    assert problem.endswith(f"[{code}]")
    assert told.removeprefix("1").strip() in problem
    assert counted == "1 screened, 1 refused."
    assert (ran.status, len(screenings(tmp_path))) == (ExitStatus.BAD_INPUT, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"reference": "a name", "profile": MISSING}, "`reference` does not have the form of a token"),
        ({"id": "row-1", "reference": "a name", "profile": MISSING}, "`reference` does not have the form of a token"),
        ({"id": "a name", "profile": MISSING}, "`id` does not have the form of a token"),
        ({"referense": "p-1", "profile": MISSING}, "did you mean `reference`"),
        ({"id": "row-1"}, "row-1: `profile` is missing; write"),
        ({"reference": "p-1", "Profile": MISSING}, "did you mean `profile`"),
        ('{"reference": "p-1", "profile": {}', "JSON"),
        ("[1]", "the file must have one patient on each line"),
        ("age: 4", "the file must have one patient on each line"),
    ],
)
def test_a_line_that_is_wrong_is_told_the_same_with_a_ledger_as_without(tmp_path: Path, line: Any, said: str) -> None:
    recorded, unrecorded = on_record(tmp_path, line), many(line)
    assert said in recorded.err
    assert recorded.err.splitlines()[1] == unrecorded.err.splitlines()[0]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_second_start_goes_on_where_the_first_ended(tmp_path: Path, jobs: str) -> None:
    people = [person(f"p-{number}", (RESISTANT, MISSING)[number % 2]) for number in range(6)]
    first = on_record(tmp_path, *people[:4])
    second = on_record(tmp_path, *people, args=("-j", jobs))
    assert second.out.startswith(first.out)
    assert len(screenings(tmp_path)) == 6
    assert second.err.splitlines()[0] == "6 screened, 4 of them on record before."


def test_a_start_that_is_killed_loses_nothing_that_it_told(tmp_path: Path) -> None:
    file = tmp_path / "night.jsonl"
    people = [person(f"p-{number}", MISSING) for number in range(400)]
    file.write_text("".join(f"{json.dumps(one)}\n" for one in people), "utf-8")
    arguments = ["screen", "--many", str(file), "--as-of", AS_OF, "--ledger", str(tmp_path / "ledger.db")]
    command = [sys.executable, "-c", "import sys; from ketascreen.cli import main; main(sys.argv[1:])", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(40)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    whole = [line for line in told if line.endswith("\n")]
    assert 40 <= len(whole) < 400
    again = run(*arguments)
    assert again.out.splitlines(keepends=True)[: len(whole)] == whole
    assert (again.status, len(screenings(tmp_path))) == (0, 400)


def test_a_batch_needs_its_time_so_that_a_second_start_finds_it(tmp_path: Path) -> None:
    ran = run("screen", "--many", "-", "--ledger", str(tmp_path / "ledger.db"), stdin=b"")
    assert ran.status == ExitStatus.BAD_INPUT
    assert "--many with --ledger needs --as-of" in ran.err
    assert not (tmp_path / "ledger.db").exists()


def test_without_a_ledger_a_line_may_have_its_id_too() -> None:
    ran = many(person("p-1", RESISTANT, id="row-1"), {"id": "row-2", "profile": {"sistolic_bp": 1}}, RESISTANT)
    assert ran.out == f"1 row-1: {ELIGIBLE}\n2 row-2: refused\n3: {ELIGIBLE}\n"
    assert "row-2: unknown fact `sistolic_bp`" in ran.err


@pytest.mark.parametrize("name", ["a name", WORD + " ", 7, None, "x" * 300])
def test_what_is_no_token_is_not_told(name: Any) -> None:
    ran = many({"id": name, "profile": RESISTANT})
    assert ran.out == "1: refused\n"
    assert "`id` does not have the form of a token" in ran.err
    assert WORD not in ran.err


def test_alerts_and_readiness_are_counted_at_a_session(tmp_path: Path) -> None:
    suicidal = {**RESISTANT, "suicidality": {"value": "thoughts", "at": "2026-11-20"}}
    ran = many(RESISTANT, suicidal, args=("--stage", "session", "--route", "iv"))
    _, *counts = ran.err.splitlines()
    assert counts[0] == "ALERT suicidal-thoughts: 1"
    assert "eligible (today: ready): iv 2" in counts


def test_a_batch_is_an_entry_of_its_own(tmp_path: Path) -> None:
    on_record(tmp_path, person("p-1", MISSING))
    ledger = str(tmp_path / "ledger.db")
    assert "batch      candidacy as of 2026-11-22" in run("audit", "list", ledger).out
    assert run("audit", "show", ledger, "2").status == 0
    assert run("audit", "verify", ledger).status == 0
    assert run("audit", "list", ledger, "--kind", "batch").out.count("\n") == 1


def test_a_new_ledger_is_mentioned_and_one_that_is_there_is_not(tmp_path: Path) -> None:
    note = f"made a new ledger {tmp_path / 'ledger.db'}\n"
    assert on_record(tmp_path, person("p-1", MISSING)).err.startswith(note)
    assert "new ledger" not in on_record(tmp_path, person("p-1", MISSING)).err
    one = ("screen", str(EXAMPLES / "ptsd.yaml"), "--as-of", AS_OF, "--reference", "p-1", "--ledger")
    assert run(*one, str(tmp_path / "one.db")).err == f"made a new ledger {tmp_path / 'one.db'}\n"
    assert run(*one, str(tmp_path / "one.db")).err == ""


def test_a_profile_without_its_reference_is_answered_with_the_form_of_a_line(tmp_path: Path) -> None:
    ran = on_record(tmp_path, MISSING)
    assert 'a ledger needs `reference`; write {"reference": ..., "profile": {...}}; give your own token' in ran.err


def test_a_file_that_is_not_there_leaves_no_ledger(tmp_path: Path) -> None:
    ledger = ("--ledger", str(tmp_path / "ledger.db"))
    ran = run("screen", "--many", str(tmp_path / "none.jsonl"), "--as-of", AS_OF, *ledger)
    assert (ran.status, list(tmp_path.iterdir())) == (ExitStatus.BAD_INPUT, [])


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_start_whose_lines_are_all_refused_leaves_no_entry(tmp_path: Path, jobs: str) -> None:
    wrong = [MISSING, {"id": "row-1"}, "[", {"id": "row-3", "profile": {"sistolic_bp": 1}}]
    ran = on_record(tmp_path, *wrong, args=("-j", jobs))
    assert ran.out == "1: refused\n2 row-1: refused\n3: refused\n4 row-3: refused\n"
    assert "unknown fact `sistolic_bp`; did you mean `systolic_bp`?" in ran.err
    with Ledger.existing(tmp_path / "ledger.db") as ledger:
        assert [one.record.kind for one in ledger.entries()] == ["ledger"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_lines_that_are_refused_before_the_first_good_one_keep_their_places(tmp_path: Path, jobs: str) -> None:
    ran = on_record(tmp_path, "[", MISSING, person("p-1", MISSING), "[", person("p-2", MISSING), args=("-j", jobs))
    assert [line[:8] for line in ran.out.splitlines()] == ["1: refus", "2: refus", "3 p-1: i", "4: refus", "5 p-2: i"]


@pytest.mark.parametrize("name", [".", ""])
def test_a_folder_in_the_place_of_a_ledger_is_said_to_be_one(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = many(person("p-1", MISSING), args=("--ledger", name))
    assert ran.status == ExitStatus.BAD_INPUT
    assert ran.err == f"{tmp_path} is a folder; name the file of a ledger in it, such as clinic.db [ledger-refused]\n"
