"""The cohort that others count on: no kind, decision or readiness is rare in it, and every rule has all to answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain, combinations, product
from typing import Any

import pytest

from ketascreen import Decision, PatientProfile, ProfileError, Readiness, Screener, Stage, Verdict
from ketascreen.channels.compiled.channel import CompiledChannel
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import Always, ListValue, Span
from ketascreen.language.logic import TRUE, Truth
from ketascreen.language.terms import BUILT_IN_ROUTES, Effect, Outcome, Route
from ketascreen.language.vocabulary import Kind
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.patient.observation import ListObservation
from ketascreen.verdict.decision import combine
from tests.helpers.patients import Filled, Patient, asked, cohort, thresholds
from tests.helpers.reassuring import EVENTS, REASSURING, SPANS, WORDS
from tests.helpers.screening import AS_OF, shipped

NUMBER = 2000
ENOUGH = NUMBER // 20


@cache
def everybody() -> Sequence[Patient]:
    return tuple(cohort(1, NUMBER))


@cache
def answers(stage: Stage) -> Sequence[Verdict | ProfileError]:
    screener = Screener(shipped(), channels=("compiled",))
    return tuple(screener.screen_many([patient.profile for patient in everybody()], as_of=AS_OF, stage=stage))


def verdicts(stage: Stage) -> Iterator[Verdict]:
    return (answer for answer in answers(stage) if isinstance(answer, Verdict))


@cache
def facts() -> Sequence[Facts]:
    return tuple(known_facts(patient.profile, shipped().vocabulary, ClinicTime.at(AS_OF)) for patient in everybody())


def facts_of_kind(kind: Filled) -> Iterator[Facts]:
    return (known for patient, known in zip(everybody(), facts(), strict=True) if patient.kind == kind)


def to_answer(known: Facts) -> Iterator[str]:
    """What is asked of a patient: every fact, but the time since an event of those alone who had it."""
    heart = known.last.get("heart_conditions")
    listed = heart.present if isinstance(heart, ListValue) else frozenset[str]()
    return (name for name in asked() if name not in EVENTS or EVENTS[name] in listed)


def open_facts(known: Facts) -> set[str]:
    """What is asked of a patient and not known, or known in part."""
    return {name for name in to_answer(known) if not is_settled(known, name)}


def is_settled(known: Facts, name: str) -> bool:
    answer = known.current.get(name)
    if isinstance(answer, ListValue):
        return answer.complete
    return answer is not None and not (isinstance(answer, Span) and name in known.stale)


@cache
def never_eligible() -> Collection[Route]:
    """The routes on which a caution is met by everybody."""
    always = [rule for rule in shipped().with_effect(Effect.CAUTION) if isinstance(rule.when, Always)]
    return {route for rule in always if rule.asked_at(Stage.CANDIDACY) for route in rule.routes}


def test_of_each_fact_it_is_said_what_reassures() -> None:
    offered = {name for name, fact in shipped().vocabulary.items() if not fact.replaced_by}
    assert {*REASSURING, *SPANS, *WORDS} == offered


@pytest.mark.parametrize("end", [0, -1])
def test_nothing_stands_against_a_patient_with_reassuring_answers_alone(end: int) -> None:
    single = {
        name: ends[end]
        for name, ends in {**REASSURING, **SPANS}.items()
        if name not in {*EVENTS, "verified_abstinence_months"}
    }
    answers: dict[str, Any] = {name: {"value": value, "at": AS_OF} for name, value in single.items()}
    lists: dict[str, Any] = {
        name: {"present": [*one, *two], "complete": True, "at": AS_OF} for name, (one, two) in WORDS.items()
    }
    screener = Screener(shipped(), channels=("compiled",))
    verdict = screener.screen(PatientProfile(**answers, **lists), as_of=AS_OF, stage=Stage.SESSION)
    for route, given in verdict.routes.items():
        best = Decision.CAUTION if route in never_eligible() else Decision.ELIGIBLE
        assert (given.decision, given.readiness) == (best, Readiness.READY), route


def test_the_same_seed_gives_the_same_patients() -> None:
    assert cohort(7, 60) == cohort(7, 60)


def test_another_seed_gives_other_patients() -> None:
    assert not {patient.profile.model_dump_json() for patient in cohort(7, 60)} & {
        patient.profile.model_dump_json() for patient in cohort(8, 60)
    }


def test_a_smaller_cohort_is_the_start_of_a_larger_one() -> None:
    assert cohort(1, 60) == list(everybody()[:60])


def test_no_two_patients_are_alike() -> None:
    assert len({patient.id for patient in everybody()}) == NUMBER
    assert len({patient.profile.model_dump_json() for patient in everybody()}) == NUMBER


def test_each_kind_makes_up_a_third() -> None:
    counts = Counter(patient.kind for patient in everybody())
    assert counts == {"complete": 667, "few_missing": 667, "sparse": 666}


def test_of_a_complete_patient_everything_asked_is_answered_and_fresh() -> None:
    assert not [known for known in facts_of_kind("complete") if open_facts(known) or known.stale - {*EVENTS}]


def test_of_others_one_to_five_answers_are_missing_or_stale() -> None:
    assert {len(open_facts(known)) for known in facts_of_kind("few_missing")} == {1, 2, 3, 4, 5}


def test_of_a_sparse_patient_most_answers_are_missing() -> None:
    missing = [{*to_answer(known)} - known.last.keys() for known in facts_of_kind("sparse")]
    assert min(map(len, missing)) * 2 > len(asked())


@pytest.mark.parametrize("stage", Stage)
def test_nobody_is_refused(stage: Stage) -> None:
    assert sum(isinstance(answer, Verdict) for answer in answers(stage)) == NUMBER


def test_an_always_met_caution_leaves_no_way_to_eligible() -> None:
    others = set(product(Effect, Outcome)) - {(Effect.CAUTION, Outcome.MET)}
    deciding = [found for found in others if found[1] is not Outcome.NOT_MET]
    found = chain.from_iterable(combinations(deciding, size) for size in range(len(deciding) + 1))
    for some in found:
        kinds = dict.fromkeys(((Effect.CAUTION, Outcome.MET), *some), ("rule",))
        assert combine(kinds, Stage.CANDIDACY).decision is not Decision.ELIGIBLE


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("route", BUILT_IN_ROUTES)
def test_on_each_route_a_twentieth_get_each_decision_that_can_be(route: Route, stage: Stage) -> None:
    counts = Counter(verdict.routes[route].decision for verdict in verdicts(stage))
    impossible = {Decision.ELIGIBLE} if route in never_eligible() else set()
    assert {decision for decision in Decision if counts[decision] < ENOUGH} == impossible, counts
    assert not impossible & counts.keys()


@pytest.mark.parametrize("route", BUILT_IN_ROUTES)
def test_on_each_route_a_twentieth_get_each_readiness(route: Route) -> None:
    counts = Counter(verdict.routes[route].readiness for verdict in verdicts(Stage.SESSION))
    assert all(counts[readiness] >= ENOUGH for readiness in Readiness), counts


def test_each_rule_is_met_by_one_patient_not_by_another_and_unknown_of_a_third() -> None:
    channel = CompiledChannel(shipped())
    told = [channel.evaluate(known, Stage.SESSION) for known in facts()]
    for rule in shipped().rules:
        truths = {TRUE} if isinstance(rule.when, Always) else set(Truth)
        assert {answer[rule.id] for answer in told} == truths, rule.id


def test_numbers_fall_below_at_and_above_each_threshold() -> None:
    for name, numbers in thresholds().items():
        answered = [answer for known in facts() if isinstance(answer := known.last.get(name), Decimal)]
        for number in numbers:
            sides = {(answer > number) - (answer < number) for answer in answered}
            assert sides == {-1, 0, 1}, f"{name}, {number}"


def test_every_word_of_the_vocabulary_is_the_answer_of_somebody() -> None:
    for fact in shipped().vocabulary.values():
        if not fact.is_number:
            last = [known.last[fact.name] for known in facts() if fact.name in known.last]
            given = {word for one in last for word in (one.present if isinstance(one, ListValue) else (one,))}
            assert given >= set(fact.words), fact.name


def test_lists_are_complete_incomplete_and_with_entries_that_nobody_knows() -> None:
    for fact in shipped().vocabulary.values():
        if fact.kind is Kind.LIST:
            lists = [patient.profile.observations().get(fact.name) for patient in everybody()]
            states = {(one.complete, bool(one.unrecognised)) for one in lists if isinstance(one, ListObservation)}
            assert states >= {(True, False), (False, False), (True, True)}, fact.name


def test_each_answer_that_ages_is_fresh_too_old_and_undated_for_some() -> None:
    for name in shipped().vocabulary.windows:
        states = {
            "fresh" if name not in known.stale else "too old" if name in known.observed else "undated"
            for known in facts()
            if name in known.last
        }
        # Few had an event, and an undated number of months since says nothing.
        assert states == {"fresh", "too old", "undated"} or (name in EVENTS and len(states) > 1), name
