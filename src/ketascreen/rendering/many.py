"""The lines of `ketascreen screen --many`: one for each patient, and a summary with the counts by decision."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ketascreen.language.terms import ENGINE_CHANNEL, Decision, Readiness, Route, in_order
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.recommendation import Recommendation, in_doubt
from ketascreen.verdict.verdict import Verdict

Said = Verdict | LeanVerdict | Recommendation
"""What a line of many may have: all of them say what is recommended for each route."""


@dataclass
class Tally:
    """What came of the lines so far.

    Of those that were screened, `before` were on record before this start, and `not_in_effect` are of a day before the
    rulebook takes effect. `read_as` were given something under a name of before.
    """

    screened: int = 0
    faulty: int = 0
    refused: int = 0
    before: int = 0
    not_in_effect: int = 0
    read_as: int = 0
    decisions: dict[tuple[Decision, Readiness | None], Counter[Route]] = field(default_factory=dict)
    alerts: Counter[str] = field(default_factory=Counter)

    def add(self, said: Said, *, before: bool = False) -> None:
        """Counts a patient who was screened."""
        self.screened += 1
        self.faulty += in_doubt(said)
        self.before += before
        self.not_in_effect += said.takes_effect is not None
        self.read_as += bool(said.read_as)
        for route, one in said.routes.items():
            self.decisions.setdefault((one.decision, one.readiness), Counter())[route] += 1
        self.alerts.update({alert for one in said.routes.values() for alert in one.alerts})


def told(said: Said, *, texts: Catalogue = ENGLISH) -> str:
    """The recommendations in one line, each with its routes.

    That the rulebook takes effect later comes first, then faults, disagreements and alerts.
    """
    groups: dict[str, list[str]] = {}
    for route, one in said.routes.items():
        groups.setdefault(_words(one.decision, one.readiness, texts), []).append(route)
    early = said.takes_effect is not None
    doubt = [texts.text("many.not_in_effect", effective=str(said.takes_effect))] if early else []
    doubt += [texts.text("many.fault")] if said.faults else []
    doubt += [texts.text("many.disagreement")] if said.agreement.disagreements else []
    alerts = sorted({alert for one in said.routes.values() for alert in one.alerts})
    doubt += [texts.text("many.alert", rule=alert) for alert in alerts]
    recommended = [
        texts.text("many.routes", recommendation=words, routes=texts.listed(routes)) for words, routes in groups.items()
    ]
    receipt = None if isinstance(said, Recommendation) else said.receipt
    beside = [] if ENGINE_CHANNEL in said.agreement.channels else [texts.text("many.without_engine")]
    beside += [texts.text("many.recorded", record=receipt.record, digest=receipt.digest[:12])] if receipt else []
    names = sorted({one.now if one.fact is None else one.fact for one in said.read_as})
    beside += [texts.text("many.read_as", names=texts.listed(names))] if names else []
    return texts.text("join.semicolon").join([*doubt, *recommended, *beside])


def summed_up(tally: Tally, *, texts: Catalogue = ENGLISH) -> list[str]:
    """How many lines were screened, with a fault, on record before, refused; then alerts and decisions by route."""
    if not tally.screened + tally.refused:
        return [texts.text("many.summary", told=texts.text("many.summary.none"))]
    parts = [texts.text("many.summary.screened", count=f"{tally.screened:,}")]
    parts += [texts.text("many.summary.before", count=f"{tally.before:,}")] if tally.before else []
    parts += [texts.text("many.summary.faulty", count=f"{tally.faulty:,}")] if tally.faulty else []
    early = tally.not_in_effect
    parts += [texts.text("many.summary.not_in_effect", count=f"{early:,}")] if early else []
    parts += [texts.text("many.summary.read_as", count=f"{tally.read_as:,}")] if tally.read_as else []
    parts += [texts.text("many.summary.refused", count=f"{tally.refused:,}")] if tally.refused else []
    lines = [texts.text("many.summary", told=texts.listed(parts))]
    for rule, count in sorted(tally.alerts.items()):
        words = texts.text("many.alert", rule=rule)
        lines.append(texts.text("many.count", words=words, counts=f"{count:,}"))
    for decision, readiness in sorted(tally.decisions, key=_in_order):
        routes = tally.decisions[decision, readiness]
        counts = [texts.text("many.count.route", route=route, count=f"{routes[route]:,}") for route in in_order(routes)]
        words = _words(decision, readiness, texts)
        lines.append(texts.text("many.count", words=words, counts=texts.listed(counts)))
    return lines


def _words(decision: Decision, readiness: Readiness | None, texts: Catalogue) -> str:
    words = texts.label("decision", decision)
    if readiness is None:
        return words
    return texts.text("many.today", decision=words, readiness=texts.label("readiness", readiness))


def _in_order(kind: tuple[Decision, Readiness | None]) -> tuple[int, int]:
    decision, readiness = kind
    return decision.rank, -1 if readiness is None else readiness.rank
