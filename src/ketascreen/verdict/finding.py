"""Findings: what one rule gives for one patient, with its grounds. Faults are never findings."""

from __future__ import annotations

from typing import Literal

from ketascreen.language.rule import RuleStage
from ketascreen.language.terms import Effect, Outcome, Route
from ketascreen.verdict.base_model import Reported


class Source(Reported):
    """A citation: a line of a document with a short phrase on it, or an outside source."""

    says: str
    document: str | None = None
    line: int | None = None
    phrase: str | None = None
    outside: str | None = None


class FactUsed(Reported):
    """A known fact that a finding rests on.

    `value` is a choice, a number as text, or the words present in a list; `days_old` the whole days since it was
    observed; `counts` false where only an alert still reads it. For a number that is counted from an event, `earliest`
    and `latest` are the days (ISO dates) between which the event was.
    """

    fact: str
    label: str
    value: str | tuple[str, ...]
    unit: str | None = None
    complete: bool | None = None
    observed_at: str | None = None
    days_old: int | None = None
    counts: bool = True
    earliest: str | None = None
    latest: str | None = None


Want = Literal["not_recorded", "undated", "too_old", "list_incomplete"]


class FactLacking(Reported):
    """A fact that an unknown finding lacks, and why it is not known."""

    fact: str
    label: str
    why: Want


class Finding(Reported):
    """What one rule gives, in the rule's own words, with its sources and the facts that it rests on or lacks."""

    rule: str
    title: str
    effect: Effect
    stage: RuleStage
    routes: tuple[Route, ...]
    outcome: Outcome
    say: str
    do: str
    file: str
    line: int
    sources: tuple[Source, ...]
    conflicts: tuple[str, ...]
    interpretation: str
    sign_off: str
    rests_on: tuple[FactUsed, ...] = ()
    lacks: tuple[FactLacking, ...] = ()


class Fault(Reported):
    """Something that failed while screening. It makes a verdict more cautious, never less."""

    where: str
    message: str
