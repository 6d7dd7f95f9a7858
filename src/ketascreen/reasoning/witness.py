"""Searches for answers that give conditions certain truths, among all answers that the conditions distinguish.

The search is in three values: a fact may be unknown, and a list incomplete. The search is bounded; if it would take too
long, it says so and claims nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from itertools import product

from ketascreen.language.condition import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    DefinitionRef,
    Not,
    Value,
    comparisons,
)
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.logic import Truth
from ketascreen.language.operators import OPERATORS
from ketascreen.language.semantics import Known, evaluate
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.reasoning.accepted import accepted, spread_of
from ketascreen.reasoning.questions import Question, depth, questions_of
from ketascreen.reasoning.spread import fact_of, spread

MAX_WORK = 50_000
"""The most comparisons that one search may look at."""
MAX_QUESTIONS = 64
HOLDS: Condition = AllOf(())
FAILS: Condition = AnyOf(())

Truths = tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """The answers that were found, or None. Only if the search was `whole` does None mean that there are none.

    Answers to a list are spread: `heart_conditions stroke` is `present` or `absent`.
    """

    answers: Known | None
    whole: bool

    @property
    def shows_none(self) -> bool:
        """Whether it is certain that no answers give the wanted truths."""
        return self.answers is None and self.whole


def find(
    conditions: Iterable[Condition],
    vocabulary: Vocabulary,
    wanted: Callable[[Truths], bool],
    *,
    unknown: bool = True,
    hopeful: Callable[[Truths], bool] | None = None,
) -> Search:
    """Answers for which `wanted` accepts the truths of the conditions; without `unknown`, every fact is answered.

    They belong to a patient who is accepted. Answers that contradict each other unless one of them is newer are
    found only if there are no others: that patient is accepted if the answers are of the right days.
    `hopeful` says whether `wanted` may still accept truths once more is known. Without it, all ways are tried: 3 for
    each unknown truth, so give it for more than a few conditions.
    """
    search = partial(_found, tuple(map(spread, conditions)), vocabulary, wanted, unknown, hopeful)
    found = search(())
    every = vocabulary.contradictions
    if found.answers is None or accepted(found.answers, every):
        return found
    better = search(every)
    always = tuple(one for one in every if one.newer is None)
    if better.answers is not None or always == every:
        return better
    return found if accepted(found.answers, always) else search(always)


def _found(
    tried: tuple[Condition, ...],
    vocabulary: Vocabulary,
    wanted: Callable[[Truths], bool],
    unknown: bool,
    hopeful: Callable[[Truths], bool] | None,
    avoided: tuple[Contradiction, ...],
) -> Search:
    """A search for answers that contradict each other in none of the `avoided` ways.

    A fact that is not yet asked counts as unknown. A condition that is true or false stays so, whatever becomes known.
    """
    names = {fact_of(compare.fact) for condition in tried for compare in comparisons(condition)}
    avoided = tuple(one for one in avoided if names.issuperset(_needed(one)))
    refusing = tuple(spread_of(one.when) for one in avoided if not isinstance(one.when, NotBelow))
    ordered = Counter(name for one in avoided if isinstance(one.when, NotBelow) for name in one.facts)
    questions = tuple(questions_of(tried, refusing, ordered.keys(), vocabulary, unknown=unknown))
    if sum(map(depth, questions)) > MAX_QUESTIONS:
        return Search(None, whole=False)
    compared = {compare.fact for condition in refusing for compare in comparisons(condition)} | ordered.keys()
    work = 0

    @cache
    def any_hope(truths: Truths) -> bool:
        return any(map(wanted, product(*(tuple(Truth) if one is Truth.UNKNOWN else (one,) for one in truths))))

    has_hope = hopeful or any_hope

    def search(left: tuple[Condition, ...], known: Known, rest: tuple[Question, ...]) -> Known | None:
        nonlocal work
        asked = [compare.fact for condition in left for compare in comparisons(condition)]
        work += 1 + len(asked) + len(avoided)
        truths = tuple(evaluate(condition, {}) for condition in left)
        if not has_hope(truths) or work > MAX_WORK:
            return None
        rest = tuple(one for one in rest if not (one.facts.isdisjoint(asked) and one.facts.isdisjoint(compared)))
        open_ended = Truth.UNKNOWN in truths or avoided
        if wanted(truths) and not (open_ended and any(question.must for question in rest)) and accepted(known, avoided):
            return known
        for option in rest[0].options if rest else ():
            still = tuple(_given(condition, option.known) for condition in left) if option.known else left
            found = search(still, {**known, **option.known}, (*option.then, *rest[1:]))
            if found is not None:
                return found
        return None

    found = search(tried, {}, questions)
    chained = any(count > 1 for count in ordered.values())  # between two others a number may have to be in the middle
    return Search(found, work <= MAX_WORK and not chained)


def _needed(one: Contradiction) -> Iterable[str]:
    """The facts without whose answers there is no such contradiction."""
    return one.facts if isinstance(one.when, NotBelow) else (one.about,)


def met_by(condition: Condition, vocabulary: Vocabulary) -> Known | None:
    """A few answers that meet the condition, each of them needed; None if none were found."""
    tried = spread(condition)
    answers = find([tried], vocabulary, lambda truths: truths == (Truth.TRUE,)).answers
    if answers is None:
        return None
    for name in tuple(answers):
        fewer = {other: value for other, value in answers.items() if other != name}
        if evaluate(tried, fewer) is Truth.TRUE and accepted(fewer, vocabulary.contradictions):
            answers = fewer
    return answers


def fixed(condition: Condition, fact: str, value: Value) -> Condition:
    """A spread condition with one answer given: the rest asks the other facts, or is HOLDS or FAILS."""
    return _given(condition, {fact: value})


def _given(condition: Condition, answers: Known) -> Condition:
    def fix(compare: Compare) -> Condition:
        if compare.fact not in answers:
            return compare
        truth = OPERATORS[compare.operator].test(answers[compare.fact], compare.constant)
        return compare if truth is Truth.UNKNOWN else HOLDS if truth is Truth.TRUE else FAILS

    return replaced(condition, fix)


def replaced(condition: Condition, change: Callable[[Compare], Condition]) -> Condition:
    """The condition with each comparison changed, definitions replaced, and HOLDS and FAILS simplified away."""
    match condition:
        case AllOf(members):
            return all_of(replaced(member, change) for member in members)
        case AnyOf(members):
            return any_of(replaced(member, change) for member in members)
        case Not(member):
            new = replaced(member, change)
            return FAILS if new == HOLDS else HOLDS if new == FAILS else Not(new)
        case DefinitionRef(_, member):
            return replaced(member, change)
        case Compare():
            return change(condition)
        case Always():
            return HOLDS


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Holds when each of them holds."""
    members = tuple(member for member in conditions if member != HOLDS)
    return FAILS if FAILS in members else AllOf(members)


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Holds when one of them holds."""
    members = tuple(member for member in conditions if member != FAILS)
    return HOLDS if HOLDS in members else AnyOf(members)
