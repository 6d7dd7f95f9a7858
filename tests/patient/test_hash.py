"""A profile is frozen, so it can be a key: equal profiles have the same hash."""

from __future__ import annotations

import pickle
from copy import deepcopy
from functools import lru_cache

from hypothesis import given

from ketascreen import PatientProfile
from tests.helpers.screening import AS_OF, SOME, baseline, near_baseline, profile_of, rngs, shipped_screener


def test_equal_profiles_have_the_same_hash_however_they_were_made() -> None:
    profile = profile_of(baseline())
    for again in (profile_of(baseline()), deepcopy(profile), pickle.loads(pickle.dumps(profile)), profile.model_copy()):
        assert again == profile
        assert hash(again) == hash(profile)


@SOME
@given(rngs, rngs)
def test_two_profiles_are_one_in_a_set_exactly_where_they_are_equal(one, other) -> None:  # type: ignore[no-untyped-def]
    first, second = profile_of(near_baseline(one)), profile_of(near_baseline(other))
    assert len({first, second}) == (1 if first == second else 2)


def test_facts_of_a_rulebook_count_in_the_comparison_and_need_no_hash_of_their_own() -> None:
    profiles = {PatientProfile(extra={"egfr": {"value": 60, "words": ["a"]}}), PatientProfile(extra={"egfr": 61})}
    assert len(profiles) == 2
    assert PatientProfile(extra={"egfr": {"value": 60, "words": ["a"]}}) in profiles


def test_a_function_of_a_profile_can_remember_its_answers() -> None:
    asked = []

    @lru_cache(maxsize=8)
    def decision(profile: PatientProfile) -> str:
        asked.append(profile)
        return shipped_screener().screen(profile, as_of=AS_OF).routes["iv"].decision.value

    assert decision(profile_of(baseline())) == decision(profile_of(baseline())) == "eligible"
    assert len(asked) == 1
