"""Whether any patient can meet a condition, and whether any patient can fail to meet it."""

from __future__ import annotations

from ketascreen.language.condition import Condition
from ketascreen.language.logic import Truth
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.reasoning.witness import find


def can_be(condition: Condition, truth: Truth, vocabulary: Vocabulary) -> bool:
    """Whether the answers of some patient give the condition this truth; also true if the search takes too long."""
    return not find([condition], vocabulary, lambda truths: truths == (truth,)).shows_none
