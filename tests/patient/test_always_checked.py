"""No way of making, copying or printing a profile goes around its check or shows an answer."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ConfigDict, computed_field

from ketascreen import (
    Observation,
    PatientProfile,
    ProfileError,
)
from tests.helpers.profiles import CANARY, decision, known, refused


def ways_around() -> Mapping[str, Callable[[PatientProfile], object]]:
    """Ways in which Pydantic or Python would make a profile without the check, each with a canary for a pressure."""
    from pydantic import TypeAdapter

    adapter: TypeAdapter[PatientProfile] = TypeAdapter(PatientProfile)
    answer: dict[str, Any] = {"systolic_bp": CANARY}
    return {
        "model_construct": lambda _: PatientProfile.model_construct(**answer),
        "construct": lambda _: PatientProfile.construct(**answer),
        "model_copy": lambda profile: profile.model_copy(update=answer),
        "copy": lambda profile: profile.copy(update=answer),
        "parse_obj": lambda _: PatientProfile.parse_obj(answer),
        "parse_raw with a key twice": lambda _: PatientProfile.parse_raw('{"age": 34, "age": 17}'),
        "a nested reader of JSON": lambda _: adapter.validate_json('{"age": 34, "age": 17}'),
        "strings": lambda _: PatientProfile.model_validate_strings(answer),
        "attributes": lambda _: PatientProfile.model_validate(type("Other", (), answer)(), from_attributes=True),
        "an attribute": lambda profile: setattr(profile, "systolic_bp", CANARY),
        "a new attribute": lambda profile: setattr(profile, "eligible", CANARY),
        "an unchecked copy of extra": lambda profile: profile.model_copy(update={"extra": {"x": float("nan")}}),
    }


@pytest.mark.filterwarnings("ignore::pydantic.PydanticDeprecatedSince20")
@pytest.mark.parametrize("way", ways_around())
def test_no_way_of_making_a_profile_goes_around_the_check(way: str) -> None:
    profile = PatientProfile(age=34)
    assert refused(lambda: ways_around()[way](profile), CANARY)
    assert profile == PatientProfile(age=34)


def test_a_profile_copied_or_pickled_is_the_same_profile() -> None:
    profile = PatientProfile(**known(), extra={"egfr": Decimal("60.5"), "words": {"b", "a"}})
    assert copy.copy(profile) == copy.deepcopy(profile) == pickle.loads(pickle.dumps(profile)) == profile
    assert profile.model_copy() == profile
    assert PatientProfile.model_validate(profile) == profile


def test_a_fact_is_replaced_or_taken_away_by_model_copy() -> None:
    profile = PatientProfile(age=34, pregnancy="pregnant")
    assert profile.model_copy(update={"age": 35, "pregnancy": None}) == PatientProfile(age=35)
    assert profile.age == Observation(Decimal(34))


def test_nothing_that_prints_a_profile_shows_an_answer() -> None:
    profile = PatientProfile(age=34, heart_conditions=[CANARY], extra={"note": CANARY})
    assert repr(profile) == str(profile) == "PatientProfile(2 facts)"
    assert CANARY not in f"{profile.heart_conditions!r} {profile.heart_conditions}"
    assert "34" not in repr(profile.age)


def with_a_laxer_reader() -> object:
    class Ours(PatientProfile):
        model_config = ConfigDict(extra="ignore")

    return Ours


def with_a_profile_that_changes() -> object:
    class Ours(PatientProfile, frozen=False):
        pass

    return Ours


@pytest.mark.parametrize("make", [with_a_laxer_reader, with_a_profile_that_changes])
def test_a_class_that_reads_in_another_way_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ProfileError, match="`Ours` changes how PatientProfile is read; leave `model_config` as it is"):
        make()


class OfASite(PatientProfile):
    """A patient of a program that keeps data of its own in the profile."""

    site: str
    bed: int | None = 3

    @computed_field  # type: ignore[prop-decorator]
    @property
    def place(self) -> str:
        return f"{self.site} {self.bed}"


def test_a_class_may_add_fields_for_its_own_program() -> None:
    ours = OfASite.model_validate({"site": "north", "bed": None, "age": 34})
    assert (ours.place, ours.age) == ("north None", Observation(Decimal(34)))
    for again in (copy.deepcopy(ours), pickle.loads(pickle.dumps(ours)), ours.model_copy()):
        assert again == ours
        assert hash(again) == hash(ours)
    assert ours.model_copy(update={"bed": 4}) != ours
    assert ours != PatientProfile(age=34)
    assert decision(ours) == decision(PatientProfile(age=34))


def test_the_facts_of_a_class_with_fields_of_its_own_are_checked_as_ever() -> None:
    assert refused(lambda: OfASite.model_validate({"site": "north", "systolic_bp": CANARY}), CANARY)
    assert refused(lambda: OfASite.model_validate({"site": "north", "sight": 1}))
    assert refused(lambda: OfASite.model_validate({"bed": 4}))
