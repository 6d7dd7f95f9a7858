"""What one patient gets by one rulebook and by another, and where the other is less or more cautious."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ketascreen import ClinicianDecision, Decision, PatientProfile, ProfileError, Readiness, Screener, load_rulebook
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import Always, Condition
from ketascreen.language.effects import EFFECTS
from ketascreen.language.logic import TRUE, UNKNOWN
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import evaluate
from ketascreen.language.terms import DecidedBy, Effect, Outcome, Stage
from ketascreen.loading.conditions import ConditionReader
from ketascreen.patient.facts import known_facts
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import read_yaml
from ketascreen.verdict.decision import RouteRecommendation
from tests.helpers.screening import AS_OF

DECISION, AT_A_SESSION = "decision", "decision at a session"
READINESS, DECIDED = "readiness", "readiness, all decided"
"""What is compared: the decision at either stage, the readiness, and the readiness once clinicians decided to go ahead
wherever a rule is theirs to decide."""

Level = Decision | Readiness
Stands = frozenset[tuple[str, Effect, Outcome]]
"""The rules that give a level, each with its effect and outcome."""


class Seen(NamedTuple):
    """What a rulebook gives a patient, and the alerts that are met at each stage."""

    levels: Mapping[tuple[str, str], tuple[Level, Stands]]
    alerts: frozenset[tuple[Stage, str]]


class Change(NamedTuple):
    """A level of one route that is not the same.

    `rules` are those that gave the more cautious level, and do not in the same way by the other rulebook. `still_ask`
    are those among them that now wait for an answer.
    """

    what: str
    route: str
    before: Level
    after: Level
    rules: tuple[str, ...]
    still_ask: frozenset[str] = frozenset()

    @property
    def is_milder(self) -> bool:
        """Whether the new rulebook is less cautious."""
        return self.after.rank < self.before.rank

    @property
    def step(self) -> str:
        """From which level to which."""
        return f"{self.what}: {self.before} -> {self.after}"


class Book:
    """A rulebook, and all that it gives a patient."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._screener = Screener(rulebook, channels=("compiled",))  # the fastest
        theirs = (rule for rule in rulebook.rules if EFFECTS[rule.effect].decided_by is not None)
        self._decisions = [
            ClinicianDecision(rule=rule.id, by="dr-17", at=AS_OF)
            for rule in theirs
            if rule.decided_by is DecidedBy.CLINICIAN
        ]

    @classmethod
    def load(cls, folder: Path) -> Book:
        """The rulebook of a folder."""
        return cls(load_rulebook(folder))

    def see(self, profile: PatientProfile) -> Seen | None:
        """What this rulebook gives the patient, or None where the patient is refused."""
        decide = self._screener.decide
        try:
            candidacy = decide(profile, as_of=AS_OF)
        except ProfileError:
            return None
        session = decide(profile, as_of=AS_OF, stage=Stage.SESSION)
        decided = decide(profile, as_of=AS_OF, stage=Stage.SESSION, decisions=self._decisions)
        assert not candidacy.faults + session.faults + decided.faults
        levels: dict[tuple[str, str], tuple[Level, Stands]] = {}
        for said, what in ((candidacy, DECISION), (session, AT_A_SESSION)):
            for route, one in said.routes.items():
                levels[what, route] = one.decision, self._stands(one.reasons, said.outcomes)
        for said, what in ((session, READINESS), (decided, DECIDED)):
            for route, one in said.routes.items():
                levels[what, route] = _readiness(one), self._stands(one.readiness_reasons, said.outcomes)
        alerts = ((said.stage, one.alerts) for said in (candidacy, session) for one in said.routes.values())
        return Seen(levels, frozenset((stage, rule) for stage, rules in alerts for rule in rules))

    def condition_of(self, rule: str) -> Condition:
        """A rule's condition; `always` where the rulebook does not have the rule."""
        found = self.rulebook.rule(rule)
        return Always() if found is None else found.when

    def _stands(self, reasons: Sequence[str], outcomes: Mapping[str, Outcome]) -> Stands:
        return frozenset((rule, self._effects[rule], outcomes[rule]) for rule in reasons)

    @cached_property
    def _effects(self) -> Mapping[str, Effect]:
        return {rule.id: rule.effect for rule in self.rulebook.rules}


def _readiness(one: RouteRecommendation) -> Readiness:
    assert one.readiness is not None
    return one.readiness


def changes(before: Seen, after: Seen) -> Iterator[Change]:
    """Each level that the two rulebooks do not give alike."""
    for (what, route), (was, held) in before.levels.items():
        now, holds = after.levels[what, route]
        if was is not now:
            rules = held - holds if now.rank < was.rank else holds - held
            still_ask = frozenset(rule for rule, _, outcome in holds if outcome is Outcome.UNKNOWN)
            yield Change(what, route, was, now, tuple(sorted({rule for rule, _, _ in rules})), still_ask)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is right that a rule holds fewer people; `of` holds of each of them (None: of anybody)."""

    because: str
    of: Condition | None


def read_reasons(file: Path, rulebook: Rulebook) -> dict[str, Reason]:
    """The reasons of a file, by rule; conditions in the words of `rulebook`."""
    root, found = read_yaml(file.read_bytes(), file.name, re.compile("[a-z][a-z0-9_-]*"))
    assert not found, found
    assert isinstance(root, MappingNode)
    return {rule: _reason(item, rulebook) for rule, item in root.items.items()}


def _reason(node: object, rulebook: Rulebook) -> Reason:
    assert isinstance(node, MappingNode)
    assert {"because"} <= node.items.keys() <= {"because", "of"}
    because = " ".join(str(plain(node.items["because"])).split())
    if "of" not in node.items:
        return Reason(because, None)
    problems = Problems()
    names = rulebook.definitions
    reader = ConditionReader(
        rulebook.vocabulary, rulebook.parameters, lambda name, _: names[name].when, frozenset(names), problems
    )
    of = reader.read(node.items["of"])
    assert of is not None, problems.found
    return Reason(because, of)


def is_explained(change: Change, profile: PatientProfile, reasons: Mapping[str, Reason], rulebook: Rulebook) -> bool:
    """Whether each rule that no longer holds this patient has a reason, and the patient is one of those it is about.

    It may stay open whether the patient is, where the rule itself still asks.
    """
    if not change.rules or not reasons.keys() >= set(change.rules):
        return False
    known = known_facts(profile, rulebook.vocabulary, ClinicTime.at(AS_OF)).current
    about = ((rule, reasons[rule].of) for rule in change.rules)
    truths = ((rule, TRUE if of is None else evaluate(of, known)) for rule, of in about)
    return all(truth is TRUE or (truth is UNKNOWN and rule in change.still_ask) for rule, truth in truths)
