"""The productions of rules, on paper: without the engine."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketascreen.channels.production.attributes import Attribute, AttributeKind, scaled, value_of
from ketascreen.channels.production.normal_form import (
    MAX_ATTRIBUTES,
    MAX_PRODUCTIONS,
    NormalForm,
    NormalForms,
    Products,
    Term,
    compile_rules,
)
from ketascreen.channels.production.rulesets import _holds as holds
from ketascreen.channels.production.rulesets import grouped
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.condition import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    DefinitionRef,
    ListValue,
    Not,
    Value,
)
from ketascreen.language.logic import Truth
from ketascreen.language.semantics import evaluate
from ketascreen.language.terms import Effect, Stage
from ketascreen.patient.facts import Facts
from tests.helpers import generate

AT_LEAST_FIVE = Compare("number", "at_least", Decimal(5))
IS_BIRCH = Compare("choice", "is", "birch")
INCLUDES_CEDAR = Compare("list", "includes", "cedar")

NUMBERS = (None, Decimal(5), Decimal("4.999999"))
CHOICES = (None, "birch", "amber")
LISTS = (
    None,
    ListValue(frozenset(["cedar"]), complete=False),
    ListValue(frozenset(), complete=True),
    ListValue(frozenset(), complete=False),
)


def known(**answers: Value | None) -> Facts:
    """Facts that count now and are the last answers too."""
    current = {name: answer for name, answer in answers.items() if answer is not None}
    return Facts(current, current, {}, {}, frozenset())


EVERYTHING = [
    known(number=number, choice=choice, list=words)
    for number, choice, words in itertools.product(NUMBERS, CHOICES, LISTS)
]


def compiled(when: Condition, effect: Effect = Effect.EXCLUDE) -> NormalForms:
    return compile_rules([generate.rule("one", when, effect)], {"since"})


def on_paper(forms: NormalForms, form: NormalForm, facts: Facts) -> Truth:
    """What a form comes to when its productions are read by hand."""
    met, unmet = (any_holds(forms, products, facts) for products in (form.met, form.unmet))
    assert not (met and unmet)
    return Truth.TRUE if met else Truth.FALSE if unmet else Truth.UNKNOWN


def any_holds(forms: NormalForms, products: Products, facts: Facts) -> bool:
    def term_holds(attribute: Attribute, terms: Iterable[Term]) -> bool:
        if attribute.is_derived:
            truth = on_paper(forms, forms.derived[attribute], facts)
            value: int | str | None = None if truth is Truth.UNKNOWN else int(truth is Truth.TRUE)
        else:
            value = value_of(attribute, facts)
        return value is not None and all(holds(term, value) for term in terms)

    return any(
        all(term_holds(attribute, terms) for attribute, terms in grouped(product).items()) for product in products
    )


def assert_within_limits(forms: NormalForms) -> None:
    for form in (*forms.rules.values(), *forms.derived.values()):
        for products in (form.met, form.unmet):
            assert len(products) <= MAX_PRODUCTIONS
            assert all(0 < len(grouped(product)) <= MAX_ATTRIBUTES for product in products)


def small_trees() -> list[Condition]:
    leaves: list[Condition] = [AT_LEAST_FIVE, IS_BIRCH, INCLUDES_CEDAR]
    leaves += [Not(leaf) for leaf in leaves]
    pairs = [kind((left, right)) for kind in (AllOf, AnyOf) for left, right in itertools.product(leaves, leaves)]
    nested = [kind((pair, leaf)) for kind in (AllOf, AnyOf) for pair, leaf in itertools.product(pairs, leaves)]
    return [*leaves, *pairs, *(Not(pair) for pair in pairs), *nested, *(Not(tree) for tree in nested)]


def test_every_small_tree_is_kleene_for_every_answer() -> None:
    for when in small_trees():
        forms = compiled(when)
        for facts in EVERYTHING:
            assert on_paper(forms, forms.rules["one"], facts) is evaluate(when, facts.current)


@pytest.mark.parametrize(
    "when",
    [
        Compare("number", "is", Decimal(5)),
        Compare("number", "is_not", Decimal(5)),
        Compare("number", "above", Decimal(5)),
        Compare("number", "at_most", Decimal("4.999999")),
        Compare("number", "below", Decimal(5)),
        Compare("number", "between", (Decimal("4.999999"), Decimal(5))),
        Compare("number", "between", (Decimal(5), Decimal(5))),
        Compare("choice", "is_not", "birch"),
        Compare("choice", "one_of", ("birch", "cedar")),
        Compare("choice", "none_of", ("birch", "cedar")),
        Compare("list", "includes_any", ("cedar", "birch")),
        Compare("list", "includes_none", ("cedar", "birch")),
    ],
)
def test_every_operator_is_that_of_the_table(when: Condition) -> None:
    forms = compiled(when)
    for facts in EVERYTHING:
        assert on_paper(forms, forms.rules["one"], facts) is evaluate(when, facts.current)


def test_what_is_or_is_not_stays_unknown_while_nothing_is_known() -> None:
    forms = compiled(AnyOf((IS_BIRCH, Not(IS_BIRCH))))
    assert on_paper(forms, forms.rules["one"], known()) is Truth.UNKNOWN
    assert on_paper(forms, forms.rules["one"], known(choice="amber")) is Truth.TRUE


def test_only_what_contains_another_production_is_absorbed() -> None:
    form = compiled(AnyOf((IS_BIRCH, AllOf((IS_BIRCH, AT_LEAST_FIVE))))).rules["one"]
    assert len(form.met) == 1
    assert [len(product) for product in form.unmet] == [1]


def test_always_hangs_on_a_constant() -> None:
    form = compiled(Always(), Effect.CAUTION).rules["one"]
    assert {attribute.source for attribute in form.attributes()} == {AttributeKind.CONSTANT}
    assert form.unmet == ()


def test_an_alert_reads_the_last_answers_definitions_included() -> None:
    when = AllOf((DefinitionRef("sick", IS_BIRCH), AT_LEAST_FIVE))
    forms = compile_rules([generate.rule("now", when), generate.rule("alert", when, Effect.ALERT)], ())
    stale = Facts({}, {"choice": "birch", "number": Decimal(5)}, {}, {}, frozenset(["choice", "number"]))
    assert on_paper(forms, forms.rules["now"], stale) is Truth.UNKNOWN
    assert on_paper(forms, forms.rules["alert"], stale) is Truth.TRUE
    assert not forms.rules["now"].attributes() & forms.rules["alert"].attributes()


def test_a_definition_is_one_derived_attribute_for_all_rules_that_ask_it() -> None:
    sick = DefinitionRef("sick", AnyOf((IS_BIRCH, INCLUDES_CEDAR)))
    forms = compile_rules([generate.rule("one", sick), generate.rule("two", Not(sick))], ())
    assert [attribute.name for attribute in forms.derived] == ["sick"]


def test_definitions_that_ask_each_other_many_times_do_not_explode() -> None:
    when: Condition = AT_LEAST_FIVE
    for level in range(40):
        when = DefinitionRef(f"level_{level}", AllOf((when, when)))
    assert len(compiled(when).derived) == 40


def pairs_of_fours() -> Condition:
    return AnyOf(
        tuple(
            AllOf(tuple(Compare(f"f{pair}_{n}", "is", "amber") for n in range(4)))
            for pair in range(6)
        )
    )  # fmt: skip


def deep(levels: int) -> Condition:
    when: Condition = IS_BIRCH
    for level in range(levels):
        when = (AllOf, AnyOf)[level % 2]((when, Compare(f"f{level}", "is", "amber")))
    return when


def alternating(levels: int, name: str = "f") -> Condition:
    if not levels:
        return Compare(name, "is", "amber")
    return (AllOf, AnyOf)[levels % 2](tuple(alternating(levels - 1, f"{name}_{n}") for n in range(3)))


WORDS = tuple(f"w{n}" for n in range(200))


@pytest.mark.parametrize(
    "when",
    [
        pairs_of_fours(),
        Not(pairs_of_fours()),
        Compare("list", "includes_any", WORDS),
        Compare("list", "includes_none", WORDS),
        Compare("choice", "one_of", WORDS),
        Compare("choice", "none_of", WORDS),
        deep(24),
        Not(deep(24)),
        alternating(5),
        AllOf(tuple(AnyOf((Compare(f"a{n}", "is", "b"), Compare(f"b{n}", "is", "b"))) for n in range(60))),
    ],
    ids=lambda when: type(when).__name__,
)
def test_no_condition_explodes(when: Condition) -> None:
    forms = compiled(when)
    assert_within_limits(forms)
    assert sum(len(form.met) + len(form.unmet) for form in forms.derived.values()) < 1500


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_random_rulebooks_are_kleene_on_paper(rng: Random) -> None:
    rulebook = generate.rulebook(rng)
    forms = compile_rules(rulebook.rules, rulebook.vocabulary.since)
    assert_within_limits(forms)
    facts = generate.facts(rng, rulebook)
    expected: Mapping[str, Truth] = ReferenceChannel(rulebook).evaluate(facts, Stage.SESSION)
    assert {name: on_paper(forms, form, facts) for name, form in forms.rules.items()} == expected


def test_a_number_is_scaled_exactly_whatever_the_decimal_context() -> None:
    with localcontext() as context:
        context.prec = 2
        assert scaled(Decimal("999999999.999999")) == 999_999_999_999_999
    assert scaled(Decimal("-0.000001")) == -1
    for number in ("0.0000001", "1000000000"):
        with pytest.raises(ValueError, match="too many digits"):
            scaled(Decimal(number))


def test_an_answer_of_another_kind_is_refused_without_saying_it() -> None:
    with pytest.raises(TypeError) as caught:
        value_of(Attribute(AttributeKind.NUMBER, "number"), known(number="secret"))
    assert "secret" not in str(caught.value)
