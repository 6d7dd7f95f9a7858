"""Times since events, windows, standing answers and contradictions, from a rulebook's files to what its authors see."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ketascreen import PatientProfile, ProfileError, RulebookError, Screener, load_rulebook
from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.cases.run import run_cases
from ketascreen.authoring.checks.run import check_folder
from ketascreen.authoring.coverage.contradictions import Shown, cover_contradictions
from ketascreen.authoring.mutation.line_edits import read_sources
from ketascreen.authoring.mutation.mutant import Mutant, mutants, source_paths
from ketascreen.authoring.mutation.run import Fate, MutantResult, MutantRun, try_all
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.rulebook_texts import texts_of
from ketascreen.language.terms import Route
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.loading import snapshot
from ketascreen.patient.contradictions import BUILT_IN_CONTRADICTIONS, OTHER_AGE
from ketascreen.patient.facts import known_facts
from tests.helpers.check_findings import TODAY
from tests.helpers.command_line import flat, run
from tests.helpers.new_words import NEW_WORDS, book, book_cases, edited
from tests.helpers.screening import shipped, shipped_cases

AS_OF = datetime.fromisoformat("2026-11-22T10:00:00-08:00")
VIGNETTES = "vignettes/contradictions.cases.yaml"
PRESSURES = "exclusions/high-mean-pressure.cases.yaml"


def without(cases: Iterable[Case], *names: str) -> tuple[Case, ...]:
    kept = tuple(case for case in cases if case.name not in names)
    assert len(kept) == len(tuple(cases)) - len(names)
    return kept


def tried(cases: tuple[Case, ...] | None = None) -> list[tuple[Mutant, MutantResult]]:
    found = mutants(book(), read_sources(NEW_WORDS, source_paths(book())))
    results = try_all(found, MutantRun(book(), book_cases() if cases is None else cases))
    return list(zip(found, results, strict=True))


def survivors(cases: tuple[Case, ...]) -> dict[str, str]:
    """What each slip does that no case notices, with the missing case."""
    return {mutant.what: result.missing for mutant, result in tried(cases) if result.fate is Fate.SURVIVED}


def test_every_case_holds_on_every_channel_and_nothing_is_found() -> None:
    with Screener(book(), channels=("reference", "production", "compiled")) as screener:
        assert run_cases(book_cases(), screener).failed == ()
    checked = check_folder(NEW_WORDS, today=TODAY)
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
    assert (problem.code, problem.pointer) == ("contradiction", "/last_seizure")
    assert "A seizure has a date" in problem.message
    assert "2026" not in str(problem)


# Coverage


def test_each_contradiction_of_the_rulebook_is_met_and_just_not_met_by_cases() -> None:
    covered = {one.contradiction.name: one for one in cover_contradictions(book(), book_cases())}
    assert {name: one.missing for name, one in covered.items()} == {
        "seizure_without_epilepsy": (),
        "mean_not_below_systolic": (),
    }
    assert covered["seizure_without_epilepsy"].goals == tuple(Shown)
    assert covered["mean_not_below_systolic"].goals == (Shown.MET, Shown.JUST_NOT_MET)
    met = covered["seizure_without_epilepsy"].shown[Shown.MET]
    assert met.name == "never epilepsy and a seizure of six months ago"


@pytest.mark.parametrize(
    ("names", "contradiction", "missing"),
    [
        (
            ("a mean pressure that equals the systolic pressure",
             "a mean pressure later than the systolic pressure that it equals"),
            "mean_not_below_systolic", Shown.MET,
        ),
        (("a mean pressure one below the systolic pressure",), "mean_not_below_systolic", Shown.JUST_NOT_MET),
        (
            ("never epilepsy of today does not contradict a seizure recorded yesterday",),
            "seizure_without_epilepsy", Shown.LATER,
        ),
    ],
)  # fmt: skip
def test_without_a_case_its_part_is_missing(names: tuple[str, ...], contradiction: str, missing: Shown) -> None:
    covered = cover_contradictions(book(), without(book_cases(), *names))
    assert [(one.contradiction.name, one.missing) for one in covered if one.missing] == [(contradiction, (missing,))]


def test_coverage_lists_and_counts_them(tmp_path: Path) -> None:
    name = "a mean pressure one below the systolic pressure"
    folder = edited(tmp_path, VIGNETTES, f"- name: {name}\n", "- name: another\n")
    text = (folder / VIGNETTES).read_text("utf-8")
    (folder / VIGNETTES).write_text(text.replace("systolic_bp: 91 mmHg", "systolic_bp: 99 mmHg"), "utf-8")
    out = run("coverage", str(folder), "--html", str(tmp_path / "html")).out
    assert "mean_not_below_systolic" in out
    assert "no case: just not met" in out
    assert "3 rules, 2 contradictions: 96.8%, 31 of 32" in out
    data = json.loads(run("coverage", str(folder), "--json").out)
    assert [(one["contradiction"], one["missing"]) for one in data["contradictions"]] == [
        ("seizure_without_epilepsy", []),
        ("mean_not_below_systolic", ["just not met"]),
    ]
    page = (tmp_path / "html" / "index.html").read_text("utf-8")
    assert "<td>mean_not_below_systolic" in page
    assert "<b>no case</b>" in page


def test_each_built_in_contradiction_has_its_cases_in_the_built_in_rulebook() -> None:
    covered = cover_contradictions(shipped(), shipped_cases())
    assert {one.contradiction.name for one in covered} >= {one.name for one in BUILT_IN_CONTRADICTIONS}
    assert {one.contradiction.name: one.missing for one in covered if one.missing} == {}
    assert OTHER_AGE in {case.refused for case in shipped_cases()}


def slipped(one: Contradiction) -> Iterable[Contradiction | None]:
    """A built-in contradiction dropped, about another fact, with another `newer` or none, or turned around."""
    yield None
    yield from (replace(one, newer=fact) for fact in sorted(one.facts - {one.newer}))
    if one.newer is not None:
        yield replace(one, newer=None)
    if isinstance(one.when, NotBelow):
        yield replace(one, when=NotBelow(one.when.other, one.when.fact))
    else:
        yield from (replace(one, about=other) for other in one.against)


def outcome(case: Case, vocabulary: Vocabulary) -> list[str]:
    try:
        known_facts(case.profile, vocabulary, case.clinic)
    except ProfileError as error:
        return [getattr(problem, "name", problem.code) for problem in error.diagnostics]
    return []


@pytest.mark.parametrize("one", BUILT_IN_CONTRADICTIONS, ids=lambda one: one.name)
def test_a_case_notices_each_slip_in_a_built_in_contradiction(one: Contradiction) -> None:
    vocabulary = shipped().vocabulary
    cases = [case for case in shipped_cases() if case.rule is None]
    before = [outcome(case, vocabulary) for case in cases]
    for slip in slipped(one):
        found = (slip if other.name == one.name else other for other in vocabulary.contradictions)
        changed = Vocabulary(vocabulary.values(), filter(None, found))
        assert [outcome(case, changed) for case in cases] != before, slip


# Mutation


def test_every_slip_in_them_is_noticed_refused_or_without_effect() -> None:
    assert {mutant.what: result.why for mutant, result in tried() if result.fate is Fate.SURVIVED} == {}
    whats = {mutant.what for mutant, _ in tried()}
    assert whats >= {
        "it is dropped",
        "`about: last_seizure` becomes `about: epilepsy`",
        "`newer` is dropped",
        "`newer: last_seizure` becomes `newer: epilepsy`",
        "`newer: mean_bp` is added",
        "the two facts are swapped",
        "`untreated` is no longer standing",
        "`treated` becomes standing",
        "`2 hours` becomes `121 minutes`",
        "`2 hours` becomes `119 minutes`",
        "`2 hours` becomes `any age`",
        "`any age` becomes `30 days`",
        "6 months becomes 7 months",
        "6 months becomes 5 months",
    }


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a seizure contradicts no never that is too old", "`about: last_seizure` becomes `about: epilepsy`"),
        ("never epilepsy of today does not contradict a seizure recorded yesterday", "`newer` is dropped"),
        ("a mean pressure later than the systolic pressure that it equals", "`newer: systolic_bp` is added"),
        ("a mean pressure of 131, and of two hours and a minute ago", "`2 hours` becomes `121 minutes`"),
    ],
)
def test_without_a_case_a_slip_has_a_missing_case_that_notices_it(name: str, what: str, tmp_path: Path) -> None:
    kept = without(book_cases(), name)
    missing = survivors(kept)
    assert what in missing
    folder = edited(tmp_path, VIGNETTES, "- name: never epilepsy and a seizure of six months ago\n", "- name: first\n")
    file = folder / (VIGNETTES if "mean_bp" not in missing[what] or "refused" in missing[what] else PRESSURES)
    file.write_text(f"{file.read_text('utf-8')}\n{missing[what]}", "utf-8")
    (pasted,) = [case for case in read_cases(folder, book()) if f"- name: {case.name}\n" in missing[what]]
    assert what not in survivors((*kept, pasted))


def test_a_slip_that_needs_the_facts_in_another_form_is_refused() -> None:
    refused = {mutant.what: result.why for mutant, result in tried() if result.fate is Fate.REFUSED}
    assert "it needs two facts or more, and `about` and `newer` among them" in set(refused.values())


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
