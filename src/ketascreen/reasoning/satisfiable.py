"""Whether any patient can meet a condition, and whether any patient can fail to meet it."""

from __future__ import annotations

from collections.abc import Mapping

from ketascreen.language.condition import Condition, Value
from ketascreen.language.logic import Truth
from ketascreen.language.semantics import evaluate
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.reasoning.partitions import answers, facts_in_order, too_many_words

MAX_TRIES = 5_000


def can_be(condition: Condition, truth: Truth, vocabulary: Vocabulary) -> bool:
    """Whether some answers give the condition this truth; also true if the search would take too long.

    Of answers that no comparison distinguishes, one is tried. Once the condition is true or false, no further fact is
    tried.
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
