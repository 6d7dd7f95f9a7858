"""What the commands of the audit show of an entry that was altered past the ledger, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ketascreen.audit import Ledger
from ketascreen.cli.exit_status import ExitStatus
from tests.helpers.command_line import flat, run
from tests.helpers.ledgers import changed, lozenge_today

ALTERATIONS: dict[str, tuple[str, Callable[[str], str]]] = {
    "a decision": ("body", lambda text: text.replace('"decision":"review"', '"decision":"eligible"')),
    "a reference": ("openings", lambda text: text.replace("p-17", "p-18")),
    "an answer": ("openings", lambda text: text.replace('home\\"', 'moon\\"')),
    "a word more": ("body", lambda text: f"{text} "),
    "no JSON": ("body", lambda text: text[:-1]),
    "a list": ("body", lambda _: "[]"),
    "no sealed parts": ("body", lambda _: '{"kind":"screening"}'),
    "no openings": ("openings", lambda _: "{}"),
    "the time": ("recorded_at", lambda _: "2020-01-01T00:00:00.000000Z"),
    "the digest": ("digest", lambda _: "0" * 64),
    "the link": ("previous", lambda _: "0" * 64),
}


def altered(folder: Path, what: str = "a decision", number: int = 3) -> str:
    """A ledger with four entries, one of them altered."""
    column, edit = ALTERATIONS[what]
    with Ledger(folder / "ledger.db") as ledger:
        lozenge_today(ledger)
        lozenge_today(ledger)
        entry = ledger.entry(number)
        now = {"body": entry.record.body, "openings": entry.record.opened}.get(column, "")
        assert edit(now) != now
        value = edit(now).encode() if column in ("body", "openings") else edit(now)
        changed(ledger, f"UPDATE entries SET {column} = ? WHERE number = ?", value, number)
        return str(ledger.path)


@pytest.mark.parametrize("what", ALTERATIONS)
def test_show_says_first_that_an_entry_is_not_as_it_was_written(tmp_path: Path, what: str) -> None:
    ledger = altered(tmp_path, what)
    shown = run("audit", "show", ledger, "3")
    assert (shown.status, shown.err) == (1, "")
    assert flat(shown.out).startswith("NOT AS WRITTEN: do not rely on what is shown here")
    assert "Entry 3: " in shown.out
    as_json = run("audit", "show", ledger, "3", "--json")
    assert (as_json.status, json.loads(as_json.out)["as_written"]) == (1, False)


def test_show_says_nothing_of_an_entry_that_is_as_it_was_written(tmp_path: Path) -> None:
    ledger = altered(tmp_path)
    shown = run("audit", "show", ledger, "2")
    assert (shown.status, "NOT AS WRITTEN" in shown.out) == (0, False)
    as_json = run("audit", "show", ledger, "2", "--json")
    assert (as_json.status, json.loads(as_json.out)["as_written"]) == (0, True)


@pytest.mark.parametrize("what", ALTERATIONS)
def test_list_marks_the_line_of_an_altered_entry(tmp_path: Path, what: str) -> None:
    ledger = altered(tmp_path, what)
    listed = run("audit", "list", ledger)
    marked = [line for line in listed.out.splitlines() if "NOT AS WRITTEN: " in line]
    assert listed.status == 1
    assert any(line.split()[0] == "3" for line in marked)
    as_json = run("audit", "list", ledger, "--json")
    told = {one["number"]: one["as_written"] for one in json.loads(as_json.out)}
    assert (as_json.status, told[1], told[3]) == (1, True, False)
    assert run("audit", "list", ledger, "--last", "1").status == (1 if what == "the digest" else 0)


@pytest.mark.parametrize("what", ["no JSON", "a list"])
def test_an_entry_that_cannot_be_read_is_not_left_out_of_a_choice(tmp_path: Path, what: str) -> None:
    listed = run("audit", "list", altered(tmp_path, what), "--kind", "screening", "--reference", "p-17")
    assert [line.split()[0] for line in listed.out.splitlines()] == ["3", "4"]
    assert "its record cannot be read" in listed.out


def test_an_entry_whose_neighbour_was_replaced_is_marked(tmp_path: Path) -> None:
    ledger = altered(tmp_path, "the digest")
    assert [run("audit", "show", ledger, str(number)).status for number in (1, 2, 3, 4)] == [0, 0, 1, 1]


@pytest.mark.parametrize("what", ALTERATIONS)
def test_stats_counts_only_what_is_as_it_was_written(tmp_path: Path, what: str) -> None:
    ledger = altered(tmp_path, what)
    told = run("audit", "stats", ledger)
    assert told.status == 1
    assert told.out.startswith("NOT AS WRITTEN: ")
    assert "eligible" not in told.out
    as_json = run("audit", "stats", ledger, "--json")
    counted = json.loads(as_json.out)
    assert as_json.status == 1
    assert 3 in counted["not_as_written"]
    assert counted["now"]["screenings"] == (0 if what == "the digest" else 1)


@pytest.mark.parametrize("what", ALTERATIONS)
def test_redact_refuses_an_altered_entry(tmp_path: Path, what: str) -> None:
    ledger = altered(tmp_path, what)
    refused = run("audit", "redact", ledger, "3")
    assert (refused.status, refused.out) == (ExitStatus.FAULT, "")
    assert "entry 3, on which this rests, is not as it was written" in refused.err
    assert run("audit", "redact", ledger, "1").status == 0


@pytest.mark.parametrize("what", ALTERATIONS)
def test_no_head_is_given_of_a_ledger_whose_newest_entry_is_altered(tmp_path: Path, what: str) -> None:
    refused = run("audit", "head", altered(tmp_path, what, number=4))
    assert (refused.status, refused.out) == (ExitStatus.FAULT, "")
    assert "entry 4, on which this rests, is not as it was written" in refused.err


@pytest.mark.parametrize("redacted", [(), ("--redacted",)], ids=["whole", "redacted"])
@pytest.mark.parametrize("what", ALTERATIONS)
@pytest.mark.parametrize("number", [3, 4])
def test_an_export_of_an_altered_ledger_is_saved_and_is_an_error(
    tmp_path: Path, what: str, number: int, redacted: tuple[str, ...]
) -> None:
    ledger, file = altered(tmp_path, what, number), tmp_path / "chain.jsonl"
    ended = run("audit", "export", ledger, str(file), *redacted)
    assert (ended.status, ended.out) == (ExitStatus.FAULT, "")
    assert f"{file} is written, but the ledger {ledger} is not as it was written: entry " in ended.err
    assert file.read_bytes().count(b"\n") == 6
