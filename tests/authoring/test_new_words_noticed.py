"""What cases show of contradictions, and whether they notice each slip in these, in windows and in standing answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from ketascreen import ProfileError
from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.coverage.contradictions import Shown, cover_contradictions
from ketascreen.authoring.mutation.line_edits import read_sources
from ketascreen.authoring.mutation.mutant import Mutant, mutants, source_paths
from ketascreen.authoring.mutation.run import Fate, MutantResult, MutantRun, try_all
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.contradictions import BUILT_IN_CONTRADICTIONS, OTHER_AGE
from ketascreen.patient.facts import known_facts
from tests.helpers.command_line import run
from tests.helpers.new_words import NEW_WORDS, book, book_cases, edited
from tests.helpers.screening import shipped, shipped_cases

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


REFUSED_TOO = {("positive_test_where_not_possible", "pregnancy")}
"""Where `newer` names this fact, the contradiction falls for a later test alone, which another one refuses too."""


def slipped(one: Contradiction) -> Iterable[Contradiction | None]:
    """A built-in contradiction dropped, about another fact, with another `newer` or none, or turned around."""
    yield None
    others = (fact for fact in sorted(one.facts - {one.newer}) if (one.name, fact) not in REFUSED_TOO)
    yield from (replace(one, newer=fact) for fact in others)
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
