"""A rule's weight orders what is listed, on every channel and page, and decides nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from ketascreen import Screener, Stage, Verdict, load_rulebook
from ketascreen.cli.rules import render as render_rules
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Effect, Weight, listing_order
from ketascreen.loading import snapshot
from ketascreen.rendering.rule import Context, render_rule
from ketascreen.rendering.verdict import render
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.lean import LeanVerdict
from tests.helpers import generate
from tests.helpers.reached import often_reached, reached
from tests.helpers.rulebook_files import changed, problems, where, with_files
from tests.helpers.screening import AS_OF, SOME, baseline, profile_of, rngs, screening, shipped


def weighed(rng: Random, rulebook: Rulebook) -> Rulebook:
    """The rulebook with a weight of chance for each rule."""
    rules = tuple(replace(rule, weight=rng.choice(tuple(Weight))) for rule in rulebook.rules)
    return replace(rulebook, rules=rules)


def usual(rulebook: Rulebook) -> Rulebook:
    return replace(rulebook, rules=tuple(replace(rule, weight=Weight.USUAL) for rule in rulebook.rules))


def order(verdict: Verdict, rule: str) -> tuple[int, int, str]:
    found = verdict.finding(rule)
    return listing_order(found.effect, found.weight, rule)


@often_reached
@given(rngs)
@SOME
def test_what_is_listed_is_by_effect_then_weight_then_id_and_nothing_else_changes(rng: Random) -> None:
    rulebook, answers = screening(rng)
    book, profile = weighed(rng, rulebook), profile_of(answers)
    with_weights = Screener(book).screen(profile, as_of=AS_OF, stage=Stage.SESSION)
    without = Screener(usual(book)).screen(profile, as_of=AS_OF, stage=Stage.SESSION)
    for route, one in with_weights.routes.items():
        other = without.routes[route]
        assert (one.decision, one.readiness) == (other.decision, other.readiness)
        for name in ("reasons", "readiness_reasons", "alerts", "alerts_not_ruled_out", "advice"):
            listed, plain = getattr(one, name), getattr(other, name)
            assert list(listed) == sorted(listed, key=lambda rule: order(with_weights, rule))
            assert sorted(listed) == sorted(plain)
            if listed != plain:
                reached("another order")
        for by_outcome in one.findings.values():
            for rules in by_outcome.values():
                assert list(rules) == sorted(rules, key=lambda rule: order(with_weights, rule))
    lean = LeanVerdict.of(with_weights)
    assert lean.whole(book) == with_weights
    assert LeanVerdict.model_validate_json(lean.to_json()).routes == lean.routes
    assert Verdict.model_validate_json(with_weights.model_dump_json()) == with_weights


@given(rngs)
@SOME
def test_each_channel_lists_in_the_same_order(rng: Random) -> None:
    rulebook, answers = screening(rng)
    book, profile = weighed(rng, rulebook), profile_of(answers)
    alone = [
        Screener(book, channels=[channel]).screen(profile, as_of=AS_OF, stage=Stage.SESSION)
        for channel in ("reference", "production", "compiled")
    ]
    for one in alone[1:]:
        assert dict(one.routes) == dict(alone[0].routes)


def test_a_page_has_the_weightiest_first() -> None:
    answers = {**baseline(), "age": {"value": 70, "at": "2026-11-22"}, "psychosis": "past"}
    answers = {**answers, "older_adult_checkup": "incomplete", "observed_at": "2026-11-22"}
    answers.pop("birth_date", None)
    reviews = [rule.id for rule in shipped().with_effect(Effect.REVIEW)]
    for last in ("older-adult-without-checkup", "past-psychosis"):
        rules = [replace(rule, weight=Weight.VITAL) if rule.id == last else rule for rule in shipped().rules]
        verdict = Screener(replace(shipped(), rules=tuple(rules))).screen(profile_of(answers), as_of=AS_OF)
        met = [rule for rule in verdict.routes["iv"].reasons if rule in reviews]
        assert met[0] == last, "it is by id without a weight"
        assert len(met) > 1
        text = [line.text for line in render(verdict)]
        titles = [next(n for n, line in enumerate(text) if verdict.finding(rule).title in line) for rule in met]
        assert titles == sorted(titles)


def test_alerts_are_first_and_the_weightiest_alert_before_the_others() -> None:
    answers = {**baseline(), "systolic_bp": 230, "suicidality": "recent_attempt", "observed_at": "2026-11-22"}
    met = Screener(shipped()).screen(profile_of(answers), as_of=AS_OF).routes["iv"].alerts
    assert len(met) > 1
    for vital in met:
        rules = [replace(rule, weight=Weight.VITAL) if rule.id == vital else rule for rule in shipped().rules]
        verdict = Screener(replace(shipped(), rules=tuple(rules))).screen(profile_of(answers), as_of=AS_OF)
        assert verdict.routes["iv"].alerts[0] == vital
        page = "\n".join(line.text for line in render(verdict))
        places = [page.index(ENGLISH.text("verdict.alert", title=verdict.finding(rule).title)) for rule in met]
        assert min(places) == places[met.index(vital)]
        assert max(places) < page.index("Recommendation:")


YOUNG = "cautions/young.yaml"


def test_a_rule_says_its_weight_or_is_usual(tmp_path: Path) -> None:
    files = changed(YOUNG, "effect: caution\n", "effect: caution\nweight: serious\n")
    book, plain = load_rulebook(with_files(tmp_path, files)), load_rulebook(with_files(tmp_path / "plain", {}))
    assert book.weights == {"young": Weight.SERIOUS}
    assert plain.weights == {}
    assert snapshot.read(snapshot.write(book), book.files, book.bytes_digest, book.ignored) == book
    said = load_rulebook(
        with_files(tmp_path / "said", changed(YOUNG, "effect: caution\n", "effect: caution\nweight: usual\n"))
    )
    assert said.meaning_digest == plain.meaning_digest != book.meaning_digest, "the usual weight is not in the meaning"
    assert book.rule_digests == plain.rule_digests, "a weight decides nothing"
    rule = book.rule("young")
    assert rule is not None
    assert any("(serious)" in line.text for line in render_rules(book.rules, book))
    assert not any("(usual)" in line.text for line in render_rules(plain.rules, plain))
    assert any(line.text.startswith("Weight: serious") for line in render_rule(Context(rule, book, (), (), ())))
    usual_rule = replace(rule, weight=Weight.USUAL)
    assert not any("Weight" in line.text for line in render_rule(Context(usual_rule, book, (), (), ())))


@pytest.mark.parametrize(("word", "hint"), [("vitall", "did you mean `vital`?"), ("high", "write one of these")])
def test_any_other_weight_is_refused(tmp_path: Path, word: str, hint: str) -> None:
    files = changed(YOUNG, "effect: caution\n", f"effect: caution\nweight: {word}\n")
    (problem,) = problems(with_files(tmp_path, files))
    assert where(problem) == f"{YOUNG}:5:9 wrong-word"
    assert problem.message == "`weight` must be one of `vital`, `serious` or `usual`"
    assert problem.hint == hint


def test_the_shipped_rules_are_usual() -> None:
    assert shipped().weights == {}


def test_a_random_rule_has_any_weight() -> None:
    rng = Random(1)
    found = {rule.weight for _ in range(20) for rule in generate.rulebook(rng).rules}
    assert found == set(Weight)
