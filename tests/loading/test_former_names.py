"""What a fact, a choice, a parameter or a rule was called before, and rules that are asked of nobody any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ketascreen import load_rulebook
from ketascreen.language.rule import Retirement
from ketascreen.loading import snapshot
from tests.helpers.rulebook_files import changed, problems, text_of, where, with_files

VOCABULARY, PARAMETERS, KIDNEY, YOUNG = (
    "vocabulary.yaml", "parameters.yaml", "reviews/kidney-function.yaml", "cautions/young.yaml",
)  # fmt: skip
STAGED = """\
  liver:
    type: choice
    choices: [none, mild, severe]
    label: Liver disease
    domain: hepatic
"""


def of_fact(keys: str) -> dict[str, str]:
    return changed(VOCABULARY, "    domain: renal\n", f"    domain: renal\n    {keys}\n")


def of_choices(keys: str) -> dict[str, str]:
    return changed(VOCABULARY, "    domain: renal\n", f"    domain: renal\n{STAGED}    {keys}\n")


def of_rule(path: str, keys: str) -> dict[str, str]:
    return {path: f"{text_of(path)}{keys}\n"}


RETIRED = "retired: {date: 2026-11-28, by: Example Clinician (not real), reason: Taken over by another rule.%s}"


def test_a_fact_a_choice_a_parameter_and_a_rule_keep_the_names_that_they_had(tmp_path: Path) -> None:
    parameter = text_of(PARAMETERS).split(":")[0]
    files = {
        **of_choices("was: [hepatic_disease, hepatopathy]\n    was_choices: {light: mild}"),
        **of_rule(KIDNEY, "was: [renal-function]"),
        PARAMETERS: text_of(PARAMETERS).replace(f"{parameter}:\n", f"{parameter}:\n  was: [old_bar]\n", 1),
    }
    rulebook = load_rulebook(with_files(tmp_path, files))
    liver = rulebook.vocabulary["liver"]
    assert (liver.was, liver.was_choices) == (("hepatic_disease", "hepatopathy"), (("light", "mild"),))
    assert rulebook.vocabulary.renamed == {"hepatic_disease": "liver", "hepatopathy": "liver"}
    assert rulebook.parameters[parameter].was == ("old_bar",)
    assert rulebook.id_of_today("renal-function") == "kidney-function"
    assert rulebook.id_of_today("heart") == "heart"
    assert rulebook.rule("renal-function") is None
    assert snapshot.read(snapshot.write(rulebook), {}, rulebook.bytes_digest, ()) == rulebook


def test_a_retired_rule_is_read_and_is_not_among_the_rules(tmp_path: Path) -> None:
    rulebook = load_rulebook(with_files(tmp_path, of_rule(YOUNG, RETIRED % ", instead: [kidney-function]")))
    (young,) = rulebook.retired
    assert rulebook.rule("young") is None
    assert "young" not in {rule.id for rule in rulebook.rules}
    assert rulebook.retired_rule("young") is young
    assert young.retired is None or young.retired.reason == "Taken over by another rule."
    assert snapshot.read(snapshot.write(rulebook), {}, rulebook.bytes_digest, ()) == rulebook


def test_a_retired_rule_means_what_no_rule_means(tmp_path: Path) -> None:
    retired = load_rulebook(with_files(tmp_path / "retired", of_rule(YOUNG, RETIRED % "")))
    folder = with_files(tmp_path / "deleted", {})
    (folder / YOUNG).unlink()
    deleted = load_rulebook(folder)
    assert retired.meaning_digest == deleted.meaning_digest
    assert retired.bytes_digest != deleted.bytes_digest
    assert replace(retired, retired=(), bytes_digest=deleted.bytes_digest) == deleted


def test_who_retired_a_rule_when_and_why_is_kept(tmp_path: Path) -> None:
    rulebook = load_rulebook(with_files(tmp_path, of_rule(YOUNG, RETIRED % ", instead: [heart, kidney-function]")))
    assert rulebook.retired[0].retired == Retirement(
        date(2026, 11, 28), "Example Clinician (not real)", "Taken over by another rule.", ("heart", "kidney-function")
    )


def test_the_only_exclusion_of_a_route_cannot_be_retired(tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for rule in ("heart", "high-pressure", "pregnancy"):
        files |= of_rule(f"exclusions/{rule}.yaml", RETIRED % "")
    assert "no-exclusion" in {one.code for one in problems(with_files(tmp_path, files))}


SLIPS = {
    "a former name of a fact that is there": (
        of_fact("was: [hypertension]"), "vocabulary.yaml:9:11 name-taken",
        "`egfr` was `hypertension` before, and there is a fact `hypertension` now"),
    "its own name": (
        of_fact("was: [egfr]"), "vocabulary.yaml:9:11 name-taken",
        "`egfr` was `egfr` before, and there is a fact `egfr` now"),
    "a key of every profile": (
        of_fact("was: [birth_date]"), "vocabulary.yaml:9:11 name-taken",
        "`egfr` was `birth_date` before, and there is a fact `birth_date` now"),
    "a former name twice": (
        of_fact("was: [gfr, gfr]"), "vocabulary.yaml:9:16 name-taken", "`gfr` is a former name of `egfr` already"),
    "a former name with a hyphen": (
        of_fact("was: [e-gfr]"), "vocabulary.yaml:9:11 wrong-value", "does not have the form of this key's values"),
    "a former word that is a word": (
        of_choices("was_choices: {none: mild}"), "vocabulary.yaml:14:25 name-taken",
        "`none` is a word of `liver` now, and a former word of `mild`"),
    "a former word of no choice": (
        of_choices("was_choices: {light: slight}"), "vocabulary.yaml:14:26 unknown-choice",
        "`liver` has no choice `slight`"),
    "a former id of a rule that is there": (
        of_rule(KIDNEY, "was: [heart]"), "reviews/kidney-function.yaml:11:7 name-taken",
        "`kidney-function` was `heart` before, and there is a rule `heart` now"),
    "an unknown rule instead": (
        of_rule(YOUNG, RETIRED % ", instead: [hart]"), "cautions/young.yaml:11:110 unknown-rule", "no rule `hart`"),
    "itself instead": (
        of_rule(YOUNG, RETIRED % ", instead: [young]"), "cautions/young.yaml:11:110 unknown-rule",
        "`young` cannot replace itself"),
    "retired by nobody": (
        of_rule(YOUNG, "retired: {date: 2026-11-28, reason: Old.}"), "cautions/young.yaml:11:1 missing-key",
        "`by` is missing"),
    "retired on no day": (
        of_rule(YOUNG, "retired: {date: 2026-02-30, by: A, reason: Old.}"), "cautions/young.yaml:11:17 wrong-value",
        "not a date"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "place", "message"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_shown_where_it_stands(tmp_path: Path, files: dict[str, str], place: str, message: str) -> None:
    found = problems(with_files(tmp_path, files))
    print(found)
    assert [(where(one), one.message) for one in found] == [(place, message)]
