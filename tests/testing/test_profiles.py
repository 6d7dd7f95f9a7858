"""The made-up patient of `ketascreen.testing`: nothing is against iv, and each answer can be replaced."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen import PatientProfile, ProfileError, RequestError, Screener
from ketascreen.language.condition import facts_of
from ketascreen.testing import eligible_profile, screened
from tests.helpers.screening import AS_OF, SOME, shipped


@SOME
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.sampled_from(["UTC", "Asia/Tokyo", "America/Lima"]))  # noqa: DTZ001
def test_the_patient_is_eligible_and_ready_by_iv_at_any_time(time: datetime, zone: str) -> None:
    as_of = time.replace(tzinfo=ZoneInfo(zone))
    verdict = screened(eligible_profile(as_of=as_of), as_of=as_of, stage="session")
    assert {one.decision.value for one in verdict.routes.values()} == {"eligible", "caution"}
    assert {one.readiness.value for one in verdict.routes.values() if one.readiness} == {"ready"}
    assert verdict.routes["iv"].decision.value == "eligible"
    assert [one.alerts for one in verdict.routes.values() if one.alerts] == []


def test_every_fact_that_a_rule_asks_for_has_an_answer() -> None:
    known = eligible_profile(as_of=AS_OF).observations()
    assert {name for rule in shipped().rules for name in facts_of(rule.when)} - known.keys() == {
        "verified_abstinence_months"  # nobody asks a person who never used anything
    }


@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        ({"pregnancy": "pregnant"}, "not_eligible"),
        ({"pregnancy": None}, "insufficient_data"),
        ({"psychosis": "past"}, "review"),
        ({"systolic_bp": 200}, "not_eligible"),
        ({"observed_at": AS_OF - timedelta(days=400)}, "insufficient_data"),
    ],
)
def test_an_answer_that_is_replaced_decides_as_it_does_for_any_patient(
    answers: dict[str, object], decision: str
) -> None:
    profile = eligible_profile(as_of=AS_OF, **answers)
    assert screened(profile, as_of=AS_OF).routes["iv"].decision.value == decision
    assert screened(profile, as_of=AS_OF).routes["iv"].decision is (
        Screener(shipped()).screen(profile, as_of=AS_OF).routes["iv"].decision
    )


def test_a_slip_in_an_answer_is_refused_as_in_any_profile() -> None:
    with pytest.raises(ProfileError, match="did you mean `pregnancy`"):
        eligible_profile(as_of=AS_OF, pregancy="pregnant")
    with pytest.raises(RequestError, match="has no offset"):
        eligible_profile(as_of=AS_OF.replace(tzinfo=None))


def test_it_is_a_profile_like_any_other() -> None:
    profile = eligible_profile(as_of=AS_OF)
    assert type(profile) is PatientProfile
    assert PatientProfile.model_validate_json(profile.model_dump_json()) == profile
