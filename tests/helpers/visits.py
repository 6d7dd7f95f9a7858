"""Walks a kind of patient from the first screening for a session to the end, by what each verdict itself asks.

At each screening, each ask is answered from what is true of the patient, a clinician decides the reviews that the kind
names, and what a rule's `do` asks for is done where the kind says so. tests/data/visits has the kinds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from ketascreen import ClinicianDecision, Finding, PatientProfile, ProfileError, Readiness, Screener, Verdict
from ketascreen.language.terms import DecidedBy, Outcome, Route, Stage
from ketascreen.patient.contradictions import Contradicted

MOST = 8
"""The most screenings that may be needed."""
UNKNOWN = "unknown"
"""Written for what nobody can say of this patient; it is then not answered."""
READY = "ready"
FIRST = datetime.fromisoformat("2026-11-22T09:00:00+01:00")
"""The time of the first screening, unless a kind says another."""


class DeadEnd(AssertionError):
    """A patient who honestly cannot go on, or who ends elsewhere than the kind says; with all that was done."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is done because of a rule, an alert or a contradiction: `at` names it, `do` says what is done.

    `honest` is what is true after it, and on record at once; `time` is that of the next screening, if it is later.
    """

    at: str
    do: str
    honest: Mapping[str, Any] = field(default_factory=dict)
    time: datetime | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of patient. `brings` is on file before, `honest` what is true, `goes_ahead` the reviews that a clinician
    decides. `ends` is `ready`, or the rules that bar; `reasons` are those of the decision. `asked_again` are the facts
    that a verdict asks although `brings` has them.
    """

    who: str
    by: Route
    decision: str
    within: int
    ends: str | Sequence[str] = READY
    reasons: Sequence[str] = ()
    alerts: Sequence[str] = ()
    time: datetime = FIRST
    zone: str = "Europe/Berlin"
    brings: Mapping[str, Any] = field(default_factory=dict)
    asked_again: Sequence[str] = ()
    honest: Mapping[str, Any] = field(default_factory=dict)
    goes_ahead: Sequence[str] = ()
    then: Sequence[Step] = ()

    @classmethod
    def read(cls, written: Mapping[str, Any], everybody: Mapping[str, Any]) -> Kind:
        """The kind as it is written, with what is true of everybody where it says nothing else."""
        then = [Step(**step) for step in written.get("then", ())]
        honest = {**everybody, **written.get("honest", {})}
        return cls(**{**written, "by": Route(written["by"]), "honest": honest, "then": then})

    @property
    def is_barred_by(self) -> frozenset[str]:
        """The rules that bar this patient in the end."""
        return frozenset() if self.ends == READY else frozenset(self.ends)


def read_kinds(folder: Path) -> list[Kind]:
    """The kinds of all files of a folder; `everybody.yaml` has what is true of each unless a kind says otherwise."""
    everybody = yaml.safe_load((folder / "everybody.yaml").read_text("utf-8"))
    files = (file for file in sorted(folder.glob("*.yaml")) if file.name != "everybody.yaml")
    return [Kind.read(one, everybody) for file in files for one in yaml.safe_load(file.read_text("utf-8"))]


@dataclass(frozen=True)
class Seen:
    """What one screening said of the route: the verdict, or the contradictions that it was refused for."""

    route: Route
    verdict: Verdict | None
    contradictions: frozenset[str] = frozenset()

    @property
    def is_ready(self) -> bool:
        """Whether it may be given today."""
        return self.verdict is not None and self.verdict.routes[self.route].readiness is Readiness.READY

    @property
    def standing(self) -> tuple[Finding, ...]:
        """The findings that stand between the patient and the session."""
        return self._findings("readiness_reasons")

    @cached_property
    def met(self) -> frozenset[str]:
        """The rules among them that are met, the alerts, and the contradictions."""
        met = {one.rule for one in self.standing if one.outcome is Outcome.MET}
        return frozenset(met | {one.rule for one in self._findings("alerts")}) | self.contradictions

    @property
    def asks(self) -> dict[str, str]:
        """The facts asked, each with why it is not known."""
        return {} if self.verdict is None else {one.fact: one.why for one in self.verdict.routes[self.route].asks}

    def bars(self, rules: frozenset[str]) -> bool:
        """Whether exactly these rules stand between the patient and the session, and all are met."""
        return bool(rules) and self.verdict is not None and {one.rule for one in self.standing} == rules <= self.met

    def __str__(self) -> str:
        if self.verdict is None:
            return f"refused: {', '.join(sorted(self.contradictions))}"
        one = self.verdict.routes[self.route]
        standing = ", ".join(f"{finding.rule} {finding.outcome}" for finding in self.standing)
        return f"{one.decision}, {one.readiness}: {standing or 'nothing stands in the way'}"

    def _findings(self, which: str) -> tuple[Finding, ...]:
        if self.verdict is None:
            return ()
        return tuple(map(self.verdict.finding, getattr(self.verdict.routes[self.route], which)))


class Visit:
    """One kind of patient on the way: what is on file, what was decided, and what was done so far."""

    def __init__(self, kind: Kind, screener: Screener) -> None:
        self.kind, self.now = kind, kind.time
        self.file: dict[str, Any] = dict(kind.brings)
        self.history: list[str] = []
        self.screenings = 0
        self.asked: set[str] = set()
        self._honest = dict(kind.honest)
        self._told: dict[str, tuple[Any, datetime]] = {}
        self._decided: dict[str, datetime] = {}
        self._left = list(kind.then)
        self._screener, self._rulebook = screener, screener.rulebook

    def to_the_end(self) -> Seen:
        """The last screening: the patient is ready, or barred by the rules that the kind names.

        Raises:
            DeadEnd: nothing is left to answer, decide or do, and the patient is neither; or it takes too long.
        """
        while self.screenings < MOST:
            seen = self._screen()
            self.history.append(f"{self.screenings}. {self.now.isoformat()}: {seen}")
            if seen.is_ready or seen.bars(self.kind.is_barred_by):
                return seen
            self.asked.update(seen.asks)
            done = [*self._answer(seen), *self._decide(seen), *self._do(seen.met)]
            if not done:  # what is only unknown is seen to last
                done = self._do(frozenset(one.rule for one in seen.standing))
            if not done:
                raise self.dead_end(self._why_stuck(seen))
            self.history += [f"   {one}" for one in done]
        raise self.dead_end(f"not at the end after {MOST} screenings")

    def dead_end(self, why: str) -> DeadEnd:
        """What is wrong, with all that was done."""
        return DeadEnd("\n".join((f"{self.kind.who}: {why}", *self.history)))

    def unused(self) -> list[str]:
        """What the kind says and nothing asked for: steps, and decisions of a clinician."""
        return [one.do for one in self._left] + [rule for rule in self.kind.goes_ahead if rule not in self._decided]

    def _screen(self) -> Seen:
        self.screenings += 1
        decisions = [ClinicianDecision(rule=rule, by="dr-17", at=at) for rule, at in self._decided.items()]
        try:
            verdict = self._screener.screen(
                PatientProfile.model_validate(self.file),
                as_of=self.now,
                stage=Stage.SESSION,
                routes=[self.kind.by],
                decisions=decisions,
            )
        except ProfileError as error:
            found = [one.name for one in error.diagnostics if isinstance(one, Contradicted)]
            if len(found) < len(error.diagnostics):
                raise
            return Seen(self.kind.by, None, frozenset(found))
        assert not verdict.faults
        return Seen(self.kind.by, verdict)

    def _answer(self, seen: Seen) -> list[str]:
        """Answers each ask that there is an honest answer to; the same answer is not given twice at one time."""
        asked = ("birth_date" if fact == "age" and "birth_date" in self._true() else fact for fact in seen.asks)
        names = [one for one in asked if one in self._true() and self._told.get(one) != (self._true()[one], self.now)]
        for name in names:
            self._record(name)
        return [f"answered: {', '.join(names)}"] if names else []

    def _decide(self, seen: Seen) -> list[str]:
        """The decisions of a clinician to go ahead; each counts on its day alone."""
        rules = [one.rule for one in seen.standing if one.outcome is Outcome.MET and self._may_be_decided(one.rule)]
        self._decided |= dict.fromkeys(rules, self.now)
        return [f"decided to go ahead: {', '.join(rules)}"] if rules else []

    def _may_be_decided(self, rule: str) -> bool:
        """Whether a clinician would decide a rule and may, and has not done so at this time."""
        found = self._rulebook.rule(rule)
        theirs = found is not None and found.decided_by is DecidedBy.CLINICIAN
        return theirs and rule in self.kind.goes_ahead and self._decided.get(rule) != self.now

    def _do(self, because: frozenset[str]) -> list[str]:
        """The first step that is left and that one of these calls for; the verdict is then asked again."""
        step = next((one for one in self._left if one.at in because), None)
        if step is None:
            return []
        self._left.remove(step)
        self.now = step.time or self.now
        self._honest |= step.honest
        for name in step.honest:
            self._record(name)
        return [f"done because of {step.at}: {step.do}"]

    def _true(self) -> dict[str, Any]:
        return {name: value for name, value in self._honest.items() if value != UNKNOWN}

    def _record(self, name: str) -> None:
        value = self._honest[name]
        self._told[name] = value, self.now
        if name == "birth_date":
            self.file[name] = value
        elif isinstance(value, list):
            self.file[name] = {"present": value, "complete": True, "at": self.now}
        else:
            self.file[name] = {"value": value, "at": self.now}

    def _why_stuck(self, seen: Seen) -> str:
        if seen.verdict is None:
            return "refused, and the kind does not say what is done"
        met = sorted(one.rule for one in seen.standing if one.outcome is Outcome.MET)
        if open_asks := {fact: why for fact, why in seen.asks.items() if not met or fact in self._true()}:
            return f"no honest answer ends these asks: {open_asks}; met: {met}"
        return f"stands still, by {met}"
