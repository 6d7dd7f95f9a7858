"""The compiled channel: all rules as one generated function, for systems that need findings fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ketascreen.channels.compiled.generate import generate
from ketascreen.diagnostic import ChannelFault
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts


class CompiledChannel:
    """Evaluates a rulebook by functions generated from it. It can be pickled, and can be used from threads."""

    name = "compiled"

    def __init__(self, rulebook: Rulebook) -> None:
        self._make({stage: rulebook.asked_at(stage) for stage in Stage}, rulebook.vocabulary.since)

    def _make(self, rules: Mapping[Stage, Sequence[Rule]], since: frozenset[str]) -> None:
        self._state = rules, since
        self._programs = {stage: generate(rules[stage], since) for stage in Stage}

    def __getstate__(self) -> tuple[Mapping[Stage, Sequence[Rule]], frozenset[str]]:
        return self._state

    def __setstate__(self, state: tuple[Mapping[Stage, Sequence[Rule]], frozenset[str]]) -> None:
        self._make(*state)

    def evaluate(self, facts: Facts, stage: Stage) -> dict[str, Truth]:
        """The truth of each rule asked at `stage`, by rule id.

        Raises:
            ChannelFault: an answer has the wrong type for its fact; the message holds no patient's value.
        """
        program = self._programs[stage]
        answers = program.unmet.copy()
        try:
            program.evaluate((*map(facts.current.get, program.current), *map(facts.last.get, program.last)), answers)
        except Exception as error:  # noqa: BLE001  an answer of the wrong type can raise anything
            failure = type(error).__name__
        else:
            return answers
        # Raised outside the `except` block, so that it is not chained to an error that could hold values.
        raise ChannelFault(f"the compiled channel failed: an unforeseen {failure}")

    def close(self) -> None:
        """Does nothing: there is nothing to release."""
