"""From a patient to a case that holds now: of one rule, or of the whole patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ketascreen.authoring.cases.case import free_name
from ketascreen.authoring.cases.case_models import REFUSED
from ketascreen.authoring.cases.examination import examine
from ketascreen.authoring.cases.read import VIGNETTES, cases_in
from ketascreen.authoring.cases.results import PatientResult, RuleResult, undecidable
from ketascreen.authoring.editing.yaml_text import lines_of
from ketascreen.authoring.moved_patient import CODE, PatientThen, landed, patient_of
from ketascreen.authoring.mutation.given import written_time
from ketascreen.diagnostic import InputError, refused
from ketascreen.language.clinic_time import ClinicTime, Instant
from ketascreen.language.condition import facts_of
from ketascreen.language.effects import RESTRICTING
from ketascreen.language.quantity import Quantity
from ketascreen.language.rule import Rule
from ketascreen.language.terms import Outcome, Stage
from ketascreen.language.vocabulary import Fact
from ketascreen.patient.contradictions import Contradicted
from ketascreen.patient.observation import UNDATED, AnyObservation, ListObservation
from ketascreen.patient.profile import PatientProfile
from ketascreen.screen import Screener
from ketascreen.verdict.decided import ClinicianDecision
from ketascreen.verdict.verdict import Verdict


@dataclass(frozen=True, slots=True)
class PatientCase:
    """A case as the text of YAML, from the first column; `day` is the day on which its patient is screened."""

    name: str
    text: str
    day: date


@dataclass(frozen=True, slots=True)
class CaseWanted:
    """What a case must be: its stage, its rule (None: of the whole patient), the decisions, the day, its name."""

    stage: Stage
    rule: Rule | None
    decided: tuple[str, ...]
    onto: date
    name: str | None


def case_of(
    profile: PatientProfile, as_of: datetime, wanted: CaseWanted, screener: Screener, taken: Iterable[str]
) -> PatientCase:
    """A case that holds now, without a real date or a word that nobody has read; `taken` are names of other cases.

    Each finding of the case is the profile's finding; the case of a rule has one.

    Raises:
        InputError: the patient is refused for another reason than one contradiction; no case keeps every finding; or
            the name is taken.
    """
    rulebook = screener.rulebook
    clinic = ClinicTime.at(as_of, rulebook.identity.time_zone)
    whole = patient_of(profile, rulebook.vocabulary, clinic)
    then = whole if wanted.rule is None else _that_matters(whole, wanted, wanted.rule, screener)
    moved = landed(then, rulebook, wanted.stage, wanted.onto)
    expect, name = _expected(moved, wanted, screener)
    if wanted.name is not None and wanted.name in {*taken}:
        raise refused("case", "a case of that name is there already", "give it another --name")
    named = wanted.name or free_name(name, frozenset(taken))
    text = _text(named, moved, wanted, expect, screener)
    _require_same(text, profile, as_of, wanted, screener)
    return PatientCase(named, text, moved.clinic.today)


def _that_matters(whole: PatientThen, wanted: CaseWanted, rule: Rule, screener: Screener) -> PatientThen:
    """The patient with the facts alone that the rule's finding rests on and lacks; if it then differs, with more."""
    found = _result(whole, wanted, rule, screener)
    for facts in ({*found.rests_on, *found.lacks}, facts_of(rule.when)):
        fewer = whole.only(frozenset(facts))
        if _result(fewer, wanted, rule, screener) == found:
            return fewer
    return whole


def _result(patient: PatientThen, wanted: CaseWanted, rule: Rule, screener: Screener) -> RuleResult:
    """What a screening reports of a rule."""
    verdict = _verdict(patient.profile, patient.clinic.as_of, wanted, screener)
    return next(RuleResult.of_finding(one) for one in verdict.findings if one.rule == rule.id)


def _expected(moved: PatientThen, wanted: CaseWanted, screener: Screener) -> tuple[Mapping[str, Any], str]:
    """What the case expects, and a name for it."""
    if wanted.rule is not None:
        result = _result(moved, wanted, wanted.rule, screener)
        asks = result.outcome is Outcome.UNKNOWN
        why = {"asks": list(result.lacks)} if asks else {"because": list(result.rests_on)}
        name = f"a patient for whom {wanted.rule.id} is {result.outcome.value.replace('_', ' ')}"
        return {"finding": result.outcome.value, **why}, name
    not_given = undecidable(wanted.decided, screener.rulebook.rule)
    try:
        verdict = _verdict(moved.profile, moved.clinic.as_of, wanted, screener)
    except InputError as error:
        (problem,) = error.diagnostics if len(error.diagnostics) == 1 else (None,)
        if not isinstance(problem, Contradicted):
            raise
        return {REFUSED: problem.name}, f"a patient who is refused by {problem.name.replace('_', ' ')}"
    return _of_patient(PatientResult.of_verdict(verdict, not_given), wanted, screener)


def _of_patient(result: PatientResult, wanted: CaseWanted, screener: Screener) -> tuple[Mapping[str, Any], str]:
    decisions = {str(route): one.decision.value for route, one in result.routes.items()}
    expect: dict[str, Any] = {"decisions": decisions}
    if wanted.stage is Stage.SESSION:
        expect["readiness"] = {str(route): one.readiness.value for route, one in result.routes.items() if one.readiness}
    if result.not_decidable:
        expect["not_decidable"] = sorted(result.not_decidable)
    expect["alerts"] = sorted(result.alerts)
    restricting = {rule.id for rule in screener.rulebook.rules if rule.effect in RESTRICTING}
    for key, outcome in (("met", Outcome.MET), ("unknown", Outcome.UNKNOWN)):
        if found := sorted(name for name, one in result.outcomes.items() if one is outcome and name in restricting):
            expect[key] = found
    if result.asks:
        expect["asks"] = sorted(result.asks)
    words = Counter(decisions.values())
    said = " and ".join(
        f"{word.replace('_', ' ')}{'' if len(words) == 1 else f' for {count} of {len(decisions)}'}"
        for word, count in words.items()
    )
    return expect, f"a patient with {said}"


def _text(name: str, moved: PatientThen, wanted: CaseWanted, expect: Mapping[str, Any], screener: Screener) -> str:
    counts = Counter(one.at for one in moved.answers.values() if one.at is not None)
    usual = counts.most_common(1)[0][0] if counts else None
    vocabulary = screener.rulebook.vocabulary
    given: dict[str, Any] = {} if moved.birth_date is None else {"birth_date": str(moved.birth_date)}
    given |= {fact: _answer(vocabulary[fact], one, usual) for fact, one in moved.answers.items()}
    keys: dict[str, Any] = {"as_of": written_time(moved.clinic.as_of)}
    keys |= {} if usual is None else {"observed_at": _at(usual)}
    keys |= {"stage": str(wanted.stage)} if wanted.stage is Stage.SESSION else {}
    keys |= {"decisions": list(wanted.decided)} if wanted.decided else {}
    lines = [*lines_of("- name", name)]
    for key, value in {**keys, "given": given, "expect": expect}.items():
        lines += lines_of(key, value, 2)
    return "\n".join(lines) + "\n"


def _answer(fact: Fact, one: AnyObservation, usual: Instant | None) -> Any:
    """An answer as a case writes it; one that is not of the usual time says its own, or that it has none."""
    at: dict[str, Any] = {"at": UNDATED} if one.at is None else {} if one.at == usual else {"at": _at(one.at)}
    if isinstance(one, ListObservation):
        words = [*sorted(one.present), *one.unrecognised]
        return {"present": words, "complete": one.complete, **at} if at or one.complete else words
    value: Any = str(one.value)
    if isinstance(one.value, Decimal):
        assert fact.unit is not None
        value = _number(one.value) if fact.unit.is_none else str(Quantity(one.value, fact.unit))
    return {"value": value, **at} if at else value


def _number(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value


def _at(at: Instant) -> str:
    return written_time(at) if isinstance(at, datetime) else at.isoformat()


def _verdict(profile: PatientProfile, as_of: datetime, wanted: CaseWanted, screener: Screener) -> Verdict:
    not_given = undecidable(wanted.decided, screener.rulebook.rule)
    decisions = [ClinicianDecision(rule=rule, by="case", at=as_of) for rule in wanted.decided if rule not in not_given]
    return screener.screen(profile, as_of=as_of, stage=wanted.stage, decisions=decisions)


def _require_same(text: str, profile: PatientProfile, as_of: datetime, wanted: CaseWanted, screener: Screener) -> None:
    """Requires that the case holds as it is written, on every channel, and that each finding is the profile's."""
    path = f"{VIGNETTES}patient.cases.yaml" if wanted.rule is None else f"{wanted.rule.id}.cases.yaml"
    (case,) = cases_in({path: text.encode()}, screener.rulebook).cases
    if failures := examine(case, screener).failures:
        raise refused(CODE, f"the case would not hold: {failures[0]}", "write the case by hand")
    if case.refused is not None:
        return
    before, after = (_verdict(one, at, wanted, screener) for one, at in ((profile, as_of), (case.profile, case.as_of)))
    if _compared(before, wanted.rule) != _compared(after, wanted.rule):
        raise refused(CODE, "the case would not have the findings of the profile", "write the case by hand")


def _compared(verdict: Verdict, rule: Rule | None) -> Any:
    """What has to be the same: the findings with what they rest on and lack, and what follows for each route."""
    findings = [
        (one.rule, one.outcome, [used.fact for used in one.rests_on], [(lack.fact, lack.why) for lack in one.lacks])
        for one in verdict.findings
        if rule is None or one.rule == rule.id
    ]
    routes = {route: (one.decision, one.readiness) for route, one in verdict.routes.items()}
    return findings, routes if rule is None else {}
