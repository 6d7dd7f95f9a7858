"""Why cases fail: the fewest rules, parameters and definitions that explain all failed cases.

A cause is a rule whose outcome differs from what the cases expect; or, if several such rules ask the same parameter or
definition, and it makes their outcomes what they are, that parameter or definition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.examination import NOT_ASKED
from ketascreen.authoring.cases.run import CaseResult
from ketascreen.diagnostic import ProfileError
from ketascreen.language.condition import Compare, comparisons, definitions
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import explain
from ketascreen.language.terms import OUTCOME, Decision, Outcome, Readiness
from ketascreen.patient.facts import Facts, deciding_answers, grounds_of, known_facts
from ketascreen.reasoning.witness import FAILS, HOLDS, replaced
from ketascreen.verdict.decision import alone


class CauseKind(StrEnum):
    """What a cause is; of two that explain as many cases, the one of the earlier kind is named."""

    RULE = "rule"
    DEFINITION = "definition"
    PARAMETER = "parameter"
    OTHER = "other"


_ORDER = tuple(CauseKind)
RETIRED = "retired"
"""What a rule is for a case that expects what the rule gave before it was retired."""
OTHERWISE = "otherwise"
"""What a rule is for a case that expects the same outcome on other grounds, or with another decision."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What a group of failed cases has in common.

    `name` names the rule, definition or parameter, or is a sentence. `rules` are the wrong rules that it explains,
    `outcomes` how many cases each wrong outcome has. `lacks` are facts that the rule lacks in all these cases, and that
    none of them gives.
    """

    kind: CauseKind
    name: str
    rules: tuple[str, ...]
    outcomes: Mapping[str, int]
    lacks: tuple[str, ...]
    results: tuple[CaseResult, ...]


@dataclass(frozen=True, slots=True, order=True)
class _Key:
    """A possible cause; in the order in which equally good ones are named."""

    order: int
    name: str


@dataclass(frozen=True, slots=True)
class _FailedCase:
    """A failed case with the rules that it shows to be wrong, and what explains it, each with such rules."""

    result: CaseResult
    facts: Facts | None
    rules: tuple[str, ...]
    explained_by: Mapping[_Key, tuple[str, ...]]


def causes_of(failed: Sequence[CaseResult], rulebook: Rulebook) -> tuple[Cause, ...]:
    """The failed cases by cause, the cause of most first; each case is in one group, in the order given."""
    shown = _shown(failed, rulebook)
    explains: dict[_Key, set[int]] = {}
    for index, one in enumerate(shown):
        for key in one.explained_by:
            explains.setdefault(key, set()).add(index)
    found: list[Cause] = []
    while explains:
        key = min(explains, key=lambda one: (-len(explains[one]), one))
        taken = sorted(explains[key])
        found.append(_cause(key, [shown[index] for index in taken], rulebook))
        for index in taken:
            for other in shown[index].explained_by:
                explains[other].discard(index)
        explains = {key: left for key, left in explains.items() if left}
    return tuple(found)


def _shown(failed: Sequence[CaseResult], rulebook: Rulebook) -> list[_FailedCase]:
    direct = [_wrong(one, rulebook) for one in failed]
    blamed = _blamed(failed, direct)
    shown = []
    for result, rules in zip(failed, direct, strict=True):
        facts = _facts(result.case, rulebook)
        missing: Iterable[str] = ()
        if facts is not None:
            missing = _retired_that_gave(result, facts, rulebook) or _that_could_give(result, blamed, facts, rulebook)
        every = tuple(dict.fromkeys((*rules, *missing)))
        keys: dict[_Key, tuple[str, ...]] = {_Key(_ORDER.index(CauseKind.RULE), rule): (rule,) for rule in every}
        for rule in (one for one in every if facts and rulebook.rule(one)):
            for key in _parts_that_matter(_rule(rulebook, rule), result.case, facts, rulebook):
                keys[key] = (*keys.get(key, ()), rule)
        if not keys:
            keys = {_Key(_ORDER.index(CauseKind.OTHER), _else(result)): ()}
        shown.append(_FailedCase(result, facts, every, keys))
    return shown


def _wrong(result: CaseResult, rulebook: Rulebook) -> tuple[str, ...]:
    """The rules whose outcome is surely not the one that the case expects."""
    named = [rule for failure in result.examined.failures for rule in failure.wrong]
    own = result.case.rule
    if own and all(not failure.about for failure in result.examined.failures):
        named.append(own)
    return tuple(rule for rule in dict.fromkeys(named) if rulebook.rule(rule) is not None)


def _retired_that_gave(result: CaseResult, facts: Facts, rulebook: Rulebook) -> tuple[str, ...]:
    """The retired rules that would give the more cautious word that a case expects."""
    wanted = [(failure.wanted, failure.routes) for failure in result.examined.failures if failure.wanted is not None]
    return tuple(
        rule.id
        for rule in rulebook.retired
        if rule.asked_at(result.case.stage)
        and any(
            word is _alone(rule, _outcome(rule, facts), word) and not {*routes}.isdisjoint(rule.routes)
            for word, routes in wanted
        )
    )


def _that_could_give(
    result: CaseResult, blamed: Mapping[str, frozenset[str]], facts: Facts, rulebook: Rulebook
) -> Iterator[str]:
    """Rules that other cases show to be wrong, and that could give the more cautious word that this one expects."""
    wanted = [(failure.wanted, failure.routes) for failure in result.examined.failures if failure.wanted is not None]
    for name, expected in blamed.items():
        rule = _rule(rulebook, name)
        outcome = _outcome(rule, facts)
        for word, routes in wanted:
            could = any(word is _alone(rule, one, word) for one in (Outcome.MET, Outcome.UNKNOWN))
            once_did = word in expected and outcome is not Outcome.NOT_MET
            gives_it = word is _alone(rule, outcome, word)
            if (could or once_did) and not gives_it and not {*routes}.isdisjoint(rule.routes):
                yield name
                break


def _blamed(failed: Sequence[CaseResult], wrong: Sequence[tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """The rules that cases show to be wrong, each with the words that its own failed cases expect of it alone."""
    words: dict[str, set[str]] = {name: set() for name in sorted({rule for rules in wrong for rule in rules})}
    for result in failed:
        if result.case.rule in words:
            words[result.case.rule].update(result.case.expect.get("gives", {}).values())
    return {name: frozenset(said) for name, said in words.items()}


def _alone(rule: Rule, outcome: Outcome, kind: Decision | Readiness) -> Decision | Readiness:
    """What the rule alone gives, as a word of the same kind."""
    decision, readiness = alone(rule.effect, outcome)
    return readiness if isinstance(kind, Readiness) else decision


def _outcome(rule: Rule, facts: Facts) -> Outcome:
    return OUTCOME[grounds_of(rule, facts).truth]


def _facts(case: Case, rulebook: Rulebook) -> Facts | None:
    try:
        return known_facts(case.profile, rulebook.vocabulary, case.clinic)
    except ProfileError:
        return None


def _rule(rulebook: Rulebook, name: str) -> Rule:
    rule = rulebook.rule(name) or rulebook.retired_rule(name)
    assert rule is not None
    return rule


def _else(result: CaseResult) -> str:
    """What fails a case that shows no rule to be wrong."""
    failure = next((one for one in result.examined.failures if one.about), result.examined.failures[0])
    return failure.about or (f"no rule gives `{failure.wanted}`" if failure.wanted else failure.text)


def _parts_that_matter(rule: Rule, case: Case, facts: Facts | None, rulebook: Rulebook) -> Iterator[_Key]:
    """The definitions and parameters of a rule without whose comparisons it could be as the case expects."""
    assert facts is not None
    parts: dict[_Key, list[Compare]] = {}
    for used in definitions(rule.when):
        key = _Key(_ORDER.index(CauseKind.DEFINITION), used.name)
        parts.setdefault(key, []).extend(comparisons(used.condition))
    for compare in comparisons(rule.when):
        for name in compare.parameters:
            parts.setdefault(_Key(_ORDER.index(CauseKind.PARAMETER), name), []).append(compare)
    expect = _expected(rule, case)
    yield from (key for key, part in parts.items() if _matters(rule, part, facts, expect))


def _expected(rule: Rule, case: Case) -> tuple[str | None, Collection[str]]:
    """The outcome that a case expects of a rule, if it says one, and the facts that it says with it."""
    said: Mapping[str, Any] = case.expect
    if case.rule == rule.id:
        return said["finding"], (*said.get("because", ()), *said.get("asks", ()))
    for outcome in (Outcome.MET, Outcome.UNKNOWN):
        if rule.id in said.get(outcome.value, ()):
            return outcome.value, ()
    return None, ()


def _matters(rule: Rule, part: Sequence[Compare], facts: Facts, expect: tuple[str | None, Collection[str]]) -> bool:
    """Whether the rule would be as expected if the part held, or did not hold."""
    answers = deciding_answers(rule, facts)
    now = OUTCOME[explain(rule.when, answers).truth]
    outcome, said = expect
    here, asked = {id(compare) for compare in part}, {compare.fact for compare in part}
    for truth in (HOLDS, FAILS):
        changed = replaced(rule.when, lambda one, truth=truth: truth if id(one) in here else one)  # type: ignore[misc]
        grounds = explain(changed, answers)
        then = OUTCOME[grounds.truth]
        if outcome is None:
            if then is not now:
                return True
        elif then == outcome and (now != outcome or {*grounds.rests_on, *grounds.lacks} | asked == {*said} | asked):
            return True
    return False


def _cause(key: _Key, shown: Sequence[_FailedCase], rulebook: Rulebook) -> Cause:
    rules = sorted({rule for one in shown for rule in one.explained_by[key]})
    outcomes = Counter(_got(one, one.explained_by[key][0], rulebook) for one in shown if one.explained_by[key])
    lacking = [_not_said(one, rules[0], rulebook) for one in shown] if len(rules) == 1 else []
    lacks = sorted(frozenset.intersection(*lacking)) if lacking else []
    results = tuple(one.result for one in shown)
    return Cause(_ORDER[key.order], key.name, tuple(rules), dict(sorted(outcomes.items())), tuple(lacks), results)


def _got(shown: _FailedCase, name: str, rulebook: Rulebook) -> str:
    """The outcome of a wrong rule for a case, or that the outcome alone is not what is wrong."""
    rule = _rule(rulebook, name)
    if rule.retired:
        return RETIRED
    if not rule.asked_at(shown.result.case.stage):
        return NOT_ASKED
    if shown.facts is None:
        return OTHERWISE
    outcome = _outcome(rule, shown.facts)
    return OTHERWISE if _expected(rule, shown.result.case)[0] == outcome else outcome.value


def _not_said(shown: _FailedCase, rule: str, rulebook: Rulebook) -> frozenset[str]:
    """The facts that a rule lacks for a case because the case does not give them."""
    if shown.facts is None or rulebook.rule(rule) is None:
        return frozenset()
    return grounds_of(_rule(rulebook, rule), shown.facts).lacks.difference(shown.facts.last)
