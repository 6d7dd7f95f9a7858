"""Running many cases: in order, the same over any number of processes, and as a whole screening would have it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ketascreen import ChannelFault, ClinicianDecision, Screener, load_rulebook
from ketascreen.authoring.cases import run
from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.examination import Failure, compared, examine
from ketascreen.authoring.cases.results import PatientResult, RuleResult
from ketascreen.authoring.cases.run import run_cases, select
from ketascreen.authoring.mutation.ready_case import ReadyCase
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.logic import Truth
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.runtime.process_pool import can_fork
from tests.helpers.edited_rulebooks import STRICTER, rules_with
from tests.helpers.screening import shipped, shipped_cases, shipped_screener

SOME = tuple(case for case in shipped_cases() if "140" in case.name or case.rule == "pregnancy")


class Lying(ReferenceChannel):
    """Says the contrary of one rule."""

    name = "lying"

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        truths = {**super().evaluate(facts, stage)}
        truths["breast-feeding"] = Truth.TRUE if truths["breast-feeding"] is not Truth.TRUE else Truth.FALSE
        return truths


class Failing(ReferenceChannel):
    """Cannot answer."""

    name = "failing"

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        raise ChannelFault("the engine is out")


class Dying(ReferenceChannel):
    """Takes a worker process with it."""

    name = "dying"
    made_in = os.getpid()

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        if os.getpid() != self.made_in:
            os._exit(1)
        return super().evaluate(facts, stage)


class Noting(ReferenceChannel):
    """Notes in which process it was asked."""

    name = "noting"
    seen: set[int] = set()  # noqa: RUF012

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        self.seen.add(os.getpid())
        return super().evaluate(facts, stage)


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ENOUGH", 2)


@pytest.fixture
def slipped(tmp_path: Path) -> Screener:
    return Screener(load_rulebook(rules_with(tmp_path, *STRICTER)))


def case_of(rule: str, finding: str) -> Case:
    return next(case for case in shipped_cases() if case.rule == rule and case.expect["finding"] == finding)


@pytest.mark.usefixtures("few_are_many")
@pytest.mark.parametrize("fail_fast", [False, True])
def test_many_processes_come_to_what_one_does(slipped: Screener, fail_fast: bool) -> None:
    alone = run_cases(SOME, slipped, fail_fast=fail_fast)
    over_two = run_cases(SOME, slipped, workers=2, fail_fast=fail_fast)
    assert over_two == alone
    assert [result.case for result in over_two.results] + list(over_two.not_run) == list(SOME)
    assert len(alone.failed) == 1 if fail_fast else len(alone.failed) > 4
    assert bool(alone.not_run) is fail_fast


@pytest.mark.usefixtures("few_are_many")
@pytest.mark.skipif(sys.platform != "linux", reason="cases run in one process there")
def test_a_process_that_dies_is_a_fault_and_no_case_holds_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "can_fork", lambda: True)
    with pytest.raises(ChannelFault, match="ended without an answer"):
        run_cases(SOME, Screener(shipped(), channels=[Dying(shipped())]), workers=2)


@pytest.mark.usefixtures("few_are_many")
def test_where_another_thread_runs_no_process_is_forked() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert not can_fork()
        run_cases(SOME, Screener(shipped(), channels=[Noting(shipped())]), workers=2)
    finally:
        done.set()
        other.join()
    assert Noting.seen == {os.getpid()}


def test_few_cases_need_no_other_process() -> None:
    alone = [ReferenceChannel(shipped()), Noting(shipped())]
    run_cases(SOME, Screener(shipped(), channels=alone), workers=8)
    assert Noting.seen == {os.getpid()}


@pytest.mark.parametrize("case", [case for case in shipped_cases() if case.rule][::7], ids=str)
def test_a_rules_case_rests_on_the_finding_that_a_whole_screening_reports(case: Case) -> None:
    wrong = replace(case, expect={"finding": "neither"})
    (finding,) = examine(wrong, shipped_screener()).why
    verdict = shipped_screener().screen(case.profile, as_of=case.as_of, stage=case.stage)
    assert finding == verdict.finding(case.rule or "")


def test_channels_that_disagree_on_any_rule_fail_a_case() -> None:
    screener = Screener(shipped(), channels=["reference", Lying(shipped())])
    for case in (case_of("pregnancy", "met"), next(case for case in shipped_cases() if case.rule is None)):
        assert "the channels disagree on `breast-feeding`" in map(str, examine(case, screener).failures)


def test_a_channel_that_fails_fails_a_case() -> None:
    screener = Screener(shipped(), channels=["reference", Failing(shipped())])
    for case in (case_of("pregnancy", "met"), next(case for case in shipped_cases() if case.rule is None)):
        assert "fault in the failing channel: the engine is out" in map(str, examine(case, screener).failures)


def test_a_case_of_a_session_rule_asked_at_candidacy_says_so() -> None:
    case = replace(case_of("clinic-not-licensed", "met"), stage=Stage.CANDIDACY)
    (failure,) = examine(case, shipped_screener()).failures
    assert failure == Failure("`clinic-not-licensed` is not asked at candidacy; add `stage: session`")


def test_routes_with_the_same_failure_are_named_together() -> None:
    case = replace(
        case_of("pregnancy", "met"),
        expect={"finding": "met", "gives": {"iv": "review", "im": "review", "oral": "not_eligible"}},
    )
    assert [str(one) for one in examine(case, shipped_screener()).failures] == [
        "expected review for iv, im, got not_eligible"
    ]


def test_a_route_that_a_rule_is_not_for_gives_nothing() -> None:
    case = case_of("intramuscular-course", "met")
    wrong = replace(case, expect={"finding": "met", "gives": {"iv": "eligible", "im": "eligible"}})
    assert [str(one) for one in examine(wrong, shipped_screener()).failures] == [
        "expected a decision for iv, but the rule is not for that route"
    ]


def test_each_comparison_is_told_with_what_it_came_to() -> None:
    case = case_of("uncontrolled-hypertension", "unknown")
    told = [(compare.fact, truth) for compare, truth in compared(case, shipped())]
    assert len(told) == 5
    assert {truth for _, truth in told} == {Truth.UNKNOWN}
    vignette = next(case for case in shipped_cases() if case.rule is None)
    assert list(compared(vignette, shipped())) == []


def test_every_word_must_be_in_the_name_or_the_file() -> None:
    cases = shipped_cases()
    for case in select(cases, text="EXACTLY systolic holds/"):
        assert "exactly" in case.name.lower()
        assert case.place.path.startswith("holds/")
    assert select(cases, text="exactly systolic holds/")
    assert select(cases) == cases
    assert {case.rule for case in select(cases, rules=["pregnancy"])} == {"pregnancy"}
    assert not select(cases, text="exactly no such words")


@pytest.mark.parametrize(
    "case", [case for case in shipped_cases() if case.rule is None and case.refused is None], ids=str
)
def test_what_mutants_are_held_against_is_what_a_screening_reports(case: Case) -> None:
    refused = frozenset(case.expect.get("not_decidable", ()))
    given = [rule for rule in case.decided if rule not in refused]
    decided = [ClinicianDecision(rule=rule, by="case", at=case.as_of) for rule in given]
    verdict = shipped_screener().screen(case.profile, as_of=case.as_of, stage=case.stage, decisions=decided)
    facts = known_facts(case.profile, shipped().vocabulary, case.clinic)
    rules = [RuleResult.of_facts(rule, facts) for rule in shipped().asked_at(case.stage)]
    reported = PatientResult.of_verdict(verdict, refused)
    alone = ReadyCase(case, shipped()).patient_result()
    assert rules == [RuleResult.of_finding(finding) for finding in verdict.findings]
    assert alone == reported
