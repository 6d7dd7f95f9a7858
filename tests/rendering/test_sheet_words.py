"""A sheet in words: what a digest holds is in the words, and what changed is named."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ketascreen import Rulebook, load_rulebook
from ketascreen.authoring.approving.subjects import SubjectName, Subjects, read_subjects
from ketascreen.language.approval import SubjectKind
from ketascreen.language.operators import OPERATORS
from ketascreen.language.sheet import Sheet
from ketascreen.rendering.sheet import render_sheet
from ketascreen.rendering.sheet_words import _KEYS, differing, told
from tests.helpers.places import ROOT
from tests.helpers.rulebook_files import GOOD
from tests.helpers.screening import shipped


def _sheets() -> Iterator[tuple[str, Sheet]]:
    for rulebook in (shipped(), load_rulebook(GOOD)):
        yield from rulebook.sheets.items()
        yield from ((str(route), rulebook.route_sheet(route)) for route in rulebook.routes)


SHEETS = list(_sheets())


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each single value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path


def _altered(half: Mapping[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """The half with one value changed."""
    changed = copy.deepcopy(dict(half))
    *above, last = path
    held: Any = changed
    for key in above:
        held = held[key]
    match held[last]:
        case bool() as value:
            held[last] = not value
        case int() as value:
            held[last] = value + 7
        case value:
            held[last] = f"{value}7"
    return changed


@pytest.mark.parametrize(("name", "sheet"), SHEETS, ids=[name for name, _ in SHEETS])
def test_each_value_of_a_sheet_that_changes_alone_changes_the_words(name: str, sheet: Sheet) -> None:
    for half in (sheet.decides, sheet.says):
        before = told(half, sheet.decides)
        for path in _leaves(half):
            after = _altered(half, path)
            decides = after if half is sheet.decides else sheet.decides
            named_a_part = path[-1] == ""  # the kind of a condition: it has other parts then, never another kind alone
            assert named_a_part or list(differing(before, told(after, decides))), path


@pytest.mark.parametrize(("name", "sheet"), SHEETS, ids=[name for name, _ in SHEETS])
def test_a_page_shows_no_data_and_fits_its_width(name: str, sheet: Sheet) -> None:
    lines = [line.text for line in render_sheet(SubjectName(SubjectKind.RULE, name), sheet)]
    assert not [line for line in lines if "{" in line or "['" in line]
    assert all(len(line) <= 80 for line in lines if " " in line.strip() and "_" not in line)


def test_each_kind_of_condition_has_its_words(tmp_path: Path) -> None:
    def shown(when: Any) -> list[str]:
        (words,) = told({"when": when}, {"facts": {"age": {"unit": "years"}}}).values()
        return [f"{' ' * indent}{text}" for indent, text in words]

    old = {"": "Compare", "fact": "age", "operator": "between", "constant": ["18", "65"], "parameters": ["a", "b"]}
    listed = {
        "": "Compare",
        "fact": "heart_conditions",
        "operator": "includes_any",
        "constant": ["stroke", "arrhythmia"],
    }
    assert shown({"": "Always"}) == ["always"]
    assert shown(old) == ["age between 18 years and 65 years (a, b)"]
    assert shown({"": "Not", "member": listed}) == ["not:", "  heart_conditions includes one of stroke, arrhythmia"]
    assert shown({"": "AllOf", "members": [old, {"": "DefinitionRef", "name": "ill", "condition": listed}]}) == [
        "all of these:",
        "  - age between 18 years and 65 years (a, b)",
        "  - meets the definition ill:",
        "      heart_conditions includes one of stroke, arrhythmia",
    ]
    assert shown({"": "NotBelow", "fact": "x", "other": "y"}) == ["x is not below y"]


def test_a_whole_patient_is_shown_with_what_is_given_and_expected() -> None:
    subjects: Subjects = read_subjects(ROOT / "rules" / "ketamine", patients=True)
    name = next(iter(subjects.patients))
    subject = SubjectName(SubjectKind.PATIENT, name)
    sheet = subjects.sheet(subject)
    assert sheet is not None
    text = "\n".join(line.text for line in render_sheet(subject, sheet))
    assert text.startswith(f"Patient {name[:20]}")
    assert "    heart_conditions: present none, complete yes, at 2026-11-22\n" in text
    for wanted in (
        "  Stage: ",
        "  Given:\n    setting: clinic, at 2026-11-22\n",
        "  Expected: decisions: iv: eligible",
    ):
        assert wanted in text


def test_a_route_is_shown_as_what_is_said_of_it_alone() -> None:
    rulebook: Rulebook = load_rulebook(GOOD)
    subject = SubjectName(SubjectKind.ROUTE, "iv")
    sheet = Subjects(rulebook).sheet(subject)
    assert sheet is not None
    lines = [line.text for line in render_sheet(subject, sheet)]
    assert lines[3:] == [
        "What decides",
        "  Nothing: it is shown only.",
        "",
        "What it says",
        "  Title: Intravenous infusion",
        "  Attribute onset:",
        "    Says:",
        "      minutes",
        '        leaflet.txt, "works within minutes": inform',
    ]


def test_each_comparison_reads_as_words() -> None:
    shown = {
        name: told({"when": {"": "Compare", "fact": "x", "operator": name, "constant": ["a", "b"]}}, {})
        for name in OPERATORS
    }
    words = {name: next(iter(one.values()))[0][1] for name, one in shown.items()}
    assert words == {
        "is": "x is a, b",
        "is_not": "x is not a, b",
        "one_of": "x is one of a, b",
        "none_of": "x is not one of a, b",
        "at_least": "x at least a, b",
        "above": "x above a, b",
        "at_most": "x at most a, b",
        "below": "x below a, b",
        "between": "x between a, b",
        "includes": "x includes a, b",
        "includes_any": "x includes one of a, b",
        "includes_none": "x includes none of a, b",
    }


def test_who_decides_is_shown_only_where_somebody_can() -> None:
    rulebook = shipped()
    for rule in rulebook.rules:
        lines = [line.text for line in render_sheet(SubjectName(SubjectKind.RULE, rule.id), rulebook.sheet(rule))]
        assert (f"  Decided by: {rule.decided_by}" in lines) is (rule.effect in ("review", "hold")), rule.id


def test_a_fact_that_counts_at_any_age_says_so_in_the_half_that_decides() -> None:
    rulebook = shipped()
    rule = next(rule for rule in rulebook.rules if rule.id == "older-adult")
    text = "\n".join(
        line.text for line in render_sheet(SubjectName(SubjectKind.RULE, "older-adult"), rulebook.sheet(rule))
    )
    decides, _, says = text.partition("What it says")
    assert "    Counts: at any age" in decides
    assert "    Why it counts so long: An age with its date" in says
    assert "at any age" not in says


def test_the_page_on_approving_explains_the_words_that_only_a_sheet_has() -> None:
    page = (ROOT / "docs" / "approving.md").read_text("utf-8")
    table = page.partition("### Words on a sheet")[2].partition("\n## ")[0]
    for word in _KEYS.values():
        assert f"| {word} |" in table or word in ("Screened at", "Given", "Expected"), word
