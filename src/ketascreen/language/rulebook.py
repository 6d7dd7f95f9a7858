"""The rulebook: everything that was read from its folder, checked and linked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property

import rfc8785

from ketascreen.language.approval import Approval, ApprovalState, Approver, SubjectKind, best_states
from ketascreen.language.condition import as_data, facts_of
from ketascreen.language.documents import Conflict, Document, NotEncoded, OutsideSource
from ketascreen.language.effects import usual_decider
from ketascreen.language.first_names import FirstNames
from ketascreen.language.meaning import digest_of
from ketascreen.language.rule import Allowance, Definition, Parameter, RouteSheet, Rule
from ketascreen.language.sheet import Sheet, route_sheet_of, sheet_of
from ketascreen.language.terms import Effect, Route, Stage, Weight, in_order
from ketascreen.language.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class OptionWords:
    """What texts for people call one of a rulebook's routes, and several of them: such as `drug` and `drugs`."""

    one: str = "route"
    many: str = "routes"


USUAL_WORDS = OptionWords()


@dataclass(frozen=True, slots=True)
class Identity:
    """What a rulebook is, and who answers for it.

    `effective` is the first day on which it applies, as 2026-11-22. `not_asked` is what it has no rule on, and a reader
    might think it has. `time_zone` is the clinic's, by its IANA name, if it is given. `approvers` are those whose
    approvals count; if there are none, everybody's do. `options` are the words for its routes. `developer` made the
    rules from the sources, and `funding` paid for that; `released` and `revised` are days. Each is empty if nobody
    said it.
    """

    id: str
    title: str
    version: str
    format: int
    effective: str
    requires: str
    responsible: str
    intended_use: str
    limits: str
    allow: tuple[Allowance, ...] = ()
    time_zone: str | None = None
    not_asked: tuple[str, ...] = ()
    approvers: tuple[Approver, ...] = ()
    options: OptionWords = USUAL_WORDS
    developer: str = ""
    funding: str = ""
    released: str = ""
    revised: str = ""

    def takes_effect(self, today: date) -> str | None:
        """The day on which it takes effect, as 2026-11-22, if the clinic's day `today` is before it; else None."""
        return self.effective if today.isoformat() < self.effective else None


@dataclass(frozen=True)
class Rulebook:
    """A loaded rulebook. `bytes_digest` is of exactly the bytes that were read.

    `files` are these bytes, by path within the rulebook's folder; `ignored` are the files and folders that were passed
    over. `routes` are in one order, whatever order they are given in (`in_order`). `is_cached`: its parts come from a
    cache, and were not worked out from the files. `approvals` change nothing that it means. `release_key` is the
    fingerprint of the trusted key that signed it, if one was required. `retired` are the rules that are asked of nobody
    any more, by id; they are not among `rules`, and mean nothing.
    """

    identity: Identity
    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    routes: Mapping[Route, RouteSheet]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    outside_sources: Mapping[str, OutsideSource] = field(default_factory=dict)
    conflicts: Mapping[str, Conflict] = field(default_factory=dict)
    not_encoded: tuple[NotEncoded, ...] = ()
    approvals: tuple[Approval, ...] = ()
    bytes_digest: str = ""
    ignored: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    is_cached: bool = field(default=False, repr=False, compare=False)
    release_key: str | None = field(default=None, repr=False, compare=False)
    retired: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(sorted(self.rules, key=lambda rule: rule.id)))
        object.__setattr__(self, "retired", tuple(sorted(self.retired, key=lambda rule: rule.id)))
        object.__setattr__(self, "routes", {route: self.routes[route] for route in in_order(self.routes)})
        object.__setattr__(self, "_by_id", {rule.id: rule for rule in self.rules})

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id, or None."""
        found: Rule | None = self._by_id.get(rule_id)  # type: ignore[attr-defined]
        return found

    @cached_property
    def renamed_rules(self) -> Mapping[str, str]:
        """The id of today of each id that a rule had before."""
        return {old: rule.id for rule in self.rules for old in rule.was}

    def id_of_today(self, rule_id: str) -> str:
        """The id that a rule has today, if it had `rule_id` before; else `rule_id` itself."""
        return self.renamed_rules.get(rule_id, rule_id)

    def retired_rule(self, rule_id: str) -> Rule | None:
        """The retired rule that has, or had, that id; or None."""
        return next((rule for rule in self.retired if rule_id in (rule.id, *rule.was)), None)

    @cached_property
    def rule_digests(self) -> Mapping[str, str]:
        """By rule id, the sha256 of what the rule decides.

        That is its effect, stage, routes and condition, with its constants resolved; who decides, if that is not usual;
        and the opaque words of the facts that it asks, and the names that these facts and
        their choices had before, if the rulebook adds these facts. Parameters and definitions have their first names.
        """
        return {rule.id: _digest(self._inner_names.rule(rule), self._inner_parts[0]) for rule in self.rules}

    @cached_property
    def first_names(self) -> FirstNames:
        """The first names of its facts, choices, parameters and definitions."""
        return FirstNames.of(self.vocabulary, self.parameters, self.definitions)

    @cached_property
    def _inner_names(self) -> FirstNames:
        return FirstNames.within(self.parameters, self.definitions)

    @cached_property
    def _inner_parts(self) -> tuple[Vocabulary, Mapping[str, Parameter], Mapping[str, Definition]]:
        first = self._inner_names
        return (
            first.vocabulary(self.vocabulary),
            first.of_parameters(self.parameters),
            first.of_definitions(self.definitions),
        )

    @cached_property
    def meaning_digest(self) -> str:
        """The sha256 of all that decides and all that is said, worked out from the parts in memory (`meaning`)."""
        # The format is how the files are written, and `requires` is what reads them. All count as the built-in rulebook
        # of format 1 said of itself, so that its digest stays as it was.
        parts = {name: getattr(self, name) for name in _MEANT}
        return digest_of({**parts, "identity": replace(self.identity, format=1, requires=">=0.2.0")})

    @cached_property
    def weights(self) -> Mapping[str, Weight]:
        """The weight of each rule that has another than the usual one, by id."""
        return {rule.id: rule.weight for rule in self.rules if rule.weight is not Weight.USUAL}

    def asked_at(self, stage: Stage) -> tuple[Rule, ...]:
        """The rules that a screening at `stage` asks, by id."""
        return tuple(rule for rule in self.rules if rule.asked_at(stage))

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """By rule id, what a clinician reads and approves of the rule."""
        return {rule.id: self.sheet(rule) for rule in self.rules}

    def sheet(self, rule: Rule) -> Sheet:
        """What a clinician reads and approves of a rule; parameters and definitions have their first names."""
        return sheet_of(self._inner_names.rule(rule), *self._inner_parts)

    def route_sheet(self, route: Route) -> Sheet:
        """What a clinician reads and approves of a route."""
        return route_sheet_of(self.routes[route])

    def approval_states(self, day: date) -> Mapping[str, ApprovalState]:
        """By rule id, the best state of its approvals on a day; a rule without one is left out."""
        if not self.approvals:
            return {}
        return best_states(self.standing_approvals, self.sheets, self.identity.approvers, day)

    @cached_property
    def standing_approvals(self) -> tuple[Approval, ...]:
        """The approvals, of each rule by its id of today; without the approvals of retired rules, which are history."""
        return tuple(self.of_today(one) for one in self.approvals if not self.is_of_retired(one))

    def is_of_retired(self, approval: Approval) -> bool:
        """Whether an approval is of a rule that is retired."""
        return approval.kind is SubjectKind.RULE and self.retired_rule(approval.name) is not None

    def of_today(self, approval: Approval) -> Approval:
        """An approval; if its rule has another id now, with that id."""
        if approval.kind is not SubjectKind.RULE or approval.name not in self.renamed_rules:
            return approval
        return replace(approval, name=self.renamed_rules[approval.name])

    def with_effect(self, *effects: Effect) -> tuple[Rule, ...]:
        """The rules with one of these effects, by id."""
        return tuple(rule for rule in self.rules if rule.effect in effects)


_MEANT = (
    *("identity", "rules", "vocabulary", "routes", "parameters", "definitions"),
    *("documents", "outside_sources", "conflicts", "not_encoded"),
)
_NOT_MEANT = frozenset({"approvals", "bytes_digest", "ignored", "files", "is_cached", "release_key", "retired"})

if {*_MEANT, *_NOT_MEANT} != {one.name for one in fields(Rulebook)}:
    raise ImportError("`_MEANT` must name each field of a rulebook that decides something or says something")


def _digest(rule: Rule, vocabulary: Vocabulary) -> str:
    said = {"effect": rule.effect, "stage": rule.stage, "routes": sorted(rule.routes), "when": as_data(rule.when)}
    if rule.decided_by is not usual_decider(rule.effect):
        said["decided_by"] = rule.decided_by
    added = [fact for name in facts_of(rule.when) if (fact := vocabulary[name]).is_added]
    if opaque := {fact.name: sorted(fact.opaque) for fact in added if fact.opaque}:
        said["opaque"] = opaque
    if was := {fact.name: list(fact.was) for fact in added if fact.was}:
        said["was"] = was
    if words := {fact.name: dict(fact.was_choices) for fact in added if fact.was_choices}:
        said["was_choices"] = words
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()
