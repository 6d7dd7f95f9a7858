"""P11 and P12: no message holds a patient's value; a rulebook that loaded never fails on an accepted profile."""

from __future__ import annotations

import logging
import traceback
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given

from ketascreen import ClinicianDecision, InputError, PatientProfile, Screener, Stage
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.logic import Truth
from ketascreen.language.vocabulary import Kind
from ketascreen.patient.facts import known_facts
from ketascreen.patient.profile import BUILT_IN
from tests.helpers import generate
from tests.helpers.screening import AS_OF, MANY, rngs, shipped, shipped_screener

CANARY_NUMBER = 7654321
CANARY = "canary-7654321"

BAD: list[dict[str, Any]] = [
    *({name: CANARY} for name in BUILT_IN),
    *({name: {"value": CANARY, "at": "2026-11-22"}} for name in BUILT_IN),
    *({name: {"value": 1, "at": CANARY}} for name in BUILT_IN),
    *({name: {"present": [CANARY, 5], "complete": True}} for name in BUILT_IN),
    *({name: CANARY_NUMBER} for name, fact in BUILT_IN.items() if fact.is_number),
    *({name: Decimal("0.7654321")} for name, fact in BUILT_IN.items() if fact.is_number),
    *({name: 7654321.5} for name, fact in BUILT_IN.items() if fact.kind is Kind.NUMBER),
    {"birth_date": CANARY},
    {"birth_date": "7654-03-21"},
    {"systolic_bp": {"value": f"{CANARY_NUMBER} mmHg"}},
    {"systolic_bp": {"value": 120, "unit": CANARY}},
    {"extra": CANARY},
    {"extra": {"egfr": CANARY_NUMBER}},
    {"extra": {"egfr": {"value": CANARY}}},
]


def everything_told(error: BaseException) -> str:
    """All that an exception and what stands behind it could tell."""
    parts = ["".join(traceback.format_exception(error)), repr(error), str(error), repr(error.args)]
    parts += [repr(vars(error))]
    for behind in (error.__context__, error.__cause__):
        parts += [everything_told(behind)] if behind else []
    return "\n".join(parts)


@pytest.mark.parametrize("answers", BAD, ids=lambda answers: f"{next(iter(answers))}")
def test_no_refusal_holds_the_value_that_was_refused(
    answers: dict[str, Any], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    # The traceback shows source lines, so the value must not stand in this function.
    with pytest.raises(InputError) as caught:
        shipped_screener().screen(PatientProfile.model_validate(answers), as_of=AS_OF)
    told = everything_told(caught.value) + caplog.text + "".join(capfd.readouterr())
    assert "7654" not in told
    assert next(iter(answers)).split("/")[0] in told or "extra" in answers


@pytest.mark.parametrize("key", ["152", "19870302", "1987-03-02", "canary_152_86"])
@pytest.mark.parametrize(
    "text", ['{"KEY": "systolic_bp"}', '{"KEY": NaN}', '{"KEY": 1, "KEY": 2}', '{"age": {"KEY": NaN}}']
)
def test_a_value_that_stands_where_a_name_belongs_is_not_repeated(key: str, text: str) -> None:
    with pytest.raises(InputError) as caught:
        PatientProfile.model_validate_json(text.replace("KEY", key))
    assert key not in f"{caught.value}{caught.value!r}{caught.value.diagnostics}{caught.value.__context__!r}"


def test_neither_a_profile_nor_an_observation_shows_a_value_in_its_repr() -> None:
    profile = PatientProfile(systolic_bp="123 mmHg", psychosis="past", heart_conditions=[CANARY])
    shown = f"{profile!r} {profile} {profile.systolic_bp!r} {profile.psychosis!r} {profile.heart_conditions!r}"
    shown += repr(known_facts(profile, shipped().vocabulary, ClinicTime.at(AS_OF)))
    assert not any(value in shown for value in ("123", "past", CANARY))


def test_a_request_that_has_no_meaning_is_refused_with_its_reason() -> None:
    profile = PatientProfile()
    screener = shipped_screener()
    for arguments, message in (
        ({"as_of": AS_OF.replace(tzinfo=None)}, "`as_of` has no offset"),
        ({"as_of": AS_OF, "stage": "tomorrow"}, "unknown stage"),
        ({"as_of": AS_OF, "routes": ["rectal"]}, "names a route that the rulebook does not have"),
        ({"as_of": AS_OF, "routes": []}, "`routes` is empty"),
        ({"as_of": AS_OF, "decisions": [ClinicianDecision(rule="pregnancy", by="dr", at=AS_OF)]}, "is not a review"),
        ({"as_of": AS_OF, "decisions": [ClinicianDecision(rule="made-up", by="dr", at=AS_OF)]}, "is not a review"),
    ):
        with pytest.raises(InputError, match=message):
            screener.screen(profile, **arguments)


@pytest.mark.parametrize("seed", [2214, 2609, 7597])
def test_no_random_profile_contradicts_itself(seed: int) -> None:
    """These seeds once gave one that did, and the next test failed now and then."""
    rng = Random(seed)
    rulebook = generate.rulebook(rng)
    assert PatientProfile.model_validate(generate.raw_profile(rng, rulebook, AS_OF))


@given(rngs)
@MANY
def test_a_rulebook_that_loaded_never_fails_on_a_profile_that_was_accepted(rng: Random) -> None:
    rulebook = generate.rulebook(rng)
    profile = PatientProfile.model_validate(generate.raw_profile(rng, rulebook, AS_OF))
    facts = known_facts(profile, rulebook.vocabulary, ClinicTime.at(AS_OF))
    for stage in Stage:
        answer = ReferenceChannel(rulebook).evaluate(facts, stage)
        assert all(isinstance(truth, Truth) for truth in answer.values())
    verdict = Screener(rulebook).screen(profile, as_of=AS_OF, stage=Stage.SESSION)
    assert not verdict.faults
    assert verdict.agreement.agreed


def test_every_shipped_rule_evaluates_with_nothing_known() -> None:
    facts = known_facts(PatientProfile(), shipped().vocabulary, ClinicTime.at(AS_OF))
    answer = ReferenceChannel(shipped()).evaluate(facts, Stage.SESSION)
    assert set(answer.values()) == {Truth.TRUE, Truth.UNKNOWN}  # true for `always` alone
