"""Facts: the named, typed things that rules can ask about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from ketascreen.language.quantity import Unit, decimal_text, measured
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH

UNRECOGNISED = "unrecognised"
"""The word in a list fact that replaces every entry that the vocabulary does not know."""


class Kind(StrEnum):
    """What a fact's answer is."""

    NUMBER = "number"
    INTEGER = "integer"
    CHOICE = "choice"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a terminology, for the fact itself or for one of its choices.

    A prefix stands for each code that begins with it, except the codes that begin with one of its `exceptions`.
    """

    system: str
    code: str
    choice: str | None = None
    is_prefix: bool = False
    exceptions: tuple[str, ...] = ()
    source: str = ""

    def matches(self, system: str, code: str) -> bool:
        """Whether it stands for a code; never for a code of another system."""
        if system != self.system or not code.startswith(self.code):
            return False
        return code == self.code or (self.is_prefix and not code.startswith(self.exceptions))

    def overlaps(self, other: Code) -> bool:
        """Whether a code may exist that both stand for."""
        return self.matches(other.system, other.code) or other.matches(self.system, self.code)

    def __str__(self) -> str:
        but = f" except {' '.join(self.exceptions)}" if self.exceptions else ""
        return f"{self.system} {self.code}{'*' if self.is_prefix else ''}{but}"


@dataclass(frozen=True, slots=True)
class Freshness:
    """How long an answer counts.

    `days` is the window, 0 for the same calendar day. Choices that are `lasting` count until they are replaced;
    choices that are `permanent` do not age.
    """

    days: int
    lasting: frozenset[str] = frozenset()
    permanent: frozenset[str] = frozenset()
    reason: str = ""

    @property
    def ageless(self) -> frozenset[str]:
        """The choices that count whatever their age."""
        return self.lasting | self.permanent

    def __str__(self) -> str:
        return "same day" if self.days == 0 else f"{self.days} days"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. Numbers have a unit and a range (both ends included); choices and lists have a closed list of words.

    `own_codes` are the codes that a rulebook gives to a fact that it adds; `codes_of` has the codes of every fact.
    `opaque` are the choices that stand for more than one thing (`other`), so that the same word may mean another thing
    next time; an unrecognised entry always does. `is_added`: a rulebook adds the fact.
    """

    name: str
    kind: Kind
    label: str
    domain: str
    unit: Unit | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[str, ...] = ()
    own_codes: tuple[Code, ...] = ()
    changeable: bool = True
    note: str = ""
    freshness: Freshness | None = None
    opaque: frozenset[str] = frozenset()
    is_added: bool = False

    @property
    def is_number(self) -> bool:
        """Whether its answer is a quantity."""
        return self.kind in (Kind.NUMBER, Kind.INTEGER)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that a rule may compare it with."""
        return (*self.choices, UNRECOGNISED) if self.kind is Kind.LIST else self.choices

    def hides(self, answer: str | tuple[str, ...]) -> bool:
        """Whether an answer, as a verdict words it, has a word that may mean another thing next time."""
        if self.is_number:
            return False
        words = {answer} if isinstance(answer, str) else set(answer)
        return bool(words & self.opaque or words - {*self.choices})

    def describe(self, texts: Catalogue = ENGLISH) -> str:
        """What an answer looks like, for people."""
        if self.is_number:
            low, high = (decimal_text(end) if end is not None else "" for end in (self.minimum, self.maximum))
            highest = measured(high, self.unit.name if self.unit else None, texts)
            return texts.text("answer.range", kind=texts.label("kind", self.kind), low=low, high=highest)
        choices = texts.listed(self.choices)
        if self.kind is Kind.LIST:
            return texts.text("answer.list", choices=choices)
        return texts.text("answer.choice", choices=choices)

    def describe_freshness(self) -> str:
        """How long an answer counts, and which choices count longer, for people."""
        if self.freshness is None:
            return "at any age, dated or not"
        days = self.freshness.days
        window = "on the same day" if days == 0 else f"for {days} {'day' if days == 1 else 'days'}"
        lasting = [f"{word} until it is replaced" for word in self.choices if word in self.freshness.lasting]
        permanent = [f"{word} permanently" for word in self.choices if word in self.freshness.permanent]
        return "; ".join([window, *lasting, *permanent])


class Vocabulary(Mapping[str, Fact]):
    """The facts by name; immutable.

    `windows` holds the days of each window, by the name of the fact; a fact whose answers do not age has none.
    """

    __slots__ = ("_facts", "_spans", "windows")

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = {fact.name: fact for fact in facts}
        self.windows: Mapping[str, int] = {
            fact.name: fact.freshness.days for fact in self._facts.values() if fact.freshness is not None
        }
        self._spans = {days: timedelta(days) for days in self.windows.values()}

    def __getitem__(self, name: str) -> Fact:
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def earliest(self, as_of: datetime) -> dict[int, datetime]:
        """For each window, by its days, the earliest time of observation that still counts at `as_of`.

        Midnight is at the offset of `as_of`, which is fixed. For a window of 0 days it is the midnight before `as_of`.
        """
        midnight = as_of.replace(hour=0, minute=0, second=0, microsecond=0)
        return {days: as_of - span if days else midnight for days, span in self._spans.items()}

    def extended(self, facts: Iterable[Fact], freshness: Mapping[str, Freshness]) -> Vocabulary:
        """A vocabulary with `facts` added and the freshness windows set; the caller checks the names."""
        merged = {**self._facts, **{fact.name: fact for fact in facts}}
        return Vocabulary(replace(fact, freshness=freshness.get(name, fact.freshness)) for name, fact in merged.items())
