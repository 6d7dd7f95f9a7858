"""How findings combine, exhaustively."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketascreen.language.terms import Decision, Effect, Outcome, Readiness, Stage, Weight
from ketascreen.verdict.decision import Kind, RouteRecommendation, alone, combine

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


def combined(kinds: Iterable[Kind], *, decided: Iterable[str] = (), in_doubt: bool = False) -> RouteRecommendation:
    """One rule for each kind, named for it; not met is left out, as it is in a screening."""
    found = {kind: (str(kind[0]),) for kind in kinds if kind[1] is not Outcome.NOT_MET}
    return combine(found, Stage.SESSION, decided=tuple(decided), in_doubt=in_doubt)


@pytest.mark.parametrize(("effect", "outcome"), list(product(Effect, Outcome)))
def test_each_finding_alone_gives_what_the_design_says(effect: Effect, outcome: Outcome) -> None:
    said = combined([(effect, outcome)])
    assert said.decision is ALONE.get((effect, outcome), Decision.ELIGIBLE)
    assert said.reasons == ((str(effect),) if (effect, outcome) in ALONE else ())
    decided = combined([(effect, outcome)], decided=["review"])
    assert alone(effect, outcome) == (said.decision, decided.readiness)
    assert alone(effect, outcome, decided=False) == (said.decision, said.readiness)


def test_any_vector_of_outcomes_gives_the_most_cautious_of_what_each_gives_alone() -> None:
    for outcomes in product(Outcome, repeat=len(EFFECTS)):
        for others in product(Outcome, repeat=len(EFFECTS)):
            kinds = [*zip(EFFECTS, outcomes, strict=True), *zip(EFFECTS, others, strict=True)]
            each = [ALONE.get(kind, Decision.ELIGIBLE) for kind in kinds]
            assert combined(kinds).decision is Decision.most_cautious(each)


KINDS = list(product(EFFECTS, (Outcome.MET, Outcome.UNKNOWN)))


DECIDED = [(), ("review",), ("hold",), ("review", "hold"), ("exclude", "caution"), tuple(map(str, Effect))]


def test_readiness_is_candidacy_then_undecided_holds_then_undecided_reviews() -> None:
    for chosen in product((False, True), repeat=len(KINDS)):
        kinds = {kind for kind, taken in zip(KINDS, chosen, strict=True) if taken}
        for decided in DECIDED:
            said = combined(kinds, decided=decided)
            stops = {(Effect.EXCLUDE, Outcome.MET)} | ({(Effect.HOLD, Outcome.MET)} if "hold" not in decided else set())
            if kinds & stops:
                assert said.readiness is Readiness.NOT_READY
                assert set(said.readiness_reasons) == {str(effect) for effect, _ in kinds & stops}
            elif said.decision is Decision.INSUFFICIENT_DATA or (Effect.HOLD, Outcome.UNKNOWN) in kinds:
                assert said.readiness is Readiness.INSUFFICIENT_DATA, "what is not known was decided"
            elif (Effect.REVIEW, Outcome.MET) in kinds and "review" not in decided:
                assert (said.readiness, said.readiness_reasons) == (Readiness.INSUFFICIENT_DATA, ("review",))
            else:
                assert (said.readiness, said.readiness_reasons) == (Readiness.READY, ())


def test_a_decision_changes_no_recommendation() -> None:
    for kind in KINDS:
        assert combined([kind], decided=map(str, Effect)).decision is combined([kind]).decision


def test_doubt_leaves_nothing_better_than_insufficient_data_and_nothing_better_than_without_it() -> None:
    for chosen in product((False, True), repeat=len(KINDS)):
        kinds = [kind for kind, taken in zip(KINDS, chosen, strict=True) if taken]
        sure, doubted = combined(kinds), combined(kinds, in_doubt=True)
        assert doubted.decision is Decision.most_cautious([sure.decision, Decision.INSUFFICIENT_DATA])
        assert sure.readiness is not None
        assert doubted.readiness is Readiness.most_cautious([sure.readiness, Readiness.INSUFFICIENT_DATA])


def test_the_reasons_are_all_rules_of_the_deciding_kinds_by_effect_then_id() -> None:
    found = {
        (Effect.REVIEW, Outcome.UNKNOWN): ("lungs", "age"),
        (Effect.EXCLUDE, Outcome.UNKNOWN): ("heart",),
        (Effect.HOLD, Outcome.UNKNOWN): ("fasting",),
        (Effect.REVIEW, Outcome.MET): ("mania", "stroke"),
        (Effect.CAUTION, Outcome.MET): ("liver",),
        (Effect.ALERT, Outcome.MET): ("crisis",),
        (Effect.ALERT, Outcome.UNKNOWN): ("overdose",),
    }
    said = combine(found, Stage.SESSION, decided=("mania",))
    assert said.reasons == ("heart", "age", "lungs")
    assert said.readiness_reasons == ("heart", "age", "lungs", "stroke", "fasting")
    assert said.alerts == ("crisis",)


def test_a_weight_orders_the_rules_with_one_effect_and_nothing_else() -> None:
    found = {
        (Effect.CAUTION, Outcome.MET): ("asthma", "sleep"),
        (Effect.CAUTION, Outcome.UNKNOWN): ("liver", "thyroid"),
        (Effect.HOLD, Outcome.MET): ("fasting", "ride"),
        (Effect.ALERT, Outcome.MET): ("crisis", "overdose"),
    }
    weights = {"thyroid": Weight.VITAL, "sleep": Weight.SERIOUS, "ride": Weight.SERIOUS, "overdose": Weight.VITAL}
    plain, weighed = combine(found, Stage.SESSION), combine(found, Stage.SESSION, weights=weights)
    assert plain.reasons == ("asthma", "liver", "sleep", "thyroid")
    assert weighed.reasons == ("thyroid", "sleep", "asthma", "liver")
    assert (plain.readiness_reasons, weighed.readiness_reasons) == (("fasting", "ride"), ("ride", "fasting"))
    assert (plain.alerts, weighed.alerts) == (("crisis", "overdose"), ("overdose", "crisis"))
    assert (plain.decision, plain.readiness) == (weighed.decision, weighed.readiness)


def test_a_hold_never_comes_before_an_exclusion_whatever_its_weight() -> None:
    found = {(Effect.EXCLUDE, Outcome.MET): ("heart",), (Effect.HOLD, Outcome.MET): ("fasting",)}
    said = combine(found, Stage.SESSION, weights={"fasting": Weight.VITAL})
    assert said.readiness_reasons == ("heart", "fasting")


def test_at_candidacy_readiness_is_not_asked() -> None:
    said = combine({(Effect.HOLD, Outcome.MET): ("fasting",)}, Stage.CANDIDACY)
    assert (said.decision, said.readiness, said.readiness_reasons) == (Decision.ELIGIBLE, None, ())


def test_advice_and_alerts_are_never_part_of_a_decision() -> None:
    for effect, outcome in product((Effect.ADVISE, Effect.ALERT), Outcome):
        assert alone(effect, outcome) == (Decision.ELIGIBLE, Readiness.READY)


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


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(Effect), st.sampled_from(Outcome)), st.lists(st.sampled_from("abcdef"), min_size=1)
    ),
    st.sampled_from(Stage),
    st.frozensets(st.sampled_from("abcdef")),
)
def test_rules_without_a_weight_stand_in_the_order_of_rules_that_all_have_the_usual_one(
    found: dict[tuple[Effect, Outcome], list[str]], stage: Stage, decided: frozenset[str]
) -> None:
    usual = dict.fromkeys("abcdef", Weight.USUAL)
    assert combine(found, stage, decided=decided) == combine(found, stage, decided=decided, weights=usual)
