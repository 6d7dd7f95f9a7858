"""Verdicts: what the findings give for each route, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Protocol, Self

from ketascreen.language.terms import ENGINE_CHANNEL, Decision, Effect, Outcome, Readiness, Route, Stage
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.approved import Approved
from ketascreen.verdict.base_model import Reported, WrittenTime
from ketascreen.verdict.before import of_now
from ketascreen.verdict.by_word import ByWord
from ketascreen.verdict.decided import DecisionShown
from ketascreen.verdict.finding import Fault, Finding, Source, Want
from ketascreen.verdict.override import OverrideShown
from ketascreen.verdict.read_as import ReadAs


class Ask(Reported):
    """A fact that is not known and that a rule waits for: what an answer looks like, and why it is not known.

    `FactLacking` explains `minutes_old`, `counts_days`, `counts_minutes` and `unrecognised`.
    """

    SHOWN = ("fact", "why")

    fact: str
    label: str
    unit: str | None
    answer: str
    why: Want
    minutes_old: int | None = None
    counts_days: int | None = None
    counts_minutes: int | None = None
    unrecognised: tuple[str, ...] = ()
    rules: tuple[str, ...]


class RouteStatement(Reported):
    """What the sources say of one attribute of a route."""

    SHOWN = ("attribute",)

    attribute: str
    says: str
    sources: tuple[Source, ...]


class RouteVerdict(Reported):
    """The recommendation for one route. Rules are named by id; `Verdict.finding` gives each whole.

    `findings` groups every rule of this route by effect and outcome. `reasons` are the rules that make the decision,
    `readiness_reasons` those that stand between it and a session today. `alerts` are urgent, beside the decision;
    `alerts_not_ruled_out` could not be answered.
    """

    SHOWN = ("route", "decision", "readiness")

    route: Route
    title: str
    decision: Decision
    readiness: Readiness | None
    reasons: tuple[str, ...]
    readiness_reasons: tuple[str, ...]
    alerts: tuple[str, ...]
    alerts_not_ruled_out: tuple[str, ...]
    findings: ByWord[Effect, ByWord[Outcome, tuple[str, ...]]]
    asks: tuple[Ask, ...]
    advice: tuple[str, ...]
    attributes: tuple[RouteStatement, ...]


class RulebookUsed(Reported):
    """The rulebook of a verdict, with the digests of its bytes and of its meaning.

    `approved` counts its approved rules on the clinic's day; None in a verdict of before, which did not count them.
    `release_key` is the fingerprint of the key that `keys` proved to have signed it; None if nobody asked.
    """

    SHOWN = ("id", "version", "bytes_digest")

    id: str
    title: str
    version: str
    bytes_digest: str
    meaning_digest: str
    approved: Approved | None = None
    release_key: str | None = None


class Counts(Reported):
    """Rules loaded = in scope + out of scope by stage + by route; in scope = evaluated by each channel = reported."""

    SHOWN = ("loaded", "in_scope", "evaluated", "reported")

    loaded: int
    in_scope: int
    out_of_scope_stage: int
    out_of_scope_route: int
    evaluated: dict[str, int]
    reported: int


class Disagreement(Reported):
    """A rule for which the channels gave different outcomes."""

    SHOWN = ("rule",)

    rule: str
    outcomes: dict[str, Outcome]


class Agreement(Reported):
    """The channels that were asked, and where they disagree."""

    SHOWN = ("channels", "agreed")

    channels: tuple[str, ...]
    agreed: bool
    disagreements: tuple[Disagreement, ...]


class Receipt(Reported):
    """Where a screening is on record: the ledger, the number of the record in it, and the record's digest."""

    SHOWN = ("ledger", "record", "digest")

    ledger: str
    record: int
    digest: str


MADE_UP = "made-up"
"""The channel, and the rulebook, of a verdict that was made up for a test (`ketascreen.testing`)."""


class Verdict(Reported):
    """Everything that one screening gave.

    `not_asked` is what the rulebook has no rule on, so that no decision says anything about it. `as_of` is local time
    at the clinic by its `time_zone`; without one, nobody has said that the offset of `as_of` is the clinic's.
    `takes_effect` is the day on which the rulebook takes effect, as 2026-11-22, if `as_of` is before it.
    `decisions` are those given with the screening, and `overrides` those on record for the caller's reference, each
    with its standing. `read_as` is what was given under a name of before. `receipt` is there where the screening was
    recorded.
    """

    notice: str
    not_asked: tuple[str, ...] = ()
    stage: Stage
    as_of: WrittenTime
    time_zone: str | None = None
    takes_effect: str | None = None
    routes: ByWord[Route, RouteVerdict]
    findings: tuple[Finding, ...]
    decisions: tuple[DecisionShown, ...]
    rulebook: RulebookUsed
    agreement: Agreement
    faults: tuple[Fault, ...]
    counts: Counts
    library_version: str
    overrides: tuple[OverrideShown, ...] = ()
    read_as: tuple[ReadAs, ...] = ()
    receipt: Receipt | None = None

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        return in_short(self)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **given: Any) -> Self:
        """Reads the JSON of it, also of an earlier version (`before`).

        Raises:
            RequestError: another text. It names the fields that are wrong, and no value.
        """
        return super().model_validate_json(of_now(json_data), **given)

    @property
    def is_made_up(self) -> bool:
        """Whether it was made up for a test, so that it says nothing about a patient."""
        return MADE_UP in (self.rulebook.id, *self.agreement.channels, *self.counts.evaluated)

    def finding(self, rule: str) -> Finding:
        """The finding of a rule.

        Raises:
            KeyError: that rule was not in scope.
        """
        for finding in self.findings:
            if finding.rule == rule:
                return finding
        raise KeyError(rule)

    def reasons(self, route: Route | str) -> tuple[Finding, ...]:
        """The findings that make the decision for a route.

        Raises:
            KeyError: there is nothing for that route.
        """
        return tuple(map(self.finding, self.routes[route].reasons))


class Dated(Protocol):
    """What has a time, and says whether the rulebook takes effect later."""

    @property
    def as_of(self) -> datetime:
        """The time of the screening, local at the clinic."""
        ...

    @property
    def takes_effect(self) -> str | None:
        """The day on which the rulebook takes effect, if it is still to come."""
        ...


def not_in_effect(said: Dated) -> Iterator[str]:
    """That the rulebook takes effect after the day of the screening; nothing if it has taken effect."""
    if said.takes_effect is not None:
        day = said.as_of.date().isoformat()
        yield ENGLISH.text("notice.not_in_effect", effective=said.takes_effect, day=day)


class Counted(Protocol):
    """What has counts: a verdict, or its lean form."""

    @property
    def counts(self) -> Counts:
        """How many rules there were."""
        ...

    @property
    def agreement(self) -> Agreement:
        """The channels that were asked."""
        ...

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What failed."""
        ...


def counts_fit(said: Counted, rules: Collection[str], found: Collection[str]) -> bool:
    """Whether its counts fit a screening by a rulebook with `rules`, which gave findings of the rules `found`.

    Each channel that was asked evaluated all rules in scope; where something failed, one may be missing.
    """
    counts, channels = said.counts, frozenset(said.agreement.channels)
    evaluated = counts.evaluated.keys()
    return (
        counts.loaded == len(rules) == counts.in_scope + counts.out_of_scope_stage + counts.out_of_scope_route
        and {counts.reported, len(found), *counts.evaluated.values()} == {counts.in_scope}
        and frozenset(found) <= frozenset(rules)
        and (evaluated == channels or (evaluated < channels and bool(said.faults)))
    )


def in_short(said: object) -> Iterator[tuple[str, str]]:
    """What a verdict or a recommendation shows of itself: its stage, for each route its decision and readiness, its
    rulebook, and when that takes effect if it is still to come; its channels where the engine is not one of them;
    whether it was made up; how many faults and disagreements there are. One that is not built yet shows what it has."""
    if hasattr(said, "stage"):
        yield "stage", str(said.stage)
    for route, one in getattr(said, "routes", {}).items():
        words = (getattr(one, name, None) for name in ("decision", "readiness"))
        yield str(route), ", ".join(str(word) for word in words if word is not None)
    if (digest := getattr(getattr(said, "rulebook", None), "bytes_digest", None)) is not None:
        yield "rulebook", digest[:12]
    if (takes_effect := getattr(said, "takes_effect", None)) is not None:
        yield "takes_effect", takes_effect
    yield from _less_than_usual(said)


def _less_than_usual(said: object) -> Iterator[tuple[str, str]]:
    agreement, counts = (getattr(said, name, None) for name in ("agreement", "counts"))
    channels, disagreements = (getattr(agreement, name, ()) for name in ("channels", "disagreements"))
    if agreement is not None and ENGINE_CHANNEL not in channels:
        yield "channels", ", ".join(channels)
    named = (getattr(getattr(said, "rulebook", None), "id", ""), *channels, *getattr(counts, "evaluated", ()))
    if MADE_UP in named:
        yield "made_up", "yes"
    for name, found in (("faults", getattr(said, "faults", ())), ("disagreements", disagreements)):
        if found:
            yield name, str(len(found))
