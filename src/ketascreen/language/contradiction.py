"""Answers of one patient that cannot all be right: a screening is refused, because any of them may be wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from ketascreen.diagnostic import Place
from ketascreen.language.condition import Condition, facts_of


@dataclass(frozen=True, slots=True)
class NotBelow:
    """The answer to `fact` is not below the answer to `other`. Only a contradiction can compare two facts."""

    fact: str
    other: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One kind of contradiction. It is `about` one fact, whose last answer is compared with the others that count.

    `newer` names a fact: if all other answers are known to be of after it, they are news and contradict nothing.
    `facts` are the facts that are compared, `about` among them.
    """

    name: str
    when: Condition | NotBelow
    about: str
    say: str
    newer: str | None = None
    place: Place | None = field(default=None, compare=False, repr=False)
    facts: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        when = self.when
        asked = frozenset((when.fact, when.other)) if isinstance(when, NotBelow) else facts_of(when)
        object.__setattr__(self, "facts", asked)

    @property
    def against(self) -> tuple[str, ...]:
        """The other facts, by name."""
        return tuple(sorted(self.facts - {self.about}))

    @property
    def reads_last(self) -> bool:
        """Whether it reads the last answer of the fact that it is about, whatever its age."""
        return not isinstance(self.when, NotBelow)
