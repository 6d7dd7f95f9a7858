"""`ketascreen rename`: what it writes and says, what it refuses, and that nothing is written where it refuses."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import pytest

from ketascreen import RulebookError, load_rulebook
from ketascreen.authoring.renaming.first import without_names
from ketascreen.authoring.renaming.names import Name
from ketascreen.authoring.renaming.references import Thing
from ketascreen.authoring.renaming.write import rename
from ketascreen.cli.exit_status import AuthoringStatus
from ketascreen.runtime.whole_file import write_whole
from tests.helpers.command_line import flat, run
from tests.helpers.rulebook_files import text_of, with_files

LIVER = """\
  liver: # the liver, and the word mild
    type: choice
    choices: [none, mild, "severe"]
    opaque: [mild]
    label: "Liver disease: liver, mild"
    domain: hepatic
  spleen: {type: choice, choices: [none, mild], label: Spleen, domain: hepatic}
"""
RULE = """\
# About the liver: mild or severe.
id: liver-disease
title: Liver disease with low_egfr of {low_egfr}
stage: candidacy
effect: review
routes: all
when:
  any:
    - liver: {one_of: [mild, severe]}
    - all: [{"liver": {"is": 'mild'}}, {spleen: {is: mild}}]
    - egfr: {below: low_egfr}
    - meets: resistant_depression
say: The liver is mild, liver-disease.
sources:
  - {document: leaflet.txt, line: 2, phrase: above 180, says: review}
"""
CASES = """\
- name: Mild liver disease is a liver-disease
  as_of: "2026-11-22T09:00:00Z"
  observed_at: "2026-11-22"
  given: {liver: mild, spleen: {value: mild}}
  expect: {finding: met}
"""
PATIENTS = """\
- name: A patient with liver-disease
  as_of: "2026-11-22T09:00:00Z"
  observed_at: "2026-11-22"
  given: {liver: {value: mild}}
  expect: {decisions: {iv: insufficient_data}, met: [liver-disease]}
"""


def files() -> dict[str, str | bytes]:
    vocabulary = text_of("vocabulary.yaml").replace("freshness:\n", f"{LIVER}freshness:\n")
    return {
        "vocabulary.yaml": vocabulary.replace("\n", "\r\n").encode(),
        "reviews/liver-disease.yaml": RULE,
        "reviews/liver-disease.cases.yaml": CASES,
        "vignettes/all.cases.yaml": PATIENTS,
        "rulebook.yaml": text_of("rulebook.yaml")
        + "allow:\n  - {check: unused-fact, about: liver, reason: liver stays.}\n",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_files(tmp_path, files())


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


THINGS = {
    "fact": (["liver", "hepatic_disease"], "vocabulary.yaml"),
    "choice": (["liver", "mild", "light"], "vocabulary.yaml"),
    "rule": (["liver-disease", "hepatic-disease"], "reviews/hepatic-disease.yaml"),
    "parameter": (["low_egfr", "low_filtration"], "parameters.yaml"),
    "definition": (["resistant_depression", "stubborn_depression"], "definitions.yaml"),
}


@pytest.mark.parametrize("kind", THINGS)
def test_there_and_back_on_the_command_line(folder: Path, kind: str) -> None:
    names, declares = THINGS[kind]
    before, meant = bytes_of(folder), without_names(load_rulebook(folder))
    there = run("rename", kind, *names, "--dir", str(folder))
    assert (there.status, there.err) == (AuthoringStatus.WELL, "")
    assert there.out.startswith(f"{declares}: ")
    assert f"`{names[-2]}`" in there.out
    assert run("test", str(folder)).status == 0
    assert without_names(load_rulebook(folder)) == meant
    assert bytes_of(folder) != before
    *fact, old, new = names
    back = run("rename", kind, *fact, new, old, "--dir", str(folder))
    assert back.status == AuthoringStatus.WELL
    assert f"`{new}` is not kept: nothing reads it any more" in flat(back.out)
    assert bytes_of(folder) == before


def test_exactly_the_places_that_mean_the_choice_change(folder: Path) -> None:
    run("rename", "choice", "liver", "mild", "light", "--dir", str(folder))
    vocabulary = (folder / "vocabulary.yaml").read_bytes().decode()
    assert vocabulary == files()["vocabulary.yaml"].decode().replace(  # type: ignore[union-attr]
        '[none, mild, "severe"]\r\n    opaque: [mild]', '[none, light, "severe"]\r\n    opaque: [light]'
    ).replace("    domain: hepatic\r\n", "    domain: hepatic\r\n    was_choices: {mild: light}\r\n", 1)
    rule = (folder / "reviews" / "liver-disease.yaml").read_text("utf-8")
    assert rule == RULE.replace("[mild, severe]", "[light, severe]").replace("{\"is\": 'mild'}", "{\"is\": 'light'}")
    cases = (folder / "reviews" / "liver-disease.cases.yaml").read_text("utf-8")
    assert "given: {liver: light, spleen: {value: mild}}" in cases
    assert "name: Mild liver disease" in cases


def test_it_names_each_file_with_its_places_and_who_may_use_the_old_name(folder: Path) -> None:
    said = run("rename", "fact", "liver", "hepatic_disease", "--dir", str(folder)).out
    assert said.splitlines()[:5] == [
        "vocabulary.yaml: 1 place",
        "reviews/liver-disease.cases.yaml: 1 place",
        "reviews/liver-disease.yaml: 2 places",
        "rulebook.yaml: 1 place",
        "vignettes/all.cases.yaml: 1 place",
    ]
    assert "Patients and programs may still say `liver`: it is read as `hepatic_disease`" in flat(said)


def test_a_rule_and_its_cases_get_their_files_under_the_new_name(folder: Path) -> None:
    said = run("rename", "rule", "liver-disease", "hepatic-disease", "--dir", str(folder)).out
    assert "reviews/hepatic-disease.yaml: 1 place; it was reviews/liver-disease.yaml" in flat(said)
    assert sorted(path.name for path in (folder / "reviews").glob("*disease*")) == [
        "hepatic-disease.cases.yaml", "hepatic-disease.yaml",
    ]  # fmt: skip


def test_schemas_of_the_folder_are_written_anew_and_none_is_made(folder: Path) -> None:
    run("rename", "fact", "liver", "hepatic_disease", "--dir", str(folder))
    assert not (folder / "schema").exists()
    run("schema", str(folder))
    run("rename", "fact", "spleen", "milt", "--dir", str(folder))
    assert '"milt"' in (folder / "schema" / "rule.schema.json").read_text("utf-8")


REFUSED = {
    "an unknown fact": (["fact", "livr", "hepatic"], "no fact `livr`", "did you mean `liver`?", "unknown-fact"),
    "an unknown rule": (
        ["rule", "liver-diseas", "x"], "no rule `liver-diseas`", "did you mean `liver-disease`?", "unknown-rule"),
    "an unknown choice": (
        ["choice", "liver", "milt", "x"], "`liver` has no choice `milt`", "did you mean `mild`?", "unknown-choice"),
    "an unknown parameter": (
        ["parameter", "low_efgr", "x"], "no parameter `low_efgr`", "did you mean `low_egfr`?", "unknown-parameter"),
    "an unknown definition": (
        ["definition", "depression", "x"], "no definition `depression`", "definitions.yaml has them",
        "unknown-definition"),
    "a built-in fact": (
        ["fact", "age", "years"], "`age` is built in; a rulebook cannot rename it or its choices", "leave", "rename"),
    "a choice of a built-in fact": (
        ["choice", "pregnancy", "pregnant", "x"], "`pregnancy` is built in", "leave its name", "rename"),
    "its own name": (["fact", "liver", "liver"], "`liver` is its name already", "give another name", "rename"),
    "a name that is a fact": (["fact", "liver", "spleen"], "there is a fact `spleen`", "give another", "name-taken"),
    "a name that is built in": (["fact", "liver", "age"], "`age` is built in", "give another", "name-taken"),
    "a name that is a parameter": (
        ["fact", "liver", "low_egfr"], "there is a parameter `low_egfr`", "give another", "name-taken"),
    "a keyword": (["fact", "liver", "meets"], "`meets` is a word of the format", "give another", "name-taken"),
    "a name with a hyphen": (
        ["fact", "liver", "he-patic"], "`he-patic` cannot be the name of a fact", "write lower-case", "wrong-value"),
    "a word that YAML reads as true": (
        ["fact", "liver", "yes"], "`yes` cannot be the name of a fact", "write lower-case", "wrong-value"),
    "a choice that is there": (
        ["choice", "liver", "mild", "severe"], "`liver` has a choice `severe`", "give another", "name-taken"),
    "an id of a rule": (["rule", "liver-disease", "young"], "there is a rule `young`", "give another", "name-taken"),
    "a reserved file name": (
        ["rule", "liver-disease", "routes"], "`routes` is a reserved word of the format", "give another", "name-taken"),
    "an id with a capital": (
        ["rule", "liver-disease", "Liver"], "`Liver` cannot be the name of a rule", "with `-`", "wrong-value"),
    "a number as an id": (
        ["rule", "liver-disease", "123"], '"123" cannot be the name of a rule', "with `-`", "wrong-value"),
    "a parameter that is a fact": (
        ["parameter", "low_egfr", "egfr"], "there is a fact `egfr`", "give another", "name-taken"),
    "a parameter that is a choice": (
        ["parameter", "low_egfr", "severe"], "`severe` is a choice of a fact", "give another", "name-taken"),
}  # fmt: skip


@pytest.mark.parametrize(("args", "message", "hint", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    folder: Path, args: list[str], message: str, hint: str, code: str
) -> None:
    before = bytes_of(folder)
    done = run("rename", *args, "--dir", str(folder))
    assert done.status == AuthoringStatus.BAD_INPUT
    assert message in flat(done.err)
    assert hint in flat(done.err)
    assert f"[{code}]" in done.err
    assert bytes_of(folder) == before


def test_a_former_name_of_another_thing_is_taken_and_one_that_is_not_the_last_is_refused(folder: Path) -> None:
    def renamed(*args: str) -> str:
        return flat(run("rename", *args, "--dir", str(folder)).err)

    assert renamed("fact", "liver", "hepatic") == ""
    assert "`liver` is a former name of the fact `hepatic`" in renamed("fact", "spleen", "liver")
    assert renamed("fact", "hepatic", "hepar") == ""
    assert "rename it to `hepatic` first" in renamed("fact", "hepar", "liver")
    assert "it is called `hepar` now" in renamed("fact", "liver", "jecur")
    assert renamed("rule", "liver-disease", "hepatic-disease") == ""
    assert "`liver-disease` is a former id of the rule `hepatic-disease`" in renamed("rule", "young", "liver-disease")


def test_the_id_of_a_retired_rule_is_taken(folder: Path) -> None:
    path = folder / "cautions" / "young.yaml"
    retired = "retired: {date: 2026-11-28, by: A clinician (not real), reason: Old.}\n"
    path.write_text(path.read_text("utf-8") + retired, "utf-8")
    done = run("rename", "rule", "liver-disease", "young", "--dir", str(folder))
    assert "there is a retired rule `young`" in done.err
    before = path.read_text("utf-8")
    assert run("rename", "rule", "young", "youthful", "--dir", str(folder)).status == 0
    assert "\nwas: [young]\nretired:" in (folder / "cautions" / "youthful.yaml").read_text("utf-8")
    run("rename", "rule", "youthful", "young", "--dir", str(folder))
    assert path.read_text("utf-8") == before


@pytest.mark.parametrize("path", ["cautions/young.yaml", "vignettes/all.cases.yaml"])
def test_what_does_not_load_is_not_renamed(folder: Path, path: str) -> None:
    (folder / path).write_text("nothing: here\n", "utf-8")
    before = bytes_of(folder)
    done = run("rename", "fact", "liver", "hepatic", "--dir", str(folder))
    assert done.status == AuthoringStatus.BAD_INPUT
    assert "correct what `ketascreen check` shows, then rename" in flat(done.err)
    assert bytes_of(folder) == before


@pytest.mark.parametrize("kind", THINGS)
def test_wherever_it_is_interrupted_it_is_as_before_or_after_or_it_does_not_load(folder: Path, kind: str) -> None:
    *fact, old, new = THINGS[kind][0]
    name = Name(Thing(kind), old, *fact)
    decided = without_names(load_rulebook(folder))
    loaded = 0
    for count in range(8):
        there = shutil.copytree(folder, folder.parent / f"stopped-{count}")
        left = [count]

        def stopping(*args: object, left: list[int] = left, **given: object) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            write_whole(*args, **given)  # type: ignore[arg-type]

        with patch("ketascreen.authoring.editing.writing.write_whole", stopping), suppress(KeyboardInterrupt):
            rename(there, name, new)
        with suppress(RulebookError):
            assert without_names(load_rulebook(there)) == decided
            loaded += 1
    assert loaded >= 2


def test_a_file_that_changes_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    folder = with_files(tmp_path, {})
    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    parameters = folder / "parameters.yaml"

    def late(path: Path, *args: object, **given: object) -> None:
        parameters.write_bytes(before[parameters] + b"# by another\n")
        write_whole(path, *args, **given)  # type: ignore[arg-type]

    with patch("ketascreen.authoring.editing.writing.write_whole", late):
        ran = run("rename", "parameter", "low_egfr", "lower_egfr", "--dir", str(folder))
    assert ran.status == AuthoringStatus.BAD_INPUT
    assert "was changed meanwhile; nothing is written; run it again [rename]" in flat(ran.err)
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == {
        **before, parameters: before[parameters] + b"# by another\n",
    }  # fmt: skip


def test_a_former_id_of_a_rule_is_met_with_its_id_of_today(folder: Path) -> None:
    assert run("rename", "rule", "liver-disease", "hepatic", "--dir", str(folder)).status == 0
    why = ("--reason", "Replaced.", "--by", "Somebody")
    for command in (
        ("show", "liver-disease", "--rules", str(folder)),
        ("retire", "liver-disease", *why, "--dir", str(folder)),
        ("retire", "young", *why, "--instead", "liver-disease", "--dir", str(folder)),
    ):
        ran = run(*command)
        assert (ran.status, "it is called `hepatic` now" in flat(ran.err)) == (2, True), command
