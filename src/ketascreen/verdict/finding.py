"""Findings: what one rule gives for one patient, with its grounds. Faults are never findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ketascreen.language.rule import RuleStage
from ketascreen.language.terms import DecidedBy, Effect, Outcome, Route, Weight, listing_order
from ketascreen.verdict.base_model import Reported


class Source(Reported):
    """A citation: a line of a document with a short phrase on it, or an outside source."""

    SHOWN = ("says", "document", "line", "outside")

    says: str
    document: str | None = None
    line: int | None = None
    phrase: str | None = None
    outside: str | None = None


class FactUsed(Reported):
    """A known fact that a finding rests on.

    `value` is a choice, a number as text, or the words present in a list; `days_old` the clinic's days since it was
    observed; `counts` false where the answer is too old or undated, and only an alert reads it, or it can only meet a
    rule; `counts_through` the last day, or the last minute, on which it counts. For a time since an event, `earliest`
    and `latest` are the first and the last day on which the event can have been.
    """

    SHOWN = ("fact",)

    fact: str
    label: str
    value: str | tuple[str, ...]
    unit: str | None = None
    complete: bool | None = None
    observed_at: str | None = None
    days_old: int | None = None
    counts: bool = True
    counts_through: str | None = None
    earliest: str | None = None
    latest: str | None = None


Want = Literal["not_recorded", "undated", "too_old", "not_exact", "list_incomplete"]


class FactLacking(Reported):
    """A fact that an unknown finding lacks, and why it is not known.

    `minutes_old`: how old an answer is that is too old, in minutes; a day of the clinic has 1,440. How long an answer
    counts, if it ages: `counts_days` (0: on the same day) or `counts_minutes`. `unrecognised`: the entries of a list
    that the vocabulary does not know, because of which it is not known to be complete.
    """

    SHOWN = ("fact", "why")

    fact: str
    label: str
    why: Want
    minutes_old: int | None = None
    counts_days: int | None = None
    counts_minutes: int | None = None
    unrecognised: tuple[str, ...] = ()


class Finding(Reported):
    """What one rule gives, in the rule's own words, with its sources and the facts that it rests on or lacks.

    The title of an alert that rests on an answer of an earlier day has its date, and `do` is then `do_if_old`.
    `decided_by` is who may decide to go ahead although it is met: None for an effect that is never decided.
    `weight` orders it among the findings with its effect, and changes nothing else.
    """

    SHOWN = ("rule", "outcome")

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
    decided_by: DecidedBy | None = None
    weight: Weight = Weight.USUAL
    rests_on: tuple[FactUsed, ...] = ()
    lacks: tuple[FactLacking, ...] = ()


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order in which rules are listed: by effect, then by weight, then by id."""
    return sorted(findings, key=lambda one: listing_order(one.effect, one.weight, one.rule))


class Fault(Reported):
    """Something that failed while screening. It makes a verdict more cautious, never less."""

    SHOWN = ("where", "message")

    where: str
    message: str
