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


WAS = "was: [hepatic]\n    was_choices: {light: mild}"
HEPATIC = of_choices(WAS)[VOCABULARY]
DEFINITIONS, CONFLICTS, HIGH = "definitions.yaml", "conflicts.yaml", "exclusions/high-pressure.yaml"
BARS = {PARAMETERS: text_of(PARAMETERS).replace("severe_systolic:\n", "severe_systolic:\n  was: [old_bar]\n")}
RESISTANT = "reviews/not-resistant.yaml"


def when(condition: str) -> dict[str, str]:
    return {VOCABULARY: HEPATIC, **BARS, **changed(YOUNG, "age: {below: 21 years}", condition)}


FORMER = {
    "a fact": (when("hepatic: {is: mild}"), "unknown fact `hepatic`", "liver"),
    "a choice": (when("liver: {is: light}"), "`liver` has no choice `light`", "mild"),
    "a choice in a list": (when("liver: {one_of: [severe, light]}"), "`liver` has no choice `light`", "mild"),
    "a parameter": (when("systolic_bp: {above: old_bar}"), "unknown parameter `old_bar`", "severe_systolic"),
    "a parameter in a text": (
        {**BARS, **changed(YOUNG, "say: Young.", 'say: "Below {old_bar}."')},
        "unknown parameter `old_bar`",
        "severe_systolic",
    ),
    "a definition": (
        {
            **changed(DEFINITIONS, "resistant_depression:\n", "resistant_depression:\n  was: [resistant]\n"),
            **changed(RESISTANT, "meets: resistant_depression", "meets: resistant"),
        },
        "unknown definition `resistant`",
        "resistant_depression",
    ),
    "a fact with a window": (
        {
            VOCABULARY: HEPATIC.replace(
                "freshness:\n", "freshness:\n  hepatic: {fresh_for: any age, reason: Made up.}\n"
            )
        },
        "unknown fact `hepatic`",
        "liver",
    ),
    "a choice that is lasting": (
        {
            VOCABULARY: HEPATIC.replace(
                "freshness:\n", "freshness:\n  liver: {fresh_for: 30 days, lasting: [light], reason: Made up.}\n"
            )
        },
        "`liver` has no choice `light`",
        "mild",
    ),
    "a rule in the place of another": (
        {**of_rule(KIDNEY, "was: [renal]"), **of_rule(YOUNG, RETIRED % ", instead: [renal]")},
        "no rule `renal`",
        "kidney-function",
    ),
    "what a contradiction is about": (
        {
            VOCABULARY: HEPATIC
            + "contradictions:\n  made_up:\n    when: {all: [liver: {is: mild}, pregnancy: {is: pregnant}]}\n"
            "    about: hepatic\n    say: No.\n"
        },
        "`about` is not one of the facts that are compared",
        "liver",
    ),
}


@pytest.mark.parametrize(("files", "message", "now"), FORMER.values(), ids=FORMER)
def test_a_name_of_before_in_a_file_is_met_with_the_name_of_today(
    tmp_path: Path, files: dict[str, str], message: str, now: str
) -> None:
    assert [(one.message, one.hint) for one in problems(with_files(tmp_path, files))] == [
        (message, f"it is called `{now}` now")
    ]


def test_a_conflict_that_names_a_rule_as_it_was_called_is_met_with_its_id_of_today(tmp_path: Path) -> None:
    conflict = changed(CONFLICTS, "rules: [high-pressure]", "rules: [too-high]")
    carried = problems(with_files(tmp_path / "carried", {**conflict, **of_rule(HIGH, "was: [too-high]")}))
    assert [(one.message, one.hint) for one in carried] == [
        ("`C1` does not name this rule", "`too-high` there is called `high-pressure` now")
    ]
    more = changed(CONFLICTS, "rules: [high-pressure]", "rules: [high-pressure, old-young]")
    named = problems(with_files(tmp_path / "named", {**more, **of_rule(YOUNG, "was: [old-young]")}))
    assert [(one.message, one.hint) for one in named] == [
        ("`C1` names an unknown rule `old-young`", "it is called `young` now")
    ]
