"""Approving changes nothing in a verdict but the counts of approvals, the notice, and the digest of the bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from ketascreen import RequestError, Rulebook, Screener, Stage, Verdict
from ketascreen.audit import Ledger
from ketascreen.channels.registry import CHANNELS
from ketascreen.verdict.approved import Approvals
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.writer import VerdictWriter
from tests.helpers import generate
from tests.helpers.approving import all_approved, approval, loaded_with, some_approvals, with_approvals
from tests.helpers.ledgers import decide, example
from tests.helpers.patients import cohort
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, profile_of, rngs, shipped

EVERY_CHANNEL = tuple(CHANNELS)


def but_for_approvals(verdict: Verdict) -> dict[str, Any]:
    """The JSON of a verdict without what approving may change."""
    told: dict[str, Any] = json.loads(verdict.model_dump_json())
    del told["notice"]
    del told["rulebook"]["approved"], told["rulebook"]["bytes_digest"]
    return told


def alike(plain: Rulebook, approved: Rulebook, profiles: list[Any], stage: Stage) -> None:
    assert approved.meaning_digest == plain.meaning_digest
    assert approved.rule_digests == plain.rule_digests
    with Screener(plain, channels=EVERY_CHANNEL) as one, Screener(approved, channels=EVERY_CHANNEL) as other:
        for profile in profiles:
            then, now = (screener.screen(profile, as_of=AS_OF, stage=stage) for screener in (one, other))
            assert now.rulebook.approved is not None
            assert but_for_approvals(now) == but_for_approvals(then)
            assert VerdictWriter(other.wording).json(now) == now.model_dump_json()
            assert LeanVerdict.model_validate_json(LeanVerdict.of(now).to_json()).whole(approved) == now
            assert sum(now.rulebook.approved.model_dump(exclude={"of"}).values()) == len(approved.approvals)
            if now.notice != then.notice:
                reached("another notice")


@often_reached
@settings(deadline=None, max_examples=6)
@given(rngs)
def test_approving_shipped_rules_changes_nothing_but_the_counts(rng: Random) -> None:
    approved = loaded_with(shipped(), some_approvals(rng, shipped()))
    assert approved.bytes_digest != shipped().bytes_digest
    alike(shipped(), approved, [patient.profile for patient in cohort(rng.randrange(1000), 4)], rng.choice(list(Stage)))


@often_reached
@settings(deadline=None, max_examples=60)
@given(rngs)
def test_approving_rules_of_any_rulebook_changes_nothing_but_the_counts(rng: Random) -> None:
    plain = generate.rulebook(rng)
    answers = generate.raw_profile(rng, plain, AS_OF)
    alike(plain, with_approvals(plain, some_approvals(rng, plain)), [profile_of(answers)], Stage.SESSION)


def test_all_shipped_rules_approved_and_loaded_are_all_approved() -> None:
    approved = loaded_with(shipped(), all_approved(shipped()).approvals)
    verdict = Screener(approved, channels=("reference",)).screen(profile_of({}), as_of=AS_OF)
    count = len(shipped().rules)
    assert verdict.notice.endswith(f" All {count} rules are approved by a clinician.")
    assert verdict.rulebook.approved is not None
    assert verdict.rulebook.approved.model_dump(exclude_defaults=True) == {"rules": count, "of": count}


def test_whichever_approved_rule_is_taken_out_the_verdict_says_that_one_is_gone() -> None:
    approved = all_approved(shipped())
    for rule in shipped().rules:
        left = replace(approved, rules=tuple(one for one in approved.rules if one is not rule))
        counts, said = Approvals(left).on(AS_OF.date())
        count = len(left.rules)
        assert counts.model_dump(exclude_defaults=True) == {"rules": count, "of": count, "gone": 1}, rule.id
        assert "All" not in said
        assert said.endswith("; 1 approval is of a rule that is gone.")


def test_a_lean_verdict_of_a_rulebook_with_an_approved_rule_that_is_gone_is_whole_again() -> None:
    approved = all_approved(shipped())
    left = replace(approved, rules=approved.rules[1:])
    verdict = Screener(left, channels=("reference",)).screen(profile_of({}), as_of=AS_OF)
    lean = LeanVerdict.model_validate_json(LeanVerdict.of(verdict).to_json())
    assert lean.whole(left) == verdict
    with pytest.raises(RequestError, match="other-rulebook"):
        lean.whole(replace(left, approvals=approved.approvals[1:]))


def test_a_decision_on_record_still_counts_once_the_rules_are_approved(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        patient = example("lozenge-at-home.yaml")
        request: dict[str, Any] = {"as_of": AS_OF, "stage": "session", "routes": ["sublingual"], "reference": "p-17"}
        with Screener(shipped(), channels=("reference",), ledger=ledger) as screener:
            made = decide(ledger, screener.screen(patient, **request))
        approved = loaded_with(shipped(), [approval(shipped(), made.rule)])
        with Screener(approved, channels=("reference",), ledger=ledger) as screener:
            verdict = screener.screen(patient, **request)
    assert [(one.override.rule, str(one.standing)) for one in verdict.overrides] == [(made.rule, "in_force")]
