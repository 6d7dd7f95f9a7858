"""What the tests of the promises share: patients near the baseline, random rulebooks, and how verdicts compare."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from hypothesis import reject, settings
from hypothesis import strategies as st

from ketascreen import (
    Decision,
    PatientProfile,
    ProfileError,
    Readiness,
    RouteVerdict,
    Rulebook,
    Screener,
    load_rulebook,
)
from ketascreen.authoring.cases import Case, read_cases
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import Always
from ketascreen.language.quantity import Quantity
from ketascreen.language.semantics import Known
from ketascreen.language.terms import Effect
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Kind
from ketascreen.loading.built_in import built_in_rules
from ketascreen.patient.facts import known_facts
from ketascreen.patient.profile import BUILT_IN
from ketascreen.reasoning.spread import ABSENT, PRESENT, word_of
from ketascreen.reasoning.witness import met_by
from tests.helpers import generate

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
SOME = settings(deadline=None, max_examples=150)
MANY = settings(deadline=None, max_examples=400)

rngs = st.randoms(use_true_random=False)


@cache
def shipped() -> Rulebook:
    """The built-in rulebook."""
    return load_rulebook(built_in_rules())


@cache
def shipped_screener() -> Screener:
    """A screener by the built-in rulebook, on both channels."""
    return Screener(shipped())


@cache
def shipped_cases() -> tuple[Case, ...]:
    """The cases of the built-in rulebook."""
    return read_cases(built_in_rules(), shipped())


@cache
def baseline() -> dict[str, Any]:
    """The arguments of the profile that the vignettes start from: every fact known and reassuring."""
    case = next(case for case in shipped_cases() if case.name.startswith("V1 at the clinic"))
    return case.profile.model_dump(exclude_none=True)


def near_baseline(rng: Random) -> dict[str, Any]:
    """The baseline with a few facts given other answers, other dates, or none."""
    answers = deepcopy(baseline())
    if rng.random() < 0.2:
        answers.pop("age")
        answers["birth_date"] = rng.choice(("1984-11-22", "1984-11-23", "2008-11-22", "2008-11-23", "1961-11-22"))
    for name in rng.sample(sorted(BUILT_IN), rng.randint(0, 6)):
        fact = BUILT_IN[name]
        if rng.random() < 0.15:
            answers.pop(name, None)
            continue
        if fact.kind is Kind.CHOICE:
            answers[name] = {"value": rng.choice(fact.choices)}
        elif fact.kind is Kind.LIST:
            words = rng.sample((*fact.choices, "zephyr"), rng.randint(0, 2))
            answers[name] = {"present": words, "complete": rng.random() < 0.7}
        elif "bp" not in name and not (name == "age" and "birth_date" in answers):
            answers[name] = {"value": rng.choice((0, 1, 2, 3, 6, 7, 12, 17, 18, 40, 60, 64, 65, 120))}
            if name == "failed_antidepressant_trials":
                answers[name]["value"] = rng.choice((0, 1, 2, 3))
        elif "systolic" in name:
            answers[name] = {"value": rng.choice((118, 139, 140, 180, 181))}
        elif "diastolic" in name:
            answers[name] = {"value": rng.choice((76, 89, 90, 100, 101))}
        if name in answers and rng.random() < 0.85:
            answers[name]["at"] = (AS_OF - timedelta(days=rng.choice((0, 0, 0, 1, 20, 200, 2000)))).isoformat()
    return without_contradictions(answers)


def without_contradictions(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers without those that contradict others."""
    while True:
        try:
            known_facts(PatientProfile(**answers), BUILT_IN, ClinicTime.at(AS_OF))
        except ProfileError as error:
            refused = {(problem.pointer or "").split("/")[1] for problem in error.diagnostics}
            answers = {name: answer for name, answer in answers.items() if name not in refused}
        else:
            return answers


def screening(rng: Random) -> tuple[Rulebook, dict[str, Any]]:
    """A rulebook and the arguments of a profile for it: the built-in one, or a random one."""
    if rng.random() < 0.5:
        return shipped(), near_baseline(rng)
    rulebook = generate.rulebook(rng)
    return rulebook, generate.raw_profile(rng, rulebook, AS_OF)


def screening_with_a_met_review(rng: Random) -> tuple[Rulebook, dict[str, Any]]:
    """The same, with answers that meet one of the rulebook's reviews; the built-in one's where it has none to meet."""
    rulebook, answers = screening(rng)
    met = _meeting_a_review(rng, rulebook)
    if met is None:
        rulebook, answers = shipped(), near_baseline(rng)
        met = _meeting_a_review(rng, rulebook)
    assert met is not None
    own = {name: raw for name, raw in met.items() if name not in BUILT_IN}
    answers = {**answers, **{name: raw for name, raw in met.items() if name in BUILT_IN}}
    if "age" in met:
        answers.pop("birth_date", None)
    extra = {**answers.pop("extra", {}), **own}
    return rulebook, {**without_contradictions(answers), "extra": extra}


def _meeting_a_review(rng: Random, rulebook: Rulebook) -> dict[str, dict[str, Any]] | None:
    """Answers that meet a review, by fact and as a profile has them; None where no review was found to be met."""
    for rule in rng.sample(rulebook.with_effect(Effect.REVIEW), len(rulebook.with_effect(Effect.REVIEW))):
        met = None if rule.when == Always() else met_by(rule.when, rulebook.vocabulary)
        if met is not None:
            facts = {rulebook.vocabulary[name.partition(" ")[0]] for name in met}
            return {fact.name: _as_written(fact, met) for fact in sorted(facts, key=lambda fact: fact.name)}
    return None


def _as_written(fact: Fact, met: Known) -> dict[str, Any]:
    """One answer of those, a list out of the answers about its words."""
    at = AS_OF.isoformat()
    if fact.kind is Kind.LIST:
        about = {word: met[word_of(fact.name, word)] for word in fact.words if word_of(fact.name, word) in met}
        present = ["zephyr" if word == UNRECOGNISED else word for word, said in about.items() if said == PRESENT]
        return {"present": present, "complete": ABSENT in about.values(), "at": at}
    value = met[fact.name]
    if isinstance(value, Decimal):
        assert fact.unit is not None
        return {"value": str(Quantity(value, fact.unit)), "at": at}
    return {"value": value, "at": at}


def screener_for(rulebook: Rulebook) -> Screener:
    """A screener on both channels."""
    return shipped_screener() if rulebook is shipped() else Screener(rulebook)


def known(answers: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each place where something is known: the mapping that holds it, and its key."""
    for name in answers:
        if name != "extra":
            yield answers, name
    for name in answers.get("extra", {}):
        yield answers["extra"], name


def take_something_away(rng: Random, answers: dict[str, Any]) -> dict[str, Any]:
    """A field, the date of an observation, the completeness of a list, or an entry of an incomplete list less."""
    less = deepcopy(answers)
    holder, name = rng.choice(list(known(less)))
    answer = holder[name]
    ways = ["fact"]
    if isinstance(answer, dict):
        ways += ["at"] if "at" in answer else []
        ways += ["complete"] if answer.get("complete") else []
        ways += ["entry"] if answer.get("present") and not answer.get("complete") else []
    match rng.choice(ways):
        case "at":
            del answer["at"]
        case "complete":
            answer["complete"] = False
        case "entry":
            answer["present"] = list(answer["present"])
            answer["present"].pop(rng.randrange(len(answer["present"])))
        case _:
            del holder[name]
    return less


def profile_of(answers: dict[str, Any]) -> PatientProfile:
    """The profile; answers that contradict each other are no example."""
    try:
        return PatientProfile.model_validate(answers)
    except ProfileError as error:
        contradicting = {problem.code for problem in error.diagnostics} == {"contradiction"}
        if not contradicting:
            raise
    return reject()


def no_better(before: Decision | Readiness | None, after: Decision | Readiness | None) -> bool:
    """Whether `after` is as `before`, more cautious, or says that data is missing."""
    if before is None or after is None:
        return before is after
    return after.value == "insufficient_data" or after.rank >= before.rank


def assert_no_better(before: RouteVerdict, after: RouteVerdict) -> None:
    """Asserts P1 for one route: decision, readiness and alerts."""
    assert no_better(before.decision, after.decision), f"{before.route}: {before.decision} became {after.decision}"
    assert no_better(before.readiness, after.readiness), f"{before.route}: {before.readiness} became {after.readiness}"
    heard = {*after.alerts, *after.alerts_not_ruled_out}
    assert heard >= set(before.alerts), f"{before.route}: silent on {set(before.alerts) - heard}"
