"""Searches for answers that give one of many conditions a truth, while the others keep to truths that they may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from ketascreen.language.condition import Compare, Condition, Value, comparisons
from ketascreen.language.logic import Truth
from ketascreen.language.semantics import Known, evaluate
from ketascreen.language.vocabulary import UNRECOGNISED, Vocabulary
from ketascreen.reasoning.questions import distinguished
from ketascreen.reasoning.spread import ABSENT, PRESENT, fact_of, spread, word_of
from ketascreen.reasoning.witness import Search, Truths, find

_ROUNDS = 3
"""How often each answer is chosen again for the quiet patient."""

MAX_JOINED = 16
"""The most other conditions that may join a search; if more are in the way, nothing is claimed."""

Allowed = Mapping[str, frozenset[Truth]]
"""The truths that conditions may have, by name."""


@dataclass(frozen=True, slots=True)
class Lone:
    """The answers that were found, spread, or None. Only if the search was `whole` does None mean that there are none.

    `tried` are the other conditions that the search looked at: without the rest, there are no such answers either.
    """

    answers: Known | None
    tried: tuple[str, ...]
    whole: bool


class Crowd:
    """Conditions by name, and the quiet patient: answers to all their facts that meet as few of them as possible.

    The quiet patient saves searches, and decides nothing: answers that a search leaves open are taken from there, and a
    condition that then has a truth that it may not have joins the search.
    """

    def __init__(self, conditions: Mapping[str, Condition], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._spread = {name: spread(condition) for name, condition in conditions.items()}
        self._facts = {
            name: frozenset(compare.fact for compare in comparisons(when)) for name, when in self._spread.items()
        }
        self._quiet = _quiet(tuple(dict.fromkeys(self._spread.values())), vocabulary)
        self._searched: dict[tuple[str, Truth, tuple[tuple[str, frozenset[Truth]], ...]], Search] = {}
        self._when_quiet = {name: evaluate(when, self._quiet) for name, when in self._spread.items()}

    def lone(self, name: str, truth: Truth, others: Allowed) -> Lone:
        """Answers that give the condition `name` this truth, and each of `others` a truth that it may have."""
        tried: list[str] = []
        while True:
            search = self.among(name, truth, {other: others[other] for other in tried})
            if search.answers is None:
                return Lone(None, tuple(tried), search.whole)
            answers = self._filled(search.answers, (name, *tried))
            changed = {fact for fact, value in self._quiet.items() if answers.get(fact) != value}
            left = ((other, may) for other, may in others.items() if other not in tried)
            stray = next((other for other, may in left if self._truth(other, answers, changed) not in may), None)
            if stray is None:
                return Lone(answers, tuple(tried), whole=True)
            if len(tried) == MAX_JOINED:
                return Lone(None, tuple(tried), whole=False)
            tried.append(stray)

    def among(self, name: str, truth: Truth, others: Allowed) -> Search:
        """The same in one search, which looks at all of `others`; facts that it does not need stay unanswered."""
        key = name, truth, tuple(others.items())
        if key not in self._searched:
            self._searched[key] = self._search(name, truth, others)
        return self._searched[key]

    def _search(self, name: str, truth: Truth, others: Allowed) -> Search:
        may = (frozenset([truth]), *others.values())

        def wanted(truths: Truths) -> bool:
            return all(one in allowed for one, allowed in zip(truths, may, strict=True))

        def hopeful(truths: Truths) -> bool:
            return all(one is Truth.UNKNOWN or one in allowed for one, allowed in zip(truths, may, strict=True))

        conditions = [self._spread[one] for one in (name, *others)]
        return find(conditions, self._vocabulary, wanted, hopeful=hopeful)

    def _truth(self, name: str, answers: Known, changed: set[str]) -> Truth:
        if self._facts[name].isdisjoint(changed):
            return self._when_quiet[name]
        return evaluate(self._spread[name], answers)

    def _filled(self, answers: Known, names: Iterable[str]) -> Known:
        """The answers with the quiet patient's for all facts that the named conditions do not need unknown."""
        unknown = [name for name in names if evaluate(self._spread[name], answers) is Truth.UNKNOWN]
        open_facts = {fact_of(fact) for name in unknown for fact in self._facts[name] if fact not in answers}
        # An unrecognised entry makes its list incomplete, so that no word of it is absent.
        unrecognised = {fact_of(fact) for fact, value in answers.items() if _is_unrecognised(fact) and value == PRESENT}
        stay = open_facts | unrecognised
        return {**{fact: value for fact, value in self._quiet.items() if fact_of(fact) not in stay}, **answers}


def _is_unrecognised(spread_fact: str) -> bool:
    return spread_fact == word_of(fact_of(spread_fact), UNRECOGNISED)


def _quiet(conditions: tuple[Condition, ...], vocabulary: Vocabulary) -> Known:
    """Answers to all facts; each is chosen so that it meets as few conditions as possible beside the other answers."""
    compares: dict[str, list[Compare]] = {}
    asking: dict[str, list[Condition]] = {}
    for condition in conditions:
        asked = tuple(comparisons(condition))
        for compare in asked:
            compares.setdefault(compare.fact, []).append(compare)
        for fact in dict.fromkeys(compare.fact for compare in asked):
            asking.setdefault(fact, []).append(condition)
    ways = {fact: _ways(fact, asked, vocabulary) for fact, asked in compares.items()}
    answers = {fact: values[0] for fact, values in ways.items()}

    def met(fact: str, value: Value) -> int:
        answers[fact] = value
        return sum(evaluate(condition, answers) is Truth.TRUE for condition in asking[fact])

    for _ in range(_ROUNDS):
        for fact, values in ways.items():
            answers[fact] = min(values, key=partial(met, fact))
    return answers


def _ways(fact: str, compares: Iterable[Compare], vocabulary: Vocabulary) -> tuple[Value, ...]:
    if fact in vocabulary:
        return tuple(distinguished(vocabulary[fact], compares))
    return (ABSENT,) if _is_unrecognised(fact) else (ABSENT, PRESENT)
