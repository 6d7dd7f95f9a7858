"""What coverage counts: what was seen, what was shown to matter, and what no patient can show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.coverage.lines import missing, unreachable
from ketascreen.authoring.coverage.measure import (
    VALUES,
    Goal,
    RuleCoverage,
    Share,
    cover,
    evaluated,
    nodes_of,
    shows,
    total,
)
from ketascreen.authoring.coverage.vectors import MAX_READINGS
from ketascreen.diagnostic import Place
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, DefinitionRef, Not, comparisons
from ketascreen.language.logic import Truth
from ketascreen.language.rule import RuleStage
from ketascreen.language.terms import Effect, Stage
from ketascreen.language.vocabulary import Fact, Kind, Vocabulary
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.reasoning.satisfiable import can_be
from tests.helpers import generate
from tests.helpers.screening import rngs, shipped, shipped_cases

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

SOME = settings(deadline=None, max_examples=100)

LISTS = Vocabulary(Fact(f"list_{n}", Kind.LIST, "A list", "d", choices=("amber", "birch")) for n in range(5))
HOME = Compare("setting", "is", "home")
ADULT = Compare("age", "at_least", Decimal(18))


def age(operator: str, years: int) -> Compare:
    return Compare("age", operator, Decimal(years))


def pressure(operator: str, mmhg: int) -> Compare:
    return Compare("systolic_bp", operator, Decimal(mmhg))


def case(expect: str | None = None, *, rule: str | None = "one", stage: Stage = Stage.CANDIDACY, **given: Any) -> Case:
    """A case of a patient of whom that is known."""
    profile = PatientProfile.model_validate({"observed_at": AS_OF, **given})
    expected = {"finding": expect} if expect else {}
    return Case(str(given), Place("one.cases.yaml"), rule, ClinicTime.at(AS_OF), stage, profile, (), expected)


def covered(when: Condition, *cases: Case, vignettes: bool = False, stage: RuleStage | None = None) -> RuleCoverage:
    """The coverage of a rule with that condition."""
    effect = Effect.HOLD if stage is RuleStage.SESSION else Effect.REVIEW
    rulebook = generate.bare([generate.rule("one", when, effect)], [])
    (one,) = cover(rulebook, cases, vignettes=vignettes)
    return one


def said(one: RuleCoverage) -> list[tuple[str, str]]:
    """What is missing, and what nobody can show, of each node."""
    return [(missing(one, node), unreachable(one, node)) for node in one.nodes]


def test_a_comparison_seen_true_false_and_unknown_is_covered() -> None:
    one = covered(HOME, case(setting="home"), case(setting="clinic"), case())
    assert one.missing == ()
    assert str(one.share) == "100%"
    assert one.cases_by_truth == {T: 1, F: 1, U: 1}
    assert one.shown_to_matter == Share(1, 1)


def test_what_was_never_seen_is_named_and_nothing_else() -> None:
    assert said(covered(HOME, case(setting="home"), case(setting="clinic"))) == [("never seen unknown", "")]
    assert said(covered(HOME, case())) == [("never seen true or false", "")]
    assert said(covered(HOME)) == [("never seen true, false or unknown", "")]


def test_a_rule_without_a_case_is_covered_by_nothing_and_one_that_is_always_met_needs_none() -> None:
    assert str(covered(HOME).share) == "0.0%"
    assert str(covered(Always()).share) == "100%"
    assert covered(Always()).goals == ()


def test_a_comparison_that_another_outweighs_is_seen_and_not_shown_to_matter() -> None:
    both = AnyOf((HOME, age("below", 21)))
    one = covered(both, case(setting="home", age=20), case(setting="home", age=30), case(setting="clinic", age=30))
    assert said(one)[2] == ("never seen unknown; not shown to matter when true", "")
    alone = covered(both, case(setting="home", age=20), case(setting="clinic", age=30), case(setting="clinic", age=20))
    assert said(alone)[2] == ("never seen unknown", "")


def test_a_branch_is_to_be_seen_with_each_value() -> None:
    branch = AllOf((Not(HOME), AnyOf((age("below", 21), age("above", 64)))))
    one = covered(branch, case(setting="clinic", age=20))
    assert [type(node.condition) for node in one.nodes] == [AllOf, Not, Compare, AnyOf, Compare, Compare]
    assert said(one)[0] == said(one)[1] == said(one)[3] == ("never seen false or unknown", "")


def test_a_definition_is_counted_under_the_rule_that_asks_it() -> None:
    meets = DefinitionRef("grown_up", AllOf((ADULT, age("below", 65))))
    nodes = covered(Not(meets)).nodes
    assert [type(node.condition) for node in nodes] == [Not, AllOf, Compare, Compare]
    assert [node.asked_by for node in nodes] == [None, meets, meets, meets]


@pytest.mark.parametrize(
    ("when", "node", "words"),
    [
        (AnyOf((HOME, HOME)), 1, "no patient makes it matter when true"),
        (AnyOf((age("at_least", 60), age("at_least", 70))), 2, "no patient makes it matter when true"),
        (AllOf((age("at_least", 60), age("at_least", 70))), 1, "no patient makes it matter when false"),
        (AllOf((age("below", 60), age("at_least", 60))), 0, "no patient makes it true"),
        (AnyOf((age("below", 60), age("at_least", 60))), 0, "no patient makes it false"),
        (
            AllOf((
                Compare("heart_conditions", "includes", "stroke"),
                Compare("heart_conditions", "includes_any", ("aneurysm", "stroke")),
            )),
            2,
            "no patient makes it matter when false",
        ),
        (
            AllOf((
                Compare("heart_conditions", "includes", "unrecognised"),
                Compare("heart_conditions", "includes_none", ("stroke",)),
            )),
            0,
            "no patient makes it true",
        ),
        (age("at_least", 0), 0, "no patient makes it false"),
    ],
)  # fmt: skip
def test_what_no_patient_can_show_is_not_asked_for(when: Condition, node: int, words: str) -> None:
    one = covered(when)
    assert one.tried_all
    assert unreachable(one, one.nodes[node]) == words
    assert not set(one.missing) & one.unreachable


def test_a_comparison_that_can_never_matter_is_not_counted_among_those_that_should() -> None:
    nothing = AllOf((pressure("at_least", 200), pressure("at_most", 190), pressure("is", 195)))
    assert covered(AnyOf((pressure("below", 121), nothing))).shown_to_matter == Share(0, 1)
    assert covered(AnyOf((age("below", 21), HOME))).shown_to_matter == Share(0, 2)


@pytest.mark.parametrize(
    "when",
    [
        AnyOf((HOME, age("below", 21))),
        AllOf((age("at_least", 60), age("below", 70))),
        AllOf((age("at_most", 60), age("at_least", 60))),
        AnyOf((age("below", 60), age("above", 60))),
        AllOf((
            Compare("heart_conditions", "includes", "stroke"),
            Compare("heart_conditions", "includes_none", ("aneurysm",)),
        )),
    ],
)  # fmt: skip
def test_what_some_patient_can_show_is_asked_for(when: Condition) -> None:
    assert covered(when).unreachable == frozenset()


@pytest.mark.parametrize(("systolic", "reachable"), [(90, False), (91, True)])
def test_pressures_that_no_profile_holds_are_not_asked_for(systolic: int, reachable: bool) -> None:
    low = Compare("systolic_bp", "at_most", Decimal(systolic))
    when = AllOf((low, Compare("diastolic_bp", "at_least", Decimal(90))))
    assert (Goal(0, T) not in covered(when).unreachable) is reachable


def test_an_unrecognised_entry_rules_nothing_out_whatever_else_is_asked() -> None:
    def named(*members: Compare) -> bool:
        return can_be(AllOf(members), T, BUILT_IN)

    unrecognised = Compare("heart_conditions", "includes", "unrecognised")
    assert named(unrecognised)
    assert named(unrecognised, Compare("heart_conditions", "includes", "stroke"))
    assert not named(unrecognised, Compare("heart_conditions", "includes_none", ("stroke",)))
    either = Compare("heart_conditions", "includes_any", ("unrecognised", "valve_disease"))
    assert named(either, Compare("heart_conditions", "includes_none", ("stroke",)))


def test_a_case_that_does_not_hold_shows_nothing_and_is_named() -> None:
    wrong, early = case("met", setting="clinic"), case("met", setting="home")
    one = covered(HOME, wrong, case("met", setting="home"))
    assert one.failing == (wrong,)
    assert said(one) == [("never seen false or unknown", "")]
    not_asked = covered(HOME, early, stage=RuleStage.SESSION)
    assert not_asked.failing == (early,)
    assert not_asked.shown == {}


def test_a_case_whose_patient_is_refused_shows_nothing() -> None:
    late = case("met", setting={"value": "home", "at": "2026-11-23"})
    assert covered(HOME, late).failing == (late,)


def test_whole_patients_count_only_where_they_are_asked_for_and_the_rule_is_asked() -> None:
    patient = case(rule=None, setting="home")
    assert covered(HOME, patient).cases_by_truth[T] == 0
    assert covered(HOME, patient, vignettes=True).cases_by_truth[T] == 1
    session = covered(HOME, patient, vignettes=True, stage=RuleStage.SESSION)
    assert (session.cases_by_truth[T], session.failing) == (0, ())


def test_the_first_case_that_shows_something_is_named() -> None:
    first, second = case(setting="home", age=20), case(setting="home", age=30)
    assert all(named is first for named in covered(HOME, first, second).shown.values())


def test_a_case_of_another_rule_shows_nothing() -> None:
    assert covered(HOME, case(rule="another", setting="home"), vignettes=True).shown == {}


def test_an_alert_is_shown_by_the_last_answer_whatever_its_age() -> None:
    old = case(rule="suicidal-thoughts", suicidality={"value": "thoughts", "at": "2020-01-01"})
    one = next(one for one in cover(shipped(), [old]) if one.rule.id == "suicidal-thoughts")
    assert one.cases_by_truth == {T: 1, F: 0, U: 0}


@pytest.mark.parametrize(
    ("met", "wanted", "shown"),
    [(0, 0, "100%"), (10000, 10000, "100%"), (9999, 10000, "99.9%"), (1999, 2000, "99.9%"), (2, 3, "66.6%")],
)
def test_a_share_is_never_rounded_up(met: int, wanted: int, shown: str) -> None:
    assert str(Share(met, wanted)) == shown


def with_other_words(number: int) -> Condition:
    """A condition of that many list facts, each asked twice for different words."""
    lists = list(LISTS.values())[:number]
    pairs = [(Compare(fact.name, "includes", "amber"), Compare(fact.name, "includes", "birch")) for fact in lists]
    return AllOf(tuple(AnyOf((first, Not(second))) for first, second in pairs))


def test_a_rule_with_too_many_patients_is_not_tried_and_says_so() -> None:
    few, many = (cover(generate.bare([generate.rule("one", with_other_words(n))], LISTS.values()), ()) for n in (4, 5))
    assert 7**4 * 8 < MAX_READINGS < 7**5 * 10
    assert few[0].tried_all
    assert not many[0].tried_all
    assert many[0].unreachable == frozenset()


def test_any_number_of_facts_that_are_asked_once_is_tried() -> None:
    bound = {name for one in BUILT_IN.contradictions for name in one.facts}
    facts = [fact for fact in BUILT_IN.values() if fact.kind == "choice" and fact.name not in bound]
    one = covered(AllOf((Not(AllOf(tuple(Compare(f.name, "is", f.choices[0]) for f in facts))), age("at_least", 0))))
    assert len(facts) > 20
    assert one.tried_all
    assert [words for _, words in said(one) if words] == ["no patient makes it false"]


@SOME
@given(rngs)
def test_a_comparison_matters_exactly_where_another_value_in_its_place_changes_the_outcome(rng: Random) -> None:
    facts = generate.vocabulary(rng)
    when = generate.condition(rng, facts, {"known": generate.condition(rng, facts, {}, 1)}, 3)
    leaves = [rng.choice(VALUES) for _ in comparisons(when)]
    shown = set(shows(when, leaves))
    asked = [node.number for node in nodes_of(when) if node.is_comparison]
    for index, number in enumerate(asked):
        others = {evaluated(when, [*leaves[:index], value, *leaves[index + 1 :]]) for value in VALUES}
        assert Goal(number, leaves[index]) in shown
        assert (Goal(number, leaves[index], matters=True) in shown) is (len(others) > 1)
    assert len({goal.node for goal in shown}) == len(nodes_of(when))


def of_the_shipped(cases: Iterable[Case]) -> tuple[RuleCoverage, ...]:
    return cover(shipped(), cases)


def test_the_built_in_rulebook_is_wholly_covered_by_the_cases_of_its_rules() -> None:
    every = of_the_shipped(shipped_cases())
    assert {one.rule.id: said(one) for one in every if one.missing or one.failing or not one.tried_all} == {}
    assert str(total(every)) == "100%"
    assert total(every).wanted > 500


def test_without_one_of_its_cases_a_rule_of_the_built_in_rulebook_is_not_covered() -> None:
    name = "a list that was not gone through and names nothing, with a stroke 2 months ago, leaves data missing"
    rest = [case for case in shipped_cases() if case.name != name]
    assert len(rest) == len(shipped_cases()) - 1
    (one,) = [one for one in of_the_shipped(rest) if one.missing]
    assert one.rule.id == "severe-cardiovascular-disease"
    assert [words for words, _ in said(one) if words] == ["not shown to matter when unknown"]
