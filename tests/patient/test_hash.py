"""A profile is frozen, so it can be a key: equal profiles have the same hash."""

from __future__ import annotations

import pickle
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache, lru_cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given

from ketascreen import PartialDate, PatientProfile, ProfileError, Screener, Verdict
from ketascreen.language.condition import Always, Compare
from ketascreen.language.quantity import UNITS
from ketascreen.language.vocabulary import Fact, Kind
from tests.helpers import generate
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


MORNING = datetime(2026, 11, 22, 9, tzinfo=UTC)
ANSWERS = (
    *(True, False, 0, 1, 1.0, "1", "True", Decimal(1), Decimal("1.0"), Decimal("-0"), Decimal("1." + 31 * "0")),
    *(10**12, Decimal(10**12), 2026, 2026.0, "2026", date(2026, 1, 1), PartialDate(2026), Decimal("sNaN"), None),
    *({"value": 1}, {"value": True}, {"value": 1.0, "unit": "points"}, {"value": 1, "unit": None}),
    *({"value": 1, "at": at} for at in (MORNING, MORNING.astimezone(timezone(timedelta(hours=2))), MORNING.date())),
    *([], ["a"], [1], [True], {"present": ["a"], "complete": True}, {"present": ["a"], "complete": 1}),
    *({"present": ["a"], "complete": False}, {"present": ["a"], "complete": 0}, {"present": ["a"]}),
)
FACTS = (
    Fact("asked", Kind.NUMBER, "Asked", "d", UNITS["points"], Decimal(0), Decimal(9000)),
    Fact("asked", Kind.INTEGER, "Asked", "d", UNITS["points"], Decimal(0), Decimal(9000)),
    Fact("asked", Kind.CHOICE, "Asked", "d", choices=("1", "True", "2026")),
    Fact("asked", Kind.LIST, "Asked", "d", choices=("a", "1")),
    Fact("asked", Kind.SINCE, "Asked", "d", UNITS["months"], Decimal(0), Decimal(1200)),
)
ASKS: dict[Kind, tuple[str, Any]] = {
    Kind.NUMBER: ("at_least", Decimal(1)),
    Kind.INTEGER: ("at_least", Decimal(1)),
    Kind.CHOICE: ("is", "1"),
    Kind.LIST: ("includes", "a"),
    Kind.SINCE: ("at_least", Decimal(1)),
}


def what_came(screener: Screener, profile: PatientProfile) -> object:
    try:
        return screener.screen(profile, as_of=AS_OF).model_dump_json()
    except ProfileError as error:
        return [(problem.code, problem.pointer) for problem in error.diagnostics]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: str(fact.kind))
def test_equal_answers_to_a_fact_of_the_rulebook_have_equal_verdicts(fact: Fact) -> None:
    when = Compare("asked", *ASKS[fact.kind])
    screener = Screener(generate.bare([generate.rule("a-rule", when)], [fact]), channels=("reference",))
    profiles = [PatientProfile(extra={"asked": answer}) for answer in ANSWERS]
    came = [what_came(screener, profile) for profile in profiles]
    assert not any("KeyError" in str(one) for one in came)
    for one, other in product(range(len(ANSWERS)), repeat=2):
        if profiles[one] == profiles[other]:
            assert came[one] == came[other], (ANSWERS[one], ANSWERS[other])
            assert hash(profiles[one]) == hash(profiles[other])
    assert len(set(map(str, came))) > 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        ({"value": 1}, {"value": True}),
        ({"present": [], "complete": 1}, {"present": [], "complete": True}),
        ([1], [True]),
        ({"value": 1, "at": MORNING}, {"value": 1, "at": MORNING.astimezone(timezone(timedelta(hours=2)))}),
        (10**31, Decimal("1e31")),
    ],
)
def test_what_only_python_takes_for_the_same_is_two_profiles(one: object, other: object) -> None:
    first, second = PatientProfile(extra={"n": one}), PatientProfile(extra={"n": other})
    assert first != second
    assert second != first
    assert len({first, second}) == 2
    assert PatientProfile(extra={"n": one}) == first


def test_a_number_is_the_same_however_it_is_written() -> None:
    same = [PatientProfile(extra={"n": number}) for number in (1, 1.0, Decimal(1), Decimal("1.00"), Decimal("1E0"))]
    assert len(set(same)) == 1


def test_a_time_in_another_offset_is_another_answer_for_the_verdict_shows_it() -> None:
    elsewhere = MORNING.astimezone(timezone(timedelta(hours=2)))
    here, there = (PatientProfile(psychosis={"value": "never", "at": at}) for at in (MORNING, elsewhere))
    verdicts = [shipped_screener().screen(profile, as_of=AS_OF) for profile in (here, there)]
    assert verdicts[0] != verdicts[1]
    assert here != there
    assert here.model_copy() == here


def test_a_remembered_verdict_is_never_one_on_a_wrong_answer() -> None:
    rulebook = generate.bare([generate.rule("a-rule", Always())], [FACTS[0]])
    screener = Screener(rulebook, channels=("reference",))

    @cache
    def remembered(profile: PatientProfile) -> Verdict:
        return screener.screen(profile, as_of=AS_OF)

    remembered(PatientProfile(extra={"asked": 1}))
    with pytest.raises(ProfileError, match="must be a number"):
        remembered(PatientProfile(extra={"asked": True}))
