"""Rulebooks of a few conditions, patients of a few answers, and what the tests of channels do with both."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from decimal import Decimal
from random import Random

from ketascreen.channels.channel import Channel
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.condition import Compare, Condition, Value
from ketascreen.language.quantity import UNITS
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Effect, Stage
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.facts import Facts
from tests.helpers import generate

Make = Callable[[Rulebook], Channel]
SINCE = Fact("since", Kind.SINCE, "Since", "d", UNITS["months"], Decimal(0), Decimal(100))


def book(*conditions: Condition, effect: Effect = Effect.EXCLUDE) -> Rulebook:
    rules = [generate.rule(f"rule-{n}", when, effect) for n, when in enumerate(conditions)]
    return generate.bare(rules, ())


def since_book(*conditions: Condition) -> Rulebook:
    """A rulebook of exclusions on `since`, a time since an event in months, and on other facts."""
    rules = [generate.rule(f"rule-{n}", when) for n, when in enumerate(conditions)]
    return generate.bare(rules, [SINCE])


def since(constant: Decimal | int, operator: str = "at_least") -> Compare:
    return Compare("since", operator, Decimal(constant))


def known(**answers: Value) -> Facts:
    return Facts(answers, answers, {}, {}, frozenset())


def number(constant: Decimal | int, operator: str = "at_least") -> Compare:
    return Compare("number", operator, Decimal(constant))


def assert_agrees(make: Make, rulebook: Rulebook, *patients: Facts) -> None:
    channel, reference = make(rulebook), ReferenceChannel(rulebook)
    for facts in patients:
        for stage in Stage:
            assert channel.evaluate(facts, stage) == reference.evaluate(facts, stage)
    channel.close()


def random_book() -> tuple[Rulebook, list[Facts]]:
    rng = Random(11)
    rulebook = generate.rulebook(rng)
    return rulebook, [generate.facts(rng, rulebook) for _ in range(400)]


def in_fork(check: Callable[[], bool]) -> bool:
    """What `check` says in a forked child."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns when there are threads
        child = os.fork()
    if child == 0:
        good = False
        try:
            good = check()
        finally:
            os._exit(0 if good else 1)
    return os.waitpid(child, 0)[1] == 0
