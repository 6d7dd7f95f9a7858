"""Rulesets that the engine can take: names that it keeps apart, sizes below its limits."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from ketascreen.channels.production import rulesets
from ketascreen.channels.production.attributes import Attribute, AttributeKind
from ketascreen.channels.production.normal_form import compile_rules
from ketascreen.channels.production.rulesets import Ruleset, ShortNames, fnv1a, pack
from ketascreen.diagnostic import RulebookError
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, DefinitionRef
from ketascreen.language.rule import Rule
from ketascreen.language.terms import Effect
from tests.helpers import generate


def packed(rules: list[Rule]) -> tuple[Ruleset, ...]:
    return pack(rules, compile_rules(rules, {"since"}))


def number(constant: int, operator: str = "at_least") -> Compare:
    return Compare("number", operator, Decimal(constant))


def words_of(part: Ruleset) -> list[str]:
    """Every name in a ruleset that the engine compares by its hash."""
    openings = [json.loads(opening + "1}") for opening in (*part.inputs.values(), *part.derived.values())]
    facts = [*openings, json.loads(part.canary_fact)]
    return [*(fact["k"] for fact in facts), *(fact["id"] for fact in facts), part.canary, *part.productions]


def test_the_hash_is_the_one_under_which_these_two_words_are_the_same() -> None:
    assert fnv1a("costarring") == fnv1a("liquid")
    assert fnv1a("") == 2166136261


def test_a_name_whose_hash_is_taken_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def coarse(text: str) -> int:
        return sum(text.encode()) % 256

    monkeypatch.setattr(rulesets, "fnv1a", coarse)
    names = ShortNames()
    given = [names.fresh("a") for _ in range(40)]
    reserved = {coarse(word) for word in ("k", "v", "sid", "id", "$s", "m", "p", "sid-p")}
    assert len({coarse(name) for name in given}) == len(given)
    assert not reserved & {coarse(name) for name in given}


def test_names_are_short_generated_and_without_collisions() -> None:
    rules = [generate.rule(f"rule-{n}", Compare(f"fact_{n}", "is", "amber")) for n in range(300)]
    for part in packed(rules):
        words = words_of(part)
        assert len({fnv1a(word) for word in words}) == len(words)
        assert all(len(word) <= 5 and word[0] in "afp" and word[1:].isdigit() for word in words)
        assert "fact_" not in part.text


def test_what_fits_is_one_ruleset() -> None:
    rules = [generate.rule(f"rule-{n}", Compare(f"fact_{n}", "is", "amber")) for n in range(70)]
    (part,) = packed(rules)
    assert part.rules == tuple(rule.id for rule in rules)


@pytest.mark.parametrize(
    "conditions",
    [
        [Always()] * 300,
        [number(5)] * 300,
        [number(n) for n in range(300)],
        [Compare("choice", "is_not", f"w{n}") for n in range(120)],
        [Compare(f"fact_{n}", "is", "amber") for n in range(900)],
        [AnyOf((number(n), AllOf((number(n + 1), Compare(f"f{n}", "is", "amber"))))) for n in range(200)],
    ],
    ids=["always", "one condition", "thresholds", "other words", "facts", "pairs"],
)
def test_what_passes_a_limit_is_spread_over_rulesets_and_every_rule_is_in_one(
    conditions: list[Condition],
) -> None:
    rules = [generate.rule(f"rule-{n}", when, Effect.CAUTION) for n, when in enumerate(conditions)]
    parts = packed(rules)
    assert len(parts) > 1
    assert [rule for part in parts for rule in part.rules] == [rule.id for rule in rules]


def test_each_ruleset_holds_the_definitions_that_its_rules_need() -> None:
    sick = DefinitionRef("sick", AllOf((number(1), Compare("choice", "is", "amber"))))
    rules = [generate.rule(f"rule-{n}", AllOf((sick, number(n)))) for n in range(300)]
    parts = packed(rules)
    assert len(parts) > 1
    sick_only = [Attribute(AttributeKind.DEFINITION, "sick")]
    assert all(list(part.derived) == sick_only for part in parts)


def test_every_rule_that_is_too_large_by_itself_is_refused_by_name_and_place() -> None:
    large = AnyOf(tuple(AllOf((number(n), Compare(f"f{n}", "is", "amber"))) for n in range(100)))
    rules = [generate.rule("small", number(1)), generate.rule("large", large), generate.rule("larger", large)]
    with pytest.raises(RulebookError) as caught:
        packed(rules)
    problems = caught.value.diagnostics
    assert [problem.code for problem in problems] == ["over-engine-limits"] * 2
    assert ["`large`" in problems[0].message, "`larger`" in problems[1].message] == [True, True]
    assert problems[0].place == rules[1].place


def test_a_choice_of_two_hundred_words_is_taken_either_way() -> None:
    words = tuple(f"w{n}" for n in range(200))
    packed([generate.rule(f"rule-{name}", Compare("choice", name, words)) for name in ("one_of", "none_of")])
