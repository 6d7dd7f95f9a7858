"""Which answers one patient can have: a profile whose answers contradict each other is refused."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ketascreen.language.condition import Condition, comparisons
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.effects import EFFECTS
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import Known, contradicts, evaluate
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.reasoning.spread import ABSENT, fact_of, is_word, spread


def vocabulary_for(rule: Rule, vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary to search by for patients of a rule.

    An alert reads last answers. They can be of different times, and those that no longer count contradict nothing.
    """
    return Vocabulary(vocabulary.values()) if EFFECTS[rule.effect].last_answers else vocabulary


def accepted(answers: Known, contradictions: Iterable[Contradiction]) -> bool:
    """Whether spread answers contradict each other in none of these ways.

    A list with an absent word is complete, so all words that the answers do not name are absent too.
    """
    answered = set(map(fact_of, answers))
    complete = {fact_of(name) for name, answer in answers.items() if is_word(name) and answer == ABSENT}
    for one in contradictions:
        if one.about not in answered:
            continue
        if isinstance(one.when, NotBelow):
            refused = contradicts(one, answers)
        else:
            when = spread_of(one.when)
            asked = {compare.fact for compare in comparisons(when)} if complete else ()
            absent = {name: ABSENT for name in asked if is_word(name) and fact_of(name) in complete}
            refused = evaluate(when, {**absent, **answers}) is Truth.TRUE
        if refused:
            return False
    return True


@cache
def spread_of(condition: Condition) -> Condition:
    """The condition of a contradiction, spread; there are few, and each is needed often."""
    return spread(condition)
