"""Whether a condition can be met by anybody, and whether anybody can fail to meet it."""

from __future__ import annotations

from collections.abc import Mapping

from ketascreen.language.condition import Condition, Value
from ketascreen.language.logic import Truth
from ketascreen.language.semantics import evaluate
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.reasoning.partitions import answers, facts_in_order, too_many_words

MAX_TRIES = 5_000


def can_come_to(condition: Condition, truth: Truth, vocabulary: Vocabulary) -> bool:
    """Whether some answers make the condition come to `truth`; true as well where that would take too long to tell.

    Answers that no comparison tells apart are tried once, and a condition that has come to something already is not
    tried further.
    """
    asked = [vocabulary[name] for name in facts_in_order(condition)]
    too_long = any(too_many_words(fact, condition) for fact in asked)
    candidates = [(fact.name, tuple(answers(fact, condition))) for fact in asked]
    tries = 0

    def search(known: Mapping[str, Value], rest: int) -> bool:
        nonlocal tries
        tries += 1
        result = evaluate(condition, known)
        if result is truth or tries > MAX_TRIES or too_long:
            return True
        if result is not Truth.UNKNOWN or rest == len(candidates):
            return False
        name, values = candidates[rest]
        return any(search({**known, name: value}, rest + 1) for value in values)

    return search({}, 0)
