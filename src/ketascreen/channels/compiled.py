"""The compiled channel: a whole rulebook as one generated function, in Kleene's logic, for speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ketascreen.channels import ChannelFault
from ketascreen.channels.generated import program
from ketascreen.facts import Facts
from ketascreen.logic import Truth
from ketascreen.rule import Rule
from ketascreen.rulebook import Rulebook
from ketascreen.terms import Stage


class CompiledChannel:
    """Evaluates a rulebook by a function generated from it. It can be pickled, and used from threads."""

    name = "compiled"

    def __init__(self, rulebook: Rulebook) -> None:
        self._make({stage: rulebook.asked_at(stage) for stage in Stage})

    def _make(self, rules: Mapping[Stage, Sequence[Rule]]) -> None:
        self._rules = rules
        self._programs = {stage: program(rules[stage]) for stage in Stage}

    def __getstate__(self) -> Mapping[Stage, Sequence[Rule]]:
        return self._rules

    def __setstate__(self, rules: Mapping[Stage, Sequence[Rule]]) -> None:
        self._make(rules)

    def evaluate(self, facts: Facts, stage: Stage) -> dict[str, Truth]:
        """What each rule asked at `stage` comes to, by rule id.

        Raises:
            ChannelFault: an answer is not one to its kind of fact; holds no patient's value.
        """
        program = self._programs[stage]
        answers = program.unmet.copy()
        program.evaluate((*map(facts.current.get, program.current), *map(facts.last.get, program.last)), answers)
        return answers

    def close(self) -> None:
        """Holds nothing."""
