"""The lean form of a verdict: what differs from patient to patient. A rulebook puts its words back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from pydantic import Field

from ketascreen._version import VERSION
from ketascreen.arguments import require
from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.effects import EFFECTS
from ketascreen.language.quiet import Quiet
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Outcome, Route, Stage
from ketascreen.verdict.base_model import EXACT, Reported, WrittenTime
from ketascreen.verdict.before import of_now
from ketascreen.verdict.by_word import ByWord
from ketascreen.verdict.decided import DecisionShown, rules_decided
from ketascreen.verdict.decision import RouteRecommendation, by_kind, combine
from ketascreen.verdict.finding import FactLacking, Fault, Finding, Want
from ketascreen.verdict.override import OverrideShown
from ketascreen.verdict.read_as import ReadAs
from ketascreen.verdict.recommendation import Recommendation
from ketascreen.verdict.verdict import (
    Agreement,
    Counts,
    Receipt,
    RouteVerdict,
    RulebookUsed,
    Verdict,
    counts_fit,
    in_short,
)
from ketascreen.verdict.wording import Grounded, Wording

_NOT_WHOLE = Diagnostic(
    "lean-verdict",
    "the parts of the lean form do not fit each other or the rulebook",
    "screen again",
)
_OTHER_RULEBOOK = Diagnostic(
    "other-rulebook", "the verdict was made by another rulebook", "load the rulebook that has its digests"
)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class LeanFact(Quiet):
    """A known fact without its label and unit. `FactUsed` explains the fields."""

    __pydantic_config__ = EXACT

    value: str | tuple[str, ...]
    complete: bool | None = None
    observed_at: str | None = None
    days_old: int | None = None
    counts: bool = True
    counts_through: str | None = None
    earliest: str | None = None
    latest: str | None = None


@dataclass(frozen=True, slots=True)
class LeanFinding:
    """The outcome of a rule, the facts that it rests on by name, and those that it lacks, each with why."""

    __pydantic_config__ = EXACT

    outcome: Outcome
    rests_on: tuple[str, ...] = ()
    lacks: Mapping[str, Want] = field(default_factory=dict)


class LeanVerdict(Reported):
    """A verdict without words. As JSON it has 5 to 11 kB; the whole verdict has 100 to 170 kB.

    `findings` are by rule, `facts` by name; `too_old` has the age in minutes of each answer that is too old;
    `unrecognised` the entries for which a list is not known to be complete; `last_answers` the facts for which an alert
    reads another answer: the last one, at any age. All other fields are as in `Verdict`.
    """

    stage: Stage
    as_of: WrittenTime
    time_zone: str | None = None
    takes_effect: str | None = None
    routes: ByWord[Route, RouteRecommendation]
    findings: dict[str, LeanFinding]
    facts: dict[str, LeanFact]
    last_answers: dict[str, LeanFact] = Field(default_factory=dict)
    too_old: dict[str, int] = Field(default_factory=dict)
    unrecognised: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    decisions: tuple[DecisionShown, ...] = ()
    rulebook: RulebookUsed
    agreement: Agreement
    faults: tuple[Fault, ...] = ()
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

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """The lean form of a verdict.

        Raises:
            RequestError: `verdict` is not a verdict.
        """
        require(verdict, Verdict, "verdict", "a Verdict", "give what `screen` returned")
        facts = _facts_of([one for one in verdict.findings if not EFFECTS[one.effect].last_answers])
        last = _facts_of([one for one in verdict.findings if EFFECTS[one.effect].last_answers])
        lacking = [lacking for finding in verdict.findings for lacking in finding.lacks]
        return cls(
            stage=verdict.stage,
            as_of=verdict.as_of,
            time_zone=verdict.time_zone,
            takes_effect=verdict.takes_effect,
            routes=ByWord((route, recommendation_of(one)) for route, one in verdict.routes.items()),
            findings={finding.rule: _lean(finding) for finding in verdict.findings},
            facts=facts,
            last_answers={name: fact for name, fact in last.items() if facts.get(name) != fact},
            too_old={one.fact: one.minutes_old for one in lacking if one.minutes_old is not None},
            unrecognised={one.fact: one.unrecognised for one in lacking if one.unrecognised},
            decisions=verdict.decisions,
            rulebook=verdict.rulebook,
            agreement=verdict.agreement,
            faults=verdict.faults,
            counts=verdict.counts,
            library_version=verdict.library_version,
            overrides=verdict.overrides,
            read_as=verdict.read_as,
            receipt=verdict.receipt,
        )

    def whole(self, rulebook: Rulebook | Wording) -> Verdict:
        """The verdict with its words put back. For many verdicts, give a `Wording`, which has the words ready.

        The lean form is not sealed: nothing here shows whether somebody changed it. A ledger shows that.

        Raises:
            RequestError: the verdict was made by another rulebook; findings are missing or not by this rulebook, do not
                give what is recommended, or the counts are not of its rules and channels.
        """
        require(rulebook, (Rulebook, Wording), "rulebook", "a Rulebook", 'read one with load_rulebook("folder")')
        words = rulebook if isinstance(rulebook, Wording) else Wording(rulebook)
        if not self._is_by_rulebook(words.rulebook_on(self.as_of.date())):
            raise RequestError([_OTHER_RULEBOOK])
        fits = counts_fit(self, words.rules, self.findings)
        if not fits or not self._is_by(words) or not self._recommends(words):
            raise RequestError([_NOT_WHOLE])
        outcomes = {rule: finding.outcome for rule, finding in self.findings.items()}
        takes_effect = words.takes_effect(self.as_of.date())
        said = (self.routes, outcomes, self.agreement, self.faults, takes_effect, self.read_as)
        recommendation = Recommendation(self.stage, self.as_of, self.time_zone, *said)
        verdict = words.verdict(
            recommendation,
            words.findings(self._grounded(words), self.as_of.date()),
            decisions=self.decisions,
            counts=self.counts,
            overrides=self.overrides,
            library_version=self.library_version,
            receipt=self.receipt,
        )
        return verdict if verdict.rulebook == self.rulebook else verdict.model_copy(update={"rulebook": self.rulebook})

    def _is_by_rulebook(self, other: RulebookUsed) -> bool:
        """Whether the other is its rulebook, with whatever release key.

        Other versions of the library may work out another meaning digest, and may count approvals otherwise.
        """
        mine = self.rulebook
        same: dict[str, Any] = {"release_key": mine.release_key}
        if mine.approved is None or self.library_version != VERSION:
            same["approved"] = mine.approved
        if self.library_version != VERSION:
            same["meaning_digest"] = mine.meaning_digest
        return mine == other.model_copy(update=same)

    def _is_by(self, words: Wording) -> bool:
        """Whether each fact that a finding rests on or lacks is known by name."""
        facts = {*self.facts, *self.last_answers}
        rests_on = {name for finding in self.findings.values() for name in finding.rests_on}
        lacks = {name for finding in self.findings.values() for name in finding.lacks}
        return rests_on <= facts and facts | lacks <= words.facts

    def _recommends(self, words: Wording) -> bool:
        """Whether its findings give what it recommends; other versions of the library may combine them otherwise."""
        if self.library_version != VERSION:
            return True
        findings = [(rule, words.effect(rule), words.routes(rule), one.outcome) for rule, one in self.findings.items()]
        found = by_kind([one for one in findings if one[-1] is not Outcome.NOT_MET], self.routes)
        decided = rules_decided(self.decisions, self.overrides, words.renamed_rules) & words.decidable
        doubted = {route for one in self.agreement.disagreements for route in words.routes(one.rule)}
        in_doubt = {route: bool(self.faults) or route in doubted for route in self.routes}
        return all(
            said == combine(found[route], self.stage, decided=decided, in_doubt=in_doubt[route], weights=words.weights)
            for route, said in self.routes.items()
        )

    def _grounded(self, words: Wording) -> Iterator[Grounded]:
        counting = {name: words.used(name, **asdict(fact)) for name, fact in self.facts.items()}
        last = {**counting, **{name: words.used(name, **asdict(fact)) for name, fact in self.last_answers.items()}}
        for rule, finding in self.findings.items():
            used = last if EFFECTS[words.effect(rule)].last_answers else counting
            rests_on = tuple([used[name] for name in finding.rests_on])
            lacks = tuple([self._lacking(words, name, why) for name, why in finding.lacks.items()])
            yield rule, finding.outcome, rests_on, lacks

    def _lacking(self, words: Wording, name: str, why: Want) -> FactLacking:
        return words.lacking(name, why, self.too_old.get(name), self.unrecognised.get(name, ()))

    def to_json(self) -> str:
        """The JSON of it, without fields that have their default. `model_validate_json` reads it back without loss."""
        return self.model_dump_json(exclude_defaults=True)


def _facts_of(findings: Iterable[Finding]) -> dict[str, LeanFact]:
    """The facts that these findings rest on, by name. All of them read the same answer to a fact."""
    used = {fact.fact: fact for finding in findings for fact in finding.rests_on}
    return {
        name: LeanFact(**{field.name: getattr(fact, field.name) for field in fields(LeanFact)})
        for name, fact in sorted(used.items())
    }


def _lean(finding: Finding) -> LeanFinding:
    return LeanFinding(
        finding.outcome,
        tuple([fact.fact for fact in finding.rests_on]),
        {lacking.fact: lacking.why for lacking in finding.lacks},
    )


def recommendation_of(route: RouteVerdict) -> RouteRecommendation:
    """The recommendation in the verdict for a route, without its words."""
    return RouteRecommendation(
        decision=route.decision,
        readiness=route.readiness,
        reasons=route.reasons,
        readiness_reasons=route.readiness_reasons,
        alerts=route.alerts,
    )
