"""A permanent choice that keeps an exclusion, a review or a hold from being met, however old the answer is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import facts_of
from ketascreen.language.logic import FALSE, TRUE
from ketascreen.language.rule import Rule
from ketascreen.language.terms import Effect
from ketascreen.language.vocabulary import Fact, Kind, Vocabulary
from ketascreen.reasoning.spread import ABSENT, PRESENT, spread, word_of
from ketascreen.reasoning.witness import find, fixed

CODE = "permanent-mild"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Permanent choices with which a rule is not met for some patient, if another choice would meet it."""
    rulebook = subject.rulebook
    rules = rulebook.with_effect(Effect.EXCLUDE, Effect.REVIEW, Effect.HOLD)
    for fact in rulebook.vocabulary.values():
        asking = [rule for rule in rules if fact.name in facts_of(rule.when)]
        for word in sorted(fact.freshness.permanent if fact.freshness else ()):
            if (kept := _kept_from(fact, word, asking, rulebook.vocabulary)) is not None:
                rule, other = kept
                keeps = f"at any age, `{word}` of `{fact.name}` keeps the rule `{rule.id}` from being met"
                yield Concern(
                    CODE,
                    f"{keeps}; {other} would meet it",
                    "do not mark it permanent; or allow it in rulebook.yaml, with the reason why it cannot change",
                    subject.place("vocabulary.yaml", "freshness", fact.name, "permanent"),
                    about=fact.name,
                )


def _kept_from(fact: Fact, word: str, asking: Sequence[Rule], vocabulary: Vocabulary) -> tuple[Rule, str] | None:
    """A rule that some patient does not meet with the word and meets with another answer, and that answer."""
    for rule in asking:
        condition = spread(rule.when)
        for name, value, other, says in _answers(fact, word):
            both = [fixed(condition, name, value), fixed(condition, name, other)]
            if find(both, vocabulary, lambda truths: truths == (FALSE, TRUE)).answers is not None:
                return rule, says
    return None


def _answers(fact: Fact, word: str) -> Iterator[tuple[str, str, str, str]]:
    """The spread fact, its answer by the word, each other answer, and that answer in words."""
    if fact.kind is Kind.LIST:
        yield word_of(fact.name, word), PRESENT, ABSENT, f"a list without `{word}`"
    else:
        for choice in fact.choices:
            if choice != word:
                yield fact.name, word, choice, f"`{choice}`"
