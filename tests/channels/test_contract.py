"""The contract of a channel: it comes to what the reference comes to, and keeps no patient."""

from __future__ import annotations

import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketascreen.channels.channel import Channel
from ketascreen.channels.compiled.channel import CompiledChannel
from ketascreen.channels.production.channel import ProductionChannel
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.channels.registry import CHANNELS
from ketascreen.language.condition import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    DefinitionRef,
    ListValue,
    Not,
    Value,
)
from ketascreen.language.logic import Truth
from ketascreen.language.terms import Effect, Stage
from ketascreen.patient.facts import Facts
from ketascreen.screen import Screener
from tests.helpers import generate
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, SOME, profile_of, rngs, screening
from tests.helpers.small_rulebooks import (
    Make,
    assert_agrees,
    book,
    in_fork,
    known,
    number,
    random_book,
)

SMALL = Decimal("0.000001")
OTHERS: list[type[ReferenceChannel | ProductionChannel | CompiledChannel]] = [ProductionChannel, CompiledChannel]
ALL = [ReferenceChannel, *OTHERS]
each = pytest.mark.parametrize("make", ALL, ids=lambda made: made.name)
each_other = pytest.mark.parametrize("make", OTHERS, ids=lambda made: made.name)


def test_every_channel_that_can_be_asked_for_keeps_to_the_contract() -> None:
    assert [made.name for made in ALL] == list(CHANNELS)


@each_other
@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_random_rulebooks_come_out_as_in_the_reference(make: Make, rng: Random) -> None:
    rulebook = generate.rulebook(rng)
    assert_agrees(make, rulebook, *(generate.facts(rng, rulebook) for _ in range(4)))


@each_other
@often_reached
@given(rngs)
@SOME
def test_a_verdict_on_one_channel_alone_says_what_the_reference_alone_says(make: Make, rng: Random) -> None:
    rulebook, answers = screening(rng)
    profile = profile_of(answers)
    verdicts = []
    for channel in (make(rulebook), ReferenceChannel(rulebook)):
        with Screener(rulebook, channels=(channel,)) as screener:
            verdicts.append(screener.screen(profile, as_of=AS_OF, stage=Stage.SESSION))
    one, reference = (verdict.model_dump(exclude={"notice", "agreement", "counts"}) for verdict in verdicts)
    assert one == reference
    reached("two verdicts")


@each
def test_two_patients_never_mix(make: Make) -> None:
    rulebook = book(AllOf((Compare("illness", "is", "psychosis"), Compare("medicine", "is", "maoi"))))
    channel = make(rulebook)
    one, other = known(illness="psychosis"), known(medicine="maoi")
    for facts in (one, other, one, other):
        assert channel.evaluate(facts, Stage.CANDIDACY) == {"rule-0": Truth.UNKNOWN}


@each
def test_the_same_patient_twice_comes_out_the_same(make: Make) -> None:
    channel = make(book(number(140)))
    for _ in range(3):
        assert channel.evaluate(known(number=Decimal(180)), Stage.SESSION) == {"rule-0": Truth.TRUE}


@each_other
def test_decimals_are_exact_on_both_sides_of_a_boundary(make: Make) -> None:
    bound = Decimal("5.5")
    operators = ("at_least", "above", "at_most", "below", "is", "is_not")
    rulebook = book(*(number(bound, operator) for operator in operators), number(-bound), number(999_999_999))
    values = (
        bound,
        bound - SMALL,
        bound + SMALL,
        -bound,
        -bound - SMALL,
        Decimal("999999999.999999"),
        Decimal(0),
    )
    assert_agrees(make, rulebook, *(known(number=value) for value in values))


NUMERIC = ("is", "is_not", "at_least", "above", "at_most", "below")


@each_other
@pytest.mark.parametrize("operators", [*((one,) for one in NUMERIC), NUMERIC], ids=" ".join)
def test_rules_that_compare_one_number_with_several_come_out_right(make: Make, operators: tuple[str, ...]) -> None:
    several = [number(n, operator) for n in (1, 2, 3) for operator in operators]
    rulebook = book(*several, *(AllOf((one, number(4, "is_not"))) for one in several), *map(Not, several))
    assert_agrees(make, rulebook, known(), *(known(number=Decimal(n) / 2) for n in range(1, 10)))


@each_other
@pytest.mark.parametrize("operators", [("is",), ("is_not",), ("one_of",), ("none_of",), ("is", "is_not", "one_of")])
def test_rules_that_compare_one_choice_with_several_words_come_out_right(
    make: Make, operators: tuple[str, ...]
) -> None:
    several = [
        Compare("choice", operator, (word, "w4") if operator.endswith("_of") else word)
        for word in ("w1", "w2", "w3")
        for operator in operators
    ]
    rulebook = book(*several, *map(Not, several))
    assert_agrees(make, rulebook, known(), *(known(choice=f"w{n}") for n in range(6)))


@each_other
@pytest.mark.parametrize("operators", [("includes",), ("includes_any", "includes"), ("includes_none",)])
def test_rules_that_look_for_several_words_in_one_list_come_out_right(make: Make, operators: tuple[str, ...]) -> None:
    several = [
        Compare("list", operator, word if operator == "includes" else (word, "w4"))
        for word in ("w1", "w2", "w3")
        for operator in operators
    ]
    rulebook = book(*several, *map(Not, several))
    some = (frozenset[str](), frozenset(["w1"]), frozenset(["w2", "w4"]), frozenset(["w3", "other"]))
    patients = (known(list=ListValue(present, complete)) for present in some for complete in (True, False))
    assert_agrees(make, rulebook, known(), *patients)


@each_other
def test_a_hundred_conditions_that_hold_together_all_fire(make: Make) -> None:
    rulebook = book(*(number(n) for n in range(100)))
    channel = make(rulebook)
    assert set(channel.evaluate(known(number=Decimal(1000)), Stage.SESSION).values()) == {Truth.TRUE}
    assert_agrees(make, rulebook, *(known(number=Decimal(value)) for value in (-1, 0, 50, 99, 100)), known())


@each_other
def test_three_hundred_rules_on_one_condition_all_fire(make: Make) -> None:
    answers = make(book(*[number(5)] * 300)).evaluate(known(number=Decimal(5)), Stage.SESSION)
    assert len(answers) == 300
    assert set(answers.values()) == {Truth.TRUE}


@each_other
def test_a_list_of_two_hundred_words_comes_out_right(make: Make) -> None:
    words = tuple(f"w{n}" for n in range(200))
    rulebook = book(Compare("list", "includes_any", words), Compare("list", "includes_none", words))
    present = (frozenset[str](), frozenset(["w7"]), frozenset(["w199", "other"]))
    assert_agrees(
        make, rulebook, known(), *(known(list=ListValue(some, full)) for some in present for full in (True, False))
    )


@each_other
def test_a_choice_of_two_hundred_words_comes_out_right(make: Make) -> None:
    words = tuple(f"w{n}" for n in range(200))
    rulebook = book(Compare("choice", "one_of", words), Compare("choice", "none_of", words))
    assert_agrees(make, rulebook, known(), known(choice="w0"), known(choice="w199"), known(choice="other"))


@each_other
def test_facts_whose_names_the_engine_takes_for_one_another_are_kept_apart(make: Make) -> None:
    rulebook = book(Compare("liquid", "is", "present"))
    assert_agrees(make, rulebook, known(costarring="present"), known(liquid="present"))


@each_other
def test_words_that_look_like_numbers_or_commands_are_words(make: Make) -> None:
    words = ("5", "true", "$not", "null", 'a"b', "a\\b", "")
    rulebook = book(*(Compare("choice", "is", word) for word in words))
    assert_agrees(make, rulebook, *(known(choice=word) for word in words))


@each_other
def test_deep_and_wide_trees_come_out_right(make: Make) -> None:
    when: Condition = number(5)
    for level in range(24):
        when = (AllOf, AnyOf)[level % 2]((when, Not(Compare(f"f{level}", "is", "amber"))))
    wide = AnyOf(tuple(AllOf(tuple(Compare(f"f{4 * p + n}", "is", "amber") for n in range(4))) for p in range(6)))
    rng = Random(0)
    patients = []
    for _ in range(60):
        answers: dict[str, Value] = {f"f{n}": rng.choice(("amber", "birch")) for n in range(24) if rng.random() < 0.8}
        patients.append(known(number=Decimal(rng.choice((4, 5))), **answers))
    assert_agrees(make, book(when, Not(when), wide, Not(wide), DefinitionRef("deep", AllOf((when, wide)))), *patients)


@each
def test_always_holds_for_a_patient_of_whom_nothing_is_known(make: Make) -> None:
    channel = make(book(Always(), effect=Effect.CAUTION))
    assert channel.evaluate(known(), Stage.CANDIDACY) == {"rule-0": Truth.TRUE}


@each
def test_an_alert_reads_the_last_answer_and_all_others_do_not(make: Make) -> None:
    stale = Facts({}, {"choice": "birch"}, {}, {}, frozenset(["choice"]))
    when = DefinitionRef("sick", AllOf((Compare("choice", "is", "birch"), Compare("choice", "is_not", "amber"))))
    rules = [generate.rule("alert", when, Effect.ALERT), generate.rule("review", when, Effect.REVIEW)]
    answers = make(generate.bare(rules, ())).evaluate(stale, Stage.CANDIDACY)
    assert answers == {"alert": Truth.TRUE, "review": Truth.UNKNOWN}


@each
def test_a_rule_of_the_session_is_not_asked_at_candidacy(make: Make) -> None:
    channel = make(book(number(5), effect=Effect.HOLD))
    assert channel.evaluate(known(), Stage.CANDIDACY) == {}
    assert channel.evaluate(known(), Stage.SESSION) == {"rule-0": Truth.UNKNOWN}


@each_other
def test_eight_threads_give_what_one_gives(make: Make) -> None:
    rulebook, patients = random_book()
    channel, reference = make(rulebook), ReferenceChannel(rulebook)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda facts: channel.evaluate(facts, Stage.SESSION), patients))
    assert found == [reference.evaluate(facts, Stage.SESSION) for facts in patients]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@each_other
def test_a_forked_child_gives_what_its_parent_gives(make: Make) -> None:
    rulebook, patients = random_book()
    channel = make(rulebook)
    expected = [channel.evaluate(facts, Stage.SESSION) for facts in patients]
    assert in_fork(lambda: [channel.evaluate(facts, Stage.SESSION) for facts in patients] == expected)
    assert [channel.evaluate(facts, Stage.SESSION) for facts in patients] == expected


@each_other
def test_a_pickled_channel_gives_the_same_and_is_its_own(make: Make) -> None:
    rulebook, patients = random_book()
    channel = make(rulebook)
    expected = [channel.evaluate(facts, Stage.SESSION) for facts in patients[:20]]
    copy: Channel = pickle.loads(pickle.dumps(channel))
    channel.close()
    assert [copy.evaluate(facts, Stage.SESSION) for facts in patients[:20]] == expected


@each
def test_a_closed_channel_can_be_used_again(make: Make) -> None:
    channel = make(book(number(5)))
    for _ in range(3):
        assert channel.evaluate(known(number=Decimal(5)), Stage.SESSION) == {"rule-0": Truth.TRUE}
        channel.close()
        channel.close()


@each_other
def test_memory_does_not_grow_with_screenings_or_rulebooks(make: Make) -> None:
    statm = "/proc/self/statm"
    if not os.path.exists(statm):  # noqa: PTH110
        pytest.skip("no /proc here")
    rulebook, patients = random_book()

    def work(times: int) -> int:
        for _ in range(times):
            channel = make(rulebook)
            for facts in patients[:20]:
                channel.evaluate(facts, Stage.SESSION)
            del channel  # its rulesets are given back without close()
        with open(statm, encoding="ascii") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * 4096

    before = work(20)
    assert work(60) - before < 4_000_000
