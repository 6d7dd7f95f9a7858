"""The standing of decisions at a screening, and what it depends on: what is known of the patient now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import ListValue, facts_of
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Outcome
from ketascreen.language.vocabulary import Kind, Vocabulary
from ketascreen.patient.facts import Facts
from ketascreen.patient.former_names import former_names_in
from ketascreen.patient.profile import PatientProfile
from ketascreen.screening.explanation import answers_now
from ketascreen.screening.request import Request
from ketascreen.verdict.decided import DecisionShown, decisions_at, rules_decided
from ketascreen.verdict.override import Override, OverrideShown, overrides_at
from ketascreen.verdict.read_as import ReadAs, read_as
from ketascreen.verdict.standing import Situation
from ketascreen.verdict.wording import Wording


class Made(NamedTuple):
    """The decisions at a screening: those given with it and those on record, the rules that they decide; and all that
    the screening was given under a name of before."""

    given: tuple[DecisionShown, ...] = ()
    on_record: tuple[OverrideShown, ...] = ()
    rules: frozenset[str] = frozenset()
    read_as: tuple[ReadAs, ...] = ()


def standing_of(
    profile: PatientProfile,
    request: Request,
    words: Wording,
    facts: Facts,
    outcomes: Mapping[str, Outcome],
    rulebook: Rulebook,
    overrides: tuple[Override, ...] = (),
) -> Made:
    """The decisions given with a screening and those on record, each with its standing, and what they decide."""
    named = read_as_of(profile, request, rulebook, overrides)
    if not request.decisions and not overrides:
        return Made(read_as=named)
    situation = situation_at(
        request.clinic,
        rulebook,
        words,
        facts,
        outcomes,
        profile,
        decided_on={*(one.rule for one in request.decisions), *(one.rule for one in overrides)},
        overrides=overrides,
    )
    on_record = overrides_at(overrides, situation)
    given = decisions_at(request.decisions, on_record, situation)
    return Made(given, on_record, rules_decided(given, on_record, rulebook.renamed_rules), named)


def read_as_of(
    profile: PatientProfile, request: Request, rulebook: Rulebook, overrides: Iterable[Override] = ()
) -> tuple[ReadAs, ...]:
    """What a screening is given under a name of before."""
    used = former_names_in(profile.extra, rulebook.vocabulary) if profile.extra else ()
    return read_as(used, request.decisions, overrides, rulebook.renamed_rules)


def situation_at(
    clinic: ClinicTime,
    rulebook: Rulebook,
    words: Wording,
    facts: Facts,
    outcomes: Mapping[str, Outcome],
    profile: PatientProfile,
    *,
    decided_on: Iterable[str],
    overrides: Iterable[Override] = (),
) -> Situation:
    """What is known at a screening of the rules `decided_on`, and of what `overrides` rest on."""
    named = frozenset(decided_on)
    ids = {rulebook.id_of_today(name) for name in named}
    asked = [rule for name in ids if (rule := rulebook.rule(name)) is not None]
    names = {used.fact for override in overrides for used in override.rests_on}
    return Situation(
        clinic=clinic,
        outcomes=outcomes,
        rule_digests=rulebook.rule_digests,
        deciders={rule.id: (rule.effect, rule.decided_by) for rule in asked},
        vocabulary=rulebook.vocabulary,
        answers=answers_now(names, words, rulebook.vocabulary, facts, clinic),
        open_lists=frozenset(rule.id for rule in asked if open_lists(rule, rulebook.vocabulary, facts)),
        birth_date=birth_date_of(profile),
        retired=frozenset(name for name in named if rulebook.retired_rule(name) is not None),
        renamed_rules=rulebook.renamed_rules,
    )


def open_lists(rule: Rule, vocabulary: Vocabulary, facts: Facts) -> tuple[str, ...]:
    """The lists that a rule asks and that are not known to be complete, by name."""
    lists = (name for name in facts_of(rule.when) if vocabulary[name].kind is Kind.LIST)
    return tuple(sorted(name for name in lists if not _is_complete(facts, name)))


def _is_complete(facts: Facts, name: str) -> bool:
    answer = facts.current.get(name)
    return isinstance(answer, ListValue) and answer.complete


def birth_date_of(profile: PatientProfile) -> str | None:
    """The birth date as far as it is known, as text."""
    return None if profile.birth_date is None else str(profile.birth_date)
