"""`ketascreen retire`: what it says, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen import load_rulebook
from tests.helpers.command_line import flat, run

WHY = ("--reason", "Taken over by another rule.", "--by", "Example Clinician (not real)", "--date", "2026-11-22")


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    folder = tmp_path / "clinic"
    assert run("init", str(folder), "--id", "clinic").status == 0
    return folder


def test_it_says_what_it_wrote_and_which_patients_expect_something_else(clinic: Path) -> None:
    ran = run("retire", "diagnosed-hypertension", *WHY, "--instead", "uncontrolled-hypertension", "--dir", str(clinic))
    told = flat(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert told.startswith(
        "`diagnosed-hypertension` was retired on 2026-11-22; `uncontrolled-hypertension` replaces it."
    )
    assert f"changed {clinic}/vignettes/boundaries.cases.yaml: taken out of 3 lists" in told
    assert f"changed {clinic}/cautions/diagnosed-hypertension.yaml" in told
    assert "4 whole patients expect something else now." in told
    assert f"ketascreen test {clinic}" in told
    tested = run("test", str(clinic), "-v")
    assert (tested.status, tested.out.count("FAILED")) == (1, 4)
    assert run("check", str(clinic), "--no-documents", "--today", "2026-11-22").status == 0
    assert run("fmt", str(clinic), "--check").status == 0


def test_the_schemas_of_the_folder_do_not_offer_it_any_more(clinic: Path) -> None:
    schema = clinic / "schema" / "vignettes.schema.json"
    assert "diagnosed-hypertension" in schema.read_text("utf-8")
    run("retire", "diagnosed-hypertension", *WHY, "--dir", str(clinic))
    assert "diagnosed-hypertension" not in schema.read_text("utf-8")
    written = {path.name: path.read_text("utf-8") for path in (clinic / "schema").iterdir()}
    assert run("schema", str(clinic)).status == 0
    assert {path.name: path.read_text("utf-8") for path in (clinic / "schema").iterdir()} == written


def test_a_rule_that_no_patient_names_moves_nobody(clinic: Path) -> None:
    ran = run("retire", "comfort-during-session", *WHY, "--dir", str(clinic))
    assert (ran.status, "whole patient" in ran.out) == (0, False)
    assert run("test", str(clinic)).status == 0


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("older-adultt", *WHY), "no rule `older-adultt`; did you mean `older-adult`? [unknown-rule]"),
        (("older-adult", *WHY, "--instead", "none-such"), "no rule `none-such`"),
        (("older-adult", *WHY[:4], "--date", "2999-01-01"), "has not come"),
        (("older-adult", "--by", "A", "--reason", " "), "write letters that can be read"),
        (("older-adult", "--by", "A"), "Missing option '--reason'"),
        (("pregnancy", *WHY), "without `pregnancy` the rulebook does not load; nothing is written"),
    ],
)
def test_what_it_refuses(clinic: Path, args: tuple[str, ...], told: str) -> None:
    before = load_rulebook(clinic).bytes_digest
    ran = run("retire", *args, "--dir", str(clinic))
    assert (ran.status, ran.out) == (2, "")
    assert told in flat(ran.err)
    assert load_rulebook(clinic).bytes_digest == before


def test_a_folder_without_a_rulebook(tmp_path: Path) -> None:
    ran = run("retire", "older-adult", *WHY, "--dir", str(tmp_path))
    assert ran.status == 2
    assert "the folder has no rulebook.yaml" in flat(ran.err)


def test_a_second_time_it_says_that_it_is_retired(clinic: Path) -> None:
    run("retire", "older-adult", *WHY, "--dir", str(clinic))
    ran = run("retire", "older-adult", *WHY, "--dir", str(clinic))
    assert ran.status == 2
    assert "`older-adult` was retired on 2026-11-22" in flat(ran.err)
