"""Screener: the whole story of a verdict, in one file.

profile -> facts that count -> what each channel comes to -> findings -> verdict for each route -> record
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Self

from ketascreen import _version
from ketascreen.channels.channel import Channel
from ketascreen.channels.registry import DEFAULT_CHANNELS, Isolation, choose
from ketascreen.diagnostic import Diagnostic, Place, ProfileError, RulebookError
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Effect, Route, Stage
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.load import load_rulebook
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.patient.profile import PatientProfile
from ketascreen.screening.agreement import ChannelResults, ask
from ketascreen.screening.batch import make_worker, results_for_many
from ketascreen.screening.builder import VerdictBuilder, Wording
from ketascreen.screening.recorder import Recorder, Screening, require_reference
from ketascreen.screening.request import Request, read_request, require_profile
from ketascreen.screening.scope import Scope
from ketascreen.verdict.override import Override, shown
from ketascreen.verdict.verdict import (
    NOTICE,
    UNSIGNED,
    Agreement,
    ClinicianDecision,
    Counts,
    Disagreement,
    RulebookUsed,
    Verdict,
    decided_at,
    decided_on_record,
)

log = logging.getLogger(__name__)


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
        self.rulebook = rulebook
        self.ledger = ledger
        self.builder = VerdictBuilder(rulebook)
        self.channels = choose(channels, rulebook, isolation=isolation, deadline_seconds=deadline_seconds)
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
        decisions: Iterable[ClinicianDecision] = (),
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
        decisions: Iterable[ClinicianDecision] = (),
        overrides: Iterable[Override] = (),
    ) -> Verdict:
        """The verdict alone: nothing is put on record. `overrides` are those on record; see `screen` for the rest."""
        require_profile(profile)
        request = read_request(self.rulebook, as_of, stage, routes, decisions)
        facts = known_facts(profile, self.rulebook.vocabulary, request.as_of)
        scope = self._scope(request)
        results = ask(self.channels, facts, request.stage, scope.at_stage)
        return self._verdict(request, scope, facts, results, tuple(overrides))

    def screen_many(
        self,
        profiles: Iterable[PatientProfile],
        *,
        as_of: datetime,
        stage: Stage | str = Stage.CANDIDACY,
        routes: Iterable[Route | str] | None = None,
        workers: int = 1,
    ) -> Iterator[Verdict | ProfileError]:
        """The verdict on each patient, in their order; for one that `screen` would refuse, the error in its place.

        Profiles are taken as verdicts are asked for, a few ahead at most, so that there may be any number of them. Over
        several `workers` the channels are asked in as many processes; what takes time is the production channel, and
        for the compiled one alone a second process costs more than it saves. No decisions are taken, and no ledger.

        Raises:
            RequestError: as for `screen`; no number of workers, or a channel that cannot be copied to a process.
            ChannelFault: a worker process ended without an answer.
        """
        require_reference(None, has_ledger=self.ledger is not None)
        request = read_request(self.rulebook, as_of, stage, routes)
        scope, vocabulary = self._scope(request), self.rulebook.vocabulary
        worker = make_worker(self.channels, request.stage, scope.at_stage, workers=workers)
        answered = results_for_many(profiles, vocabulary, request.as_of, worker, workers=workers)
        return (one if isinstance(one, ProfileError) else self._verdict(request, scope, *one) for one in answered)

    def _verdict(
        self,
        request: Request,
        scope: Scope,
        facts: Facts,
        results: ChannelResults,
        overrides: tuple[Override, ...] = (),
    ) -> Verdict:
        as_of, stage = request.as_of, request.stage
        wording = Wording(self.builder, scope.rules, results, self.builder.evidence(facts, as_of))
        faults = results.faults
        if "reference" in self._names:  # what it cannot explain puts its verdict in doubt; else who asks later is told
            faults += wording.evidence.explain(scope.rules)
        for fault in faults:
            log.warning("%s: %s", fault.where, fault.message)
        if results.disagreements:
            log.warning("the channels disagree on %s", ", ".join(results.disagreements))
        log.debug("screened at stage %s by rulebook %s", stage, self.rulebook.bytes_digest)
        on_record = shown(overrides, wording.findings(), self.rulebook.rule_digests, as_of) if overrides else ()
        decided = decided_at((*request.decisions, *decided_on_record(on_record)), as_of)
        fields = {
            "notice": self._notice,
            "stage": stage,
            "as_of": as_of,
            "routes": {
                route: self.builder.route(route, stage, weighed, decided, wording.by_route)
                for route, weighed in scope.weighing.weigh(results, decided, faulty=bool(faults)).items()
            },
            "decisions": request.decisions,
            "rulebook": self._rulebook_used,
            "agreement": self._agreement(results, scope),
            "faults": faults,
            "counts": self._counts(results, scope),
            "library_version": _version.VERSION,
            "overrides": on_record,
            "receipt": None,
        }
        return Verdict.deferred(fields, wording)

    @property
    def engines(self) -> tuple[tuple[str, str], ...]:
        """The rule engines that the channels stand on, with their versions, by channel."""
        from ketascreen.channels.production.engine import engine_version

        return tuple((channel.name, engine_version()) for channel in self.channels if channel.name == "production")

    def close(self) -> None:
        """Gives back what the channels hold (engine handles, a child process)."""
        for channel in self.channels:
            channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _scope(self, request: Request) -> Scope:
        """What is asked at a stage for some routes; there are few of these, so that each is worked out once."""
        key = request.stage, request.routes
        if key not in self._scopes:
            self._scopes[key] = Scope.of(self.rulebook, *key)
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

    def _agreement(self, results: ChannelResults, scope: Scope) -> Agreement:
        differing = {rule: dict(outcomes) for rule, outcomes in results.disagreements.items() if rule in scope.ids}
        return Agreement.made(
            {
                "channels": self._names,
                "agreed": not differing and not results.faults,
                "disagreements": tuple(
                    Disagreement(rule=rule, outcomes=outcomes) for rule, outcomes in differing.items()
                ),
            }
        )

    def _counts(self, results: ChannelResults, scope: Scope) -> Counts:
        loaded, at_stage, in_scope = len(self.rulebook.rules), len(scope.at_stage), len(scope.rules)
        return Counts.made(
            {
                "loaded": loaded,
                "in_scope": in_scope,
                "out_of_scope_stage": loaded - at_stage,
                "out_of_scope_route": at_stage - in_scope,
                "evaluated": {name: len(scope.ids & answer.keys()) for name, answer in results.by_channel.items()},
                "reported": in_scope,
            }
        )


def _require_exclusions(rulebook: Rulebook) -> None:
    covered = {route for rule in rulebook.with_effect(Effect.EXCLUDE) for route in rule.routes}
    missing = [route for route in rulebook.routes if route not in covered]
    if missing or not rulebook.routes:
        message = f"no exclude rule for {', '.join(missing) or 'any route'}"
        raise RulebookError(
            [Diagnostic("no-exclusion", message, "everybody would be let through", Place("routes.yaml"))]
        )
