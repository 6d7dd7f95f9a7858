"""Times since events, windows, standing answers and contradictions, from a rulebook's files to what its authors see."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ketascreen import PatientProfile, ProfileError, RulebookError, Screener, load_rulebook
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.cases.run import run_cases
from ketascreen.authoring.checks.run import check_folder
from ketascreen.language.rulebook_texts import texts_of
from ketascreen.language.terms import Route
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.loading import snapshot
from ketascreen.patient.contradictions import BUILT_IN_CONTRADICTIONS
from tests.helpers.check_findings import TODAY
from tests.helpers.command_line import flat, run
from tests.helpers.new_words import NEW_WORDS, book, book_cases, edited

AS_OF = datetime.fromisoformat("2026-11-22T10:00:00-08:00")
VIGNETTES = "vignettes/contradictions.cases.yaml"


def test_every_case_holds_on_every_channel_and_nothing_is_found() -> None:
    with Screener(book(), channels=("reference", "production", "compiled")) as screener:
        assert run_cases(book_cases(), screener).failed == ()
    checked = check_folder(NEW_WORDS, today=TODAY, no_documents=True)
    assert (checked.refused, checked.found) == ((), ())


def test_what_a_cache_keeps_is_the_same_rulebook() -> None:
    again = snapshot.read(json.loads(json.dumps(snapshot.write(book()))), {}, "", ())
    assert again.vocabulary == book().vocabulary
    assert again.vocabulary.contradictions == book().vocabulary.contradictions
    assert again.vocabulary.windows == book().vocabulary.windows
    assert again.identity.time_zone == "America/Los_Angeles"
    assert again.rules == book().rules


def test_vocabularies_with_other_contradictions_are_not_equal() -> None:
    facts = book().vocabulary.values()
    assert Vocabulary(facts, book().vocabulary.contradictions) == book().vocabulary
    assert Vocabulary(facts, book().vocabulary.contradictions[:-1]) != book().vocabulary


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("about: last_seizure\n", "about: epilepsy\n"),
        ("    newer: last_seizure\n", ""),
        ("not_below: [mean_bp, systolic_bp]", "not_below: [systolic_bp, mean_bp]"),
        ("fresh_for: 2 hours", "fresh_for: 119 minutes"),
        ("    stands: [untreated]\n", ""),
    ],
)
def test_a_change_of_any_of_the_words_changes_what_the_rulebook_says(tmp_path: Path, old: str, new: str) -> None:
    changed = load_rulebook(edited(tmp_path, "vocabulary.yaml", old, new))
    assert changed.meaning_digest != book().meaning_digest
    assert changed.vocabulary != book().vocabulary


def test_what_a_contradiction_says_is_a_text_of_the_rulebook() -> None:
    texts = texts_of(book())
    assert texts["contradiction.mean_not_below_systolic.say"].startswith("The mean pressure")
    assert all(texts[f"contradiction.{one.name}.say"] == one.say for one in BUILT_IN_CONTRADICTIONS)


def screened(**extra: Any) -> str:
    with Screener(book(), channels=("reference",)) as screener:
        profile = PatientProfile.model_validate({"extra": extra, "observed_at": AS_OF})
        verdict = screener.screen(profile, as_of=AS_OF, routes=["iv"])
    assert verdict.time_zone == "America/Los_Angeles"
    return verdict.routes[Route.IV].decision


def test_a_patient_is_screened_or_refused_by_them() -> None:
    assert screened(epilepsy={"value": "untreated", "at": "2020-01-01"}, last_seizure="none") == "insufficient_data"
    with pytest.raises(ProfileError) as caught:
        screened(epilepsy="never", last_seizure="2026-06-22")
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.pointer) == ("contradiction", "/extra/last_seizure")
    assert "A seizure has a date" in problem.message
    assert "2026" not in str(problem)


# Files, editor, layout


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("refused: mean_not_below_systolic}\n\n- name: a mean pressure later",
         "refused: mean_not_below_sistolic}\n\n- name: a mean pressure later",
         "no contradiction `mean_not_below_sistolic`"),
        ("expect: {refused: seizure_without_epilepsy}",
         "expect: {refused: seizure_without_epilepsy, decisions: {iv: eligible}}",
         "`decisions` is not for this kind of case"),
    ],
)  # fmt: skip
def test_a_case_that_expects_a_refusal_expects_a_known_contradiction_alone(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    folder = edited(tmp_path, VIGNETTES, old, new)
    with pytest.raises(RulebookError) as caught:
        read_cases(folder, book())
    assert [problem.message for problem in caught.value.diagnostics] == [message]


def test_a_case_fails_that_expects_a_refusal_or_another_than_comes(tmp_path: Path) -> None:
    folder = edited(
        tmp_path,
        VIGNETTES,
        "expect: {decisions: {iv: insufficient_data}}",
        "expect: {refused: seizure_without_epilepsy}",
    )
    text = (folder / VIGNETTES).read_text("utf-8")
    first = "expect: {refused: seizure_without_epilepsy}"
    (folder / VIGNETTES).write_text(text.replace(first, "expect: {decisions: {iv: eligible}}", 1), "utf-8")
    ran = run("test", str(folder))
    assert ran.status == 1
    assert "expected to be refused by seizure_without_epilepsy, and is screened" in flat(ran.out)
    assert "refused by seizure_without_epilepsy: " in flat(ran.out)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    about: last_seizure\n", "    about: mean_bp\n", "`about` is not one of the facts that are compared"),
        ("not_below: [mean_bp, systolic_bp]", "not_below: [mean_bp, last_seizure]", "`not_below` compares two numbers"),
        ("    not_below: [mean_bp, systolic_bp]\n", "", "needs `when` or `not_below`, one of the two"),
        (
            "  mean_not_below_systolic:\n",
            "  diastolic_not_below_systolic:\n",
            "`diastolic_not_",
        ),
        ("        - epilepsy: {is: never}\n", "", "one answer cannot contradict itself"),
    ],
)
def test_a_contradiction_that_cannot_be_used_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(RulebookError) as caught:
        load_rulebook(edited(tmp_path, "vocabulary.yaml", old, new))
    assert any(problem.message.startswith(message) for problem in caught.value.diagnostics)


def test_the_one_layout_leaves_them_as_they_are() -> None:
    pytest.importorskip("ruamel.yaml", reason="`ketascreen fmt` needs it")
    ran = run("fmt", "--check", str(NEW_WORDS))
    assert (ran.status, "as they should be" in ran.out) == (0, True)


def test_the_layout_puts_the_keys_of_a_contradiction_in_order(tmp_path: Path) -> None:
    pytest.importorskip("ruamel.yaml", reason="`ketascreen fmt` needs it")
    whole = "    not_below: [mean_bp, systolic_bp]\n    about: mean_bp\n"
    folder = edited(tmp_path, "vocabulary.yaml", whole, "    about: mean_bp\n    not_below: [mean_bp, systolic_bp]\n")
    assert run("fmt", str(folder)).status == 0
    assert whole in (folder / "vocabulary.yaml").read_text("utf-8")


def test_facts_shows_a_window_as_text_and_the_contradictions() -> None:
    data = json.loads(run("facts", "mean_bp", "--json", "--rules", str(NEW_WORDS)).out)
    assert data["freshness"]["window"] == "2 hours"
    (one,) = data["contradictions"]
    assert (one["name"], one["when"]) == ("mean_not_below_systolic", {"not_below": ["mean_bp", "systolic_bp"]})
    text = flat(run("facts", "last_seizure", "--rules", str(NEW_WORDS)).out)
    assert "Refused with: A seizure has a date, but epilepsy is recorded as never." in text
    assert "(seizure_without_epilepsy, with epilepsy)" in text
