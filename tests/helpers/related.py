"""Rules that say what others say: in other words, almost, narrower or wider.

Random rules seldom have to do with each other. What is claimed of two that do is tried on these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, DefinitionRef, Not
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Effect
from ketascreen.language.vocabulary import Vocabulary
from tests.helpers import generate

_OPPOSITE: Mapping[str, str] = {
    "is": "is_not", "one_of": "none_of", "at_least": "below", "above": "at_most", "includes_any": "includes_none",
}  # fmt: skip
_OPPOSITES = {**_OPPOSITE, **{other: one for one, other in _OPPOSITE.items()}}
_NEAR = {"at_least": "above", "above": "at_least", "at_most": "below", "below": "at_most"}
_EFFECTS = (Effect.EXCLUDE, Effect.REVIEW, Effect.CAUTION)


def equivalent(rng: Random, when: Condition) -> Condition:
    """The same condition in other words."""
    match when:
        case Compare(fact, operator, constant) if operator in _OPPOSITES and rng.random() < 0.5:
            return Not(Compare(fact, _OPPOSITES[operator], constant))
        case Compare(fact, "between", (low, high)) if rng.random() < 0.5:
            return AllOf((Compare(fact, "at_most", high), Compare(fact, "at_least", low)))
        case AllOf(members) | AnyOf(members):
            return _in_other_words(rng, when, [equivalent(rng, member) for member in members])
        case Not(member):
            return Not(equivalent(rng, member))
        case DefinitionRef(_, member) if rng.random() < 0.5:
            return equivalent(rng, member)
    return when if rng.random() < 0.5 else Not(Not(when))


def _in_other_words(rng: Random, when: AllOf | AnyOf, members: list[Condition]) -> Condition:
    """The members in another order, and now and then as what they are not."""
    rng.shuffle(members)
    if rng.random() < 0.5:
        return type(when)(tuple(members))
    return Not((AnyOf if isinstance(when, AllOf) else AllOf)(tuple(map(Not, members))))


def almost(rng: Random, when: Condition) -> Condition:
    """A condition that differs where a comparison of numbers has its boundary, if it has one."""
    match when:
        case Compare(fact, operator, constant) if operator in _NEAR:
            return Compare(fact, _NEAR[operator], constant)
        case AllOf(members) | AnyOf(members):
            place = rng.randrange(len(members))
            return type(when)((*members[:place], almost(rng, members[place]), *members[place + 1 :]))
        case Not(member):
            return Not(almost(rng, member))
    return when


def with_the_same_again(rng: Random) -> Rulebook:
    """A random rulebook in which one rule stands a second time in other words, and a third time almost."""
    rulebook = generate.rulebook(rng)
    rule = _one_of(rng, rulebook, tuple(Effect))
    again = replace(rule, id="again", when=equivalent(rng, rule.when))
    near = replace(rule, id="near", when=almost(rng, again.when))
    return replace(rulebook, rules=(*rulebook.rules, again, near))


def with_narrower_wider_and_weaker_ones(rng: Random) -> Rulebook:
    """A random rulebook in which one rule stands again narrower or wider, and one with a weaker effect."""
    rulebook = generate.rulebook(rng)
    rule = _one_of(rng, rulebook, _EFFECTS)
    other = generate.condition(rng, Vocabulary(generate.asked(rulebook)), {}, 0)
    when = rng.choice((AllOf, AnyOf))((equivalent(rng, rule.when), other))
    further = replace(rule, id="further", when=when, effect=rng.choice((rule.effect, *_EFFECTS)))
    strong = _one_of(rng, rulebook, (Effect.EXCLUDE, Effect.REVIEW))
    said = rng.choice((equivalent, almost))(rng, strong.when)
    weaker = replace(strong, id="weaker", when=said, effect=Effect.CAUTION)
    return replace(rulebook, rules=(*rulebook.rules, further, weaker))


def _one_of(rng: Random, rulebook: Rulebook, effects: tuple[Effect, ...]) -> Rule:
    """A rule with a condition of its own and a say. There is one in every rulebook, since it has an exclusion."""
    rules = rulebook.with_effect(*effects)
    return rng.choice([rule for rule in rules if rule.effect is not Effect.ADVISE and rule.when != Always()])
