"""What `shadowed` says of a rule, held against every patient of small random rulebooks and of the built-in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import chain, combinations, product
from random import Random

import pytest
from hypothesis import given, settings

from ketascreen import ClinicianDecision, PatientProfile, Readiness, Screener
from ketascreen.authoring.checks.shadowed import Judged, judge
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, ListValue, Value
from ketascreen.language.quantity import UNITS
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Known, evaluate
from ketascreen.language.terms import OUTCOME, Decision, Effect, Outcome, Route, Stage
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Kind, Vocabulary
from ketascreen.reasoning import witness
from ketascreen.reasoning.crowd import MAX_JOINED
from ketascreen.reasoning.partitions import answers, open_lists
from ketascreen.reasoning.spread import ABSENT, PRESENT, spread
from ketascreen.verdict.decision import by_kind, combine
from tests.helpers import generate, related
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, baseline, rngs, shipped

FACTS = Vocabulary(
    (
        Fact("colour", Kind.CHOICE, "colour", "d", choices=("amber", "birch", "cedar")),
        Fact("count", Kind.INTEGER, "count", "d", UNITS["points"], Decimal(0), Decimal(100)),
        Fact("trees", Kind.LIST, "trees", "d", choices=("delta", "ember")),
    )
)
EFFECTS = (Effect.EXCLUDE, Effect.REVIEW, Effect.CAUTION, Effect.HOLD)
Outcomes = Mapping[str, Outcome]


def related_rules(rng: Random) -> tuple[Rulebook, list[Outcomes]]:
    """Up to eight rules over three facts, of which the later often say what the earlier say together; the outcomes.

    A rule that nobody meets, or everybody, is left out: no rulebook with one loads.
    """
    routes = (Route.IV, Route.ORAL)
    whens = [generate.condition(rng, FACTS, {}, rng.randint(0, 1)) for _ in range(rng.randint(2, 4))]
    for _ in range(rng.randint(2, 4)):
        some = rng.sample(whens, 2)
        joined: Condition = rng.choice((AllOf, AnyOf))(tuple(some))
        whens.append(rng.choice((joined, joined, related.equivalent(rng, some[0]), related.almost(rng, some[0]))))
    on = [rng.choice((routes, routes, routes[:1])) for _ in whens]
    rules = [generate.rule(f"rule-{n}", when, rng.choice(EFFECTS), on[n]) for n, when in enumerate(whens)]
    rules += [generate.rule("floor", Always(), Effect.REVIEW, routes[:1])] if rng.random() < 0.2 else []
    vectors = all_outcomes(rules)
    kept = [one for one in rules if isinstance(one.when, Always) or distinguishes(one, vectors)]
    return generate.bare(rng.sample(kept, len(kept)), FACTS.values(), routes), vectors


def distinguishes(rule: Rule, vectors: list[Outcomes]) -> bool:
    """Whether somebody meets the rule, and somebody does not."""
    return {Outcome.MET, Outcome.NOT_MET} <= {vector[rule.id] for vector in vectors}


def all_outcomes(rules: list[Rule]) -> list[Outcomes]:
    """Each vector of outcomes that a patient can have: all answers tried, unknown ones and incomplete lists too."""
    asks = AnyOf(tuple(rule.when for rule in rules))
    ways: list[list[Value | None]] = [[None, *answers(fact, asks), *open_lists(fact, asks)] for fact in FACTS.values()]
    seen = {outcomes(rules, known_of(given)) for given in product(*ways)}
    return [dict(zip((rule.id for rule in rules), vector, strict=True)) for vector in seen]


def known_of(given: tuple[Value | None, ...]) -> Known:
    return {name: value for name, value in zip(FACTS, given, strict=True) if value is not None}


def outcomes(rules: Iterable[Rule], known: Known) -> tuple[Outcome, ...]:
    return tuple(OUTCOME[evaluate(rule.when, known)] for rule in rules)


def recommended(
    rules: list[Rule], outcome: Outcomes, route: Route, decided: tuple[str, ...]
) -> tuple[tuple[object, object], object]:
    """Decision and readiness at a session, and the decision at candidacy."""
    found = by_kind(((one.id, one.effect, one.routes, outcome[one.id]) for one in rules), [route])[route]
    early = by_kind(
        ((one.id, one.effect, one.routes, outcome[one.id]) for one in rules if one.asked_at(Stage.CANDIDACY)), [route]
    )[route]
    said = combine(found, Stage.SESSION, decided=decided)
    return (said.decision, said.readiness), combine(early, Stage.CANDIDACY).decision


def differs(rule: Rule, others: list[Rule], outcome: Outcomes, route: Route) -> bool:
    """Whether the rule changes a recommendation, whichever of the reviews are decided."""
    reviews = [one.id for one in (rule, *others) if one.effect is Effect.REVIEW and outcome[one.id] is Outcome.MET]
    some = chain.from_iterable(combinations(reviews, size) for size in range(len(reviews) + 1))
    return any(
        recommended([rule, *others], outcome, route, decided) != recommended(others, outcome, route, decided)
        for decided in some
    )


def beside(rule: Rule, rulebook: Rulebook, vectors: list[Outcomes]) -> list[Rule]:
    """The other rules, without `always` and without those that `same-condition` holds for the same."""
    return [
        other
        for other in rulebook.rules
        if other is not rule
        and not isinstance(other.when, Always)
        and not (
            other.effect is rule.effect
            and set(other.routes) & set(rule.routes)
            and all(vector[rule.id] is vector[other.id] for vector in vectors)
        )
    ]


def as_answers(patient: Known) -> dict[str, Value]:
    """The answers of a patient whose lists are spread."""
    words = {name: value for name, value in patient.items() if " " in name}
    known = {name: value for name, value in patient.items() if " " not in name}
    for fact in {name.partition(" ")[0] for name in words}:
        about = {name.partition(" ")[2]: value for name, value in words.items() if name.startswith(f"{fact} ")}
        present = frozenset(word for word, value in about.items() if value == PRESENT)
        known[fact] = ListValue(present, complete=ABSENT in about.values())
    return known


def says_the_truth(judged: Judged, rulebook: Rulebook, vectors: list[Outcomes]) -> bool:
    """Whether what is said of a rule holds of every patient."""
    others = beside(judged.rule, rulebook, vectors)
    has_effect = any(differs(judged.rule, others, one, route) for one in vectors for route in judged.rule.routes)
    return not judged.settled or has_effect is (judged.patient is not None)


@often_reached
@settings(deadline=None, max_examples=60)
@given(rng=rngs)
def test_a_rule_is_said_to_have_no_effect_if_and_only_if_no_patient_differs(rng: Random) -> None:
    rulebook, vectors = related_rules(rng)
    for judged in judge(rulebook):
        assert judged.settled
        assert says_the_truth(judged, rulebook, vectors)
        if judged.patient is None:
            named = [rule for rule in rulebook.rules if rule.id in judged.shadows]
            assert not any(differs(judged.rule, named, one, route) for one in vectors for route in judged.rule.routes)
            reached("a rule without an effect")


@often_reached
@settings(deadline=None, max_examples=60)
@given(rng=rngs)
def test_the_patient_who_is_shown_differs_without_the_rule(rng: Random) -> None:
    rulebook, vectors = related_rules(rng)
    for judged in judge(rulebook):
        if judged.patient is not None:
            known = as_answers(judged.patient)
            outcome = dict(zip([rule.id for rule in rulebook.rules], outcomes(rulebook.rules, known), strict=True))
            assert any(outcome.items() <= vector.items() for vector in vectors)
            assert judged.route is not None
            assert differs(judged.rule, beside(judged.rule, rulebook, vectors), outcome, judged.route)
            reached("a patient who differs")


def test_no_patient_is_shown_whose_list_is_complete_with_an_unrecognised_entry() -> None:
    """The first exclusion asks for such an entry, which leaves the second unknown; only a complete list would not."""
    rules = [
        generate.rule("asked", Compare("trees", "includes_none", (UNRECOGNISED,))),
        generate.rule("delta", Compare("trees", "includes", "delta")),
        generate.rule("amber", Compare("colour", "is", "amber"), Effect.REVIEW),
    ]
    (judged,) = (one for one in judge(generate.bare(rules, FACTS.values())) if one.rule.id == "amber")
    assert (judged.settled, judged.patient, judged.shadows) == (True, None, ("asked", "delta"))


def test_a_search_that_takes_too_long_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random(4)
    drawn = [related_rules(rng) for _ in range(40)]
    monkeypatch.setattr(witness, "MAX_WORK", 12)
    judged = [(one, rulebook, vectors) for rulebook, vectors in drawn for one in judge(rulebook)]
    assert all(says_the_truth(one, rulebook, vectors) for one, rulebook, vectors in judged)
    broken_off = [one for one, _, _ in judged if not one.settled]
    assert broken_off
    assert all(one.patient is None and one.shadows == () for one in broken_off)


@pytest.mark.parametrize(("numbers", "settled"), [(MAX_JOINED, True), (MAX_JOINED + 1, False)])
def test_nothing_is_claimed_of_a_rule_that_more_rules_shadow_together_than_are_tried(
    numbers: int, settled: bool
) -> None:
    """One exclusion for each number that the review names."""
    each = [Compare("count", "is", Decimal(number)) for number in range(numbers)]
    rules = [generate.rule(f"exclude-{number}", when) for number, when in enumerate(each)]
    rules.append(generate.rule("any", AnyOf(tuple(each)), Effect.REVIEW))
    (judged,) = (one for one in judge(generate.bare(rules, FACTS.values())) if one.rule.id == "any")
    assert (judged.settled, judged.patient, len(judged.shadows)) == (settled, None, numbers if settled else 0)


def test_of_every_shipped_rule_it_is_settled_and_all_but_one_have_an_effect() -> None:
    rulebook = shipped()
    judged = list(judge(rulebook))
    assert all(one.settled for one in judged)
    without = {one.rule.id: one.shadows for one in judged if one.patient is None}
    assert without == {"unrecognised-heart-condition": ("severe-cardiovascular-disease",)}
    for one in judged:
        if one.patient is not None and one.route is not None:
            outcome = {
                rule.id: OUTCOME[evaluate(spread(rule.when), one.patient)]
                for rule in rulebook.with_effect(*EFFECTS)
                if not isinstance(rule.when, Always)
            }
            others = [rulebook.rule(name) for name in outcome if name != one.rule.id]
            assert differs(one.rule, [rule for rule in others if rule is not None], outcome, one.route)


@pytest.mark.parametrize(
    ("decided", "shown", "without"),
    [
        (("home-use",), Readiness.INSUFFICIENT_DATA, Readiness.READY),
        (("home-use", "suicidal-thoughts-at-home"), Readiness.READY, Readiness.READY),
        ((), Readiness.INSUFFICIENT_DATA, Readiness.INSUFFICIENT_DATA),
    ],
    ids=["home use decided", "both decided", "nothing decided"],
)
def test_a_review_beside_another_one_matters_once_only_the_other_is_decided(
    decided: tuple[str, ...], shown: Readiness, without: Readiness
) -> None:
    """`home-use` is met wherever `suicidal-thoughts-at-home` is; each of the two is decided by itself."""
    rulebook = shipped()
    others = tuple(rule for rule in rulebook.rules if rule.id != "suicidal-thoughts-at-home")
    answers = {
        **baseline(),
        "suicidality": {"value": "thoughts", "at": AS_OF},
        "setting": {"value": "home", "at": AS_OF},
    }
    profile = PatientProfile.model_validate(answers)
    for rules, readiness in ((rulebook.rules, shown), (others, without)):
        screener = Screener(replace(rulebook, rules=rules))
        decisions = [
            ClinicianDecision(rule=one, by="dr-17", at=AS_OF) for one in decided if any(one == r.id for r in rules)
        ]
        verdict = screener.screen(profile, as_of=AS_OF, stage="session", decisions=decisions)
        route = verdict.routes[Route.SUBLINGUAL]
        assert (route.decision, route.readiness) == (Decision.REVIEW, readiness)
