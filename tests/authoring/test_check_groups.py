"""`check` shows problems of one cause together; nothing is dropped, and other formats hold each."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ketascreen.authoring.checks.groups import findings_together, problems_together
from ketascreen.authoring.checks.subject import Concern
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.command_line import flat, run
from tests.helpers.edited_rulebooks import rules_with
from tests.helpers.flooded import BAR, with_new_exclusion


def concern(line: int, about: str, cause: str = "", code: str = "boundary-case") -> Concern:
    return Concern(code, f"line {line}", "", Place(f"{about}.yaml", line, 1, 1), about=about, cause=cause)


def test_findings_about_one_parameter_are_together_wherever_they_are() -> None:
    one, two, other = concern(1, "a", "`bar`"), concern(2, "b", "`bar`"), concern(3, "a")
    together, alone = findings_together([one, other, two])
    assert (together.problems, together.about) == ((one, two), "about `bar`")
    assert (alone.problems, alone.about) == ((other,), "about `a`")


def test_findings_of_two_checks_are_not_together() -> None:
    assert len(findings_together([concern(1, "a"), concern(2, "a", code="bands")])) == 2


def test_findings_without_a_subject_are_together_by_their_file() -> None:
    one, two, other = (
        Diagnostic("x", str(line), "", Place(file, line)) for file, line in (("a", 1), ("a", 2), ("b", 1))
    )
    assert [group.problems for group in findings_together([one, two, other])] == [(one, two), (other,)]


def test_problems_are_together_by_their_words_alone() -> None:
    one, two, other = (
        Diagnostic("case", said, "", Place(file)) for said, file in (("no `x`", "a"), ("no `x`", "b"), ("y", "a"))
    )
    assert [group.problems for group in problems_together([one, other, two])] == [(one, two), (other,)]


def test_problems_whose_words_name_nothing_are_told_each() -> None:
    one, two = (Diagnostic("no-value", "no value", "", Place(file)) for file in "ab")
    assert [group.problems for group in problems_together([one, two])] == [(one,), (two,)]


def test_each_key_that_a_new_rule_leaves_open_is_told(tmp_path: Path) -> None:
    folder = rules_with(tmp_path, "rulebook.yaml", "id: ", "id: ")
    (folder / "cautions" / "new.yaml").write_text("id: new\ntitle:\neffect: caution\nroutes:\nwhen:\nsay:\n", "utf-8")
    short, whole = (run("check", str(folder), "--no-documents", *more) for more in ((), ("-v",)))
    assert short.out.count("[no-value]") == whole.out.count("[no-value]") == 4


def test_a_moved_bar_gives_a_headline_with_the_missing_numbers_and_the_rest_on_demand(tmp_path: Path) -> None:
    folder = str(rules_with(tmp_path, *BAR))
    short, whole = run("check", folder, "--no-documents"), run("check", folder, "--no-documents", "--verbose")
    assert (short.status, whole.status) == (1, 1)
    assert whole.out.count("[boundary-case]") == 4
    assert "1 more about `controlled_systolic` (in full with -v) [boundary-case]:" in flat(short.out)
    assert "needs 129 mmHg, 130 mmHg and 131 mmHg of `systolic_bp`" in flat(short.out)
    assert "4 findings" in short.out
    assert "4 findings" in whole.out
    data = json.loads(run("check", folder, "--no-documents", "--format", "json").out)
    assert sum(one["code"] == "boundary-case" for one in data["found"]) == 4


def test_a_fact_that_was_renamed_is_told_once_with_a_count_and_places(tmp_path: Path) -> None:
    folder = with_new_exclusion(tmp_path)
    for file in ("vocabulary.yaml", "exclusions/hepatic-failure.yaml", "reviews/unrecognised-liver-condition.yaml"):
        text = (folder / file).read_text("utf-8")
        (folder / file).write_text(text.replace("liver_conditions", "hepatic_conditions"), "utf-8")
    short, whole = (run("check", str(folder), "--no-documents", *more) for more in ((), ("-v",)))
    assert short.status == 2
    count = whole.out.count("unknown fact `liver_conditions`")
    assert len(re.findall("unknown fact `liver_conditions`", flat(short.out))) == 1
    assert f"{count - 1} more of the same kind (each in full with -v) [unknown-fact]:" in flat(short.out)
    assert f"and {count - 4} more" in flat(short.out)
    assert f"{count} problems" in short.out
