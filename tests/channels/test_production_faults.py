"""Anything unforeseen that the engine does is a fault, which holds no patient's value."""

from __future__ import annotations

import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from ketascreen.channels.production import channel
from ketascreen.channels.production.channel import ProductionChannel
from ketascreen.channels.production.engine import EngineMissing, load_engine
from ketascreen.diagnostic import ChannelFault
from ketascreen.language.condition import AllOf, Compare, DefinitionRef, Span, Value
from ketascreen.language.logic import Truth
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts
from tests.helpers.small_rulebooks import book, known, number, since, since_book


class Tampered:
    """The engine, with some of what it does changed by a test."""

    def __init__(self) -> None:
        self.real = load_engine()
        self.answer: Callable[[str], tuple[int, int] | None] = lambda fact: None
        self.message: Callable[[str], str | None] = lambda message: message
        self.made = 0
        self.deleted: list[str] = []

    def create_ruleset(self, name: str, rules: str) -> int:
        self.made += 1
        return self.real.create_ruleset(name, rules)

    def delete_ruleset(self, ruleset: int) -> None:
        self.real.delete_ruleset(ruleset)

    def assert_fact(self, ruleset: int, fact: str) -> tuple[int, int]:
        return self.answer(fact) or self.real.assert_fact(ruleset, fact)

    def start_action_for_state(self, ruleset: int, state: int) -> tuple[str, str] | None:
        started = self.real.start_action_for_state(ruleset, state)
        return self.retold(ruleset, state, *started) if started else None

    def retold(self, ruleset: int, state: int, fact: str, message: str | None) -> tuple[str, str] | None:
        while message:
            if changed := self.message(message):
                return fact, changed
            message = self.real.complete_and_start_action(ruleset, state)
        return None

    def complete_and_start_action(self, ruleset: int, state: int) -> str | None:
        message = self.real.complete_and_start_action(ruleset, state)
        told = self.retold(ruleset, state, "", message)
        return told[1] if told else None

    def delete_state(self, ruleset: int, session: str) -> None:
        self.deleted.append(session)
        self.real.delete_state(ruleset, session)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tampered]:
    tampered = Tampered()
    monkeypatch.setattr(channel, "load_engine", lambda: tampered)
    yield tampered
    for session in tampered.deleted:
        assert session == "p"


SECRET = known(number=Decimal("123.456789"), choice="birch")
BOTH = book(number(5), Compare("choice", "is", "birch"), DefinitionRef("sick", AllOf((number(6), number(7)))))


def is_canary(message: str) -> bool:
    return '"m":' in message


def assert_fault_without_values(channel: ProductionChannel, facts: Facts = SECRET) -> str:
    with pytest.raises(ChannelFault) as caught:
        channel.evaluate(facts, Stage.SESSION)
    error = caught.value
    assert error.__context__ is None
    assert error.__cause__ is None
    text = "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)
    assert "123" not in text
    assert "456789" not in text
    assert "birch" not in text
    return str(error)


def test_a_fault_is_mended_by_a_fresh_ruleset(engine: Tampered) -> None:
    channel = ProductionChannel(BOTH)
    expected = channel.evaluate(SECRET, Stage.SESSION)
    engine.answer = lambda fact: (3, 0)
    assert_fault_without_values(channel)
    engine.answer = lambda fact: None
    assert channel.evaluate(SECRET, Stage.SESSION) == expected
    assert engine.made == 2


@pytest.mark.parametrize("code", [2, 3, 303])
def test_any_code_but_matched_and_unmatched_is_a_fault(engine: Tampered, code: int) -> None:
    engine.answer = lambda fact: (code, 0) if "123456789" in fact else None
    assert f"code {code}" in assert_fault_without_values(ProductionChannel(BOTH))
    assert engine.deleted == ["p"]


def test_a_canary_that_does_not_fire_is_a_fault_and_the_session_is_not_deleted(engine: Tampered) -> None:
    engine.message = lambda message: None if is_canary(message) else message
    assert "canary" in assert_fault_without_values(ProductionChannel(BOTH))
    assert engine.deleted == []


def test_a_lost_firing_is_a_fault_when_all_facts_are_known(engine: Tampered) -> None:
    engine.message = lambda message: message if is_canary(message) else None
    assert "known facts" in assert_fault_without_values(ProductionChannel(BOTH))


@pytest.mark.parametrize("answer", [Decimal(5), Span(Decimal(6), Decimal(7)), Span(Decimal(2), Decimal(4))])
def test_a_lost_firing_is_a_fault_though_a_number_is_a_span(engine: Tampered, answer: Value) -> None:
    engine.message = lambda message: message if is_canary(message) else None
    channel = ProductionChannel(since_book(since(5)))
    assert "known facts" in assert_fault_without_values(channel, known(since=answer))


def test_a_span_that_leaves_a_condition_open_is_not_a_fault_and_hides_no_other_loss(engine: Tampered) -> None:
    channel = ProductionChannel(since_book(since(5), Compare("choice", "is", "birch")))
    open_span = known(since=Span(Decimal(4), Decimal(5)), choice="birch")
    assert channel.evaluate(open_span, Stage.SESSION) == {"rule-0": Truth.UNKNOWN, "rule-1": Truth.TRUE}
    engine.message = lambda message: message if is_canary(message) else None
    assert "known facts" in assert_fault_without_values(channel, open_span)


def test_a_doubled_firing_is_a_fault(engine: Tampered) -> None:
    channel = ProductionChannel(BOTH)
    first = next(iter(channel._handles[Stage.SESSION][0]._ruleset.productions))
    engine.message = lambda message: message if is_canary(message) else f'{{"{first}":{{}}}}'
    assert "twice" in assert_fault_without_values(channel)


def test_a_production_that_is_not_ours_is_a_fault(engine: Tampered) -> None:
    engine.message = lambda message: message if is_canary(message) else '{"p999":{}}'
    assert "not of this rulebook" in assert_fault_without_values(ProductionChannel(BOTH))


def test_a_condition_that_is_met_and_not_met_is_a_fault(engine: Tampered) -> None:
    channel = ProductionChannel(book(number(5), Compare("choice", "is", "birch")))
    productions = channel._handles[Stage.SESSION][0]._ruleset.productions
    names = {target: name for name, target in productions.items()}
    wrong = {names["rule-1", True]: names["rule-0", False]}

    def swapped(message: str) -> str:
        for right, name in wrong.items():
            message = message.replace(f'"{right}":', f'"{name}":', 1)
        return message

    engine.message = swapped
    assert "both met and not met" in assert_fault_without_values(channel)


def test_what_the_engine_raises_is_told_without_its_words(engine: Tampered) -> None:
    def fails(fact: str) -> Any:
        if "123456789" in fact:
            raise ValueError(fact)

    engine.answer = fails
    assert "ValueError" in assert_fault_without_values(ProductionChannel(BOTH))


def test_an_answer_of_the_wrong_kind_is_a_fault_and_no_session_is_begun(engine: Tampered) -> None:
    channel = ProductionChannel(BOTH)
    assert_fault_without_values(channel, known(number="birch"))
    assert_fault_without_values(channel, known(number=Decimal("123.4567891")))
    assert_fault_without_values(channel, known(number=Span(Decimal(1), Decimal(123))))
    assert engine.made == 0


def test_an_interruption_leaves_a_channel_that_works(engine: Tampered) -> None:
    channel = ProductionChannel(BOTH)
    expected = channel.evaluate(SECRET, Stage.SESSION)

    def interrupted(fact: str) -> Any:
        if "123456789" in fact:
            raise KeyboardInterrupt

    engine.answer = interrupted
    with pytest.raises(KeyboardInterrupt):
        channel.evaluate(SECRET, Stage.SESSION)
    engine.answer = lambda fact: None
    assert channel.evaluate(SECRET, Stage.SESSION) == expected


def test_without_the_engine_one_sentence_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    with pytest.raises(EngineMissing) as caught:
        ProductionChannel(BOTH)
    command = """CPPFLAGS="-O2 -DPyEval_CallObject=PyObject_CallObject" python -m pip install 'ketascreen[engine]'"""
    assert command in str(caught.value)
    assert 'channels=("reference", "compiled")' in str(caught.value)
    assert caught.value.__context__ is None
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
