"""The tables of operators and of effects: none lacks a row, and what a row says is what the rest of the code does."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from enum import StrEnum

import pytest

from ketascreen.language import operators, terms
from ketascreen.language.complete import complete
from ketascreen.language.effects import EFFECTS, MAY_BE_ALWAYS
from ketascreen.language.operators import BY_SHAPE, OPERATORS, SHAPES, AtEnd, Takes
from ketascreen.language.rule import RuleStage
from ketascreen.language.terms import Decision, Effect, Outcome, Readiness
from ketascreen.verdict.decision import alone
from tests.helpers.places import ROOT
from tests.helpers.screening import shipped


@dataclass(frozen=True)
class Resembles:
    """A shape that nobody reads."""


class MoreTakes(StrEnum):
    """As `Takes`, and one more."""

    ONE = "one"
    WORDS = "words"
    PAIR = "pair"
    TREE = "tree"


class MoreEffects(StrEnum):
    """As `Effect`, and one more."""

    EXCLUDE = "exclude"
    REVIEW = "review"
    CAUTION = "caution"
    HOLD = "hold"
    ALERT = "alert"
    ADVISE = "advise"
    APPLAUD = "applaud"


def imported_anew(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """Runs a module once more, beside the one that is imported."""
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.loader is not None
    anew = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, module, anew)
    spec.loader.exec_module(anew)


@pytest.mark.parametrize(
    ("module", "table"),
    [
        ("channels.production.operators", "the production channel"),
        ("channels.compiled.expressions", "the compiled channel"),
        ("reasoning.partitions", "the words that a shape treats alike"),
        ("reasoning.spread", "how a comparison is spread"),
        ("authoring.mutation.operators", "what a shape is mistaken for"),
        ("authoring.checks.bands", "the ends of a band"),
    ],
)
def test_who_reads_shapes_refuses_to_import_where_one_is_lacking(
    monkeypatch: pytest.MonkeyPatch, module: str, table: str
) -> None:
    imported_anew(monkeypatch, f"ketascreen.{module}")
    monkeypatch.setattr(operators, "SHAPES", (*SHAPES, Resembles))
    with pytest.raises(ImportError, match=f"{table}.* lacks `Resembles`: add an entry"):
        imported_anew(monkeypatch, f"ketascreen.{module}")


@pytest.mark.parametrize(
    ("module", "table"),
    [
        ("authoring.editor.conditions", "the editor's"),
        ("authoring.mutation.operators", "slips in a constant"),
        ("loading.conditions", "the reader's"),
    ],
)
def test_who_reads_constants_refuses_to_import_where_a_kind_is_lacking(
    monkeypatch: pytest.MonkeyPatch, module: str, table: str
) -> None:
    monkeypatch.setattr(operators, "Takes", MoreTakes)
    with pytest.raises(ImportError, match=f"{table}.* lacks `tree`: add an entry"):
        imported_anew(monkeypatch, f"ketascreen.{module}")


def test_the_table_of_effects_refuses_to_import_where_one_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "Effect", MoreEffects)
    with pytest.raises(ImportError, match="the table of effects lacks `applaud`: add an entry"):
        imported_anew(monkeypatch, "ketascreen.language.effects")


def test_a_whole_table_is_given_back_as_it_is() -> None:
    entries = {"a": 1, "b": 2}
    assert complete("the table", entries, ["a"]) is entries
    with pytest.raises(ImportError, match="the table lacks `c`, `d`: add an entry for each"):
        complete("the table", entries, ["a", "c", "d"])


def test_no_two_operators_have_the_same_shape() -> None:
    assert [operator.name for operator in BY_SHAPE.values()] == list(OPERATORS)
    assert {operator.takes for operator in OPERATORS.values()} == set(Takes)


def test_the_page_of_the_rule_format_describes_each_operator() -> None:
    page = (ROOT / "docs" / "rule-format.md").read_text("utf-8")
    described = [line for line in page.splitlines() if line.startswith("| `")]
    assert [name for name in OPERATORS if not any(f"`{name}`" in line for line in described)] == []


def test_the_opposite_of_an_end_holds_exactly_where_it_does_not() -> None:
    for operator in OPERATORS.values():
        if isinstance(operator.shape, AtEnd):
            opposite = BY_SHAPE[operator.shape.opposite()]
            for answer in (1, 2, 3):
                assert operator.test(answer, 2) is not opposite.test(answer, 2)


@pytest.mark.parametrize("effect", list(Effect))
def test_an_effect_gives_what_its_findings_alone_can_change(effect: Effect) -> None:
    decisions, ready = (set(given) for given in zip(*(alone(effect, outcome) for outcome in Outcome), strict=True))
    changed: object = (
        Decision if decisions != {Decision.ELIGIBLE} else Readiness if ready != {Readiness.READY} else None
    )
    assert EFFECTS[effect].gives is changed


@pytest.mark.parametrize("stage", list(RuleStage))
def test_among_the_effects_of_a_stage_a_higher_rank_is_more_cautious(stage: RuleStage) -> None:
    ranked = [(row.rank, effect) for effect, row in EFFECTS.items() if stage in row.stages and row.rank is not None]
    assert len({rank for rank, _ in ranked}) == len(ranked)
    caution = [sum(given.rank for given in alone(effect, Outcome.MET)) for _, effect in sorted(ranked)]
    assert caution == sorted(set(caution))


def test_the_rules_that_come_with_ketascreen_are_as_the_table_of_effects_says() -> None:
    seen = set()
    for rule in shipped().rules:
        row = EFFECTS[rule.effect]
        seen.add(rule.effect)
        assert rule.place.path.startswith(f"{row.folder}/")
        assert rule.stage in row.stages
    assert seen == set(Effect)
    assert set(MAY_BE_ALWAYS) == {Effect.REVIEW, Effect.CAUTION, Effect.ADVISE}
