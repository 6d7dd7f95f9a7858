"""How findings combine, exhaustively."""

from __future__ import annotations

from itertools import product

import pytest

from ketascreen.language.terms import Decision, Effect, Outcome, Readiness
from ketascreen.verdict.decision import combine, combine_readiness

EFFECTS = (Effect.EXCLUDE, Effect.REVIEW, Effect.CAUTION, Effect.HOLD)

ALONE = {
    (Effect.EXCLUDE, Outcome.MET): Decision.NOT_ELIGIBLE,
    (Effect.EXCLUDE, Outcome.UNKNOWN): Decision.INSUFFICIENT_DATA,
    (Effect.REVIEW, Outcome.MET): Decision.REVIEW,
    (Effect.REVIEW, Outcome.UNKNOWN): Decision.INSUFFICIENT_DATA,
    (Effect.CAUTION, Outcome.MET): Decision.CAUTION,
    (Effect.CAUTION, Outcome.UNKNOWN): Decision.CAUTION,
}
"""What each finding gives alone; all others leave a patient eligible."""


@pytest.mark.parametrize(("effect", "outcome"), list(product(Effect, Outcome)))
def test_each_finding_alone_gives_what_the_design_says(effect: Effect, outcome: Outcome) -> None:
    assert combine([(effect, outcome)]) is ALONE.get((effect, outcome), Decision.ELIGIBLE)


def test_any_vector_of_outcomes_gives_the_most_cautious_of_what_each_gives_alone() -> None:
    for outcomes in product(Outcome, repeat=2 * len(EFFECTS)):
        found = list(zip(EFFECTS * 2, outcomes, strict=True))
        each = [ALONE.get(one, Decision.ELIGIBLE) for one in found]
        assert combine(found) is Decision.most_cautious(each)


def test_readiness_is_candidacy_then_holds_then_undecided_reviews() -> None:
    for decision, first, second, undecided in product(Decision, Outcome, Outcome, (False, True)):
        found = [(Effect.HOLD, first), (Effect.HOLD, second)]
        readiness = combine_readiness(decision, found, undecided_review=undecided)
        if decision is Decision.NOT_ELIGIBLE or Outcome.MET in (first, second):
            assert readiness is Readiness.NOT_READY
        elif decision is Decision.INSUFFICIENT_DATA or Outcome.UNKNOWN in (first, second) or undecided:
            assert readiness is Readiness.INSUFFICIENT_DATA
        else:
            assert readiness is Readiness.READY


def test_advice_and_alerts_are_never_part_of_a_decision() -> None:
    for effect, outcome in product((Effect.ADVISE, Effect.ALERT), Outcome):
        assert combine([(effect, outcome)]) is Decision.ELIGIBLE
        assert combine_readiness(Decision.ELIGIBLE, [(effect, outcome)], undecided_review=False) is Readiness.READY


def test_the_most_cautious_of_nothing_is_the_least_cautious_word() -> None:
    assert Decision.most_cautious([]) is Decision.ELIGIBLE
    assert [decision.value for decision in Decision] == [
        "eligible",
        "caution",
        "review",
        "insufficient_data",
        "not_eligible",
    ]
    assert [readiness.value for readiness in Readiness] == ["ready", "insufficient_data", "not_ready"]
