"""The reference channel: a plain walk of each rule's condition tree, as `language.semantics` defines its truth."""

from __future__ import annotations

from collections.abc import Mapping

from ketascreen.language.logic import Truth
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import evaluate
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts, answers_for


class ReferenceChannel:
    """Evaluates a rulebook by walking each rule's tree."""

    name = "reference"

    def __init__(self, rulebook: Rulebook) -> None:
        self._rules = {stage: rulebook.asked_at(stage) for stage in Stage}

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        """The truth of each rule asked at `stage`, by rule id."""
        return {rule.id: evaluate(rule.when, answers_for(rule, facts)) for rule in self._rules[stage]}

    def close(self) -> None:
        """Does nothing: there is nothing to release."""
