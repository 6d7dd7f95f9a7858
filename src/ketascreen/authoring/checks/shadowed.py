"""A rule that changes no decision and no readiness: whenever it is met or unknown, others are at least as cautious."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ketascreen.authoring.checks.same_condition import same_as
from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import Always, Condition
from ketascreen.language.effects import EFFECTS, RESTRICTING
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Known
from ketascreen.language.terms import OUTCOME, DecidedBy, Effect, Route
from ketascreen.loading.invariants import required_for_unrecognised
from ketascreen.reasoning.crowd import Allowed, Crowd
from ketascreen.reasoning.rule_pairs import Pairs
from ketascreen.verdict.decision import alone

CODE = "shadowed"


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a rule has an effect.

    It has one if there is a `patient`: answers, spread, with which its `route` has another decision or readiness
    without the rule. It has none if it is `settled` without a patient: then `shadows` are the rules that keep it from
    having one. Otherwise the search would take too long, and nothing is claimed.
    """

    rule: Rule
    settled: bool
    patient: Known | None = None
    route: Route | None = None
    shadows: tuple[str, ...] = ()


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The rules that have no effect, as `judge` says.

    The later of two rules with one condition and one effect is left to `same-condition`. Rules that a rulebook must
    have for unrecognised entries are left out: nobody could delete them.
    """
    required = required_for_unrecognised(subject.rulebook.rules, subject.rulebook.vocabulary)
    for judged in judge(subject.rulebook):
        if judged.settled and judged.patient is None and judged.rule.id not in required:
            rule, shadows = judged.rule, judged.shadows
            decide = f"{_listed(shadows)} {'decides' if len(shadows) == 1 else 'decide'}"
            yield Concern(
                CODE,
                f"`{rule.id}` changes no decision and no readiness: whenever it is met or unknown, {decide} at least as"
                " cautiously",
                "delete it, narrow the other rule, or give this one a stronger effect; if its words are needed, accept"
                " it under `allow`, with the reason",
                rule.place,
                about=rule.id,
                cause=_listed(shadows),
                brief=f"`{rule.id}` changes no decision and no readiness",
            )


def judge(rulebook: Rulebook) -> Iterator[Judged]:
    """Whether each rule that gives a decision or readiness has an effect: the recommendation for some patient, on some
    of its routes, has another decision or readiness without it.

    All patients count: any answers known, any lists incomplete, the rule met or unknown. Any of the other reviews may
    be decided, and the rule itself undecided: a review that must be decided beside another one has an effect, since
    without it the decision on the other would be enough. Candidacy needs no search of its own, since a session asks
    its rules too, and a hold changes no decision.

    A search begins with the rule alone. Another rule joins once it rules out a patient that was found. The
    rest need not be tried, since with that patient they are less cautious than the rule.

    Rules with `when: always` are left aside: they are the least that a route gives, and other rules say more. So is a
    rule with the same condition and effect, of which `same-condition` tells.
    """
    vocabulary = rulebook.vocabulary
    rules = tuple(rule for rule in rulebook.with_effect(*RESTRICTING) if not isinstance(rule.when, Always))
    pairs = Pairs(rules, vocabulary)
    crowd = Crowd({rule.id: rule.when for rule in rules}, vocabulary)
    by_route = {route: _unlike(rules, route) for route in rulebook.routes}
    for rule in rules:
        same = {other.id for other in same_as(rule, pairs.beside(rule), pairs, vocabulary)}
        if not same or rule.id < min(same):
            yield _judged(rule, _on_each_route(rule, by_route, without={rule.id, *same}), crowd)


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _unlike(rules: Iterable[Rule], route: Route) -> tuple[Rule, ...]:
    """The rules of a route, the most cautious effect first: a search for answers that leave it out ends soonest.

    Of rules with one condition and one effect, the first.
    """
    unlike: dict[tuple[Effect, Condition], Rule] = {}
    for rule in sorted(rules, key=lambda rule: EFFECTS[rule.effect].rank or 0, reverse=True):
        if route in rule.routes:
            unlike.setdefault((rule.effect, rule.when), rule)
    return tuple(unlike.values())


def _on_each_route(
    rule: Rule, by_route: Mapping[Route, Iterable[Rule]], without: Collection[str]
) -> Mapping[Route, list[Rule]]:
    """The other rules on each of its routes; of routes with the same rules, the first."""
    found: dict[tuple[str, ...], tuple[Route, list[Rule]]] = {}
    for route in rule.routes:
        here = [other for other in by_route[route] if other.id not in without]
        found.setdefault(tuple(other.id for other in here), (route, here))
    return dict(found.values())


def _judged(rule: Rule, on_each_route: Mapping[Route, list[Rule]], crowd: Crowd) -> Judged:
    tried: set[str] = set()
    shown: list[tuple[Truth, Allowed]] = []
    for route, others in on_each_route.items():
        for truth, may in _bars(rule.effect):
            allowed = {other.id: _may(other, may) for other in others}
            allowed = {other: truths for other, truths in allowed.items() if len(truths) < len(Truth)}
            lone = crowd.lone(rule.id, truth, allowed)
            if lone.answers is not None:
                return Judged(rule, settled=True, patient=lone.answers, route=route)
            if not lone.whole:
                return Judged(rule, settled=False)
            tried |= set(lone.tried)
            shown.append((truth, allowed))
    return Judged(rule, settled=True, shadows=_needed(rule, tried, shown, crowd))


def _may(other: Rule, may: Mapping[Effect, frozenset[Truth]]) -> frozenset[Truth]:
    """The truths that another rule may have. A hold that a clinician decides may be met: it then stops nobody."""
    can_be_decided = other.effect is Effect.HOLD and other.decided_by is DecidedBy.CLINICIAN
    return may[other.effect] | {Truth.TRUE} if can_be_decided else may[other.effect]


def _needed(rule: Rule, tried: Iterable[str], shown: Iterable[tuple[Truth, Allowed]], crowd: Crowd) -> tuple[str, ...]:
    """As few of the rules that were tried as leave the rule without an effect; of equal ones the first by id."""
    needed = sorted(tried)
    for left_out in reversed(needed[:]):
        rest = set(needed) - {left_out}
        fewer = ((truth, {other: may for other, may in allowed.items() if other in rest}) for truth, allowed in shown)
        if all(crowd.among(rule.id, truth, allowed).shows_none for truth, allowed in fewer):
            needed.remove(left_out)
    return tuple(needed)


@cache
def _bars(effect: Effect) -> tuple[tuple[Truth, Mapping[Effect, frozenset[Truth]]], ...]:
    """For each truth of a rule, and for decision and readiness, the truths that the others may have if it matters.

    The most cautious finding gives a decision, and a readiness. So a rule matters where it is alone more cautious than
    each of the others is alone.
    """
    bars: list[tuple[Truth, Mapping[Effect, frozenset[Truth]]]] = []
    for truth in (Truth.TRUE, Truth.UNKNOWN):
        for given in (0, 1):  # the decision, the readiness
            own = alone(effect, OUTCOME[truth], decided=False)[given].rank
            may = {
                other: frozenset(one for one in Truth if alone(other, OUTCOME[one])[given].rank < own)
                for other in RESTRICTING
            }
            asks_more = any(one is truth and all(may[e] <= less[e] for e in RESTRICTING) for one, less in bars)
            if all(may.values()) and not asks_more:
                bars.append((truth, may))
    return tuple(bars)
