"""Examines a case: gives each expectation that does not hold, and the findings that say why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ketascreen.authoring.cases.case import NOTHING, Case
from ketascreen.authoring.cases.results import PatientResult, RuleResult, gives, undecidable
from ketascreen.diagnostic import Diagnostic, InputError
from ketascreen.language.condition import Compare, comparisons
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import evaluate
from ketascreen.language.terms import Decision, Outcome, Readiness
from ketascreen.patient.contradictions import Contradicted
from ketascreen.patient.facts import Facts, deciding_answers, known_facts
from ketascreen.screen import Screener
from ketascreen.screening.agreement import ask
from ketascreen.screening.explanation import findings_of
from ketascreen.verdict.decided import ClinicianDecision
from ketascreen.verdict.finding import Fault, Finding

NOT_ASKED = "not_asked"
"""What a rule's case expects at a stage that does not ask the rule."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that does not hold, in a sentence; its grounds in a few words; the rules that it depends on.

    `wrong` are the rules whose outcome is not the expected one; `wanted` is the more cautious word that no rule gives
    for `routes`; `about` says what else is not as expected.
    """

    text: str
    grounds: str = ""
    rules: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    wanted: Decision | Readiness | None = None
    routes: tuple[str, ...] = ()
    about: str = ""

    def __str__(self) -> str:
        return f"{self.text}{self.grounds}"


@dataclass(frozen=True, slots=True)
class Examined:
    """The expectations of a case that do not hold (empty if all hold), and the findings that say why."""

    failures: tuple[Failure, ...] = ()
    why: tuple[Finding, ...] = ()


def examine(case: Case, screener: Screener) -> Examined:
    """Compares the results of a case, on every channel of `screener`, with what it expects."""
    try:
        return _examine_patient(case, screener) if case.rule is None else _examine_rule(case, case.rule, screener)
    except InputError as error:
        return Examined(tuple(_of_refusal(case, error)))


def refused_as_expected(case: Case, refused: InputError | None) -> bool:
    """Whether a patient is refused for the contradiction that the case expects and for nothing else, or is screened."""
    names = [] if refused is None else list(map(_contradiction, refused.diagnostics))
    return names == ([] if case.refused is None else [case.refused])


def _contradiction(problem: Diagnostic) -> str:
    return problem.name if isinstance(problem, Contradicted) else ""


def _of_refusal(case: Case, error: InputError) -> Iterator[Failure]:
    if not refused_as_expected(case, error):
        for problem in error.diagnostics:
            name = _contradiction(problem)
            about = (
                f"the contradiction `{name}` refuses the profile"
                if name
                else f"the profile is refused: {problem.message}"
            )
            yield Failure(f"refused{f' by {name}' if name else ''}: {problem}", about=about)
        if case.refused is not None:
            about = f"not the contradiction `{case.refused}` alone refuses the profile"
            yield Failure(f"expected to be refused by {case.refused} and nothing else", about=about)


def compared(case: Case, rulebook: Rulebook) -> Iterator[tuple[Compare, Truth]]:
    """Each comparison of a case's own rule, in the order written, with its truth for the case's patient."""
    rule = rulebook.rule(case.rule or "")
    if rule is not None:
        answers = deciding_answers(rule, known_facts(case.profile, rulebook.vocabulary, case.clinic))
        for compare in comparisons(rule.when):
            yield compare, evaluate(compare, answers)


def holds_for(case: Case, rule: Rule, facts: Facts) -> bool:
    """Whether a rule's case holds for its rule, original or changed, on the reference channel alone."""
    if not rule.asked_at(case.stage):
        return bool(case.expect["finding"] == NOT_ASKED)
    return not any(True for _ in _check_rule(case.expect, RuleResult.of_facts(rule, facts)))


def holds_for_patient(case: Case, result: PatientResult) -> bool:
    """Whether a whole patient's case holds for the patient's results."""
    return not any(True for _ in _check_patient(case.expect, result))


def _examine_rule(case: Case, rule_id: str, screener: Screener) -> Examined:
    rule = screener.rulebook.rule(rule_id)
    if rule is not None and not rule.asked_at(case.stage) and case.expect["finding"] == NOT_ASKED:
        return Examined()
    if rule is None or not rule.asked_at(case.stage):
        return Examined((Failure(f"`{rule_id}` is not asked at {case.stage}; add `stage: session`"),))
    finding, doubts = _finding(case, rule, screener)
    failures = (
        *doubts,
        *_check_rule(
            case.expect, RuleResult.of_finding(finding), _grounds(finding), screener.rulebook.identity.options.one
        ),
    )
    return Examined(failures, (finding,) if failures else ())


def _finding(case: Case, rule: Rule, screener: Screener) -> tuple[Finding, list[Failure]]:
    """One rule's finding as a screening would report it, and what puts it in doubt.

    Every channel answers for every rule, as in a screening. Only the wording of the other rules' findings and of the
    routes is left out, since it takes most of a verdict's time.
    """
    facts = known_facts(case.profile, screener.rulebook.vocabulary, case.clinic)
    ids = frozenset(one.id for one in screener.rulebook.asked_at(case.stage))
    answers = ask(screener.channels, facts, case.stage, ids)
    vocabulary = screener.rulebook.vocabulary
    (finding,), unexplained = findings_of(
        [rule], answers.outcomes([rule]), screener.wording, vocabulary, facts, case.clinic
    )
    return finding, list(_doubts(answers.faults + unexplained, answers.disagreements))


def _doubts(faults: Iterable[Fault], differing: Iterable[str]) -> Iterator[Failure]:
    for fault in faults:
        yield Failure(f"fault in the {fault.where}: {fault.message}", about=f"of a fault in the {fault.where}")
    for rule in differing:
        about = f"the channels disagree on `{rule}`"
        yield Failure(about, rules=(rule,), about=about)


def _check_rule(
    expect: Mapping[str, Any], result: RuleResult, grounds: str = "", called: str = "route"
) -> Iterator[Failure]:
    if result.outcome != expect["finding"]:
        yield Failure(f"expected {expect['finding']}, got {result.outcome}", grounds)
    for key, got in (("because", result.rests_on), ("asks", result.lacks)):
        if key in expect and sorted(expect[key]) != list(got):
            yield Failure(f"expected {key} {_listed(sorted(expect[key]))}; got {_listed(got)}")
    wanted_alone = expect.get("gives", {})
    elsewhere = [route for route, wanted in wanted_alone.items() if route not in result.routes and wanted != NOTHING]
    if elsewhere:
        yield Failure(f"expected a decision for {_listed(elsewhere)}, but the rule is not for that {called}")
    given = gives(result.effect, result.outcome)
    for (wanted, _), routes in _alike(
        {route: (wanted_alone[route], given) for route in wanted_alone if route in result.routes}
    ):
        yield Failure(f"expected {wanted} for {_listed(routes)}, got {given}")


def _grounds(finding: Finding) -> str:
    rests = ", ".join(used.fact for used in finding.rests_on)
    lacks = ", ".join(f"{one.fact} ({one.why.replace('_', ' ')})" for one in finding.lacks)
    return "".join([f"; it rests on {rests}" if rests else "", f"; it lacks {lacks}" if lacks else ""])


def _examine_patient(case: Case, screener: Screener) -> Examined:
    if case.refused is not None:
        known_facts(case.profile, screener.rulebook.vocabulary, case.clinic)
        about = f"the contradiction `{case.refused}` does not refuse them"
        return Examined((Failure(f"expected to be refused by {case.refused}, and is screened", about=about),))
    not_given = undecidable(case.decided, screener.rulebook.rule)
    given = [rule for rule in case.decided if rule not in not_given]
    decided = [ClinicianDecision(rule=rule, by="case", at=case.as_of) for rule in given]
    verdict = screener.screen(case.profile, as_of=case.as_of, stage=case.stage, decisions=decided)
    differing = [one.rule for one in verdict.agreement.disagreements]
    result = PatientResult.of_verdict(verdict, not_given)
    failures = (*_doubts(verdict.faults, differing), *_check_patient(case.expect, result))
    why = {rule for failure in failures for rule in failure.rules}
    return Examined(failures, tuple(finding for finding in verdict.findings if finding.rule in why))


def _check_patient(expect: Mapping[str, Any], result: PatientResult) -> Iterator[Failure]:
    decided = {to: (one.decision, one.reasons) for to, one in result.routes.items()}
    ready = {to: (one.readiness, one.readiness_reasons) for to, one in result.routes.items()}
    for kind, by_route in (("decisions", decided), ("readiness", ready)):
        for (wanted, got, reasons), where in _alike(
            {to: (word, *by_route[to]) for to, word in expect.get(kind, {}).items()}
        ):
            text, because = f"expected {wanted} for {_listed(where)}, got {got}", f" because of {_listed(reasons)}"
            if got is None or _word(wanted, got).rank > got.rank:
                yield Failure(text, because, reasons, wanted=_word(wanted, got), routes=tuple(where))
            else:
                yield Failure(text, because, reasons, wrong=reasons)
    if (wanted_undecidable := {*expect.get("not_decidable", ())}) != result.not_decidable:
        wanted, got = _listed(sorted(wanted_undecidable)), _listed(sorted(result.not_decidable))
        text = f"expected decisions on {wanted} to be refused; got {got}"
        yield Failure(text, wrong=tuple(sorted(wanted_undecidable ^ result.not_decidable)))
    if "alerts" in expect and sorted(expect["alerts"]) != sorted(result.alerts):
        differing = tuple(sorted({*expect["alerts"]} ^ result.alerts))
        text = f"expected alerts {_listed(expect['alerts'])}; got {_listed(sorted(result.alerts))}"
        yield Failure(text, rules=differing, wrong=differing)
    for key, wanted_outcome in (("met", Outcome.MET), ("unknown", Outcome.UNKNOWN)):
        for rule in expect.get(key, ()):
            if (got_outcome := result.outcomes.get(rule)) is not wanted_outcome:
                text = f"expected `{rule}` to be {wanted_outcome}, got {got_outcome or 'not asked'}"
                yield Failure(text, rules=(rule,), wrong=(rule,))
    for fact in expect.get("asks", ()):
        if fact not in result.asks:
            yield Failure(f"expected to be asked for {fact}", about=f"nobody is asked for `{fact}`")


def _word(wanted: str, got: Decision | Readiness | None) -> Decision | Readiness:
    """What a case expects for a route, as the word of its kind."""
    return Readiness(wanted) if isinstance(got, Readiness) else Decision(wanted)


def _alike(by_route: Mapping[str, tuple[Any, ...]]) -> Iterator[tuple[Any, list[str]]]:
    """Each pair of expected and actual result that differ, with the routes that have the same pair."""
    alike: dict[tuple[Any, ...], list[str]] = {}
    for route, (wanted, got, *more) in by_route.items():
        if wanted != got:
            alike.setdefault((wanted, got, *more), []).append(route)
    yield from alike.items()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"
