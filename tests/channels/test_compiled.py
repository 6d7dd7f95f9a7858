"""The compiled channel: no author's text in its code, no value in its faults, and no more code than there are rules."""

from __future__ import annotations

import ast
import re
import traceback
from decimal import Decimal, localcontext
from itertools import product
from random import Random

import pytest
from hypothesis import given

from ketascreen import Screener
from ketascreen.channels.compiled.channel import CompiledChannel
from ketascreen.channels.compiled.generate import generate as generated
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.diagnostic import ChannelFault
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, DefinitionRef, ListValue, Not, Value
from ketascreen.language.logic import Truth
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Effect, Stage
from ketascreen.loading.conditions import MAX_LEVELS
from tests.helpers import generate
from tests.helpers.screening import SOME, rngs
from tests.helpers.small_rulebooks import assert_agrees, book, known, number

OWN_NAMES = re.compile(
    r"evaluate|facts|answers|met|unknown|nothing|span|(f|v|met|unmet|present|possible|low|high)[0-9]+"
)
OWN_ATTRIBUTES = {"present", "complete", "isdisjoint", "low", "high", "__class__"}
HOSTILE = "x'\"\n);__import__('os').abort()#"


def source(rulebook: Rulebook) -> str:
    return generated(rulebook.asked_at(Stage.SESSION), rulebook.vocabulary.since).source


def assert_only_own_names(code: str) -> None:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name):
            assert OWN_NAMES.fullmatch(node.id)
        elif isinstance(node, ast.Attribute):
            assert node.attr in OWN_ATTRIBUTES
        elif isinstance(node, ast.Constant):
            assert node.value is None or isinstance(node.value, bool)


@given(rngs)
@SOME
def test_the_code_holds_no_text_and_no_number_of_a_rule(rng: Random) -> None:
    assert_only_own_names(source(generate.rulebook(rng)))


def test_text_that_looks_like_code_stays_text() -> None:
    named = DefinitionRef(
        HOSTILE, AnyOf((Compare(HOSTILE, "is", HOSTILE), Compare("l", "includes_any", (HOSTILE, "b"))))
    )
    rulebook = generate.bare([generate.rule(HOSTILE, named), generate.rule("not", Not(named))], ())
    assert_only_own_names(source(rulebook))
    listed: dict[str, Value] = {HOSTILE: "other", "l": ListValue(frozenset([HOSTILE]), complete=True)}
    patients = [known(), known(**{HOSTILE: HOSTILE}), known(**listed)]
    assert_agrees(CompiledChannel, rulebook, *patients)


def test_a_number_with_more_digits_than_a_binary_float_has_is_compared_exactly() -> None:
    bound = Decimal("999999999.999999")
    near = [bound + sign * Decimal(f"1e-{digits}") for digits in (6, 12, 18) for sign in (-1, 1)]
    operators = ("at_least", "above", "at_most", "below", "is", "is_not")
    rulebook = book(*(number(bound, operator) for operator in operators))
    assert_agrees(CompiledChannel, rulebook, *(known(number=value) for value in (bound, *near)))


def test_the_callers_decimal_context_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 2
        assert_agrees(CompiledChannel, book(number(Decimal("140.5"))), known(number=Decimal("140.4")))


@pytest.mark.parametrize("operator", ["includes_any", "includes_none"])
def test_a_comparison_with_no_word_at_all_comes_out_as_in_the_reference(operator: str) -> None:
    lists = [ListValue(frozenset(words), complete) for words in ((), ("a",)) for complete in (True, False)]
    patients = [known(), *(known(list=words) for words in lists)]
    assert_agrees(CompiledChannel, book(Compare("list", operator, ()), Compare("list", "includes", "a")), *patients)


def test_an_answer_of_another_kind_is_a_fault_without_the_answer() -> None:
    channel = CompiledChannel(book(number(140), Compare("list", "includes", "w")))
    words = ListValue(frozenset(["canary-118"]), complete=True)
    wrong: list[dict[str, Value]] = [{"number": "canary-118"}, {"list": "canary-118"}, {"number": words}]
    for answers in wrong:
        with pytest.raises(ChannelFault, match="the compiled channel failed: an unforeseen") as caught:
            channel.evaluate(known(**answers), Stage.SESSION)
        assert "canary-118" not in "".join(traceback.format_exception(caught.value))
        assert caught.value.__context__ is None


def test_it_can_be_asked_for_by_name() -> None:
    (channel,) = Screener(generate.bare([generate.rule("one", number(5))], ()), channels=("compiled",)).channels
    assert isinstance(channel, CompiledChannel)


def test_a_definition_is_worked_out_once_for_all_rules_and_apart_for_alerts() -> None:
    sick = DefinitionRef("sick", AllOf((number(5), Compare("choice", "is", "amber"))))
    rules = [generate.rule(f"rule-{n}", AllOf((sick, number(n)))) for n in range(10)]
    alert = generate.rule("alert", sick, Effect.ALERT)
    assert len(re.findall(r"\bmet[0-9]+ = ", source(generate.bare(rules, ())))) == 1
    assert len(re.findall(r"\bmet[0-9]+ = ", source(generate.bare([*rules, alert], ())))) == 2


def test_a_test_that_rules_out_many_rules_is_done_once() -> None:
    same = Compare("choice", "is", "amber")
    code = source(book(same, *(AllOf((same, Compare(f"f{n}", "is", "birch"))) for n in range(50))))
    assert len(re.findall(r"f0 != ", code)) == 1


def test_a_rule_that_one_test_rules_out_is_not_ruled_out_by_another_of_the_same_parts() -> None:
    one, other = Compare("choice", "is_not", "amber"), Compare("illness", "is_not", "amber")
    both, either = AllOf((one, other)), AnyOf((one, other))
    rulebook = book(AllOf((Compare("medicine", "is_not", "amber"), both)), either)
    only_one = known(choice="birch", illness="amber", medicine="birch")
    told = CompiledChannel(rulebook).evaluate(only_one, Stage.SESSION)
    assert told == {"rule-0": Truth.FALSE, "rule-1": Truth.TRUE}


@pytest.mark.parametrize("seed", range(40))
def test_conditions_of_the_same_few_parts_are_told_apart(seed: int) -> None:
    rng = Random(seed)
    parts = [Compare(name, operator, "amber") for name in ("choice", "illness") for operator in ("is", "is_not")]
    made: list[Condition] = [*parts]
    for _ in range(20):
        members = tuple(rng.sample(made, 2))
        made.append(rng.choice((AllOf(members), AnyOf(members), Not(members[0]))))
    rulebook = book(*made)
    channels = CompiledChannel(rulebook), ReferenceChannel(rulebook)
    for choice, illness in product((None, "amber", "birch"), repeat=2):
        answers = {name: word for name, word in (("choice", choice), ("illness", illness)) if word}
        compiled, reference = (channel.evaluate(known(**answers), Stage.SESSION) for channel in channels)
        assert compiled == reference


def test_rules_as_deep_as_a_rulebook_can_hold_are_compiled() -> None:
    when: Condition = number(5)
    for level in range(MAX_LEVELS):
        when = (AllOf, AnyOf)[level % 2]((when, Compare(f"f{level}", "is", "amber")))
    patients = [known(number=Decimal(5), **{f"f{n}": "amber" for n in range(last)}) for last in (0, 30, MAX_LEVELS)]
    assert_agrees(CompiledChannel, book(when, Not(when)), *patients)


def test_three_thousand_rules_make_ten_times_the_code_of_three_hundred() -> None:
    def rules(count: int) -> Rulebook:
        return book(*(AllOf((number(n), Compare(f"f{n % 50}", "is_not", f"w{n % 7}"))) for n in range(count)))

    few, many = rules(300), rules(3000)
    assert len(source(many)) < 12 * len(source(few))
    patient = known(number=Decimal(1500), **{f"f{n}": f"w{n % 9}" for n in range(40)})
    answers = CompiledChannel(many).evaluate(patient, Stage.SESSION)
    assert answers == ReferenceChannel(many).evaluate(patient, Stage.SESSION)
    assert set(answers.values()) == set(Truth)
