"""Entries of a list that nobody has read meet a rule as strong as the strongest that asks the list on the route."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

from ketascreen import Decision, PatientProfile, Readiness, Screener, Stage, load_rulebook, read_profile
from ketascreen.authoring.new_rule import check_new, write_rule
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import AllOf, AnyOf, Compare, Condition, DefinitionRef, Not
from ketascreen.language.rule import Rule
from ketascreen.language.terms import Effect, Route
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Kind
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.invariants import check_whole
from ketascreen.syntax.problems import Problems
from tests.helpers.generate import bare, rule
from tests.helpers.places import EXAMPLES
from tests.helpers.rulebook_files import copied, problems, where
from tests.helpers.screening import AS_OF

LIVER = Fact("liver", Kind.LIST, "Liver", "d", choices=("cirrhosis", "hepatitis"), is_added=True)
HOME = Compare("setting", "is", "home")
IV, IM = Route.IV, Route.IM


def asks(effect: Effect, *routes: Route) -> Rule:
    return rule(f"asks-{effect}", Compare("liver", "includes", "cirrhosis"), effect, routes or (IV, IM))


def reads(effect: Effect, *routes: Route) -> Rule:
    return rule(f"reads-{effect}", Compare("liver", "includes", UNRECOGNISED), effect, routes or (IV, IM))


def found(*rules: Rule) -> list[Diagnostic]:
    book = bare([rule("home", HOME, Effect.EXCLUDE, (IV, IM)), *rules], [LIVER], (IV, IM))
    problems = Problems()
    check_whole(book.rules, book.vocabulary, book.routes, book.identity.options, {}, problems)
    return problems.sorted()


EXCLUDE, REVIEW, CAUTION = Effect.EXCLUDE, Effect.REVIEW, Effect.CAUTION
NO_REVIEW, NO_CAUTION = (f"no {effect} for unrecognised entries of `liver` on" for effect in (REVIEW, CAUTION))


@pytest.mark.parametrize(
    ("asked", "enough"),
    [((EXCLUDE,), (EXCLUDE, REVIEW)), ((REVIEW,), (EXCLUDE, REVIEW)), ((CAUTION,), (EXCLUDE, REVIEW, CAUTION)),
     ((CAUTION, REVIEW), (EXCLUDE, REVIEW)), ((CAUTION, EXCLUDE), (EXCLUDE, REVIEW))],
)  # fmt: skip
def test_the_strongest_effect_that_asks_the_list_is_needed_and_a_review_is_always_enough(
    asked: Iterable[Effect], enough: Iterable[Effect]
) -> None:
    needed = f"{NO_REVIEW if CAUTION not in enough else NO_CAUTION} im, iv"
    rules = [asks(effect) for effect in asked]
    assert [problem.message for problem in found(*rules)] == [needed]
    for effect in Effect:
        said = [problem.message for problem in found(*rules, reads(effect))]
        assert said == ([] if effect in enough else [needed])


@pytest.mark.parametrize("effect", [Effect.HOLD, Effect.ALERT, Effect.ADVISE])
def test_what_gives_no_decision_needs_no_rule(effect: Effect) -> None:
    assert found(asks(effect)) == []


def test_a_session_is_never_ready_with_an_entry_that_a_hold_would_have_to_read() -> None:
    hold, book = asks(Effect.HOLD), [rule("home", HOME, Effect.EXCLUDE, (IV, IM))]
    screener = Screener(bare([*book, hold], [LIVER], (IV, IM)))
    for present, complete, readiness in (
        ([], True, Readiness.READY),
        (["something"], True, Readiness.INSUFFICIENT_DATA),
        ([], False, Readiness.INSUFFICIENT_DATA),
    ):
        extra = {"liver": {"present": present, "complete": complete}}
        verdict = screener.screen(
            PatientProfile(setting="clinic", observed_at="2026-11-22", extra=extra), as_of=AS_OF, stage=Stage.SESSION
        )
        assert {one.readiness for one in verdict.routes.values()} == {readiness}


DEPRESSED = Compare("current_diagnoses", "includes", "major_depression")
DIAGNOSES = rule("diagnoses", Compare("current_diagnoses", "includes", UNRECOGNISED), Effect.REVIEW, (IV, IM))
NONE = Compare("liver", "includes_none", ("cirrhosis", UNRECOGNISED))
SOME = Compare("liver", "includes_any", ("cirrhosis", UNRECOGNISED))
ONE = Compare("liver", "includes", UNRECOGNISED)
DEFINED = DefinitionRef("liver-is-well", NONE)
RULES_OUT = (
    NONE, Not(SOME), Not(ONE), Not(Not(NONE)), DEFINED, AnyOf((HOME, NONE)),
    AllOf((HOME, Not(AnyOf((DEPRESSED, ONE))))), Not(DefinitionRef("unread", ONE)),
)  # fmt: skip
RULES_NOTHING_OUT = (
    SOME, ONE, Not(NONE), Not(Not(ONE)), Not(DEFINED), Compare("liver", "includes_none", ("cirrhosis",)),
    Not(Compare("liver", "includes", "cirrhosis")),
)  # fmt: skip


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("when", [*RULES_OUT, *RULES_NOTHING_OUT], ids=repr)
def test_no_rule_that_restricts_or_alerts_may_be_ruled_out_by_an_entry_that_nobody_has_read(
    effect: Effect, when: Condition
) -> None:
    said = [one.message for one in found(rule("the-rule", when, effect, (IV, IM)), reads(REVIEW), DIAGNOSES)]
    told = ["an unrecognised entry of `liver` would rule out `the-rule`, and nobody has read it"]
    assert said == (told if when in RULES_OUT and effect is not Effect.ADVISE else [])


def test_such_a_rule_is_refused_at_the_comparison_that_its_definition_has(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    defined = "heart_is_well:\n  title: Well\n  when:\n    heart_conditions: {includes_none: [stroke, unrecognised]}\n"
    definitions = folder / "definitions.yaml"
    definitions.write_text(defined + definitions.read_text("utf-8"), "utf-8")
    hold = (folder / "reviews" / "unrecognised-heart-condition.yaml").read_text("utf-8")
    for was, now in (
        ("id: unrecognised-heart-condition", "id: well"), ("effect: review", "effect: hold"),
        ("stage: candidacy", "stage: session"), ("heart_conditions: {includes: unrecognised}", "meets: heart_is_well"),
    ):  # fmt: skip
        assert was in hold
        hold = hold.replace(was, now)
    (folder / "holds").mkdir(exist_ok=True)
    (folder / "holds" / "well.yaml").write_text(hold, "utf-8")
    (problem,) = problems(folder)
    assert where(problem) == "definitions.yaml:4:5 unrecognised"
    assert (
        problem.message == "an unrecognised entry of `heart_conditions` would rule out `well`, and nobody has read it"
    )
    assert problem.hint == (
        "take `unrecognised` out here, and such an entry leaves the rule unknown; "
        "to act on one, ask `heart_conditions: {includes: unrecognised}` without `not`"
    )


def test_each_route_is_judged_by_itself() -> None:
    rules = asks(REVIEW, IV), asks(CAUTION, IV, IM)
    said = [problem.message for problem in found(*rules)]
    assert said == [f"{NO_CAUTION} im", f"{NO_REVIEW} iv"]
    assert [problem.message for problem in found(*rules, reads(CAUTION))] == [f"{NO_REVIEW} iv"]
    assert [problem.message for problem in found(*rules, reads(REVIEW, IV))] == [f"{NO_CAUTION} im"]
    assert found(*rules, reads(REVIEW, IV), reads(CAUTION, IM)) == []


def test_a_rule_that_needs_something_else_too_is_not_enough() -> None:
    also = rule("also", AllOf((Compare("liver", "includes", UNRECOGNISED), HOME)), REVIEW, (IV, IM))
    assert [problem.message for problem in found(asks(CAUTION), also)] == [f"{NO_REVIEW} im, iv"]


def test_the_message_says_how_to_make_the_rule_and_doing_so_mends_it(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    lost = folder / "reviews" / "unrecognised-heart-condition.yaml"
    text = lost.read_text("utf-8")
    lost.unlink()
    (problem,) = problems(folder)
    assert where(problem) == "exclusions/heart.yaml:6:1 unrecognised"
    assert problem.hint == (
        "write a rule `unrecognised-heart-conditions` with `effect: review`, `routes: all` and "
        "`when: {heart_conditions: {includes: unrecognised}}`; docs/codes/unrecognised.md has one to copy"
    )
    _, name, _, effect, _, routes, _, when, _ = problem.hint.split("`")
    effect = effect.removeprefix("effect: ")
    made, cases = write_rule(check_new(name, effect, None, (), folder), folder)
    cases.unlink()
    told = {**yaml.safe_load(text), "id": name, **yaml.safe_load(routes), **yaml.safe_load(when)}
    assert yaml.safe_load(made.read_text("utf-8")).keys() <= told.keys()
    made.write_text(yaml.safe_dump(told), "utf-8")
    assert load_rulebook(folder)


VOCABULARY = """\
facts:
  liver_conditions:
    type: list
    label: Liver conditions
    domain: liver
    choices: [cirrhosis, hepatitis]
freshness:
  liver_conditions: {fresh_for: 365 days, reason: Made up.}
"""
HEPATIC = """\
id: ID
title: Liver condition
stage: candidacy
effect: EFFECT
routes: all
when:
  liver_conditions: WHEN
say: Made up.
sources:
  - {document: 000_fbdac672c43891b5.txt, line: 41, phrase: screened for heart health, says: require}
"""


def hepatic(tmp_path: Path, effect: str) -> Path:
    """A copy of the shipped rulebook with a caution on a new list, and a rule for what nobody has read in it."""
    folder = tmp_path / effect
    shutil.copytree(built_in_rules(), folder)
    vocabulary = folder / "vocabulary.yaml"
    vocabulary.write_text(vocabulary.read_text("utf-8").replace("freshness:\n", VOCABULARY, 1), "utf-8")
    for name, of, when in (
        ("liver-condition", "caution", "{includes_any: [cirrhosis, hepatitis]}"),
        ("unrecognised-liver-condition", effect, "{includes: unrecognised}"),
    ):
        text = HEPATIC.replace("ID", name).replace("EFFECT", of).replace("WHEN", when)
        (folder / "cautions" / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def test_a_list_that_cautions_alone_ask_makes_nobody_insufficient_data(tmp_path: Path) -> None:
    before = Screener(load_rulebook(built_in_rules()))
    cautioned, reviewed = (Screener(load_rulebook(hepatic(tmp_path, one))) for one in ("caution", "review"))
    insufficient = 0
    for file in sorted(path for path in EXAMPLES.iterdir() if path.suffix in (".json", ".yaml")):
        profile = read_profile(file)
        then, now, harsh = (screener.screen(profile, as_of=AS_OF).routes for screener in (before, cautioned, reviewed))
        for route in then:
            made = {one.rank for one in (then[route].decision, Decision.CAUTION)}
            assert now[route].decision.rank == max(made), (file.name, route)
            insufficient += harsh[route].decision is not now[route].decision
    assert insufficient > 10, "a review made many of them insufficient data"


def test_resistant_depression_stays_a_caution(tmp_path: Path) -> None:
    profile = read_profile(EXAMPLES / "resistant-depression.json")
    verdict = Screener(load_rulebook(hepatic(tmp_path, "caution"))).screen(profile, as_of=AS_OF)
    assert verdict.routes["iv"].decision is Decision.CAUTION
    assert set(verdict.routes["iv"].reasons) == {"liver-condition", "unrecognised-liver-condition"}
