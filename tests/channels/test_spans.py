"""A number that is known only between two ends: every channel counts what holds for all of it, and nothing else."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest

from ketascreen.channels.channel import Channel
from ketascreen.language import logic
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, DefinitionRef, Not, Span, Value
from ketascreen.language.logic import Truth
from ketascreen.language.semantics import evaluate
from ketascreen.language.terms import Effect, Stage
from ketascreen.patient.facts import Facts
from tests.channels.test_contract import NUMERIC, each, each_other
from tests.helpers import generate
from tests.helpers.small_rulebooks import SINCE, Make, assert_agrees, known, number, since, since_book

SPANS = [Span(Decimal(low), Decimal(high)) for low in range(2, 9) for high in range(low + 1, 9)]
COMPARED = [
    *(since(5, operator) for operator in NUMERIC),
    Compare("since", "between", (Decimal(4), Decimal(6))),
    Compare("since", "between", (Decimal(5), Decimal(5))),
]


@each
@pytest.mark.parametrize("compare", COMPARED, ids=lambda compare: f"{compare.operator} {compare.constant}")
def test_a_span_counts_where_all_its_whole_numbers_agree(make: Make, compare: Compare) -> None:
    channel = make(since_book(compare, Not(compare)))
    seen = set()
    for span in SPANS:
        whole = {evaluate(compare, {"since": Decimal(n)}) for n in range(int(span.low), int(span.high) + 1)}
        expected = whole.pop() if len(whole) == 1 else Truth.UNKNOWN
        answers = channel.evaluate(known(since=span), Stage.CANDIDACY)
        assert answers == {"rule-0": expected, "rule-1": logic.negation(expected)}, span
        seen.add(expected)
    assert Truth.UNKNOWN in seen
    assert Truth.FALSE in seen or compare.operator == "is_not"


@each_other
def test_a_span_comes_out_as_in_the_reference_in_trees_too(make: Make) -> None:
    several: list[Condition] = [since(n, operator) for n in (4, 5, Decimal("5.5")) for operator in NUMERIC]
    several += COMPARED
    pairs = [kind((one, Not(other))) for kind in (AllOf, AnyOf) for one in several[:8] for other in several[6:]]
    twice = [AnyOf((one, Not(one))) for one in several]
    named = DefinitionRef("recent", AnyOf((since(5, "below"), number(7))))
    rulebook = since_book(*several, *pairs, *twice, named, Not(named), AllOf((named, since(3))))
    answers: list[Value] = [*SPANS, *(Decimal(n) for n in range(2, 9))]
    assert_agrees(make, rulebook, known(), *(known(since=answer, number=Decimal(6)) for answer in answers))


@each
def test_an_alert_reads_a_span_among_the_last_answers(make: Make) -> None:
    rules = [generate.rule("alert", since(5), Effect.ALERT), generate.rule("review", since(5), Effect.REVIEW)]
    channel = make(generate.bare(rules, [SINCE]))
    for last, truth in (((5, 6), Truth.TRUE), ((4, 5), Truth.UNKNOWN), ((3, 4), Truth.FALSE)):
        facts = Facts({}, {"since": Span(*map(Decimal, last))}, {}, {}, frozenset(["since"]))
        assert channel.evaluate(facts, Stage.CANDIDACY) == {"alert": truth, "review": Truth.UNKNOWN}


@each_other
def test_a_pickled_channel_still_reads_spans(make: Make) -> None:
    copy: Channel = pickle.loads(pickle.dumps(make(since_book(since(5)))))
    answers = [copy.evaluate(known(since=Span(Decimal(low), Decimal(9))), Stage.CANDIDACY) for low in (4, 5)]
    assert answers == [{"rule-0": Truth.UNKNOWN}, {"rule-0": Truth.TRUE}]
