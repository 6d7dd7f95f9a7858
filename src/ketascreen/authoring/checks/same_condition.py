"""Two rules with the same condition and the same effect on a route: one is needless, or its condition is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import Condition
from ketascreen.language.rule import Rule, RuleStage
from ketascreen.language.terms import Effect
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.reasoning.accepted import vocabulary_for
from ketascreen.reasoning.rule_pairs import Pairs
from ketascreen.reasoning.witness import find

CODE = "same-condition"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The later of two such rules, by id.

    Rules of advice may share a condition, since they differ in what they say; `always` asks nothing.
    """
    vocabulary, called = subject.rulebook.vocabulary, subject.rulebook.identity.options.one
    pairs = Pairs((rule for rule in subject.rulebook.rules if rule.effect is not Effect.ADVISE), vocabulary)
    for rule in pairs.rules:
        earlier = (other for other in pairs.beside(rule) if other.id < rule.id)
        same = next(same_as(rule, earlier, pairs, vocabulary), None)
        if same is not None:
            yield Diagnostic(
                CODE,
                f"`{rule.id}` has the same condition and effect as `{same.id}`, on a {called} of both",
                "merge the two, or correct the condition of one of them",
                rule.place,
            )


def same_as(rule: Rule, others: Iterable[Rule], pairs: Pairs, vocabulary: Vocabulary) -> Iterator[Rule]:
    """The rules among `others` that have its condition and its effect, on a route of both."""
    together = (other for other in others if _apply_together(rule, other))
    met_together = (other for other in together if pairs.meets_too(rule, other) and pairs.meets_too(other, rule))
    among = vocabulary_for(rule, vocabulary)
    return (other for other in met_together if mean_the_same(rule.when, other.when, among))


def mean_the_same(one: Condition, other: Condition, vocabulary: Vocabulary) -> bool:
    """Whether two conditions have the same truth, whatever is known."""
    return one == other or find([one, other], vocabulary, lambda truths: truths[0] is not truths[1]).shows_none


def _apply_together(rule: Rule, other: Rule) -> bool:
    stages = {rule.stage, other.stage}
    same_stage = len(stages) == 1 or RuleStage.BOTH in stages
    return rule.effect is other.effect and same_stage and bool(set(rule.routes) & set(other.routes))
