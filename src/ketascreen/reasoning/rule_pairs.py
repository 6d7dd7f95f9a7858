"""Pairs of rules that may overlap, found fast among many rules."""

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
    """Rules, each with answers that meet it: for most pairs these answers make a search needless."""

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
        """The other rules that share a fact with it, by id."""
        found = {other.id: other for fact in facts_of(rule.when) for other in self._asking[fact]}
        return (other for name, other in sorted(found.items()) if name != rule.id)

    def meets_too(self, rule: Rule, other: Rule) -> bool:
        """Whether the known answers that meet `rule` also meet `other`."""
        answers = self._met[rule.id]
        return answers is not None and evaluate(self._spread[other.id], answers) is Truth.TRUE
