"""Why a condition has its truth, where a number is known only between two ends."""

from __future__ import annotations

from decimal import Decimal

from ketascreen.language.condition import AllOf, AnyOf, Compare, Span
from ketascreen.language.logic import FALSE, TRUE, UNKNOWN
from ketascreen.language.semantics import Grounds, explain

RECENT = Compare("last_stroke", "at_most", Decimal(6))
LISTED = Compare("heart_conditions", "includes", "stroke")
LAST_STROKE = frozenset(["last_stroke"])


def span(low: int, high: int) -> dict[str, Span]:
    return {"last_stroke": Span(Decimal(low), Decimal(high))}


def test_a_comparison_that_a_span_leaves_open_lacks_its_fact() -> None:
    assert explain(RECENT, span(6, 7)) == Grounds(UNKNOWN, lacks=LAST_STROKE)


def test_a_comparison_that_holds_for_all_of_a_span_or_for_none_rests_on_its_fact() -> None:
    assert explain(RECENT, span(5, 6)) == Grounds(TRUE, rests_on=LAST_STROKE)
    assert explain(RECENT, span(7, 8)) == Grounds(FALSE, rests_on=LAST_STROKE)


def test_one_span_can_settle_one_comparison_and_leave_another_open() -> None:
    both = AllOf((RECENT, Compare("last_stroke", "at_most", Decimal(12))))
    assert explain(both, span(6, 7)) == Grounds(UNKNOWN, rests_on=LAST_STROKE, lacks=LAST_STROKE)
    assert explain(AnyOf(both.members), span(6, 7)) == Grounds(TRUE, rests_on=LAST_STROKE)


def test_an_open_span_and_an_answer_that_is_not_recorded_are_both_lacking() -> None:
    assert explain(AllOf((RECENT, LISTED)), span(6, 7)).lacks == {"last_stroke", "heart_conditions"}
