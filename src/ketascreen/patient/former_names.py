"""A profile that names facts and choices as they were called before: it is read in the words of today, and says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ketascreen.diagnostic import Diagnostic
from ketascreen.language.quiet import Quiet
from ketascreen.language.vocabulary import Fact, Vocabulary

BOTH = "duplicate-fact"
"""The code of a fact that is given under two of its names."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class FormerName(Quiet):
    """A name of before that was used: of a fact, or of a choice of `fact`. `now` is what it is called today."""

    was: str
    now: str
    fact: str | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class NamedToday(Quiet):
    """Answers by the names that facts have today; `given` has the name under which each was given, if another.

    Facts that the vocabulary does not know keep their name. `twice` has the names of each fact that was given twice.
    """

    answers: Mapping[str, Any]
    given: Mapping[str, str] = field(default_factory=dict)
    twice: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def problems(self) -> Iterator[Diagnostic]:
        """That a fact was given under two names: which of the answers counts is not guessed."""
        for now, names in self.twice.items():
            named = " and ".join(f"`{name}`" for name in names)
            message = f"{named} are one fact, which is called `{now}` now; it is given {len(names)} times"
            yield Diagnostic(BOTH, message, f"give it once, as `{now}`", pointer=f"/extra/{names[0]}")


def named_today(extra: Mapping[str, Any], vocabulary: Vocabulary) -> NamedToday:
    """The answers of a profile's `extra` by the names of today. An answer that is None is not given."""
    renamed = vocabulary.renamed
    if not renamed or renamed.keys().isdisjoint(extra):
        return NamedToday(extra)
    names: dict[str, list[str]] = {}
    for name, answer in extra.items():
        if answer is not None or name not in {*renamed, *renamed.values()}:
            names.setdefault(renamed.get(name, name), []).append(name)
    return NamedToday(
        {now: extra[given[0]] for now, given in names.items()},
        {now: given[0] for now, given in names.items() if given != [now]},
        {now: tuple(given) for now, given in names.items() if len(given) > 1},
    )


def former_names_in(extra: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[FormerName, ...]:
    """The former names of facts and choices in a profile's `extra`, by the fact's name of today."""
    today = named_today(extra, vocabulary)
    found: list[FormerName] = []
    for now, answer in sorted(today.answers.items()):
        fact = vocabulary.get(now)
        if fact is None or answer is None:
            continue
        if now in today.given:
            found.append(FormerName(today.given[now], now))
        found += former_words(fact, answer)
    return tuple(found)


def former_words(fact: Fact, answer: object) -> Iterator[FormerName]:
    """The former words of a fact's choices in an answer, in whatever form it is given."""
    if not fact.was_choices:
        return
    said = {*_words_of(answer)}
    for was, now in sorted(fact.was_choices):
        if was in said:
            yield FormerName(was, now, fact.name)


def as_given_before(extra: dict[str, Any], used: Sequence[FormerName]) -> dict[str, Any]:
    """Answers by the names of today, as dumped, under the former names that were used: they are read to the same."""
    facts = {one.now: one.was for one in used if one.fact is None}
    words: dict[str, dict[str, list[str]]] = {}
    for one in used:
        if one.fact is not None:
            words.setdefault(one.fact, {}).setdefault(one.now, []).append(one.was)
    return {
        facts.get(name, name): _in_former_words(answer, words[name]) if name in words else answer
        for name, answer in extra.items()
    }


def _in_former_words(answer: Mapping[str, Any], words: Mapping[str, list[str]]) -> dict[str, Any]:
    if "present" in answer:
        said = [was for word in answer["present"] for was in words.get(word, [word])]
        return {**answer, "present": said}
    return {**answer, "value": words.get(answer["value"], [answer["value"]])[0]}


def _words_of(answer: object) -> Iterator[str]:
    if isinstance(answer, Mapping):
        answer = answer.get("present", answer.get("value"))
    if isinstance(answer, str):
        yield str.__str__(answer)
    elif isinstance(answer, Iterable):
        yield from (str.__str__(one) for one in answer if isinstance(one, str))
