"""Who is measured: ketascreen's compiled channel on two kinds of patients, and the peers on one."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from benchmarks import OURS
from benchmarks.peers import Peer, plain
from benchmarks.rulesets import Answers, RuleSet
from ketascreen.channels.compiled.channel import CompiledChannel
from ketascreen.language.logic import Truth
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts

INCOMPLETE = f"{OURS}, incomplete patients"


class Compiled:
    """From a patient's dict to what every rule gives; putting the facts into their order is part of it."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._channel = CompiledChannel(rule_set.rulebook)

    def answer(self, answers: Answers) -> dict[str, Truth]:
        return self._channel.evaluate(Facts(answers, answers, {}, {}, frozenset()), Stage.CANDIDACY)

    def met(self, answer: dict[str, Truth]) -> set[str]:
        return {rule for rule, truth in answer.items() if truth is Truth.TRUE}


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine that holds the rules ready, and the patients as it takes them."""

    engine: Peer
    patients: list[Any]


def ready(name: str, rule_set: RuleSet) -> Contender:
    """A contender with the rules loaded."""
    if name == OURS:
        return Contender(Compiled(rule_set), list(rule_set.complete))
    if name == INCOMPLETE:
        return Contender(Compiled(rule_set), list(rule_set.incomplete))
    rules = {rule.id: rule.when for rule in rule_set.rulebook.rules}
    engine: Peer = import_module(f"benchmarks.peers.{name.replace('-', '_')}").Engine(rules)
    return Contender(engine, [plain(answers) for answers in rule_set.complete])
