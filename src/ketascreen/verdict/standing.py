"""Whether a clinician's decision counts at a screening, and if not, why: what it rests on beside what is known now.

What was decided on is kept as the answer. An answer that is the same, or says more exactly the same, leaves a decision
in force. One that is only less exact ends nothing, but the decision does not count. Any other answer ends it
permanently.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.iso_time import read_iso, read_iso_date
from ketascreen.language.partial_date import Days, PartialDate
from ketascreen.language.quiet import Quiet
from ketascreen.language.terms import DecidedBy, Effect, Outcome
from ketascreen.language.vocabulary import Fact
from ketascreen.verdict.finding import FactUsed


class Standing(StrEnum):
    """Whether a decision or an override counts at a screening, and if not, why."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    LAPSED_BY_DATE = "lapsed_by_date"
    LIST_INCOMPLETE = "list_incomplete"
    FACT_CHANGED = "fact_changed"
    FACT_NOT_KNOWN = "fact_not_known"
    OTHER_PERSON = "other_person"
    RULE_CHANGED = "rule_changed"
    RULE_RETIRED = "rule_retired"
    REPLACED = "replaced"
    NOT_ASKED = "not_asked"
    NOTHING_TO_DECIDE = "nothing_to_decide"


LASTING = frozenset({Standing.FACT_CHANGED, Standing.OTHER_PERSON, Standing.RULE_CHANGED, Standing.RULE_RETIRED})
"""After a screening on record has found one of these, the override never applies again."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Situation(Quiet):
    """What the standing of decisions depends on at a screening. Its repr shows nothing of the patient.

    `outcomes` has the outcome of each rule in scope, and `rule_digests` the digest of each rule, by id. `deciders` has
    the effect of each rule decided on, and who may decide on it. `answers` are
    the answers that count now to the facts that overrides rest on. `open_lists` are the rules decided on that ask a
    list which is not known to be complete. `retired` are the rules decided on that nobody is asked any more, as the
    decisions name them. `birth_date` is a year, a month or a day. `renamed_rules` has the id of today of each id
    that a rule had before.
    """

    clinic: ClinicTime
    outcomes: Mapping[str, Outcome]
    rule_digests: Mapping[str, str]
    deciders: Mapping[str, tuple[Effect, DecidedBy]]
    vocabulary: Mapping[str, Fact]
    answers: Mapping[str, FactUsed]
    open_lists: Collection[str]
    birth_date: str | None = None
    retired: Collection[str] = ()
    renamed_rules: Mapping[str, str] = field(default_factory=dict)

    def rule(self, name: str) -> str:
        """The id of today of a rule that a decision names."""
        return self.renamed_rules.get(name, name)


def of_answer(then: FactUsed, situation: Situation, made_at: datetime) -> Standing:
    """The standing of a decision made at `made_at`, by one fact that it rests on."""
    now = situation.answers.get(then.fact)
    if now is None:
        return Standing.FACT_NOT_KNOWN
    fact = situation.vocabulary.get(then.fact)
    found = _of_value(then, now)
    if found is Standing.IN_FORCE and (fact is None or fact.hides(then.value)):
        return _of_observation(then, now, made_at, situation.clinic)
    return found


def of_person(then: str | None, now: str | None) -> Standing:
    """The standing of a decision by the birth date then and now; without one then, it is compared with none."""
    if then is None:
        return Standing.IN_FORCE
    if now is None:
        return Standing.FACT_NOT_KNOWN
    return _of_days(PartialDate.parse(then).days(), PartialDate.parse(now).days(), otherwise=Standing.OTHER_PERSON)


def _of_value(then: FactUsed, now: FactUsed) -> Standing:
    if _has_dates(then) and _has_dates(now):
        return _of_days(_days(then), _days(now), otherwise=Standing.FACT_CHANGED)
    if isinstance(then.value, tuple) and isinstance(now.value, tuple):
        return _of_list(then, now)
    if (then.value, then.unit) == (now.value, now.unit):
        return Standing.IN_FORCE
    # A number without its dates, of an older record, cannot be compared with dates.
    return Standing.FACT_NOT_KNOWN if _has_dates(then) or _has_dates(now) else Standing.FACT_CHANGED


def _has_dates(used: FactUsed) -> bool:
    return used.earliest is not None or used.latest is not None


def _days(used: FactUsed) -> Days:
    """The days of the event that a number of months or years is counted from; a missing end is open."""
    first, last = used.earliest, used.latest
    return Days(read_iso_date(first) if first else date.min, read_iso_date(last) if last else date.max)


def _of_days(then: Days, now: Days, *, otherwise: Standing) -> Standing:
    """By the days that it can be: all of them were decided on, some of them, or else none."""
    if now.within(then):
        return Standing.IN_FORCE
    return Standing.FACT_NOT_KNOWN if now.overlaps(then) else otherwise


def _of_list(then: FactUsed, now: FactUsed) -> Standing:
    """A list that was not complete may turn out to be longer: once it is complete, it must be what was decided on."""
    if (now.value, now.complete) == (then.value, then.complete):
        return Standing.IN_FORCE
    was, names = set(then.value), set(now.value)
    if now.complete:
        return Standing.IN_FORCE if names == was else Standing.FACT_CHANGED
    return Standing.FACT_NOT_KNOWN if names <= was else Standing.FACT_CHANGED


def _of_observation(then: FactUsed, now: FactUsed, made_at: datetime, clinic: ClinicTime) -> Standing:
    """By the time of observation: a word that hides what it stands for is the same word only in one observation."""
    if then.observed_at is None:
        return Standing.IN_FORCE if clinic.day_of(made_at) == clinic.today else Standing.LAPSED_BY_DATE
    if now.observed_at is None:
        return Standing.FACT_NOT_KNOWN
    before, after = read_iso(then.observed_at), read_iso(now.observed_at)
    if isinstance(before, datetime) is isinstance(after, datetime):
        return Standing.IN_FORCE if before == after else Standing.FACT_CHANGED
    if clinic.day_of(before) != clinic.day_of(after):
        return Standing.FACT_CHANGED
    return Standing.IN_FORCE if isinstance(after, datetime) else Standing.FACT_NOT_KNOWN
