"""The texts of a rulebook by id: each that a verdict or the page of a rule shows is among them."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.language.rulebook_texts import texts_of
from ketascreen.language.terms import Stage
from ketascreen.verdict.verdict import Verdict
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped, shipped_screener

TEXTS = texts_of(shipped())


def worded_by_the_rulebook(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """The texts in a verdict that are the rulebook's own, each with its id."""
    yield "rulebook.title", verdict.rulebook.title
    for finding in verdict.findings:
        yield f"rule.{finding.rule}.title", finding.title
        yield f"rule.{finding.rule}.say", finding.say
        yield f"rule.{finding.rule}.do", finding.do
        yield f"rule.{finding.rule}.interpretation", finding.interpretation
        for used in finding.rests_on:
            yield f"fact.{used.fact}.label", used.label
        for lacking in finding.lacks:
            yield f"fact.{lacking.fact}.label", lacking.label
        for cited in finding.sources:
            yield f"says.{cited.says}", cited.says
    for name, route in verdict.routes.items():
        yield f"route.{name}.title", route.title
        for ask in route.asks:
            yield f"fact.{ask.fact}.label", ask.label
        for statement in route.attributes:
            yield f"attribute.{statement.attribute}", statement.attribute.replace("_", " ")
            for cited in statement.sources:
                yield f"says.{cited.says}", cited.says


def test_every_text_of_the_rulebook_that_a_verdict_holds_is_among_them() -> None:
    for given in (baseline(), {}):
        verdict = shipped_screener().screen(profile_of(given), as_of=AS_OF, stage=Stage.SESSION)
        held = {text_id: text for text_id, text in worded_by_the_rulebook(verdict) if text}
        assert len(held) > 300
        assert {text_id: TEXTS.get(text_id) for text_id in held} == held


def test_every_statement_on_a_route_is_among_them_in_its_order() -> None:
    for route, sheet in shipped().routes.items():
        for attribute, statements in sheet.attributes:
            ids = [f"route.{route}.{attribute}.{number}" for number in range(1, len(statements) + 2)]
            assert [TEXTS.get(text_id) for text_id in ids] == [*(one.says for one in statements), None]


def test_what_the_page_of_a_rule_shows_beside_the_rule_is_among_them() -> None:
    parameter = shipped().parameters["controlled_systolic"]
    assert parameter.reason
    assert TEXTS["parameter.controlled_systolic.reason"] == parameter.reason
    conflict = shipped().conflicts["C1"]
    assert (TEXTS["conflict.C1.topic"], TEXTS["conflict.C1.resolution"]) == (conflict.topic, conflict.resolution)
    assert {f"definition.{name}.title" for name in shipped().definitions} <= set(TEXTS)


def test_an_empty_field_is_left_out() -> None:
    without = [rule.id for rule in shipped().rules if not rule.do]
    assert without
    assert [rule for rule in without if f"rule.{rule}.do" in TEXTS] == []
    assert all(TEXTS.values())
