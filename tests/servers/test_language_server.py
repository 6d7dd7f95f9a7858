"""The language server that editors run completes, explains and marks by the committed schemas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ketascreen.authoring.editor.file_schemas import reference
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.language_server import LanguageServer, Marked, cache, installed

pytestmark = pytest.mark.server

RULES = built_in_rules()
PATH = "exclusions/uncontrolled-hypertension.yaml"
START = """\
id: uncontrolled-hypertension
title: Uncontrolled high blood pressure
stage: candidacy
effect: exclude
routes: all
say: Blood pressure is not under control.
sources:
  - {outside: B5-04, says: exclude}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    program = installed(cache())
    if not isinstance(program, Path):
        pytest.fail(f"the language server is not there: {program}")
    with LanguageServer(program) as running:
        yield running


class Editor:
    """An editor in which a rule is open whose condition is being written."""

    opened = 0

    def __init__(self, server: LanguageServer, when: str, changed: tuple[str, str] = ("", "")) -> None:
        Editor.opened += 1
        self.server = server
        self.path = RULES / "exclusions" / f"rule-{Editor.opened}.yaml"
        start = START.replace(*changed) if changed[0] else START
        self.lines = f"{reference(PATH, '../../schema/rules')}\n{start}when:\n{when}".split("\n")
        self.marked = server.opened(self.path, "\n".join(self.lines))

    def place(self, word: str) -> tuple[int, int]:
        """The line of a word that stands once in the text, and its first column."""
        ((line, text),) = [(line, text) for line, text in enumerate(self.lines, 1) if word in text]
        return line, text.index(word) + 1

    def completed(self, word: str) -> set[str]:
        """What is offered behind a word."""
        line, column = self.place(word)
        return set(self.server.completed(self.path, line, column + len(word)))

    def hovered(self, word: str) -> str:
        line, column = self.place(word)
        return self.server.hovered(self.path, line, column + 1)


def test_a_rule_that_is_in_order_is_not_marked(server: LanguageServer) -> None:
    assert Editor(server, "  systolic_bp: {above: severe_systolic}\n").marked == []


def test_the_names_of_facts_are_completed_under_when(server: LanguageServer) -> None:
    offered = Editor(server, "  any:\n    - sys\n").completed("- sys")
    assert {"systolic_bp", "predose_systolic_bp", "psychosis", "all", "any", "not", "meets"} <= offered
    assert "systolic_bp" in Editor(server, "  sys\n").completed("  sys")


def test_the_comparisons_offered_are_those_of_the_fact(server: LanguageServer) -> None:
    choice = Editor(server, "  hypertension: {i}\n").completed("{i")
    assert choice == {"is", "is_not", "one_of", "none_of"}
    number = Editor(server, "  systolic_bp: {a}\n").completed("{a")
    assert {"above", "at_least", "between"} <= number
    assert not {"includes", "one_of"} & number


def test_the_choices_of_a_fact_and_the_parameters_of_its_unit_are_completed(server: LanguageServer) -> None:
    assert Editor(server, "  hypertension: {is: }\n").completed("{is: ") == {"none", "diagnosed"}
    parameters = Editor(server, "  systolic_bp: {above: }\n").completed("{above: ")
    assert "severe_systolic" in parameters
    assert "minimum_age" not in parameters


def test_a_fact_is_explained_with_its_range_and_how_long_an_answer_counts(server: LanguageServer) -> None:
    shown = Editor(server, "  systolic_bp: {above: severe_systolic}\n").hovered("systolic_bp")
    assert "Systolic blood pressure at rest" in shown
    assert "mmHg" in shown
    assert "counts for 30 days" in shown


def test_a_comparison_is_explained_to_its_boundary(server: LanguageServer) -> None:
    shown = Editor(server, "  systolic_bp: {above: severe_systolic}\n").hovered("above: severe")
    assert "Holds above the value, not at it." in shown


@pytest.mark.parametrize(
    ("when", "word", "said"),
    [
        ("  any:\n    - sistolic_bp: {above: severe_systolic}\n", "sistolic_bp", "sistolic_bp is not allowed"),
        ("  sistolic_bp: {above: severe_systolic}\n", "sistolic_bp", "sistolic_bp is not allowed"),
        ("  systolic_bp: {abov: severe_systolic}\n", "abov", "abov is not allowed"),
        (
            "  systolic_bp: {above: sever_systolic}\n",
            "sever_systolic",
            "Write a quantity with its unit, such as 1 mmHg",
        ),
        ("  systolic_bp: {above: 180 years}\n", "180 years", "Write a quantity with its unit, such as 1 mmHg"),
        ("  hypertension: {is: diagnose}\n", "diagnose", 'Valid values: "none", "diagnosed"'),
    ],
)
def test_what_is_misspelt_is_marked_where_it_stands(server: LanguageServer, when: str, word: str, said: str) -> None:
    editor = Editor(server, when)
    line, column = editor.place(f"{word}:" if f"{word}:" in when else word)
    assert [(mark.line, mark.column, mark.end) for mark in editor.marked] == [(line, column, column + len(word))]
    assert said in editor.marked[0].message


def test_an_effect_at_the_wrong_stage_is_marked(server: LanguageServer) -> None:
    when = "  systolic_bp: {above: severe_systolic}\n"
    editor = Editor(server, when, ("stage: candidacy", "stage: session"))
    line, column = editor.place("session")
    assert editor.marked == [Marked(line, column, column + 7, 'Value is not accepted. Valid values: "candidacy".')]
