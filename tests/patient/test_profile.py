"""The profile as a Pydantic model: frozen, round trips, built-in facts, contradictions."""

from __future__ import annotations

import copy
import pickle
from collections import UserList, deque
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen import Observation, PatientProfile, ProfileError
from ketascreen.language.vocabulary import UNRECOGNISED, Kind
from ketascreen.patient.profile import BUILT_IN
from tests.helpers.observations import instants, observations, words

answers = st.one_of(
    st.none(),
    st.integers(-200, 200),
    st.decimals(-200, 200, places=3),
    words,
    st.lists(words, max_size=3),
    st.booleans(),
)
extras = st.dictionaries(
    st.sampled_from(["egfr", "qtc", "kidney_list"]),
    st.one_of(
        answers,
        st.builds(lambda value, at: {"value": value, "at": at}, answers, instants),
        st.builds(Observation, st.decimals(0, 200, places=3), instants),
    ),
)


@st.composite
def profiles(draw: st.DrawFn) -> PatientProfile:
    """Any profile that is accepted."""
    names = draw(st.lists(st.sampled_from(sorted(BUILT_IN)), max_size=8, unique=True))
    facts: dict[str, Any] = {name: draw(observations(BUILT_IN[name])) for name in names}
    born = draw(st.none() | st.dates(date(1850, 1, 1), date(2026, 11, 22)))
    return PatientProfile(**facts, birth_date=born, extra=draw(extras))


@given(profiles())
def test_a_profile_is_written_and_read_to_itself(profile: PatientProfile) -> None:
    assert PatientProfile.model_validate(profile.model_dump()) == profile
    known = PatientProfile.model_validate(profile.model_dump(exclude_none=True))
    assert known.observations() == profile.observations()
    assert PatientProfile.model_validate(profile) == profile
    assert profile.model_copy() == copy.deepcopy(profile) == pickle.loads(pickle.dumps(profile)) == profile


@given(profiles())
def test_a_profile_is_written_as_json_and_read_to_itself(profile: PatientProfile) -> None:
    written = profile.model_dump_json()
    read = PatientProfile.model_validate_json(written)
    assert read.model_dump_json() == written
    assert read.observations() == profile.observations()
    assert read.birth_date == profile.birth_date


@pytest.mark.parametrize("number", ["60.5", "0.000001", "199.999999", "-3", "0", "60.10"])
def test_a_decimal_in_extra_is_written_as_the_same_number(number: str) -> None:
    profile = PatientProfile(extra={"egfr": Decimal(number)})
    assert PatientProfile.model_validate_json(profile.model_dump_json()).extra["egfr"] == Decimal(number)
    assert pickle.loads(pickle.dumps(profile)) == profile


def test_a_profile_does_not_change() -> None:
    profile = PatientProfile(age=34, extra={"egfr": {"value": 60}})
    with pytest.raises(ProfileError, match="a profile does not change"):
        profile.age = Observation(Decimal(17))
    with pytest.raises(TypeError):
        profile.extra["egfr"] = 10  # type: ignore[index]
    with pytest.raises(TypeError):
        profile.extra["egfr"]["value"] = 10
    for empty in (PatientProfile(), PatientProfile(extra=None), PatientProfile(extra={})):
        with pytest.raises(TypeError):
            empty.extra["egfr"] = 10  # type: ignore[index]
    assert profile == PatientProfile(age=34, extra={"egfr": {"value": 60}})


def test_extra_is_apart_from_what_the_caller_does_with_it_afterwards() -> None:
    for words_of in (list, UserList, deque):
        given: dict[str, Any] = {"words": words_of(["a"]), "egfr": {"value": 60}}
        profile = PatientProfile(extra=given)
        given["words"].append("b")
        given["egfr"]["value"] = 5
        assert profile == PatientProfile(extra={"words": ["a"], "egfr": {"value": 60}})


def test_no_older_name_of_pydantics_takes_one_of_two_equal_keys(tmp_path: Path) -> None:
    text = '{"psychosis": "active", "psychosis": "never"}'
    file = tmp_path / "profile.json"
    file.write_text(text)
    with pytest.raises(ProfileError, match="a key twice"):
        PatientProfile.parse_raw(text)
    with pytest.raises(ProfileError, match="a key twice"):
        PatientProfile.parse_file(file)


def test_a_profile_of_nothing_knows_nothing() -> None:
    profile = PatientProfile()
    assert profile.observations() == {}
    assert profile.extra == {}
    assert profile.model_dump(exclude_none=True) == {"extra": {}}
    assert all(
        field.get_default(call_default_factory=True) in (None, {}) for field in PatientProfile.model_fields.values()
    )


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_each_built_in_fact_is_described_and_typed(name: str) -> None:
    fact = BUILT_IN[name]
    assert fact.label
    assert fact.domain
    assert UNRECOGNISED not in fact.choices
    assert {"yes", "no", "on", "off", "true", "false"}.isdisjoint(fact.choices)
    if fact.is_number:
        assert fact.unit is not None
        assert fact.minimum is not None
        assert fact.maximum is not None
        assert fact.minimum < fact.maximum
        assert not fact.choices
    else:
        assert len(set(fact.choices)) == len(fact.choices) >= 2
        assert (fact.unit, fact.minimum, fact.maximum) == (None, None, None)
    assert (fact.kind is Kind.LIST) is (UNRECOGNISED in fact.words)
