"""The production channel: the rules as productions of durable-rules, in Kleene's logic.

It uses little of the engine: one fact per attribute, one session at a time, and a canary that fires first. Anything
unforeseen is a fault, and the ruleset is then discarded. No other wing of ketascreen knows the engine.
"""

from __future__ import annotations

import json
import os
import weakref
from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from itertools import count
from threading import Lock

from ketascreen.channels.production.attributes import Attribute, span_of, value_of
from ketascreen.channels.production.engine import Engine, load_engine
from ketascreen.channels.production.normal_form import compile_rules
from ketascreen.channels.production.rulesets import SESSION, Ruleset, Target, pack
from ketascreen.diagnostic import ChannelFault
from ketascreen.language import logic
from ketascreen.language.logic import UNKNOWN, Truth
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts

_MATCHED, _UNMATCHED = 0, 1
_as_json = json.JSONEncoder(ensure_ascii=False).encode


_ruleset_numbers = count(1)

State = tuple[Mapping[Stage, Sequence[Rule]], frozenset[str]]
"""What a channel is made from, and is pickled as: the rules asked at each stage, and the facts that may be spans."""


class ProductionChannel:
    """Evaluates a rulebook with durable-rules. It can be pickled, and can be used from threads and after a fork.

    Raises:
        EngineMissing: durable-rules cannot be imported.
        RulebookError: a rule exceeds the engine's limits.
    """

    name = "production"

    def __init__(self, rulebook: Rulebook) -> None:
        self._make({stage: rulebook.asked_at(stage) for stage in Stage}, rulebook.vocabulary.since)

    def _make(self, rules: Mapping[Stage, Sequence[Rule]], since: frozenset[str]) -> None:
        engine = load_engine()
        self._rules, self._since = rules, since
        self._handles: dict[Stage, list[_Handle]] = {}
        for stage in Stage:
            packed = pack(rules[stage], compile_rules(rules[stage], since))
            self._handles[stage] = [_Handle(engine, ruleset) for ruleset in packed]
        _channels.add(self)

    def __getstate__(self) -> State:
        return self._rules, self._since

    def __setstate__(self, state: State) -> None:
        self._make(*state)

    def evaluate(self, facts: Facts, stage: Stage) -> dict[str, Truth]:
        """The truth of each rule asked at `stage`, by rule id.

        Raises:
            ChannelFault: the engine failed or gave an impossible result; the message holds no patient's value.
        """
        answers: dict[str, Truth] = {}
        for handle in self._handles[stage]:
            answers.update(handle.evaluate(facts))
        return {rule.id: answers[rule.id] for rule in self._rules[stage]}

    def close(self) -> None:
        """Deletes the rulesets in the engine; they are made again when they are needed."""
        for handle in self._all_handles():
            handle.close()

    def after_fork_in_child(self) -> None:
        """Forgets rulesets and locks: they belong to the parent process."""
        for handle in self._all_handles():
            handle.forget()

    def _all_handles(self) -> Iterator[_Handle]:
        for handles in self._handles.values():
            yield from handles


class _EngineError(Exception):
    """An impossible result of the engine; the message holds no value."""


class _Handle:
    """A ruleset and its number in the engine. It is made when it is first needed, and again after a fault."""

    def __init__(self, engine: Engine, ruleset: Ruleset) -> None:
        self._engine = engine
        self._ruleset = ruleset
        self._lock = Lock()
        self._number: int | None = None
        self._disposal: weakref.finalize[[int], _Handle] | None = None

    def evaluate(self, facts: Facts) -> dict[str, Truth]:
        """The truth of each rule of the ruleset.

        Raises:
            ChannelFault: the engine failed. It is not chained to the engine's own exception, which could hold values.
        """
        with self._lock:
            outcome = self._attempt(facts)
        if isinstance(outcome, str):
            raise ChannelFault(f"the production channel failed: {outcome}")
        return {rule: logic.of(outcome[rule]) if rule in outcome else UNKNOWN for rule in self._ruleset.rules}

    def close(self) -> None:
        """Deletes the ruleset in the engine."""
        with self._lock:
            self._discard()

    def forget(self) -> None:
        """Forgets a ruleset that belongs to another process."""
        self._lock = Lock()
        self._number = None
        if self._disposal:
            self._disposal.detach()
            self._disposal = None

    def _attempt(self, facts: Facts) -> dict[Target, bool] | str:
        trusted = False
        try:
            # Values are read before the session begins, so that an unreadable value leaves no session behind.
            outcome = self._session(self._inputs(facts), self._divided(facts))
            trusted = True
        except _EngineError as unforeseen:
            return str(unforeseen)
        except Exception as error:  # noqa: BLE001  the engine's own exceptions have no common type
            return f"an unforeseen {type(error).__name__}"
        finally:
            if not trusted:
                self._discard()
        return outcome

    def _inputs(self, facts: Facts) -> dict[Attribute, str]:
        return {
            attribute: f"{opening}{value if isinstance(value, int) else _as_json(value)}}}"
            for attribute, opening in self._ruleset.inputs.items()
            if (value := value_of(attribute, facts)) is not None
        }

    def _divided(self, facts: Facts) -> frozenset[Attribute]:
        """The ends of spans that hold a constant of the ruleset: a test of them may be neither met nor not met."""
        return frozenset(
            attribute
            for attribute, constants in self._ruleset.of_spans.items()
            if (span := span_of(attribute, facts)) and any(span[0] <= constant <= span[1] for constant in constants)
        )

    def _session(self, inputs: Mapping[Attribute, str], divided: frozenset[Attribute]) -> dict[Target, bool]:
        number = self._number or self._create()
        if list(self._fire(number, self._ruleset.canary_fact)) != [self._ruleset.canary]:
            # A session in which nothing fired is not deleted: the engine would free memory that it never allocated.
            raise _EngineError("its canary did not fire alone")
        try:
            outcome = self._chain(number, deque(inputs.values()))
        finally:
            self._engine.delete_state(number, SESSION)
        self._check_nothing_lost(inputs.keys() - divided, outcome)
        return outcome

    def _chain(self, number: int, waiting: deque[str]) -> dict[Target, bool]:
        """Asserts each fact, and each derived fact that follows, until nothing new fires."""
        ruleset = self._ruleset
        outcome: dict[Target, bool] = {}
        fired: set[str] = set()
        asserted: set[Target] = set()
        while waiting:
            for production in self._fire(number, waiting.popleft()):
                if production in fired or production not in ruleset.productions:
                    raise _EngineError("a production fired twice, or is not of this rulebook")
                fired.add(production)
                target, way = ruleset.productions[production]
                if outcome.setdefault(target, way) is not way:
                    raise _EngineError("a condition was both met and not met")
                if (opening := ruleset.derived.get(target)) and target not in asserted:
                    asserted.add(target)
                    waiting.append(f"{opening}{int(way)}}}")
        return outcome

    def _fire(self, number: int, fact: str) -> Iterator[str]:
        """Asserts a fact, and gives the names of the productions that fire."""
        code, state = self._engine.assert_fact(number, fact)
        if code not in (_MATCHED, _UNMATCHED):
            raise _EngineError(f"the engine answered with code {code}")
        started = self._engine.start_action_for_state(number, state) if code == _MATCHED else None
        message = started[1] if started else None
        while message:
            # A message is {"production": {facts}}; the facts are the patient's own, and are not read.
            yield message.split('"', 2)[1]
            message = self._engine.complete_and_start_action(number, state)

    def _check_nothing_lost(self, known: Set[Attribute], outcome: Mapping[Target, bool]) -> None:
        """Raises if a firing was lost: with all inputs known, a condition is met or not met."""
        for target, inputs_needed in self._ruleset.rests_on:
            if target not in outcome and inputs_needed <= known:
                raise _EngineError("a condition on known facts was unknown")

    def _create(self) -> int:
        name = f"r{next(_ruleset_numbers)}"
        self._number = self._engine.create_ruleset(name, self._ruleset.text)
        self._disposal = weakref.finalize(self, self._engine.delete_ruleset, self._number)
        self._disposal.atexit = False
        return self._number

    def _discard(self) -> None:
        self._number = None
        if self._disposal:
            with suppress(Exception):
                self._disposal()
            self._disposal = None


_channels: weakref.WeakSet[ProductionChannel] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for channel in list(_channels):
        channel.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
