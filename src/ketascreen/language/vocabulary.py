"""Facts: the named, typed things that rules can ask about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from ketascreen.language.contradiction import Contradiction
from ketascreen.language.quantity import Unit, decimal_text, measured
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH

UNRECOGNISED = "unrecognised"
"""The word in a list fact that replaces every entry that the vocabulary does not know."""


class Kind(StrEnum):
    """What a fact's answer is."""

    NUMBER = "number"
    INTEGER = "integer"
    SINCE = "since"
    CHOICE = "choice"
    LIST = "list"


class DataKind(StrEnum):
    """What of a person an answer is or tells: the nine kinds of data of source attributes 5 to 13, in that order."""

    RACE = "race"
    ETHNICITY = "ethnicity"
    LANGUAGE = "language"
    SEXUAL_ORIENTATION = "sexual_orientation"
    GENDER_IDENTITY = "gender_identity"
    SEX = "sex"
    DATE_OF_BIRTH = "date_of_birth"
    SOCIAL_DETERMINANTS = "social_determinants"
    HEALTH_STATUS_ASSESSMENTS = "health_status_assessments"


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


class Window(NamedTuple):
    """How long an answer counts: so many calendar days of the clinic (0: the same day), or so many minutes if any."""

    days: int = 0
    minutes: int = 0

    def __str__(self) -> str:
        for count, size, unit in ((self.minutes, 60, "hour"), (self.minutes, 1, "minute"), (self.days, 1, "day")):
            if count and count % size == 0:
                return f"{count // size} {unit}{'' if count == size else 's'}"
        return "same day"


MARKS = ("lasting", "permanent", "stands")
"""The keys under which a fact's freshness names choices that count, in part or whole, when they are too old."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How long an answer counts: its `window`, or None if its age does not matter.

    An older answer, or one without a date, still counts in part. Choices that are `lasting` count until they are
    replaced; choices that are `permanent` do not age; choices that `stand` can meet a rule, and never make one not met.
    """

    window: Window | None
    lasting: frozenset[str] = frozenset()
    permanent: frozenset[str] = frozenset()
    stands: frozenset[str] = frozenset()
    reason: str = ""

    @property
    def ageless(self) -> frozenset[str]:
        """The choices that count whatever their age."""
        return self.lasting | self.permanent

    def __str__(self) -> str:
        return "any age" if self.window is None else str(self.window)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. Numbers have a unit and a range (both ends included); choices and lists have a closed list of words.

    The unit of a plain number is `NO_UNIT`.

    A number of the kind `since` counts from the day of an event, which its answer gives; if it is not `changeable`,
    the event happens once.

    `own_codes` are the codes that a rulebook gives to a fact that it adds; `codes_of` has the codes of every fact.
    `replaced_by` names the facts that took its place: it is read and asked as before, and offered to nobody. `opaque`
    are the choices that stand for more than one thing (`other`), so that the same word may mean another thing next
    time; an unrecognised entry always does. `is_added`: a rulebook adds the fact. `was` are the names that it had
    before, the oldest first; `was_choices` are words that its choices had before, each with the word of today. `uses`
    is what its answer says of a person; None: nobody said, which is not nothing.
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
    replaced_by: tuple[str, ...] = ()
    opaque: frozenset[str] = frozenset()
    is_added: bool = False
    was: tuple[str, ...] = ()
    was_choices: tuple[tuple[str, str], ...] = ()
    uses: frozenset[DataKind] | None = None

    def word_of_today(self, word: str) -> str:
        """What a choice is called today, if `word` is a former word of it; else `word` itself."""
        return next((now for was, now in self.was_choices if was == word), word)

    @property
    def is_number(self) -> bool:
        """Whether its answer is a quantity."""
        return self.kind in (Kind.NUMBER, Kind.INTEGER, Kind.SINCE)

    @property
    def unit_name(self) -> str | None:
        """The unit beside its numbers; None for a plain number, a choice and a list."""
        return self.unit.shown if self.unit else None

    @property
    def is_whole(self) -> bool:
        """Whether its answer is a whole number."""
        return self.kind in (Kind.INTEGER, Kind.SINCE)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that a rule may compare it with."""
        return (*self.choices, UNRECOGNISED) if self.kind is Kind.LIST else self.choices

    def spans(self, number: Decimal) -> bool:
        """Whether a number is within its range; both ends are."""
        return (self.minimum is None or self.minimum <= number) and (self.maximum is None or number <= self.maximum)

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
            highest = measured(high, self.unit_name, texts)
            if self.kind is Kind.SINCE:
                if self.changeable:
                    return texts.text("answer.since", low=low, high=highest)
                return texts.text("answer.since.once", low=low, high=highest)
            return texts.text("answer.range", kind=texts.label("kind", self.kind), low=low, high=highest)
        choices = texts.listed(self.choices)
        if self.kind is Kind.LIST:
            return texts.text("answer.list", choices=choices)
        return texts.text("answer.choice", choices=choices)

    def describe_freshness(self) -> str:
        """How long an answer counts, and which choices count longer, for people."""
        if self.freshness is None or self.freshness.window is None:
            return "at any age, if it is dated" if self.kind is Kind.SINCE else "at any age, dated or not"
        window, marked = self.freshness.window, self.freshness
        counts = f"for {window}" if any(window) else "on the same day"
        if window.days:
            counts += " after its day, the last one whole"
        return "; ".join(
            [
                counts,
                *(f"{word} until it is replaced" for word in self.choices if word in marked.lasting),
                *(f"{word} permanently" for word in self.choices if word in marked.permanent),
                *(f"{word} can still meet rules after that" for word in self.choices if word in marked.stands),
            ]
        )


class Vocabulary(Mapping[str, Fact]):
    """The facts by name, and the answers that contradict each other; immutable.

    `windows` holds each window by the name of its fact; a fact whose answers do not age has none. `windows_in_days` are
    those in days, each as its number of days. `since` are the names of the facts of that kind. `renamed` has the name
    of today of each name that a fact had before.
    """

    __slots__ = ("_facts", "contradictions", "renamed", "since", "windows", "windows_in_days")

    def __init__(self, facts: Iterable[Fact], contradictions: Iterable[Contradiction] = ()) -> None:
        self._facts = {fact.name: fact for fact in facts}
        self.contradictions = tuple(contradictions)
        self.renamed: Mapping[str, str] = {old: fact.name for fact in self._facts.values() for old in fact.was}
        self.since = frozenset(fact.name for fact in self._facts.values() if fact.kind is Kind.SINCE)
        self.windows: Mapping[str, Window] = {
            name: fact.freshness.window
            for name, fact in self._facts.items()
            if fact.freshness is not None and fact.freshness.window is not None
        }
        self.windows_in_days: Mapping[str, int] = {
            name: window.days for name, window in self.windows.items() if not window.minutes
        }

    @property
    def offered(self) -> Mapping[str, Fact]:
        """The facts without those that others replaced: what pages, completion and suggestions show."""
        return {name: fact for name, fact in self._facts.items() if not fact.replaced_by}

    def __getitem__(self, name: str) -> Fact:
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return self._facts == other._facts and self.contradictions == other.contradictions

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return Vocabulary, (tuple(self._facts.values()), self.contradictions)

    def extended(
        self,
        facts: Iterable[Fact],
        freshness: Mapping[str, Freshness],
        contradictions: Iterable[Contradiction] = (),
    ) -> Vocabulary:
        """A vocabulary with `facts` and `contradictions` added, and with `freshness`; the caller checks the names."""
        merged = {**self._facts, **{fact.name: fact for fact in facts}}
        return Vocabulary(
            (replace(fact, freshness=freshness.get(name, fact.freshness)) for name, fact in merged.items()),
            (*self.contradictions, *contradictions),
        )
