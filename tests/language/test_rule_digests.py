"""The digest of what a rule decides: a decision on record ends when it changes, so it changes for nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from ketascreen import load_rulebook
from ketascreen.language.approval import Approver
from ketascreen.language.condition import Compare
from ketascreen.language.effects import DECIDABLE, usual_decider
from ketascreen.language.meaning import meant
from ketascreen.language.rule import Rule
from ketascreen.language.terms import DecidedBy, Effect
from ketascreen.language.vocabulary import Fact, Kind
from tests.helpers import generate
from tests.helpers.places import DATA
from tests.helpers.screening import shipped

ALLERGY = Fact("allergy", Kind.CHOICE, "Allergy", "other", choices=("none", "other"), is_added=True)


def digest(rule: Rule, *facts: Fact) -> str:
    return generate.bare([rule], facts).rule_digests[rule.id]


def rule(effect: Effect, decided_by: DecidedBy | None = None, asks: str = "setting", is_: str = "home") -> Rule:
    return generate.rule("r", Compare(asks, "is", is_), effect, decided_by=decided_by)


def test_the_digests_of_rules_that_are_as_before_are_as_before() -> None:
    before = load_rulebook(DATA / "before" / "rulebook").rule_digests
    # As a record of before has it, written by the version of then.
    recorded = "ceedef6b2304f5241d3cc784310aede9d6a5236e6fe47dfab64bc6cf6df894e0"
    assert before["unrecognised-heart-condition"] == recorded
    now = shipped().rule_digests
    assert {name for name in before if before[name] != now.get(name)} == {
        "medical-evaluation-not-done", "psychiatric-evaluation-not-done", "interaction-not-cleared",
        "unrecognised-diagnosis", "unrecognised-heart-condition", "severe-cardiovascular-disease",
        "pregnancy-not-rechecked", "suicidal-thoughts", "hypertension-under-control", "too-few-prior-treatments",
        "unstable-substance-use", "early-remission", "off-label-consent-not-signed", "no-aftercare-plan",
    }  # fmt: skip


@pytest.mark.parametrize("effect", DECIDABLE)
def test_who_decides_is_in_it_only_where_it_is_not_usual(effect: Effect) -> None:
    usual = usual_decider(effect)
    (other,) = set(DecidedBy) - {usual}
    assert digest(rule(effect, usual)) == digest(rule(effect))
    assert digest(rule(effect, other)) != digest(rule(effect))


def test_the_opaque_words_of_a_rulebooks_own_fact_are_in_it_and_those_of_no_other() -> None:
    asks = rule(Effect.REVIEW, asks="allergy", is_="other")
    opaque = replace(ALLERGY, opaque=frozenset(["other"]))
    assert digest(asks, ALLERGY) != digest(asks, opaque)
    assert digest(rule(Effect.REVIEW), ALLERGY) == digest(rule(Effect.REVIEW), opaque), "it does not ask that fact"


def test_a_field_that_means_nothing_in_one_class_means_something_in_another() -> None:
    @dataclass(frozen=True)
    class Other:
        approvers: tuple[str, ...] = ()

    listed = replace(shipped().identity, approvers=(Approver("dr-17", "psychiatrist"),))
    assert meant(listed) == meant(shipped().identity)
    assert meant(Other(("dr-17",))) == {"approvers": ["dr-17"]}
