"""Pairs of rules that may have to do with each other, found fast among many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ketascreen.language.condition import facts_of
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import Known, evaluate
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.reasoning.spread import spread
from ketascreen.reasoning.witness import met_by


class Pairs:
    """Rules with, for each, answers that meet it: most pairs are told apart by these without a trial."""

    def __init__(self, rules: Iterable[Rule], vocabulary: Vocabulary) -> None:
        self.rules = tuple(rules)
        met = {when: met_by(when, vocabulary) for when in {rule.when for rule in self.rules}}
        self._met: dict[str, Known | None] = {rule.id: met[rule.when] for rule in self.rules}
        self._spread = {rule.id: spread(rule.when) for rule in self.rules}
        self._asking: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for fact in facts_of(rule.when):
                self._asking.setdefault(fact, []).append(rule)

    def beside(self, rule: Rule) -> Iterator[Rule]:
        """The other rules that ask a fact that it asks, by id."""
        found = {other.id: other for fact in facts_of(rule.when) for other in self._asking[fact]}
        return (other for name, other in sorted(found.items()) if name != rule.id)

    def meets_too(self, rule: Rule, other: Rule) -> bool:
        """Whether the answers at hand that meet `rule` meet `other` as well."""
        answers = self._met[rule.id]
        return answers is not None and evaluate(self._spread[other.id], answers) is Truth.TRUE
