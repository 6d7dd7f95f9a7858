"""A screener for tests: it gives the decisions that a test names, and refuses what a real one refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from inspect import signature
from typing import Never, Self

from ketascreen.arguments import listed, refuse, require
from ketascreen.channels.registry import Isolation, choose
from ketascreen.diagnostic import Diagnostic, KetascreenError, ProfileError, RequestError
from ketascreen.language.quiet import Quiet
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Decision, Route, Stage
from ketascreen.patient.facts import known_facts
from ketascreen.patient.profile import PatientProfile
from ketascreen.patient.reader import in_words_of
from ketascreen.screen import Screener
from ketascreen.screening.batch import PATIENTS, ProfileOrJson, Results, in_turn, require_workers
from ketascreen.screening.on_record import Pair, Person, read_person, require_person
from ketascreen.screening.recorder import Batch, Recorder, Screening, require_recorder
from ketascreen.screening.request import Request, require_profile
from ketascreen.screening.situation import read_as_of
from ketascreen.testing.made_up import (
    Decisions,
    Readinesses,
    decided,
    made_up_recommendation,
    made_up_verdict,
    readied,
)
from ketascreen.testing.profiles import built_in_screener
from ketascreen.verdict.decided import ClinicianDecision
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.override import Override
from ketascreen.verdict.read_as import in_words
from ketascreen.verdict.recommendation import Recommendation
from ketascreen.verdict.verdict import MADE_UP, Receipt, Verdict

Answer = Decisions | KetascreenError
"""What a fake screener gives: decisions, or an error to raise."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Call(Quiet):
    """One patient that a fake screener was asked about. Its repr shows nothing of the patient."""

    profile: PatientProfile
    as_of: datetime
    stage: Stage
    routes: tuple[Route, ...]
    decisions: tuple[ClinicianDecision, ...]


class FakeScreener(Screener):
    """A `Screener` that gives the decisions of a test, by `made_up_verdict`, whoever the patient is.

    `answer` is a decision for all routes, a mapping of routes to decisions, an error to raise, or a function that gives
    one of these for a profile. Routes that a mapping leaves out are `insufficient_data`. `readiness` is for sessions.
    `calls` has each patient that it was asked about. With `ledger=True` it asks for references and gives receipts as a
    screener with a ledger does, and `recorded` has the references; nothing is written. It answers in this process
    alone, however many `workers` it is given.

    Raises:
        RequestError: an unknown route, decision or readiness, a function that does not take a profile, a `ledger` that
            is neither True nor False, a time zone that does not exist.
    """

    def __init__(
        self,
        answer: Answer | Callable[[PatientProfile], Answer] = "eligible",
        *,
        readiness: Readinesses = None,
        ledger: bool = False,
        time_zone: str | None = None,
        rulebook: Rulebook | None = None,
    ) -> None:
        rulebook = built_in_screener().rulebook if rulebook is None else rulebook
        require(ledger, bool, "ledger", "True or False", "write ledger=True; a fake puts nothing on record")
        super().__init__(rulebook, channels=("reference",), time_zone=time_zone)
        if isinstance(answer, type):  # an exception by its class would be called with the profile, and show it
            refuse("answer", "decisions, an error, or a function", "give the error itself: ProfileError([...])")
        if callable(answer):
            _require_one_argument(answer)
        elif not isinstance(answer, KetascreenError):
            decided(answer, tuple(rulebook.routes))
        if readiness is not None:
            readied(readiness, offered=tuple(rulebook.routes))
        self.ledger = _Receipts() if ledger else None
        self.answer = answer
        self.readiness = readiness
        self.calls: list[Call] = []
        self.recorded: list[str] = []

    @classmethod
    def default(
        cls,
        *rulebook: Never,
        isolation: Isolation = "none",
        deadline_seconds: float = 5.0,
        ledger: Recorder | None = None,
        time_zone: str | None = None,
    ) -> Self:
        """A fake that says `eligible`, in the place of `Screener.default`; nothing is written to the ledger.

        Raises:
            RequestError: as for `Screener.default`.
        """
        if rulebook:
            refuse("rulebook", "left out of `FakeScreener.default`", "write FakeScreener(rulebook=...)")
        require_recorder(ledger)
        made = cls(ledger=ledger is not None, time_zone=time_zone)
        choose(("reference",), made.rulebook, isolation=isolation, deadline_seconds=deadline_seconds)
        return made

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
        """As `Screener.screen_many`.

        Raises:
            RequestError: as there; also if a `ledger` is given here, since nothing made up goes on record.
        """
        request = self._request(as_of, stage, routes)
        self._refuse_real(ledger)
        require_workers(workers)
        if self.ledger is not None:
            return self._on_no_record(listed(people, *PATIENTS), request)
        return in_turn(self._verdict, request, people, vocabulary=self.rulebook.vocabulary, workers=1)

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
        """As `Screener.record_many`.

        Raises:
            RequestError: as for `screen_many`; also if it was not made with `ledger=True`.
        """
        request = self._request(as_of, stage, routes)
        self._refuse_real(ledger)
        if self.ledger is None:
            raise RequestError(
                [Diagnostic("reference", "`record_many` needs a ledger", "write FakeScreener(ledger=True)")]
            )
        require_workers(workers)
        whole = self._on_no_record(listed(people, *PATIENTS), request)
        return (one if isinstance(one, ProfileError) else LeanVerdict.of(one) for one in whole)

    def decide_many(
        self,
        profiles: Iterable[PatientProfile | bytes],
        *,
        as_of: datetime,
        stage: Stage | str = Stage.CANDIDACY,
        routes: Iterable[Route | str] | None = None,
        workers: int = 1,
    ) -> Results[Recommendation]:
        """As `Screener.decide_many`.

        Raises:
            RequestError: as there.
        """
        require_workers(workers)
        return super().decide_many(profiles, as_of=as_of, stage=stage, routes=routes)

    def __repr__(self) -> str:
        return f"FakeScreener({len(getattr(self, 'calls', ()))} calls)"

    def _recommendation(self, profile: PatientProfile, request: Request) -> Recommendation:
        return made_up_recommendation(self._verdict(profile, request))

    def _verdict(self, profile: PatientProfile, request: Request, overrides: tuple[Override, ...] = ()) -> Verdict:
        require_profile(profile)
        known_facts(profile, self.rulebook.vocabulary, request.clinic)  # refuses what no screener takes
        self.calls.append(Call(profile, request.as_of, request.stage, request.routes, request.decisions))
        answer = self.answer(profile) if callable(self.answer) else self.answer
        if isinstance(answer, KetascreenError):
            raise answer
        told = decided(answer, tuple(self.rulebook.routes))
        asked = {route: told.get(route, Decision.INSUFFICIENT_DATA) for route in request.routes}
        verdict = made_up_verdict(
            asked,
            as_of=request.as_of,
            stage=request.stage,
            readiness=self._readiness(request),
            time_zone=request.clinic.name,
        )
        named = read_as_of(profile, request, self.rulebook, overrides)
        notice = " ".join((verdict.notice, *in_words(named)))
        return verdict.model_copy(update={"read_as": named, "notice": notice})

    def _readiness(self, request: Request) -> Readinesses:
        if request.stage is Stage.CANDIDACY or not isinstance(self.readiness, Mapping):
            return None if request.stage is Stage.CANDIDACY else self.readiness
        return {route: self.readiness.get(route, "insufficient_data") for route in request.routes}

    def _record(self, ledger: Recorder, reference: str, profile: PatientProfile, verdict: Verdict) -> Receipt:
        self.recorded.append(reference)
        return Receipt(ledger=MADE_UP, record=len(self.recorded), digest="0" * 64)

    def _on_no_record(self, people: Iterable[object], request: Request) -> Results[Verdict]:
        for person in map(require_person, people):
            try:
                reference, profile = read_person(Pair(*person))
                verdict = self._verdict(profile, request)
            except ProfileError as error:
                yield in_words_of(self.rulebook.vocabulary, error)
                continue
            receipt = self._record(_Receipts(), reference, profile, verdict)
            yield verdict.model_copy(update={"receipt": receipt})

    def _refuse_real(self, ledger: Recorder | None) -> None:
        require_recorder(ledger)
        if ledger is not None:
            message = "a fake screener puts nothing on record, and `ledger` is given"
            raise RequestError([Diagnostic("made-up", message, "write FakeScreener(ledger=True)")])


def _require_one_argument(answer: Callable[..., object]) -> None:
    """Requires a function that can be called with a profile alone; one whose arguments Python does not know passes."""
    with suppress(ValueError):
        takes = signature(answer)
        try:
            takes.bind(None)
        except TypeError:
            refuse("answer", "a function of a profile", "write lambda profile: ...")


class _Receipts:
    """In the place of a ledger: it knows no overrides, and takes no screening."""

    def overrides(self, reference: str) -> tuple[Override, ...]:
        return ()

    def record(self, screening: Screening) -> Receipt:
        raise NotImplementedError

    def for_reading(self) -> Self:
        return self

    def batch(self, rulebook: Rulebook, request: Request) -> Batch:
        raise NotImplementedError
