"""Screener: the whole story of a verdict, in one file.

profile -> facts that count -> what each channel comes to -> findings -> verdict for each route -> record
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal, Self, get_args

from ketascreen import _version
from ketascreen.channels import Channel
from ketascreen.channels.agreement import Answers, ask
from ketascreen.channels.production import ProductionChannel, engine_version
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.diagnostic import Diagnostic, Place, RequestError, RulebookError
from ketascreen.evidence import Evidence
from ketascreen.facts import known_facts
from ketascreen.finding import Finding
from ketascreen.loading import load_rulebook
from ketascreen.observation import at_fixed_offset, is_of_our_time
from ketascreen.override import Override, shown
from ketascreen.profile import PatientProfile
from ketascreen.recorder import Recorder, Screening, require_reference
from ketascreen.reporting import Reporter, by_route
from ketascreen.rule import Rule
from ketascreen.rulebook import Rulebook
from ketascreen.scope import Scope
from ketascreen.terms import Effect, Route, Stage
from ketascreen.verdict import (
    NOTICE,
    UNSIGNED,
    Agreement,
    Counts,
    Disagreement,
    ReviewDecision,
    RulebookUsed,
    Verdict,
    decided_at,
    decided_on_record,
)

log = logging.getLogger(__name__)

Isolation = Literal["none", "process"]
CHANNELS = ("reference", "production", "compiled")
DEFAULT_CHANNELS = ("reference", "production")
MAX_DEADLINE_SECONDS = 3600
_ROUTES = tuple(Route)
_STAGES: Mapping[str, Stage] = {stage: stage for stage in Stage}


def built_in_rules() -> Path:
    """The folder of the rulebook that comes with ketascreen: in the package, or beside its source."""
    package = Path(__file__).parent
    installed = package / "rules" / "ketamine"
    return installed if installed.is_dir() else package.parents[1] / "rules" / "ketamine"


class Screener:
    """Screens patients by one rulebook. It keeps no patient; threads and processes may share or copy it.

    `channels` are what a verdict stands on; `isolation="process"` runs the production channel in a child process with
    a deadline of `deadline_seconds` for each answer. With a `ledger`, no verdict is handed out unless its record is
    stored.

    Raises:
        RulebookError: a route without an exclude rule, or a rule over the engine's limits.
        EngineMissing: the production channel's engine is not installed.
        RequestError: no channel or an unknown one, an unknown isolation, a deadline that cannot be kept.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        *,
        channels: Sequence[str | Channel] = DEFAULT_CHANNELS,
        isolation: Isolation = "none",
        deadline_seconds: float = 5.0,
        ledger: Recorder | None = None,
    ) -> None:
        _require_exclusions(rulebook)
        _require_isolation(isolation, deadline_seconds)
        self.rulebook = rulebook
        self.ledger = ledger
        self.reporter = Reporter(rulebook)
        self.channels = tuple(_channel(channel, rulebook, isolation, deadline_seconds) for channel in channels)
        if not self.channels or len({channel.name for channel in self.channels}) < len(self.channels):
            raise RequestError(
                [Diagnostic("channels", "no channel, or one twice", f"name {' and '.join(DEFAULT_CHANNELS)}")]
            )
        self._names = tuple(channel.name for channel in self.channels)
        self._scopes: dict[tuple[Stage, tuple[Route, ...]], Scope] = {}

    @classmethod
    def default(
        cls, *, isolation: Isolation = "none", deadline_seconds: float = 5.0, ledger: Recorder | None = None
    ) -> Self:
        """A screener by the built-in rulebook, on both channels."""
        rulebook = load_rulebook(built_in_rules())
        return cls(rulebook, isolation=isolation, deadline_seconds=deadline_seconds, ledger=ledger)

    def screen(
        self,
        profile: PatientProfile,
        *,
        as_of: datetime,
        stage: Stage | str = Stage.CANDIDACY,
        routes: Iterable[Route | str] | None = None,
        decisions: Iterable[ReviewDecision] = (),
        reference: str | None = None,
    ) -> Verdict:
        """The verdict on a patient at a point in time (`as_of`, with its offset), for `routes` (None: all).

        `decisions` are reviews that a clinician has decided to go ahead with; they count for readiness alone.
        `reference` is the caller's own opaque reference to the patient, never a name; a ledger needs it.

        Raises:
            ProfileError: facts that the vocabulary lacks, or observations after `as_of`.
            RequestError: a time without an offset, an unknown route or stage, a decision on no review, a reference
                without a ledger or a ledger without one.
            LedgerError: the record could not be stored; there is then no verdict.
        """
        require_reference(reference, has_ledger=self.ledger is not None)
        if self.ledger is None or reference is None:
            return self.judge(profile, as_of=as_of, stage=stage, routes=routes, decisions=decisions)
        overrides = self.ledger.overrides(reference)
        verdict = self.judge(profile, as_of=as_of, stage=stage, routes=routes, decisions=decisions, overrides=overrides)
        receipt = self.ledger.record(Screening(reference, profile, verdict, self.rulebook, self.engines))
        log.debug("on record as entry %d of ledger %s", receipt.record, receipt.ledger)
        return verdict.model_copy(update={"receipt": receipt})

    def judge(
        self,
        profile: PatientProfile,
        *,
        as_of: datetime,
        stage: Stage | str = Stage.CANDIDACY,
        routes: Iterable[Route | str] | None = None,
        decisions: Iterable[ReviewDecision] = (),
        overrides: Iterable[Override] = (),
    ) -> Verdict:
        """The verdict alone: nothing is put on record. `overrides` are those on record; see `screen` for the rest."""
        asked, stage, decisions = self._request(profile, as_of, stage, routes, decisions)
        # A fixed offset: differences of times in one named zone would leave out its clock changes.
        as_of = at_fixed_offset(as_of)
        facts = known_facts(profile, self.rulebook.vocabulary, as_of)
        scope = self._scope(stage, asked)
        answers = ask(self.channels, facts, stage, scope.at_stage)
        report = _Report(self.reporter, scope.rules, answers, self.reporter.evidence(facts, as_of))
        faults = answers.faults
        if "reference" in self._names:  # what it cannot explain puts its verdict in doubt; else who asks later is told
            faults += report.evidence.explain(scope.rules)
        for fault in faults:
            log.warning("%s: %s", fault.where, fault.message)
        if answers.disagreements:
            log.warning("the channels disagree on %s", ", ".join(answers.disagreements))
        log.debug("screened at stage %s by rulebook %s", stage, self.rulebook.bytes_digest)
        overrides = tuple(overrides)
        on_record = shown(overrides, report.findings(), self.rulebook.rule_digests, as_of) if overrides else ()
        decided = decided_at((*decisions, *decided_on_record(on_record)), as_of)
        fields = {
            "notice": self._notice,
            "stage": stage,
            "as_of": as_of,
            "routes": {
                route: self.reporter.route(route, stage, weighed, decided, report.by_route)
                for route, weighed in scope.weighing.weigh(answers, decided, faulty=bool(faults)).items()
            },
            "decisions": decisions,
            "rulebook": self._rulebook_used,
            "agreement": self._agreement(answers, scope),
            "faults": faults,
            "counts": self._counts(answers, scope),
            "library_version": _version.VERSION,
            "overrides": on_record,
            "receipt": None,
        }
        return Verdict.deferred(fields, report)

    @property
    def engines(self) -> tuple[tuple[str, str], ...]:
        """The rule engines that the channels stand on, with their versions, by channel."""
        return tuple((channel.name, engine_version()) for channel in self.channels if channel.name == "production")

    def close(self) -> None:
        """Gives back what the channels hold (engine handles, a child process)."""
        for channel in self.channels:
            channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _request(
        self,
        profile: PatientProfile,
        as_of: datetime,
        stage: Stage | str,
        routes: Iterable[Route | str] | None,
        decisions: Iterable[ReviewDecision],
    ) -> tuple[tuple[Route, ...], Stage, tuple[ReviewDecision, ...]]:
        problems = []
        if not isinstance(profile, PatientProfile):
            problems.append(Diagnostic("profile", "no PatientProfile", "make one with PatientProfile(...)"))
        if not isinstance(as_of, datetime) or as_of.utcoffset() is None:
            problems.append(Diagnostic("as-of", "`as_of` has no offset from UTC", "give it one, such as +01:00"))
        elif not is_of_our_time(as_of):
            problems.append(Diagnostic("as-of", "`as_of` is not a time of ours", "check the year"))
        if stage not in _STAGES:
            problems.append(Diagnostic("stage", "unknown stage", f"the stages are {', '.join(Stage)}"))
        listed = self.rulebook.routes.keys() if routes is None else set(routes)
        if not listed or not listed <= self.rulebook.routes.keys():
            names = ", ".join(self.rulebook.routes)
            problems.append(Diagnostic("route", "no route, or one that the rulebook does not have", f"it has {names}"))
        given = tuple(decisions)
        for decision in given:
            if not isinstance(decision, ReviewDecision):
                problems.append(Diagnostic("decision", "no ReviewDecision", "make one with ReviewDecision(...)"))
                continue
            rule = self.rulebook.rule(decision.rule)
            if rule is None or rule.effect is not Effect.REVIEW:
                problems.append(
                    Diagnostic("decision", f"`{decision.rule}` is no review of this rulebook", "check its id")
                )
        if problems:
            raise RequestError(problems)
        return tuple([route for route in _ROUTES if route in listed]), _STAGES[stage], given

    def _scope(self, stage: Stage, asked: tuple[Route, ...]) -> Scope:
        """What is asked at a stage for some routes; there are few of these, so that each is worked out once."""
        key = stage, asked
        if key not in self._scopes:
            self._scopes[key] = Scope.of(self.rulebook, stage, asked)
        return self._scopes[key]

    @cached_property
    def _notice(self) -> str:
        return NOTICE if self.rulebook.signed() else f"{NOTICE} {UNSIGNED}"

    @cached_property
    def _rulebook_used(self) -> RulebookUsed:
        identity = self.rulebook.identity
        return RulebookUsed(
            id=identity.id,
            title=identity.title,
            version=identity.version,
            bytes_digest=self.rulebook.bytes_digest,
            meaning_digest=self.rulebook.meaning_digest,
            signed=self.rulebook.signed(),
        )

    def _agreement(self, answers: Answers, scope: Scope) -> Agreement:
        differing = {rule: dict(outcomes) for rule, outcomes in answers.disagreements.items() if rule in scope.ids}
        return Agreement.made(
            {
                "channels": self._names,
                "agreed": not differing and not answers.faults,
                "disagreements": tuple(
                    Disagreement(rule=rule, outcomes=outcomes) for rule, outcomes in differing.items()
                ),
            }
        )

    def _counts(self, answers: Answers, scope: Scope) -> Counts:
        loaded, at_stage, in_scope = len(self.rulebook.rules), len(scope.at_stage), len(scope.rules)
        return Counts.made(
            {
                "loaded": loaded,
                "in_scope": in_scope,
                "out_of_scope_stage": loaded - at_stage,
                "out_of_scope_route": at_stage - in_scope,
                "evaluated": {name: len(scope.ids & answer.keys()) for name, answer in answers.by_channel.items()},
                "reported": in_scope,
            }
        )


@dataclass(frozen=True)
class _Report:
    """The rest of a verdict: its findings, worded when somebody asks for one."""

    reporter: Reporter
    rules: tuple[Rule, ...]
    answers: Answers
    evidence: Evidence

    @cached_property
    def _findings(self) -> tuple[Finding, ...]:
        outcome = self.answers.outcome
        return tuple([self.reporter.finding(rule, outcome(rule.id), self.evidence) for rule in self.rules])

    @cached_property
    def _by_route(self) -> Mapping[Route, list[Finding]]:
        return by_route(self._findings)

    def findings(self) -> tuple[Finding, ...]:
        return self._findings

    def by_route(self) -> Mapping[Route, list[Finding]]:
        return self._by_route


def _require_isolation(isolation: str, deadline_seconds: float) -> None:
    if isolation not in get_args(Isolation):
        words = " and ".join(get_args(Isolation))
        raise RequestError([Diagnostic("isolation", "unknown isolation", f"there are {words}")])
    if not 0 < deadline_seconds <= MAX_DEADLINE_SECONDS:
        mend = f"write seconds, more than 0 and at most {MAX_DEADLINE_SECONDS}"
        raise RequestError([Diagnostic("deadline", "no deadline that can be kept", mend)])


def _channel(channel: str | Channel, rulebook: Rulebook, isolation: Isolation, deadline_seconds: float) -> Channel:
    match channel:
        case "reference":
            return ReferenceChannel(rulebook)
        case "production" if isolation == "process":
            from ketascreen.channels.isolated import IsolatedChannel

            return IsolatedChannel(rulebook, deadline_seconds=deadline_seconds)
        case "production":
            return ProductionChannel(rulebook)
        case "compiled":
            from ketascreen.channels.compiled import CompiledChannel

            return CompiledChannel(rulebook)
        case str():
            raise RequestError([Diagnostic("channels", "unknown channel", f"the channels are {', '.join(CHANNELS)}")])
        case _:
            return channel


def _require_exclusions(rulebook: Rulebook) -> None:
    covered = {route for rule in rulebook.with_effect(Effect.EXCLUDE) for route in rule.routes}
    missing = [route for route in rulebook.routes if route not in covered]
    if missing or not rulebook.routes:
        message = f"no exclude rule for {', '.join(missing) or 'any route'}"
        raise RulebookError(
            [Diagnostic("no-exclusion", message, "everybody would be let through", Place("routes.yaml"))]
        )
