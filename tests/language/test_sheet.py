"""The sheet of a rule: each change alone is in the half that is meant, of the rules that ask it, and of no others."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketascreen import Rulebook, RulebookError, load_rulebook
from ketascreen.language import sheet as sheets
from ketascreen.language.approval import ApprovalState
from ketascreen.language.condition import facts_of
from ketascreen.language.quantity import UNITS
from ketascreen.language.sheet import FORM, FORMS, Sheet, sheet_of
from ketascreen.language.terms import Route
from ketascreen.loading import approvals as loading_approvals
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.load import rulebook_of_files
from tests.helpers.screening import shipped
from tests.helpers.written import Edit, Files, asked_by, edited, load, names_of, rules_of, text, written
from tests.helpers.written_edits import edits

DAY = date(2026, 11, 22)


def of_written(rng: Random) -> tuple[Files, Rulebook]:
    """A random rulebook that loads."""
    while True:
        files = written(rng)
        try:
            return files, load(files)
        except RulebookError:
            continue


def approvals(rulebook: Rulebook) -> list[dict[str, str]]:
    said = {"by": "A clinician", "role": "psychiatrist", "date": "2026-11-22"}
    return [{"rule": rule.id, "sheet": rulebook.sheet(rule).digest, **said} for rule in rulebook.rules]


def expected(edit: Edit, rule: str) -> ApprovalState:
    if rule in edit.decides:
        return ApprovalState.LAPSED
    return ApprovalState.REWORDED if rule in edit.says else ApprovalState.APPROVED


def checked(edit: Edit, before: Rulebook, seen: Counter[str]) -> None:
    try:
        after = load({**edit.files, "approvals.yaml": approvals(before)})
    except RulebookError:
        seen["refused"] += 1
        return
    seen["loaded"] += 1
    for rule in before.rules:
        was, now = before.sheets[rule.id].halves, after.sheets[rule.id].halves
        differ = (was.decides != now.decides, was.says != now.says)
        assert differ == (rule.id in edit.decides, rule.id in edit.says), (edit.what, rule.id)
        seen[str(differ)] += 1
    states = after.approval_states(DAY)
    assert states == {rule.id: expected(edit, rule.id) for rule in before.rules}, edit.what


def test_each_change_alone_is_in_the_half_that_is_meant_of_the_rules_that_ask_it() -> None:
    rng = Random(16)
    files, before = of_written(rng)
    seen: Counter[str] = Counter()
    for edit in edits(files):
        checked(edit, before, seen)
    assert seen["loaded"] > 5 * seen["refused"]
    for differ in ((True, False), (False, True), (True, True), (False, False)):
        assert seen[str(differ)] > 10


@settings(max_examples=int(os.environ.get("KETASCREEN_SHEETS", "10")), deadline=None)
@given(st.randoms(use_true_random=False))
def test_that_is_so_in_every_rulebook(rng: Random) -> None:
    files, before = of_written(rng)
    every = list(edits(files))
    for edit in rng.sample(every, 40):
        checked(edit, before, Counter())


def asked_by_a_contradiction_alone(files: Files) -> list[tuple[str, str]]:
    """The rules that do not ask a fact, each with the fact, which a contradiction compares with one that it asks."""
    return [
        (rule, fact)
        for rule, path in rules_of(files).items()
        for fact in sorted(names_of(files, files[path]) - asked_by(files, files[path]["when"]))
        if fact.startswith(("level", "word"))
    ]


def test_a_fact_that_a_contradiction_alone_asks_is_in_both_halves() -> None:
    files, before = of_written(Random(16))
    found = asked_by_a_contradiction_alone(files)
    assert found
    for rule, fact in found:
        for key, other, differ in (("label", "Another label", (True, False)), ("domain", "heart", (False, True))):
            after = load(edited(files, "vocabulary.yaml", "facts", fact, key, to=other))
            was, now = before.sheets[rule].halves, after.sheets[rule].halves
            assert (was.decides != now.decides, was.says != now.says) == differ
        window = {"fresh_for": "20 minutes", "reason": "It moves fast."}
        after = load(edited(files, "vocabulary.yaml", "freshness", fact, to=window))
        assert after.sheets[rule].halves.decides != before.sheets[rule].halves.decides


def test_a_route_has_a_sheet_that_says_all_of_it_and_decides_nothing() -> None:
    files = written(Random(16))
    route = next(iter(files["routes.yaml"]))
    was = load(files).route_sheet(Route(route)).halves
    said = [
        edited(files, "routes.yaml", route, "title", to="Another"),
        edited(files, "routes.yaml", route, "attributes", "onset", 0, "says", to="hours"),
        edited(files, "routes.yaml", route, "attributes", "onset", 0, "sources", 0, "phrase", to="above that"),
    ]
    for after in said:
        now = load(after).route_sheet(Route(route)).halves
        assert (was.decides == now.decides, was.says == now.says) == (True, False)
    unsaid = edited(files, "routes.yaml", route, "attributes", "onset", 0, "sources", 0, "line", to=5)
    assert load(unsaid).route_sheet(Route(route)).halves == was


def test_the_unit_of_a_fact_decides() -> None:
    rulebook = load(of_written(Random(16))[0])
    rule = next(rule for rule in rulebook.rules if "level_0" in facts_of(rule.when))
    fact = replace(rulebook.vocabulary["level_0"], unit=UNITS["U/L"])
    was = rulebook.sheet(rule).halves
    now = sheet_of(rule, rulebook.vocabulary.extended([fact], {}), rulebook.parameters, rulebook.definitions).halves
    assert (was.decides == now.decides, was.says == now.says) == (False, True)


def test_a_comment_and_another_layout_change_no_sheet() -> None:
    before, plain = of_written(Random(16))
    dressed = {path: f"# Said by the way.\n{text(data)}\n\n".encode() for path, data in before.items()}
    after = rulebook_of_files(dressed)
    assert after.bytes_digest != plain.bytes_digest
    assert {rule: sheet.digest for rule, sheet in after.sheets.items()} == {
        rule: sheet.digest for rule, sheet in plain.sheets.items()
    }


def test_a_fact_that_counts_at_any_age_has_the_deciding_half_of_one_without_a_window() -> None:
    files, _ = of_written(Random(16))
    window = {"fresh_for": "any age", "reason": "It lasts."}
    said = load(edited(files, "vocabulary.yaml", "freshness", "level_3", to=window))
    unsaid = load(files)
    for rule in unsaid.rules:
        assert said.sheets[rule.id].halves.decides == unsaid.sheets[rule.id].halves.decides


def test_an_approval_counts_in_the_form_that_it_names_whatever_form_is_the_newest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def later(*parts: Any) -> Sheet:
        of_1 = FORMS[1](*parts)
        return Sheet({**of_1.decides, "law": "new"}, of_1.says, 2)

    files, before = of_written(Random(3))
    old = approvals(before)
    monkeypatch.setattr(sheets, "FORMS", {**FORMS, 2: later})
    monkeypatch.setattr(sheets, "FORM", 2)
    monkeypatch.setattr(loading_approvals, "FORMS", sheets.FORMS)
    after = load({**files, "approvals.yaml": old})
    assert {one.digest[:2] for one in after.sheets.values()} == {"2-"}
    assert set(after.approval_states(DAY).values()) == {ApprovalState.APPROVED}
    new = load({**files, "approvals.yaml": approvals(after)})
    assert set(new.approval_states(DAY).values()) == {ApprovalState.APPROVED}
    for half, state in ((0, ApprovalState.LAPSED), (1, ApprovalState.REWORDED)):
        other = load({**files, "approvals.yaml": [_otherwise(one, half) for one in old]})
        assert set(other.approval_states(DAY).values()) == {state}
    relabelled = [{**one, "sheet": f"2{one['sheet'][1:]}"} for one in old]
    assert set(load({**files, "approvals.yaml": relabelled}).approval_states(DAY).values()) == {ApprovalState.LAPSED}


def _otherwise(said: dict[str, str], half: int) -> dict[str, str]:
    """The approval of another sheet, one half of which differs."""
    form, *halves = said["sheet"].split("-")
    halves[half] = "0" * 16
    return {**said, "sheet": "-".join((form, *halves))}


def test_each_form_up_to_the_newest_can_be_worked_out() -> None:
    assert list(FORMS) == list(range(1, FORM + 1))
    rule, rulebook = shipped().rules[0], shipped()
    for form, made in FORMS.items():
        assert made(rule, rulebook.vocabulary, rulebook.parameters, rulebook.definitions).form == form


def test_the_sheets_of_the_shipped_rules_are_worked_out_once_and_fast() -> None:
    rulebook = load_rulebook(built_in_rules())
    began = time.process_time()
    digests = {sheet.digest for sheet in rulebook.sheets.values()}
    assert time.process_time() - began < 0.2
    assert len(digests) == len(rulebook.rules)
    assert rulebook.sheets is rulebook.sheets
