"""Cases: patients written in YAML beside the rules, with what each must come to, and how they are run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ketascreen.diagnostic import InputError, Place, ProfileError, RulebookError, did_you_mean
from ketascreen.finding import Finding
from ketascreen.loading import forms
from ketascreen.loading.filling import read_form
from ketascreen.loading.folder import CASES, START, read_folder
from ketascreen.loading.report import Report
from ketascreen.loading.text import decode
from ketascreen.loading.tree import Node, Sequence, place_of
from ketascreen.loading.yaml_reader import read_yaml
from ketascreen.observation import Refused, read_instant
from ketascreen.profile import BUILT_IN, PatientProfile
from ketascreen.rulebook import Rulebook
from ketascreen.screen import Screener
from ketascreen.terms import Decision, Effect, Outcome, Readiness, Stage
from ketascreen.verdict import ReviewDecision, Verdict, combine, combine_readiness

VIGNETTES = "vignettes/"


@dataclass(frozen=True, slots=True)
class Case:
    """A patient at a time, and what must come of it; `rule` is None for a whole patient."""

    name: str
    place: Place
    rule: str | None
    as_of: datetime
    stage: Stage
    profile: PatientProfile
    decided: tuple[str, ...]
    expect: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.place.path}:{self.place.line}: {self.name}"


def read_cases(folder: str | Path, rulebook: Rulebook) -> tuple[Case, ...]:
    """Every case below a rulebook's folder.

    Raises:
        RulebookError: every problem of every case file; a case that expects nothing is one.
    """
    report = Report()
    fixtures = read_folder(Path(folder), report).fixtures
    report.lines = {path: decode(data, path)[0].split("\n") for path, data in fixtures.items()}
    trees: dict[str, Node] = {}
    for path, data in fixtures.items():
        tree, found = read_yaml(data, path)
        report.extend(found)
        if tree is not None:
            trees[path] = tree
    starts = {}
    for path, tree in trees.items():
        if path.endswith(START) and (start := read_form(forms.StartForm, tree, report)):
            starts[path.rsplit("/", 1)[-1].removesuffix(START)] = start
    reader = _CaseReader(rulebook, starts, report)
    cases = [case for path, tree in trees.items() if path.endswith(CASES) for case in reader.read(path, tree)]
    if not cases and not report.found:
        report.problem(
            "no-cases",
            "a folder without cases",
            "write `<rule-id>.cases.yaml` beside a rule",
            Place(str(folder)),
        )
    if report.found:
        raise RulebookError(report.sorted())
    return tuple(cases)


@dataclass(frozen=True, slots=True)
class _CaseReader:
    rulebook: Rulebook
    starts: Mapping[str, forms.StartForm]
    report: Report

    def read(self, path: str, tree: Node) -> Iterable[Case]:
        stem = path.rsplit("/", 1)[-1].removesuffix(CASES)
        rule = None if path.startswith(VIGNETTES) else stem
        if rule is not None and self.rulebook.rule(rule) is None:
            self.report.problem("unknown-rule", f"no rule `{rule}`", "name the file after its rule", Place(path))
        if not isinstance(tree, Sequence) or not tree.items:
            self.report.problem("no-cases", "a file without cases", "write each case behind `- `", tree.place)
            return
        names: set[str] = set()
        for node in tree.items:
            form = read_form(forms.CaseForm, node, self.report)
            if form is None:
                continue
            if form.name in names:
                self.report.problem(
                    "case", f"the name `{form.name}` twice", "name each case for what it shows", node.place
                )
            names.add(form.name)
            if case := self._case(path, node, form, rule):
                yield case

    def _case(self, path: str, node: Node, form: forms.CaseForm, rule: str | None) -> Case | None:
        start = self.starts.get(form.start or "")
        if form.start is not None and start is None:
            mend = did_you_mean(form.start, self.starts, otherwise="write it as <name>.start.yaml")
            self.report.problem("case", f"no start `{form.start}`", mend, place_of(node, ("start",)))
            return None
        self._check_expectation(node, form, rule)
        try:
            as_of = read_instant(form.as_of or (start.as_of if start else None), "")
            if not isinstance(as_of, datetime):
                raise Refused("not-a-date", "a time is wanted", "write 2026-11-22T09:00:00Z")
            profile = self._profile(form, start)
        except Refused as refused:
            self.report.problem("case", f"`as_of`: {refused.message}", refused.mend, node.place)
            return None
        except ProfileError as error:
            for problem in error.diagnostics:
                place = place_of(node, ("given", *(problem.pointer or "").split("/")[1:2]))
                self.report.problem(problem.code, problem.message, problem.mend, place)
            return None
        expect = {key: value for key, value in form.expect.model_dump().items() if value is not None}
        return Case(form.name, node.place, rule, as_of, Stage(form.stage), profile, tuple(form.decisions), expect)

    def _check_expectation(self, node: Node, form: forms.CaseForm, rule: str | None) -> None:
        given = {key for key, value in form.expect.model_dump().items() if value is not None}
        allowed = _OF_A_RULE if rule else _OF_A_PATIENT
        needed = "finding" if rule else "decisions"
        if needed not in given:
            message, mend = "a case that asserts too little", f"add `{needed}:` under `expect:`"
            self.report.problem("case", message, mend, place_of(node, ("expect",)))
        for key in sorted(given - allowed):
            self.report.problem(
                "case",
                f"`{key}` is not for this kind of case",
                f"it may expect {', '.join(sorted(allowed))}",
                place_of(node, ("expect", key)),
            )
        named = [
            *(form.expect.met or []),
            *(form.expect.unknown or []),
            *(form.expect.alerts or []),
            *form.decisions,
        ]
        ids = [one.id for one in self.rulebook.rules]
        for name in named:
            if self.rulebook.rule(name) is None:
                mend = did_you_mean(name, ids, otherwise="`ketascreen rules` lists them")
                self.report.problem("unknown-rule", f"no rule `{name}`", mend, node.place)
        facts = [*(form.expect.because or []), *(form.expect.asks or []), *form.without]
        for name in facts:
            if name not in self.rulebook.vocabulary:
                mend = did_you_mean(name, self.rulebook.vocabulary, otherwise="`ketascreen facts` lists them")
                self.report.problem("unknown-fact", f"unknown fact `{name}`", mend, node.place)

    def _profile(self, form: forms.CaseForm, start: forms.StartForm | None) -> PatientProfile:
        given = {**(start.given if start else {}), **form.given}
        observed_at = form.observed_at or (start.observed_at if start else None)
        raw: dict[str, Any] = {"extra": {}}
        for name, answer in given.items():
            if name in form.without:
                continue
            dated = answer if observed_at is None or name == "birth_date" else _dated(answer, observed_at)
            (raw["extra"] if name in self.rulebook.vocabulary and name not in BUILT_IN else raw)[name] = dated
        return PatientProfile.model_validate(raw)


_OF_A_RULE = frozenset({"finding", "because", "asks", "gives"})
_OF_A_PATIENT = frozenset({"decisions", "readiness", "alerts", "met", "unknown", "asks"})


def _dated(answer: Any, observed_at: str) -> Any:
    if isinstance(answer, dict):
        return {"at": observed_at, **answer}
    return {"present" if isinstance(answer, list) else "value": answer, "at": observed_at}


def run_case(case: Case, screener: Screener) -> tuple[str, ...]:
    """What a case expected and did not get, a sentence each; none where it holds."""
    decided = [ReviewDecision(rule=rule, by="case", at=case.as_of) for rule in case.decided]
    try:
        verdict = screener.screen(case.profile, as_of=case.as_of, stage=case.stage, decisions=decided)
    except InputError as error:
        return tuple(str(problem) for problem in error.diagnostics)
    failures = [f"fault in the {fault.where}: {fault.message}" for fault in verdict.faults]
    failures += [f"the channels disagree on `{differing.rule}`" for differing in verdict.agreement.disagreements]
    check = _check_rule if case.rule else _check_patient
    return (*failures, *check(case, verdict))


def _check_rule(case: Case, verdict: Verdict) -> Iterable[str]:
    finding = next((one for one in verdict.findings if one.rule == case.rule), None)
    if finding is None:
        yield f"`{case.rule}` is not asked at {case.stage}; add `stage: session`"
        return
    expect = case.expect
    if finding.outcome != expect["finding"]:
        yield f"expected {expect['finding']}, got {finding.outcome}{_grounds(finding)}"
    for key, got in (
        ("because", [used.fact for used in finding.rests_on]),
        ("asks", [one.fact for one in finding.lacks]),
    ):
        if key in expect and sorted(expect[key]) != got:
            yield f"expected {key} {', '.join(sorted(expect[key])) or 'nothing'}; got {', '.join(got) or 'nothing'}"
    for route, wanted in expect.get("gives", {}).items():
        if route not in finding.routes:
            yield f"expected {wanted} for {route}, but the rule is not for that route"
        elif (got_alone := _alone(finding)) != wanted:
            yield f"expected {wanted} for {route}, got {got_alone}"


def _alone(finding: Finding) -> Decision | Readiness:
    """What a finding would give if its rule were the only one."""
    found = [(finding.effect, finding.outcome)]
    if finding.effect is Effect.HOLD:
        return combine_readiness(Decision.ELIGIBLE, found, undecided_review=False)
    return combine(found)


def _grounds(finding: Finding) -> str:
    rests = ", ".join(used.fact for used in finding.rests_on)
    lacks = ", ".join(f"{one.fact} ({one.why.replace('_', ' ')})" for one in finding.lacks)
    return "".join([f"; it rests on {rests}" if rests else "", f"; it lacks {lacks}" if lacks else ""])


def _check_patient(case: Case, verdict: Verdict) -> Iterable[str]:
    expect = case.expect
    for kind in ("decisions", "readiness"):
        for route, wanted in expect.get(kind, {}).items():
            one = verdict.routes[route]
            got = one.decision if kind == "decisions" else one.readiness
            if got != wanted:
                reasons = one.reasons if kind == "decisions" else one.readiness_reasons
                yield f"expected {wanted} for {route}, got {got} because of {', '.join(reasons) or 'nothing'}"
    alerts = sorted({alert for one in verdict.routes.values() for alert in one.alerts})
    if "alerts" in expect and sorted(expect["alerts"]) != alerts:
        yield f"expected alerts {', '.join(expect['alerts']) or 'none'}; got {', '.join(alerts) or 'none'}"
    outcomes = {one.rule: one.outcome for one in verdict.findings}
    for key, wanted_outcome in (("met", Outcome.MET), ("unknown", Outcome.UNKNOWN)):
        for rule in expect.get(key, ()):
            if (got_outcome := outcomes.get(rule)) is not wanted_outcome:
                yield f"expected `{rule}` to be {wanted_outcome}, got {got_outcome or 'not asked'}"
    asked = {ask.fact for one in verdict.routes.values() for ask in one.asks}
    for fact in expect.get("asks", ()):
        if fact not in asked:
            yield f"expected to be asked for {fact}"
