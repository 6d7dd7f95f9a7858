"""What a trial of slips leaves out: the cases that do not hold, and the rules whose own cases are among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.mutation.mutant import Mutant


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The cases that do not hold; the rules with own cases among them; how many slips are not tried for these.

    A slip of a parameter, definition or fact that such a rule asks is not tried either: the cases that are left out
    may be those that notice it.
    """

    cases: tuple[Case, ...] = ()
    rules: tuple[str, ...] = ()
    slips: int = 0

    @classmethod
    def of(cls, failing: Sequence[Case], wanted: Iterable[Mutant]) -> Self:
        """What is left out of a trial of the wanted slips."""
        own = frozenset(case.rule for case in failing if case.rule)
        touched = [own.intersection(mutant.touches) for mutant in wanted]
        rules = tuple(sorted(frozenset[str]().union(*touched)))
        return cls(tuple(failing), rules, sum(map(bool, touched)))

    def is_tried(self, mutant: Mutant) -> bool:
        """Whether a slip touches none of these rules."""
        return frozenset(self.rules).isdisjoint(mutant.touches)
