"""Screener: the whole story of a verdict, in one file.

profile -> facts that count -> what each channel answers -> findings -> recommendation for each route -> words -> record
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from typing import Never, Self

from ketascreen.arguments import refuse
from ketascreen.channels.channel import Channel
from ketascreen.channels.registry import Isolation, choose, engines_of
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Route, Stage
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.invariants import require_exclusions
from ketascreen.loading.load import load_rulebook
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.patient.profile import PatientProfile
from ketascreen.runtime.time_zones import zone_data
from ketascreen.screening.agreement import ChannelResults, ask
from ketascreen.screening.batch import ProfileOrJson, Results, in_turn, verdicts_in_turn, whole_in_turn
from ketascreen.screening.explanation import findings_of
from ketascreen.screening.on_record import Composing, Person, on_record
from ketascreen.screening.recommend import recommend
from ketascreen.screening.recorder import Recorder, Screening, refuse_without_record, require_reference, to_screen_by
from ketascreen.screening.request import Request, overrides_of, read_request, require_profile, zone_of
from ketascreen.screening.scope import Scope, counts
from ketascreen.screening.situation import standing_of
from ketascreen.verdict.decided import ClinicianDecision
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.override import Override
from ketascreen.verdict.recommendation import Recommendation
from ketascreen.verdict.verdict import Receipt, Verdict
from ketascreen.verdict.wording import Wording

log = logging.getLogger(__name__)
_MOST_SCOPES = 100
"""How many choices of stage and routes a screener keeps ready."""


class Screener:
    """Screens patients by one rulebook. It keeps no patient; threads and processes may share or copy it.

    `channels` names the channels that are asked. None: `reference` and `production`; where the engine durable-rules is
    not installed, `reference` and `compiled`, and each verdict says so. `isolation="process"` runs the production
    channel in a child process, with a deadline of `deadline_seconds` for each answer. With a `ledger`, no verdict is
    returned before its record is stored. `time_zone` is the clinic's, by its IANA name, if the rulebook does not say
    it: it decides which day it is.

    Raises:
        RulebookError: a route without an exclusion, or a rule over the engine's limits.
        EngineMissing: `channels` names the production channel, and its engine is not installed.
        RequestError: no channel or an unknown one, an unknown isolation, a deadline that cannot be kept.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        *,
        channels: Sequence[str | Channel] | None = None,
        isolation: Isolation = "none",
        deadline_seconds: float = 5.0,
        ledger: Recorder | None = None,
        time_zone: str | None = None,
    ) -> None:
        rulebook = to_screen_by(rulebook, ledger)
        require_exclusions(rulebook)
        self.time_zone = zone_of(rulebook, time_zone)
        self.rulebook = rulebook
        self.ledger = ledger
        self.channels = choose(channels, rulebook, isolation=isolation, deadline_seconds=deadline_seconds)
        self.engines = engines_of(self.channels) + zone_data(self.time_zone)
        self.wording = Wording(rulebook)
        self._scopes: dict[tuple[Stage, tuple[Route, ...]], Scope] = {}

    @classmethod
    def default(
        cls,
        *rulebook: Never,
        isolation: Isolation = "none",
        deadline_seconds: float = 5.0,
        ledger: Recorder | None = None,
        time_zone: str | None = None,
    ) -> Self:
        """A screener by the built-in rulebook, on the default channels.

        Raises:
            RequestError: as for `Screener`, or a rulebook is given.
        """
        if rulebook:
            hint = 'for your own, write Screener(load_rulebook("folder"))'
            refuse("rulebook", "left out of `Screener.default`", hint)
        built_in = load_rulebook(built_in_rules())
        return cls(built_in, isolation=isolation, deadline_seconds=deadline_seconds, ledger=ledger, time_zone=time_zone)

    def screen(
        self,
        profile: PatientProfile,
        *,
        as_of: datetime,
        stage: Stage | str = Stage.CANDIDACY,
        routes: Iterable[Route | str] | None = None,
        decisions: Iterable[ClinicianDecision] = (),
        overrides: Iterable[Override] = (),
        reference: str | None = None,
    ) -> Verdict:
        """The verdict on a patient at a point in time (`as_of`, with its offset), for `routes` (None: all).

        `decisions` are met rules that a clinician has decided to go ahead with. They count for readiness alone, and on
        the clinic's day on which they were made alone. `reference` is the caller's own reference to the patient, never
        a name; a ledger needs it, and has the overrides of that patient. `overrides` are for a screening that is on
        record elsewhere, and runs again.

        Raises:
            ProfileError: facts that the vocabulary lacks, or observations after `as_of`.
            RequestError: a time without an offset, an unknown route or stage, a decision on a rule that no clinician
                decides, a reference without a ledger, a ledger without one or with overrides from elsewhere.
            LedgerError: the record could not be stored; there is then no verdict.
        """
        require_reference(reference, has_ledger=self.ledger is not None)
        request, given = self._request(as_of, stage, routes, decisions), overrides_of(overrides)
        if self.ledger is None or reference is None:
            return self._verdict(profile, request, given)
        if given:
            self._refuse_with_ledger("a screening with `overrides`")
        verdict = self._verdict(profile, request, self.ledger.overrides(reference))
        receipt = self._record(self.ledger, reference, profile, verdict)
        log.debug("on record as entry %d of ledger %s", receipt.record, receipt.ledger)
        return verdict.model_copy(update={"receipt": receipt})

    def decide(
        self,
        profile: PatientProfile,
        *,
        as_of: datetime,
        stage: Stage | str = Stage.CANDIDACY,
        routes: Iterable[Route | str] | None = None,
        decisions: Iterable[ClinicianDecision] = (),
    ) -> Recommendation:
        """What `screen` recommends, without words, grounds and asks, for live forms and batches.

        It does not explain the rules. If a rule cannot be explained, `screen` adds a fault and is more cautious.

        Raises:
            ProfileError, RequestError: as for `screen`; also if the screener has a ledger, since it gives no
                recommendation without its record.
        """
        self._refuse_with_ledger("`decide`")
        request = self._request(as_of, stage, routes, decisions)
        return self._recommendation(profile, request)

    def screen_many(
        self,
        people: Iterable[ProfileOrJson | Person],
        *,
        as_of: datetime,
        stage: Stage | str = Stage.CANDIDACY,
        routes: Iterable[Route | str] | None = None,
        workers: int = 1,
        ledger: Recorder | None = None,
    ) -> Results[Verdict]:
        """The verdict on each patient, in their order; for one that `screen` would refuse, the error in its place.

        A profile may be the bytes of its JSON. Profiles are taken as verdicts are asked for, a few ahead at most, so
        that there may be any number of them. Over several `workers` each is screened in one of as many processes.
        With a ledger (the screener's own, or this one), `people` are pairs of a reference and a profile, and each
        verdict has its receipt, as in `record_many`.

        Raises:
            RequestError: as for `screen`; `workers` below 1, what cannot be copied to a process, no pairs for a ledger.
            ChannelFault: a worker process ended, or did not answer in time.
            LedgerError: a piece could not be recorded; none of its verdicts is returned.
        """
        if self.ledger is not None or ledger is not None:
            leans = self.record_many(people, as_of=as_of, stage=stage, routes=routes, workers=workers, ledger=ledger)
            return whole_in_turn(leans, self.wording)
        request, vocabulary = self._request(as_of, stage, routes), self.rulebook.vocabulary
        return verdicts_in_turn(self._verdict, self.wording, request, people, vocabulary=vocabulary, workers=workers)

    def record_many(
        self,
        people: Iterable[ProfileOrJson | Person],
        *,
        as_of: datetime,
        stage: Stage | str = Stage.CANDIDACY,
        routes: Iterable[Route | str] | None = None,
        workers: int = 1,
        ledger: Recorder | None = None,
    ) -> Results[LeanVerdict]:
        """Puts a screening of each (reference, profile) on record; yields the lean verdicts, each with its receipt.

        For a patient that is refused, the error is in its place. A piece of patients is on record whole before the
        first of its verdicts is returned. A second start of the same batch (`as_of`, `stage`, `routes`, rulebook) puts
        nothing on record twice: what is there already is returned with its receipt.

        Raises:
            RequestError, ChannelFault, LedgerError: as for `screen_many`; also if there is no ledger.
        """
        request, worker = self._request(as_of, stage, routes), copy(self)
        worker.ledger = None  # a batch has its own
        composing = Composing(worker._verdict, request, self.rulebook, self.engines)
        return on_record(composing, self.ledger if ledger is None else ledger, people, workers=workers)

    def decide_many(
        self,
        profiles: Iterable[PatientProfile | bytes],
        *,
        as_of: datetime,
        stage: Stage | str = Stage.CANDIDACY,
        routes: Iterable[Route | str] | None = None,
        workers: int = 1,
    ) -> Results[Recommendation]:
        """The recommendation alone on each patient, as `decide` gives it. All else is as in `screen_many`.

        Raises:
            RequestError, ChannelFault: as for `screen_many`.
        """
        self._refuse_with_ledger("`decide_many`")
        request = self._request(as_of, stage, routes)
        return in_turn(self._recommendation, request, profiles, vocabulary=self.rulebook.vocabulary, workers=workers)

    def __repr__(self) -> str:
        if not hasattr(self, "channels"):
            return "Screener()"  # not built yet
        who = self.rulebook.identity
        names = ", ".join(channel.name for channel in self.channels)
        return f"Screener({who.id} {who.version}, {self.rulebook.bytes_digest[:12]}, {names})"

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
        as_of: datetime,
        stage: Stage | str,
        routes: Iterable[Route | str] | None,
        decisions: Iterable[ClinicianDecision] = (),
    ) -> Request:
        return read_request(self.rulebook, as_of, stage, routes, decisions, self.time_zone)

    def _refuse_with_ledger(self, what: str) -> None:
        refuse_without_record(what, has_ledger=self.ledger is not None)

    def _recommendation(self, profile: PatientProfile, request: Request) -> Recommendation:
        scope, facts, results = self._asked(profile, request)
        outcomes = results.outcomes(scope.rules) if request.decisions else {}
        made = standing_of(profile, request, self.wording, facts, outcomes, self.rulebook)
        return recommend(request, scope, results, made.rules, read_as=made.read_as)

    def _verdict(self, profile: PatientProfile, request: Request, overrides: tuple[Override, ...] = ()) -> Verdict:
        scope, facts, results = self._asked(profile, request)
        outcomes = results.outcomes(scope.rules)
        findings, unexplained = findings_of(
            scope.rules, outcomes, self.wording, self.rulebook.vocabulary, facts, request.clinic
        )
        made = standing_of(profile, request, self.wording, facts, outcomes, self.rulebook, overrides)
        recommendation = recommend(request, scope, results, made.rules, unexplained, made.read_as)
        log.debug("screened at stage %s by rulebook %s", request.stage, self.rulebook.bytes_digest)
        return self.wording.verdict(
            recommendation,
            findings,
            decisions=made.given,
            counts=counts(self.rulebook, scope, results),
            overrides=made.on_record,
        )

    def _record(self, ledger: Recorder, reference: str, profile: PatientProfile, verdict: Verdict) -> Receipt:
        return ledger.record(Screening(reference, profile, verdict, self.rulebook, self.engines))

    def _asked(self, profile: PatientProfile, request: Request) -> tuple[Scope, Facts, ChannelResults]:
        """The rules that concern a screening, the facts that count, and what the channels answer."""
        require_profile(profile)
        scope = self._scope(request)
        facts = known_facts(profile, self.rulebook.vocabulary, request.clinic)
        return scope, facts, ask(self.channels, facts, request.stage, scope.at_stage)

    def _scope(self, request: Request) -> Scope:
        """What is asked at a stage for some routes; there are few of these, so each is kept."""
        key = request.stage, request.routes
        if key not in self._scopes:
            if len(self._scopes) == _MOST_SCOPES:  # somebody asks for new choices without end
                self._scopes.clear()
            self._scopes[key] = Scope.of(self.rulebook, *key)
        return self._scopes[key]
