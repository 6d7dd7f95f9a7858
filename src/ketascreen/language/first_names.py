"""The first name of each fact, choice, parameter and definition of a rulebook: `was` begins with it.

Two rulebooks that differ by names alone are the same in first names, which are unique, as former names are. A rule's
digest and its sheet have the first names of parameters and definitions: nothing outside the rulebook uses these, so
another name of one ends no decision and no approval. Facts and choices are in the records of patients. A word that
meant one answer when a rule was approved could mean another one now, so a digest has their names of today, and their
former names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, Constant, DefinitionRef, Not
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.rule import Definition, Parameter, Rule
from ketascreen.language.vocabulary import Fact, Freshness, Vocabulary

_Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FirstNames:
    """The first name of each thing that had another name before; `words` has the choices, by their fact of today.

    What it gives has no `was` any more. Without a former name anywhere, it gives the parts themselves.
    """

    facts: _Names
    words: Mapping[str, _Names]
    parameters: _Names
    definitions: _Names

    @classmethod
    def of(
        cls, vocabulary: Vocabulary, parameters: Mapping[str, Parameter], definitions: Mapping[str, Definition]
    ) -> Self:
        """The first names in a rulebook with these parts."""
        words = {fact.name: first_words(fact) for fact in vocabulary.values() if fact.was_choices}
        return cls(_first(vocabulary.values()), words, _first(parameters.values()), _first(definitions.values()))

    @classmethod
    def within(cls, parameters: Mapping[str, Parameter], definitions: Mapping[str, Definition]) -> Self:
        """The first names of what nothing outside a rulebook names; facts and choices have their names of today."""
        return cls({}, {}, _first(parameters.values()), _first(definitions.values()))

    @property
    def are_todays(self) -> bool:
        """Whether nothing had another name before."""
        return not (self.facts or self.words or self.parameters or self.definitions)

    def fact_name(self, name: str) -> str:
        """The first name of a fact."""
        return self.facts.get(name, name)

    def word(self, fact: str, word: str) -> str:
        """The first name of a choice of a fact, by the fact's name of today."""
        return self.words[fact].get(word, word) if fact in self.words else word

    def condition(self, when: Condition) -> Condition:
        """A condition in first names."""
        if self.are_todays:
            return when
        match when:
            case AllOf(members) | AnyOf(members):
                return replace(when, members=tuple(map(self.condition, members)))
            case Not(member):
                return replace(when, member=self.condition(member))
            case DefinitionRef(name, member):
                return replace(when, name=self.definitions.get(name, name), condition=self.condition(member))
            case Compare(fact, _, constant, parameters):
                named = tuple(self.parameters.get(name, name) for name in parameters)
                return replace(
                    when, fact=self.fact_name(fact), constant=self._constant(fact, constant), parameters=named
                )
            case Always():
                return when

    def _constant(self, fact: str, constant: Constant) -> Any:
        if isinstance(constant, tuple):
            return tuple(self.word(fact, one) if isinstance(one, str) else one for one in constant)
        return self.word(fact, constant) if isinstance(constant, str) else constant

    def rule(self, rule: Rule) -> Rule:
        """A rule whose condition and texts name everything by first names."""
        if self.are_todays:
            return rule
        named = tuple(self.parameters.get(name, name) for name in rule.named)
        return replace(rule, when=self.condition(rule.when), named=named)

    def vocabulary(self, vocabulary: Vocabulary) -> Vocabulary:
        """A vocabulary in first names."""
        if self.are_todays:
            return vocabulary
        return Vocabulary(
            [self.fact(fact) for fact in vocabulary.values()],
            [self._contradiction(one) for one in vocabulary.contradictions],
        )

    def fact(self, fact: Fact) -> Fact:
        """A fact in first names, with the first names of its choices wherever they stand."""
        name = fact.name
        if not (self.facts or self.words):
            return fact

        def words(some: Iterable[str]) -> frozenset[str]:
            return frozenset(self.word(name, word) for word in some)

        codes = tuple(
            code if code.choice is None else replace(code, choice=self.word(name, code.choice))
            for code in fact.own_codes
        )
        fresh = fact.freshness
        freshness = fresh and Freshness(
            fresh.window, words(fresh.lasting), words(fresh.permanent), words(fresh.stands), fresh.reason
        )
        return replace(
            fact,
            name=self.fact_name(name),
            choices=tuple(self.word(name, word) for word in fact.choices),
            opaque=words(fact.opaque),
            own_codes=codes,
            freshness=freshness,
            was=(),
            was_choices=(),
        )

    def of_parameters(self, parameters: Mapping[str, Parameter]) -> Mapping[str, Parameter]:
        """Parameters in first names."""
        if self.are_todays:
            return parameters
        named = [replace(one, name=self.parameters.get(one.name, one.name), was=()) for one in parameters.values()]
        return {one.name: one for one in named}

    def of_definitions(self, definitions: Mapping[str, Definition]) -> Mapping[str, Definition]:
        """Definitions in first names."""
        if self.are_todays:
            return definitions
        named = [
            replace(one, name=self.definitions.get(one.name, one.name), when=self.condition(one.when), was=())
            for one in definitions.values()
        ]
        return {one.name: one for one in named}

    def _contradiction(self, one: Contradiction) -> Contradiction:
        if isinstance(one.when, NotBelow):
            when: Condition | NotBelow = NotBelow(self.fact_name(one.when.fact), self.fact_name(one.when.other))
        else:
            when = self.condition(one.when)
        newer = None if one.newer is None else self.fact_name(one.newer)
        return replace(one, when=when, about=self.fact_name(one.about), newer=newer)


def first_words(fact: Fact) -> _Names:
    """The first name of each choice of a fact that had another one before."""
    first: dict[str, str] = {}
    for old, now in fact.was_choices:
        first.setdefault(now, old)
    return first


def _first(things: Iterable[Fact] | Iterable[Parameter] | Iterable[Definition]) -> _Names:
    return {one.name: one.was[0] for one in things if one.was}
