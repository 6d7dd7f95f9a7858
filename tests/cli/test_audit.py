"""`ketascreen audit` and `replay`, as a person at a clinic uses them."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from ketascreen.cli.audit.group import COMMANDS
from ketascreen.cli.audit.options import remarked
from ketascreen.cli.exit_status import ExitStatus
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.command_line import Ran, flat, run
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import shipped

LOZENGE = str(EXAMPLES / "lozenge-at-home.yaml")


def screened(ledger: Path, hour: int = 9, *args: str) -> Ran:
    """The lozenge at home, at an hour of the day, put on record."""
    time = f"2026-11-22T{hour:02}:00:00Z"
    return run(
        "screen", LOZENGE, "--stage", "session", "--route", "sublingual", "--as-of", time,
        "--ledger", str(ledger), "--reference", "p-17", *args,
    )  # fmt: skip


def decided(ledger: Path, number: int = 3, *args: str) -> Ran:
    """The clinician's decision on the screening of an entry."""
    return run(
        "audit", "override", str(ledger), str(number), "--rule", "home-use", "--reason", "risk_reduced",
        "--text", "an adult is there", "--by", "dr-17", "--at", "2026-11-22T09:10:00Z", *args,
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    assert screened(path).status == ExitStatus.INSUFFICIENT_DATA
    return path


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_of_the_audit_has_a_help(name: str) -> None:
    helped = run("audit", name, "--help")
    assert helped.status == 0
    assert "LEDGER" in helped.out


def test_a_screening_says_where_it_is_on_record(ledger: Path) -> None:
    shown = screened(ledger, 10)
    assert "On record: entry 4 of ledger " in shown.out
    told = json.loads(screened(ledger, 11, "--json").out)
    assert told["receipt"]["record"] == 5


def test_only_a_screening_can_be_decided_on(ledger: Path) -> None:
    refused = decided(ledger, 2)
    assert refused.status == ExitStatus.BAD_INPUT
    assert "entry 2 is not a screening but has the kind `rulebook`; name the entry of a screening" in refused.err


def test_what_counts_for_nothing_is_not_said_to_be_in_force(ledger: Path) -> None:
    excluded = ["screen", str(EXAMPLES / "uncontrolled-hypertension.yaml"), "--as-of", "2026-11-22T09:10:00Z"]
    excluded += ["--ledger", str(ledger), "--reference", "p-18"]
    run(*excluded)
    decided(ledger, 4, "--rule", "uncontrolled-hypertension")
    shown = " ".join(run(*excluded).out.split())
    assert (
        "Went ahead against the recommendation: uncontrolled-hypertension: on record only, it counts for nothing"
        in shown
    )


def test_a_screening_that_cannot_be_put_on_record_gives_no_verdict(tmp_path: Path) -> None:
    refused = screened(tmp_path / "none" / "ledger.db")
    assert (refused.status, refused.out) == (ExitStatus.BAD_INPUT, "")
    assert "it cannot be opened; check the folder" in refused.err
    without = run("screen", LOZENGE, "--ledger", str(tmp_path / "ledger.db"))
    assert (without.status, without.out) == (ExitStatus.BAD_INPUT, "")
    assert "a ledger needs `reference`" in without.err


def test_a_decision_on_a_review_makes_the_session_ready_and_is_shown_as_what_it_is(ledger: Path) -> None:
    assert decided(ledger).out == "entry 4: home-use: decision: it counts for readiness\n"
    ready = screened(ledger, 10)
    assert ready.status == ExitStatus.REVIEW
    assert "ready" in ready.out.split("Today\n")[1].splitlines()[0]
    shown = flat(ready.out)
    assert "Decision to go ahead: home-use: in force By: dr-17, 2026-11-22T09:10:00+00:00" in shown
    assert "Reason: risk reduced. an adult is there" in shown
    assert "Record: entry 4, on the screening of entry 3" in shown


def test_an_override_of_anything_else_is_on_record_only(ledger: Path) -> None:
    run("screen", str(EXAMPLES / "uncontrolled-hypertension.yaml"), "--as-of", "2026-11-22T09:00:00Z",
        "--ledger", str(ledger), "--reference", "p-18")  # fmt: skip
    told = decided(ledger, 4, "--rule", "uncontrolled-hypertension")
    assert told.out == "entry 5: uncontrolled-hypertension: override: on record only, it counts for nothing\n"


def test_what_there_is_nothing_to_go_against_is_refused(ledger: Path) -> None:
    refused = decided(ledger, 3, "--rule", "home-us")
    assert refused.status == ExitStatus.BAD_INPUT
    assert "did you mean `home-use`?" in refused.err
    missing = decided(ledger, 99)
    assert missing.status == ExitStatus.BAD_INPUT
    assert "there is no entry 99" in missing.err


def test_list_shows_a_line_for_each_entry_and_filters(ledger: Path) -> None:
    decided(ledger)
    lines = run("audit", "list", str(ledger)).out.splitlines()
    assert [line.split()[2] for line in lines] == ["ledger", "rulebook", "screening", "override"]
    assert lines[2].endswith("p-17 session: sublingual review (insufficient_data)")
    assert lines[3].endswith("p-17 home-use: risk_reduced")
    assert len(run("audit", "list", str(ledger), "--last", "1").out.splitlines()) == 1
    assert len(run("audit", "list", str(ledger), "--kind", "override").out.splitlines()) == 1
    assert run("audit", "list", str(ledger), "--reference", "p-99").out.strip() == ""
    told = json.loads(run("audit", "list", str(ledger), "--json").out)
    assert [one["number"] for one in told] == [1, 2, 3, 4]


def test_show_tells_the_grounds_with_the_words_of_the_rulebook_on_record(ledger: Path) -> None:
    shown = flat(run("audit", "show", str(ledger), "3").out)
    assert "Entry 3: screening: p-17 session: sublingual review (insufficient_data)" in shown
    assert "home-use (review, reviews/home-use.yaml:7) Says: " in shown
    assert "Source: 0" in shown
    assert re.search(r'setting: \{"at": "2026-11-2.", "value": "home"', shown)
    told = json.loads(run("audit", "show", str(ledger), "3", "--json").out)
    assert told["opened"]["findings"]["home-use"]["outcome"] == "met"
    assert told["clear"]["rulebook"]["bytes_digest"] == shipped().bytes_digest


def test_verify_says_that_all_is_as_it_was_written_or_which_entry_is_not(ledger: Path, tmp_path: Path) -> None:
    sound = run("audit", "verify", str(ledger))
    assert sound.status == 0
    assert "ledger.db: 3 entries, each as it was written Begins: with entry 1" in flat(sound.out)
    assert "it cannot show whether entries were cut off at the end" in flat(sound.out)
    run("audit", "export", str(ledger), str(tmp_path / "chain.jsonl"))
    changed = tmp_path / "changed.jsonl"
    changed.write_bytes((tmp_path / "chain.jsonl").read_bytes().replace(b"review", b"reviwe", 1))
    found = run("audit", "verify", str(changed))
    assert found.status == 1
    assert "NOT AS WRITTEN: entry " in found.out
    told = json.loads(run("audit", "verify", str(changed), "--json").out)
    assert told["count"] == 3
    assert told["flaws"]


def test_a_head_that_was_kept_finds_a_tail_that_was_cut(ledger: Path, tmp_path: Path) -> None:
    shutil.copy(ledger, tmp_path / "earlier.db")
    screened(ledger, 10)
    head = tmp_path / "head.json"
    head.write_text(run("audit", "head", str(ledger)).out, encoding="utf-8")
    assert run("audit", "verify", str(ledger), "--against", str(head)).status == 0
    cut = run("audit", "verify", str(tmp_path / "earlier.db"), "--against", str(head))
    assert cut.status == 1
    assert "entry 4: is missing: the chain was cut off after entry 3" in flat(cut.out)
    head.write_text("{}", encoding="utf-8")
    assert "does not have the form of a head" in run("audit", "verify", str(ledger), "--against", str(head)).err


def test_redact_gives_an_entry_that_verifies_with_only_what_is_opened(ledger: Path, tmp_path: Path) -> None:
    told = run("audit", "redact", str(ledger), "3", "--open", "facts.setting").out
    (tmp_path / "one.jsonl").write_text(told, encoding="utf-8")
    assert run("audit", "verify", str(tmp_path / "one.jsonl")).status == 0
    assert "p-17" not in told
    assert "facts.setting" in told
    assert '"home' in told.replace("\\", "")
    assert "p-17" in run("audit", "redact", str(ledger), "3", "--open", "reference").out
    unknown = run("audit", "redact", str(ledger), "3", "--open", "facts.seting")
    assert unknown.status == ExitStatus.BAD_INPUT
    assert "did you mean `facts.setting`?" in unknown.err


def test_replay_says_how_many_come_out_the_same(ledger: Path, tmp_path: Path) -> None:
    decided(ledger)
    screened(ledger, 10)
    same = run("replay", str(ledger))
    assert (same.status, same.out) == (0, "2 screenings run again: 2 the same to the byte\n")
    rules = tmp_path / "rules"
    shutil.copytree(built_in_rules(), rules)
    (rules / "reviews" / "home-use.yaml").unlink()
    (rules / "reviews" / "home-use.cases.yaml").unlink()
    conflicts = rules / "conflicts.yaml"
    if "home-use" in conflicts.read_text("utf-8"):
        rules = with_a_weaker_rule(tmp_path / "weaker")
    otherwise = run("replay", str(ledger), "--rules", str(rules))
    assert otherwise.status == 1
    assert "entry 3 (p-17): sublingual: review, insufficient_data -> " in flat(otherwise.out)
    assert "by home-use" in flat(otherwise.out)


def with_a_weaker_rule(folder: Path) -> Path:
    """The built-in rulebook, with use at home as a caution."""
    shutil.copytree(built_in_rules(), folder)
    rule = folder / "reviews" / "home-use.yaml"
    text = rule.read_text("utf-8")
    assert text.count("effect: review") == 1
    rule.write_text(text.replace("effect: review", "effect: caution"), encoding="utf-8")
    return folder


def test_stats_counts_the_last_days(ledger: Path) -> None:
    told = run("audit", "stats", str(ledger))
    assert "Screenings: 1 (before: 0)" in told.out
    assert "        1  sublingual: review (before: 0)" in told.out
    assert json.loads(run("audit", "stats", str(ledger), "--json").out)["now"]["met"]["home-use"] == 1


def test_import_and_retire_say_what_they_did(ledger: Path, tmp_path: Path) -> None:
    chain = tmp_path / "chain.jsonl"
    assert "up to entry 3, " in run("audit", "export", str(ledger), str(chain)).out
    assert "up to entry 3, " in run("audit", "import", str(chain), str(tmp_path / "copy.db")).out
    assert run("audit", "retire", str(ledger), str(tmp_path)).out == "no complete segment is old enough\n"
    again = run("audit", "export", str(ledger), str(chain))
    assert "a file with that name exists" in again.err
    assert again.status != 0


def test_a_ledger_that_is_not_there_is_said_and_none_is_made(tmp_path: Path) -> None:
    for name in ("list", "verify", "head", "stats"):
        refused = run("audit", name, str(tmp_path / "none.db"))
        assert refused.status == ExitStatus.BAD_INPUT
        assert "there is no ledger" in refused.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("mode", "told"), [(0o600, 0), (0o644, 1)])
def test_a_warning_of_the_ledger_reaches_standard_error_once(
    ledger: Path, tmp_path: Path, mode: int, told: int
) -> None:
    ledger.chmod(mode)
    warning = "others than its owner may read or write the ledger; close it to them with chmod 600\n"
    assert run("audit", "list", str(ledger)).err == warning * told
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(f'{{"reference": "p-{number}", "profile": {{}}}}\n' for number in range(60)))
    batch = ["screen", str(rows), "--many", "-j", "2", "--as-of", "2026-11-22T09:00:00Z", "--channel", "compiled"]
    assert run(*batch, "--ledger", str(ledger)).err.count(warning) == told


def test_a_chain_or_a_head_that_is_not_there_ends_as_a_ledger_that_is_not_there(ledger: Path, tmp_path: Path) -> None:
    gone, new = str(tmp_path / "gone"), str(tmp_path / "new.db")
    for told in (run("audit", "import", gone, new), run("audit", "verify", str(ledger), "--against", gone)):
        assert (told.status, told.err) == (2, f"there is no file {gone}; check its name [ledger-missing]\n")
    assert run("audit", "list", gone).status == 2
    os.mkfifo(gone)
    for told in (run("audit", "import", gone, new), run("audit", "list", gone)):
        assert "not a plain file" in told.err


def test_the_same_remark_on_entries_that_follow_one_another_is_said_once(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(f'{{"reference": "p-{number}", "profile": {{}}}}\n' for number in range(60)))
    late = ["screen", str(rows), "--many", "--as-of", "2020-11-22T09:00:00Z", "--channel", "compiled"]
    run(*late, "--ledger", str(tmp_path / "ledger.db"))
    told = run("audit", "verify", str(tmp_path / "ledger.db"))
    remarks = [line for line in told.out.splitlines() if line.startswith("REMARK: ")]
    assert len(remarks) == 1
    assert remarks[0].startswith("REMARK: entries 4 to 63, each: its `as_of` is ")


def test_a_remark_on_one_entry_or_on_none_stays_as_it_is() -> None:
    remarks = ["a file", "entry 3: x", "entry 4: x", "entry 6: x", "entry 7: y", "a file"]
    grouped = ["a file", "entries 3 to 4, each: x", "entry 6: x", "entry 7: y", "a file"]
    assert [line.text for line in remarked(remarks)] == [f"REMARK: {one}" for one in grouped]


@pytest.mark.parametrize(("mode", "remark"), [(0o700, False), (0o755, False), (0o770, True), (0o1777, True)])
def test_a_folder_that_others_may_write_is_remarked_on(ledger: Path, tmp_path: Path, mode: int, remark: bool) -> None:
    tmp_path.chmod(mode)
    told = run("audit", "verify", str(ledger))
    assert told.status == 0
    assert ("others than its owner may write its folder" in flat(told.out)) is remark


@pytest.mark.parametrize("kind", ["ledger", "lines", "nothing"])
def test_a_file_that_is_not_an_export_is_refused_as_one(ledger: Path, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "file"
    file.write_bytes({"ledger": ledger.read_bytes(), "lines": b'{"profile": {}}\n', "nothing": b""}[kind])
    refused = run("audit", "import", str(file), str(tmp_path / "new.db"))
    assert refused.status == ExitStatus.BAD_INPUT
    said = f"{file} is not an export of a ledger; `ketascreen audit export` makes one [ledger-refused]\n"
    assert refused.err == said
    assert not (tmp_path / "new.db").exists()
