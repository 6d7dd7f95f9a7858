"""Whether a decision on record counts: what it rests on beside what is known now, on both sides of each boundary."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.terms import DecidedBy, Effect, Outcome
from ketascreen.patient.profile import BUILT_IN
from ketascreen.verdict.finding import FactUsed
from ketascreen.verdict.override import Override, OverrideReason, overrides_at, standing
from ketascreen.verdict.standing import LASTING, Situation, Standing
from tests.helpers.screening import AS_OF

DAY = timedelta(days=1)


def heart(*words: str, complete: bool = True, at: str | None = "2026-11-20") -> FactUsed:
    return FactUsed(fact="heart_conditions", label="", value=words, complete=complete, observed_at=at)


def review(word: str, at: str | None = "2026-11-20") -> FactUsed:
    return FactUsed(fact="interaction_review", label="", value=word, observed_at=at)


def age(value: str, earliest: str | None = None, latest: str | None = None) -> FactUsed:
    return FactUsed(fact="age", label="", value=value, unit="years", earliest=earliest, latest=latest)


def made(*rests_on: FactUsed, **given: Any) -> Override:
    told = {
        "rule": "r", "rule_digest": "d", "effect": Effect.REVIEW, "outcome": Outcome.MET, "rests_on": rests_on,
        "reason": OverrideReason.OTHER, "text": "", "by": "dr", "at": AS_OF, "screening": 1,
    }  # fmt: skip
    return Override(**{**told, **given})


def worth(override: Override, *known: FactUsed, **changed: Any) -> Standing:
    told: dict[str, Any] = {
        "clinic": ClinicTime.at(AS_OF), "outcomes": {"r": Outcome.MET}, "rule_digests": {"r": "d"},
        "deciders": {"r": (override.effect, override.decider)},
        "vocabulary": BUILT_IN, "answers": {one.fact: one for one in known}, "open_lists": (),
    }  # fmt: skip
    return standing(override, Situation(**{**told, **changed}))


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (heart("arrhythmia"), Standing.IN_FORCE),
        (heart("arrhythmia", at="2026-11-22"), Standing.IN_FORCE),
        (heart("arrhythmia", at=None), Standing.IN_FORCE),
        (heart("arrhythmia", "stroke"), Standing.FACT_CHANGED),
        (heart("stroke"), Standing.FACT_CHANGED),
        (heart(), Standing.FACT_CHANGED),
        (heart("arrhythmia", complete=False), Standing.FACT_NOT_KNOWN),
        (heart(complete=False), Standing.FACT_NOT_KNOWN),
        (heart("arrhythmia", "stroke", complete=False), Standing.FACT_CHANGED),
    ],
)
def test_a_list_must_be_the_one_that_was_decided_on_and_one_sent_without_complete_ends_nothing(
    now: FactUsed, standing: Standing
) -> None:
    assert worth(made(heart("arrhythmia")), now) is standing


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (heart("arrhythmia"), Standing.IN_FORCE),
        (heart("arrhythmia", "stroke"), Standing.FACT_CHANGED),
        (heart("arrhythmia", "stroke", complete=False), Standing.FACT_CHANGED),
        (heart(), Standing.FACT_CHANGED),
    ],
)
def test_a_decision_of_before_on_a_list_that_was_not_complete_does_not_grow_with_it(
    now: FactUsed, standing: Standing
) -> None:
    assert worth(made(heart("arrhythmia", complete=False)), now) is standing


def test_while_a_list_that_the_rule_asks_may_be_longer_no_decision_counts_whatever_it_rests_on() -> None:
    pressure = FactUsed(fact="systolic_bp", label="", value="150", unit="mmHg")
    same = heart("arrhythmia", complete=False)
    for rests_on in ((pressure,), (same,)):
        decision = made(*rests_on)
        assert worth(decision, *rests_on, open_lists={"another"}) is Standing.IN_FORCE
        assert worth(decision, *rests_on, open_lists={"r"}) is Standing.LIST_INCOMPLETE
        override = made(*rests_on, decided_by=DecidedBy.NOBODY)
        assert (override.kind, worth(override, *rests_on, open_lists={"r"})) == ("override", Standing.IN_FORCE)


def test_a_birthday_ends_nothing_since_the_dates_of_an_event_are_compared_and_not_the_number() -> None:
    decision = made(age("64", "1962-03-01", "1962-03-01"))
    assert worth(decision, age("65", "1962-03-01", "1962-03-01")) is Standing.IN_FORCE
    assert worth(decision, age("64", "1962-03-02", "1962-03-02")) is Standing.FACT_CHANGED


@pytest.mark.parametrize(
    ("first", "last", "standing"),
    [
        ("2026-03-01", "2026-03-31", Standing.IN_FORCE),
        ("2026-03-04", "2026-03-04", Standing.IN_FORCE),
        ("2026-02-28", "2026-03-31", Standing.FACT_NOT_KNOWN),
        ("2026-01-01", "2026-12-31", Standing.FACT_NOT_KNOWN),
        ("2026-03-31", "2026-04-30", Standing.FACT_NOT_KNOWN),
        ("2026-03-31", None, Standing.FACT_NOT_KNOWN),
        ("2026-04-01", "2026-04-30", Standing.FACT_CHANGED),
        ("2026-04-01", None, Standing.FACT_CHANGED),
        (None, "2026-02-28", Standing.FACT_CHANGED),
    ],
)
def test_within_what_was_decided_on_is_in_force_what_overlaps_is_not_known_and_what_is_apart_ends_it(
    first: str | None, last: str | None, standing: Standing
) -> None:
    assert worth(made(age("8", "2026-03-01", "2026-03-31")), age("9", first, last)) is standing


def test_a_number_is_the_same_or_changed_and_one_of_an_older_record_is_held_against_no_dates() -> None:
    pressure = FactUsed(fact="systolic_bp", label="", value="150", unit="mmHg")
    assert worth(made(pressure), pressure) is Standing.IN_FORCE
    assert worth(made(pressure), pressure.model_copy(update={"value": "151"})) is Standing.FACT_CHANGED
    assert worth(made(pressure)) is Standing.FACT_NOT_KNOWN
    assert worth(made(age("64")), age("64", "1962-03-01", "1962-03-01")) is Standing.IN_FORCE
    assert worth(made(age("64")), age("65", "1962-03-01", "1962-03-01")) is Standing.FACT_NOT_KNOWN


@pytest.mark.parametrize(
    ("then", "now", "standing"),
    [
        ("2026-11-20", "2026-11-20", Standing.IN_FORCE),
        ("2026-11-20", "2026-11-20T15:00:00Z", Standing.IN_FORCE),
        ("2026-11-20T15:00:00Z", "2026-11-20T16:00:00+01:00", Standing.IN_FORCE),
        ("2026-11-20T15:00:00Z", "2026-11-20", Standing.FACT_NOT_KNOWN),
        ("2026-11-20", None, Standing.FACT_NOT_KNOWN),
        ("2026-11-20T15:00:00Z", "2026-11-20T15:01:00Z", Standing.FACT_CHANGED),
        ("2026-11-20", "2026-11-21", Standing.FACT_CHANGED),
        ("2026-11-20", "2026-11-21T00:00:00Z", Standing.FACT_CHANGED),
        ("2026-11-20T15:00:00Z", "2026-11-21", Standing.FACT_CHANGED),
        (None, None, Standing.IN_FORCE),
        (None, "2026-11-22", Standing.IN_FORCE),
    ],
)
def test_a_word_that_hides_what_it_stands_for_is_decided_on_for_one_observation(
    then: str | None, now: str | None, standing: Standing
) -> None:
    assert worth(made(review("concern", then)), review("concern", now)) is standing
    assert worth(made(heart("unspecified", at=then)), heart("unspecified", at=now)) is standing
    assert worth(made(heart("long_qt", at=then)), heart("long_qt", at=now)) is standing, "nobody reads this entry"
    plain = worth(made(review("not_done", then)), review("not_done", now))
    assert plain is Standing.IN_FORCE, "this word says all that it means"


def test_such_a_word_without_a_date_is_decided_on_for_the_clinics_day() -> None:
    undated, midnight = review("concern", None), AS_OF.replace(hour=0)
    assert worth(made(undated, at=midnight), undated) is Standing.IN_FORCE
    assert worth(made(undated, at=midnight - timedelta(seconds=1)), undated) is Standing.LAPSED_BY_DATE


@pytest.mark.parametrize(
    ("then", "now", "standing"),
    [
        (None, None, Standing.IN_FORCE),
        (None, "1984-03-02", Standing.IN_FORCE),
        ("1984-03-02", "1984-03-02", Standing.IN_FORCE),
        ("1984-03", "1984-03-02", Standing.IN_FORCE),
        ("1984", "1984-12", Standing.IN_FORCE),
        ("1984-03-02", None, Standing.FACT_NOT_KNOWN),
        ("1984-03-02", "1984-03", Standing.FACT_NOT_KNOWN),
        ("1984-03-02", "1984", Standing.FACT_NOT_KNOWN),
        ("1984-03-02", "1984-03-03", Standing.OTHER_PERSON),
        ("1984-03-02", "1984-04", Standing.OTHER_PERSON),
        ("1984", "1985-01-01", Standing.OTHER_PERSON),
    ],
)
def test_a_decision_is_about_the_person_with_the_birth_date_of_then(
    then: str | None, now: str | None, standing: Standing
) -> None:
    word = review("not_done")
    assert worth(made(word, birth_date=then), word, birth_date=now) is standing


def test_a_hold_is_decided_on_for_its_day_alone_and_a_review_until_it_lapses() -> None:
    word, midnight = review("not_done"), AS_OF.replace(hour=0)
    yesterday, later = midnight - timedelta(seconds=1), AS_OF + 365 * DAY
    hold: dict[str, Any] = {"effect": Effect.HOLD, "decided_by": DecidedBy.CLINICIAN, "until": later}
    assert worth(made(word, at=midnight, **hold), word) is Standing.IN_FORCE
    assert worth(made(word, at=yesterday, **hold), word) is Standing.LAPSED_BY_DATE
    assert worth(made(word, at=yesterday, until=later), word) is Standing.IN_FORCE
    assert worth(made(word, at=yesterday, until=AS_OF), word) is Standing.LAPSED_BY_DATE


def test_only_a_met_rule_that_a_clinician_decides_has_a_decision() -> None:
    assert made().kind == "decision", "a record of before does not say who decides"
    assert made(decided_by=DecidedBy.CLINICIAN).kind == "decision"
    assert made(decided_by=DecidedBy.NOBODY).kind == "override"
    assert made(outcome=Outcome.UNKNOWN, decided_by=DecidedBy.CLINICIAN).kind == "override"
    assert made(effect=Effect.HOLD).kind == "override"
    assert made(effect=Effect.HOLD, decided_by=DecidedBy.CLINICIAN).kind == "decision"
    assert made(effect=Effect.EXCLUDE).kind == "override"


def test_what_has_ended_a_decision_for_good_comes_before_what_only_does_not_count() -> None:
    then, grown = (heart("arrhythmia"), review("not_done")), heart("arrhythmia", "stroke")
    assert worth(made(*then), grown, open_lists={"r"}) is Standing.FACT_CHANGED
    assert worth(made(*then, birth_date="1984"), *then, birth_date=None, open_lists={"r"}) is Standing.LIST_INCOMPLETE
    assert worth(made(*then, birth_date="1984"), grown, birth_date="1985") is Standing.OTHER_PERSON
    assert worth(made(*then), *then, rule_digests={"r": "e"}) is Standing.RULE_CHANGED
    assert worth(made(*then), *then, outcomes={}) is Standing.NOT_ASKED
    assert worth(made(*then, lapsed_as=Standing.OTHER_PERSON), *then) is Standing.OTHER_PERSON
    assert worth(made(*then), grown, retired={"r"}, rule_digests={}, outcomes={}) is Standing.RULE_RETIRED
    assert worth(made(*then, until=AS_OF), *then, retired={"r"}) is Standing.LAPSED_BY_DATE
    assert worth(made(*then), *then, retired={"s"}) is Standing.IN_FORCE
    lasting = {Standing.FACT_CHANGED, Standing.RULE_CHANGED, Standing.RULE_RETIRED, Standing.OTHER_PERSON}
    assert lasting == LASTING


def test_another_outcome_on_the_same_facts_ends_it_only_if_it_is_known() -> None:
    word = review("not_done")
    assert worth(made(word), word, outcomes={"r": Outcome.NOT_MET}) is Standing.FACT_CHANGED
    assert worth(made(word), word, outcomes={"r": Outcome.UNKNOWN}) is Standing.FACT_NOT_KNOWN


def test_the_newest_holds_and_what_is_shown_is_in_the_order_of_the_records() -> None:
    word = review("not_done")
    told: dict[str, Any] = {
        "rule_digests": {"r": "d"}, "deciders": {"r": (Effect.REVIEW, DecidedBy.CLINICIAN)},
        "vocabulary": BUILT_IN, "answers": {word.fact: word},
    }  # fmt: skip

    def shown(as_of: datetime) -> list[tuple[int | None, Standing]]:
        both = made(word, at=AS_OF + DAY, record=4), made(word, record=5)
        situation = Situation(clinic=ClinicTime.at(as_of), outcomes={"r": Outcome.MET}, open_lists=(), **told)
        return [(one.override.record, one.standing) for one in overrides_at(both, situation)]

    assert shown(AS_OF + DAY) == [(4, Standing.IN_FORCE), (5, Standing.REPLACED)]
    assert shown(AS_OF) == [(5, Standing.IN_FORCE)]


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ((Effect.REVIEW, DecidedBy.CLINICIAN), True),
        ((Effect.REVIEW, DecidedBy.NOBODY), False),
        ((Effect.HOLD, DecidedBy.CLINICIAN), False),
    ],
)
def test_who_decides_on_a_rule_is_what_the_rulebook_says_and_not_what_the_override_says(
    given: tuple[Effect, DecidedBy], counts: bool
) -> None:
    word = review("not_done")
    found = worth(made(word), word, deciders={"r": given})
    assert (found is Standing.IN_FORCE, found is Standing.RULE_CHANGED) == (counts, not counts)


@pytest.mark.parametrize("text", ["", "x", "1984-00", "1984-13", "1984-02-30"])
def test_an_override_with_a_birth_date_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"not a date|month|day"):
        made(birth_date=text)
