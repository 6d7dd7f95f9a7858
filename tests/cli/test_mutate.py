"""`ketascreen mutate`: what it prints, what it is limited to, and what it ends with."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ketascreen.loading.built_in import built_in_rules
from tests.helpers.command_line import Ran, flat, run

CASES = "holds/no-companion.cases.yaml"
KEPT = ("no-companion", "no-ride-home", "past-psychosis", "older-adult")
"""The rules whose cases are kept, so that a run is quick."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the built-in rulebook in a git repository."""
    copied = tmp_path / "repository" / "rules"
    shutil.copytree(built_in_rules(), copied)
    for file in copied.rglob("*.cases.yaml"):
        if file.name.removesuffix(".cases.yaml") not in KEPT:
            file.unlink()
    git(copied, "init", "--quiet")
    git(copied, "add", "--all")
    git(copied, "commit", "--quiet", "--message", "Start")
    return copied


def git(place: Path, *words: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(place), *who, *words], check=True, capture_output=True)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def lose_cases(folder: Path) -> None:
    """Leaves of a rule's cases those that tell nothing but that a companion is asked for."""
    text = """\
- name: no companion in the clinic
  as_of: 2026-11-22T09:00:00Z
  observed_at: 2026-11-22
  stage: session
  given: {setting: clinic, companion: none}
  expect: {finding: met}
"""
    (folder / CASES).write_text(text, encoding="utf-8")


def mutate(*args: str, terminal: bool = False) -> Ran:
    return run("mutate", *args, "-j", "1", terminal=terminal)


def test_a_rule_whose_slips_are_all_noticed_ends_well() -> None:
    ran = mutate("--rule", "no-companion")
    assert ran.status == 0
    assert "0 that no case notices." in flat(ran.out)
    assert "Noticed by cases: 100.0% of the slips that a case can notice." in ran.out
    assert ran.err == ""


def test_a_survivor_is_shown_as_its_line_with_the_missing_case_to_paste(folder: Path) -> None:
    lose_cases(folder)
    ran = mutate(str(folder), "--rule", "no-companion", "-v")
    assert ran.status == 1
    assert re.search(r"holds/no-companion.yaml:\d+: a branch of `all` is dropped \(rule no-companion\)", flat(ran.out))
    assert "  -     - setting: {is: clinic}\n  + (nothing)\n" in ran.out
    assert "This case would, in holds/no-companion.cases.yaml:" in flat(ran.out)
    case = ran.out[ran.out.index("\n- name: ") + 1 :].split("\n\n")[0]
    with (folder / CASES).open("a", encoding="utf-8") as file:
        file.write(case + "\n")
    again = mutate(str(folder), "--rule", "no-companion", "-v")
    assert survivors(again.out) < survivors(ran.out)


def subjects(text: str) -> list[str]:
    """What each slip that is shown is in."""
    return re.findall(r"\(((?:rule|parameter|definition|fact) [\w-]+)\)", flat(text))


def survivors(text: str) -> int:
    return int(flat(text).split(" that no case notices.")[0].split()[-1])


def test_every_line_but_those_of_files_is_within_80_columns(folder: Path) -> None:
    lose_cases(folder)
    ran = mutate(str(folder), "--rule", "no-companion")
    assert all(len(line) <= 100 for line in ran.out.splitlines() if not line.startswith("- name: "))
    of_files = ("  - ", "  + ", "- ", "    ", "  given: ", "  expect: ")
    assert all(len(line) <= 80 for line in ran.out.splitlines() if not line.startswith(of_files))


def test_it_can_be_told_which_share_is_enough_and_never_rounds_up(folder: Path) -> None:
    lose_cases(folder)
    assert mutate(str(folder), "--rule", "no-companion", "--fail-under", "5").status == 0
    data = json.loads(mutate(str(folder), "--rule", "no-companion", "--json").out)
    share = 100 * data["killed"] / (data["killed"] + data["survived"])
    assert 0 <= share - float(data["percent"]) < 0.1
    assert mutate(str(folder), "--rule", "no-companion", "--fail-under", str(share + 0.01)).status == 1


def test_json_holds_the_counts_and_every_mutant_that_was_not_killed(folder: Path) -> None:
    lose_cases(folder)
    ran = mutate(str(folder), "--rule", "no-companion", "--json")
    data = json.loads(ran.out)
    assert data["slips"] == data["killed"] + data["refused"] + data["equivalent"] + data["survived"]
    assert len(data["not_killed"]) == data["slips"] - data["killed"]
    (never,) = [one for one in data["not_killed"] if one["what"] == "`same day` becomes `any age`"]
    assert (never["file"], never["about"]) == ("vocabulary.yaml", "fact companion")
    assert never["after"].strip() == "fresh_for: any age"
    assert never["before"].strip() == "fresh_for: same day"
    assert "is too old to count" in never["missing_case"]
    assert never["missing_for"] == "no-companion"
    assert all(one["missing_case"] or one["why"] for one in data["not_killed"] if one["fate"] != "equivalent")


def test_since_a_revision_only_what_changed_is_tried(folder: Path) -> None:
    assert "0 slips" in mutate(str(folder), "--since", "HEAD").out
    edit(folder / "parameters.yaml", "value: 65 years", "value: 66 years")
    edit(folder / "holds/no-companion.yaml", "title: ", "title: New ")
    (folder / "holds/no-ride-home.cases.yaml").write_text(
        (folder / "holds/no-ride-home.cases.yaml").read_text(encoding="utf-8") + "\n# looked at\n", encoding="utf-8"
    )
    assert "Not tried, because cases of their own are among these: `older-adult`" in flat(
        mutate(str(folder), "--since", "HEAD").out  # 65 is a case's boundary
    )
    edit(folder / "parameters.yaml", "value: 66 years", "value: 65 years")
    about = {one for one in rules_tried(folder) if one.startswith("rule ")}
    assert about == {"rule no-companion", "rule no-ride-home"}


def rules_tried(folder: Path) -> set[str]:
    from ketascreen import load_rulebook
    from ketascreen.authoring.mutation.git_diff import rules_changed_since

    return {f"rule {rule}" for rule in rules_changed_since("HEAD", folder, load_rulebook(folder))}


def test_a_change_of_a_parameter_a_definition_or_a_fact_concerns_the_rules_that_use_it(folder: Path) -> None:
    edit(folder / "parameters.yaml", "value: 65 years", "value: 66 years")
    assert rules_tried(folder) == {"rule older-adult", "rule older-adult-without-checkup"}
    edit(folder / "parameters.yaml", "value: 66 years", "value: 65 years")
    edit(folder / "definitions.yaml", "title: Treatment-resistant", "title: Resistant")
    assert rules_tried(folder) == {
        "rule esketamine-off-label-consent-not-signed",
        "rule esketamine-outside-resistant-depression",
    }
    edit(folder / "definitions.yaml", "title: Resistant", "title: Treatment-resistant")
    edit(folder / "vocabulary.yaml", "lasting: [breastfeeding]", "stands: [breastfeeding]")
    assert rules_tried(folder) == {"rule breast-feeding"}


def test_a_new_file_that_git_does_not_know_counts_as_changed(folder: Path) -> None:
    git(folder, "rm", "--quiet", "--cached", CASES)
    git(folder, "commit", "--quiet", "--message", "Forget")
    assert rules_tried(folder) == {"rule no-companion"}


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD:rules", ""])
def test_a_revision_that_git_does_not_know_is_refused(folder: Path, revision: str) -> None:
    ran = mutate(str(folder), f"--since={revision}")
    assert ran.status == 2
    assert "git knows no such revision of the rulebook" in ran.err
    assert not (folder / "x").exists()


def test_a_folder_that_is_in_no_repository_is_refused(tmp_path: Path) -> None:
    copied = tmp_path / "rules"
    shutil.copytree(built_in_rules(), copied)
    ran = mutate(str(copied), "--since", "HEAD")
    assert ran.status == 2
    assert "name a commit, branch or tag" in flat(ran.err)


def test_a_rule_whose_own_cases_hold_is_tried_whatever_else_fails(folder: Path) -> None:
    well = mutate(str(folder), "--rule", "no-companion")
    edit(folder / "reviews/past-psychosis.yaml", "psychosis: {is: past}", "psychosis: {is: never}")
    ran = mutate(str(folder), "--rule", "no-companion")
    assert (ran.status, ran.err) == (1, "")
    said = re.search(r"(\d+) cases do not hold and are left out; `ketascreen test` says why\. ", flat(ran.out))
    assert said is not None
    assert int(said[1]) > 0
    assert flat(ran.out).replace(said[0], "") == flat(well.out)


def test_a_rule_whose_own_cases_fail_is_not_tried_and_is_named(folder: Path) -> None:
    edit(folder / "reviews/past-psychosis.yaml", "psychosis: {is: past}", "psychosis: {is: never}")
    ran = mutate(str(folder), "--rule", "past-psychosis", "--rule", "no-companion")
    alone = mutate(str(folder), "--rule", "past-psychosis")
    assert (ran.status, alone.status) == (1, 1)
    assert "Not tried, because cases of their own are among these: `past-psychosis` (" in flat(ran.out)
    assert "0 slips: " in alone.out
    assert "\n0 slips: " not in ran.out
    data = json.loads(mutate(str(folder), "--rule", "past-psychosis", "--json").out)
    assert data["not_tried"]["rules"] == ["past-psychosis"]
    assert {one["file"] for one in data["left_out"]} == {"reviews/past-psychosis.cases.yaml"}
    assert data["not_tried"]["slips"] > 0 == data["slips"]


def test_survivors_are_grouped_by_what_they_are_in_and_shown_each_where_that_is_asked_for(folder: Path) -> None:
    lose_cases(folder)
    short, whole = (mutate(str(folder), "--rule", "no-companion", *more) for more in ((), ("-v",)))
    count = survivors(whole.out)
    assert survivors(short.out) == count
    assert len(subjects(whole.out)) == count
    groups = set(subjects(whole.out))
    assert sorted(subjects(short.out)) == sorted(groups)
    assert len(groups) < count
    more = [int(number) for number in re.findall(r"(\d+) more of ", flat(short.out))]
    assert sum(more) == count - len(groups)
    assert flat(short.out).count("-v shows each with its case.") == len(more)


def test_an_unknown_rule_is_refused_with_the_nearest_one() -> None:
    ran = mutate("--rule", "pregnency")
    assert ran.status == 2
    assert "did you mean `pregnancy`?" in ran.err


def test_progress_is_shown_on_a_terminal_only() -> None:
    quiet, shown = mutate("--rule", "no-companion"), mutate("--rule", "no-companion", terminal=True)
    assert quiet.err == ""
    assert "slips tried" in shown.err


def test_its_help_says_what_it_ends_with() -> None:
    ran = run("mutate", "--help")
    assert ran.status == 0
    assert "Exit status:" in ran.out
    assert "a slip that no case notices" in ran.out
