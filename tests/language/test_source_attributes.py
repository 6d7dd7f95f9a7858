"""The source attributes: a rule uses what its facts say, unknown is never `not used`, none of the 13 is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from ketascreen import Rulebook, load_rulebook
from ketascreen.language.condition import AllOf, as_data
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.source_attributes import USES, SourceAttribute, SourceAttributes, source_attributes
from ketascreen.language.vocabulary import DataKind, Vocabulary
from ketascreen.loading import snapshot
from ketascreen.patient.fact_uses import FACT_USES
from ketascreen.patient.profile import BUILT_IN
from ketascreen.rendering.attributes import render_attributes
from ketascreen.verdict.schema import SCHEMAS
from tests.helpers import generate
from tests.helpers.command_line import flat, run
from tests.helpers.places import ROOT
from tests.helpers.required_rules import PLACE
from tests.helpers.rulebook_files import GOOD, RULE, changed, with_files
from tests.helpers.screening import SOME, rngs, shipped

TPA = ROOT / "examples" / "tpa"
KINDS = tuple(DataKind)
TITLES = (
    "Bibliographic citation",
    "Developer",
    "Funding of the technical implementation",
    "Release and revision dates of the rules and of their sources",
    *(f"Use of {words}" for words in USES.values()),
)


def tagged(rng: Random) -> Rulebook:
    """A random rulebook with contradictions, whose own facts say what they use, or do not say it."""
    book = generate.rulebook(rng)
    own = [fact for fact in book.vocabulary.values() if fact.is_added]
    silent = rng.choice((0.0, 0.3))
    facts = [
        replace(fact, uses=None if rng.random() < silent else frozenset(rng.sample(KINDS, rng.choice((0, 0, 1, 2)))))
        for fact in own
    ]
    defined = {name: one.when for name, one in book.definitions.items()}
    added = []
    for number in range(rng.randint(0, 2)):
        when = AllOf(tuple(generate.condition(rng, Vocabulary(own), defined, 1) for _ in range(2)))
        added.append(Contradiction(f"contradiction_{number}", when, own[0].name, "No.", place=PLACE))
    return replace(book, vocabulary=book.vocabulary.extended(facts, {}, added))


def walked(data: Any, names: Vocabulary) -> Iterator[str]:
    """Each fact that is a key somewhere in a condition as plain data."""
    if isinstance(data, dict):
        yield from (key for key in data if key in names)
        for inner in data.values():
            yield from walked(inner, names)
    elif isinstance(data, list):
        for inner in data:
            yield from walked(inner, names)


def deciding(data: Any, names: Vocabulary) -> set[str]:
    asked = set(walked(data, names))
    found = set(asked)
    for one in names.contradictions:
        if isinstance(one.when, NotBelow):
            compared = {one.when.fact, one.when.other}
        else:
            compared = set(walked(as_data(one.when), names))
        if asked & compared:
            found |= compared
    return found


def by_name(attributes: tuple[SourceAttribute, ...]) -> dict[str, SourceAttribute]:
    return {one.name: one for one in attributes}


def lines_of(told: SourceAttributes) -> list[str]:
    return [line.text.strip() for line in render_attributes(told, whole=False)]


@given(rngs)
@SOME
def test_a_rule_uses_exactly_what_a_fact_that_decides_in_it_says_and_unknown_is_never_not_used(rng: Random) -> None:
    book = tagged(rng)
    for rule in book.rules:
        facts = {name: book.vocabulary[name] for name in deciding(as_data(rule.when), book.vocabulary)}
        silent = sorted(name for name, fact in facts.items() if fact.uses is None)
        told = source_attributes(book, [rule])
        page = lines_of(told)
        found = by_name(told.rules[0].attributes)
        for kind in KINDS:
            using = sorted(name for name, fact in facts.items() if fact.uses and kind in fact.uses)
            one = found[kind]
            assert [value.text for value in one.values] == using
            assert [name for gap in one.unsaid for name in gap.of] == silent
            assert one.state == ("used" if using else "not_said" if silent else "not_used")
            assert (f"{one.number}. {one.title}: not used" in page) is not bool(using or silent)


@given(rngs)
@SOME
def test_a_rulebook_uses_what_its_rules_use_and_what_its_contradictions_compare(rng: Random) -> None:
    book = tagged(rng)
    told = source_attributes(book, book.rules)
    of_rules = [by_name(rule.attributes) for rule in told.rules]
    compared = {name for one in book.vocabulary.contradictions for name in one.facts}
    for kind, one in ((kind, by_name(told.attributes)[kind]) for kind in KINDS):
        using = {value.text for rule in of_rules for value in rule[kind].values}
        using |= {name for name in compared if kind in (book.vocabulary[name].uses or ())}
        assert {value.text for value in one.values} == using


@given(rngs)
@SOME
def test_a_cache_keeps_what_a_fact_uses_and_that_nobody_said_it(rng: Random) -> None:
    book = tagged(rng)
    again = snapshot.read(json.loads(json.dumps(snapshot.write(book))), book.files, book.bytes_digest, ())
    assert again.vocabulary == book.vocabulary
    assert [fact.uses for fact in again.vocabulary.values()] == [fact.uses for fact in book.vocabulary.values()]


@pytest.mark.parametrize("folder", [None, TPA], ids=["the built-in rulebook", "examples/tpa"])
def test_the_page_has_each_of_the_13_for_the_rulebook_and_for_each_rule(folder: Path | None) -> None:
    book = load_rulebook(folder) if folder else shipped()
    ran = run("attributes", "-v", *(("--rules", str(folder)) if folder else ()))
    assert (ran.status, ran.err) == (0, "")
    parts = ran.out.split("\n\n")
    heads = [flat(part).split(":", 1)[0] for part in parts]
    assert heads == [f"{book.identity.id} {book.identity.version}", *(rule.id for rule in book.rules)]
    for part in parts:
        text = flat(part)
        places = [text.index(f" {number}. {title}: ") for number, title in enumerate(TITLES, 1)]
        assert places == sorted(places)


@pytest.mark.parametrize("folder", [None, TPA], ids=["the built-in rulebook", "examples/tpa"])
def test_without_more_the_rules_alike_are_together_and_each_is_named_once(folder: Path | None) -> None:
    book = load_rulebook(folder) if folder else shipped()
    ran = run("attributes", *(("--rules", str(folder)) if folder else ()))
    whole, short = ran.out.split("\n\n")
    assert whole == run("attributes", "-v", *(("--rules", str(folder)) if folder else ())).out.split("\n\n")[0]
    assert len(short.splitlines()) <= len(book.rules) + 2
    named = re.split(r"[\s,]+", short)
    assert {rule.id: named.count(rule.id) for rule in book.rules} == {rule.id: 1 for rule in book.rules}
    assert "--rule ID shows the 13 of a rule, -v of each rule" in short


def test_of_the_rules_the_page_says_what_they_use_and_what_nobody_said(tmp_path: Path) -> None:
    out = flat(run("attributes").out)
    lacking = "(not said: url, edition, accessed, published of sources)"
    assert f"date of birth, 3 rules {lacking}: below-minimum-age, older-adult, older-adult-without-checkup " in out
    assert re.search(rf"none, \d+ rules {re.escape(lacking)}: active-psychosis, ", out)
    for uses, said in (
        ("", f"none that is known, 1 rule {lacking[:-1]}; uses of liver_conditions): liver "),
        ("    uses: []\n", f"none, 6 rules {lacking}: heart, high-pressure, liver, "),
        ("    uses: [sex, race]\n", f"race and sex, 1 rule {lacking}: liver "),
    ):
        page = flat(run("attributes", "--rules", str(liver(tmp_path / str(len(uses)), uses))).out)
        assert said in page


@pytest.mark.parametrize("folder", [None, TPA], ids=["the built-in rulebook", "examples/tpa"])
def test_the_json_has_the_same_and_keeps_to_its_schema(folder: Path | None) -> None:
    book = load_rulebook(folder) if folder else shipped()
    told = json.loads(run("attributes", "--json", *(("--rules", str(folder)) if folder else ())).out)
    jsonschema.Draft202012Validator(SCHEMAS["attributes.schema.json"]()).validate(told)
    assert [rule["rule"] for rule in told["rules"]] == [rule.id for rule in book.rules]
    for attributes in (told["attributes"], *(rule["attributes"] for rule in told["rules"])):
        assert [(one["number"], one["title"]) for one in attributes] == list(enumerate(TITLES, 1))
        assert all(one["state"] in ("used", "not_used") or one["values"] or one["unsaid"] for one in attributes)


def test_a_rule_by_its_id_and_several_are_shown_alone() -> None:
    ran = run("attributes", "--rule", "pregnancy", "--rule", "older-adult")
    assert [flat(part).split(":", 1)[0] for part in ran.out.split("\n\n")] == ["pregnancy", "older-adult"]
    told = json.loads(run("attributes", "--rule", "pregnancy", "--json").out)
    assert ([one["rule"] for one in told["rules"]], len(told["attributes"])) == (["pregnancy"], 13)


def test_up_to_five_that_lack_a_key_are_named_and_of_more_their_number(tmp_path: Path) -> None:
    text = (GOOD / "documents.yaml").read_text("utf-8")
    one = text[text.index("  B1-01:") :]
    for more, shown in ((3, "leaflet.txt, B1-01, X-0, X-1, X-2"), (4, "6 sources (--json names them)")):
        added = "".join(one.replace("B1-01", f"X-{number}") for number in range(more))
        rulebook = with_files(tmp_path / str(more), {"documents.yaml": text + added})
        out = flat(run("attributes", "--rules", str(rulebook)).out)
        assert f"edition: not said of {shown}; write `edition:` in documents.yaml" in out


def test_an_unknown_rule_is_refused_with_the_nearest_one() -> None:
    ran = run("attributes", "--rule", "older-adlut")
    assert ran.status == 2
    assert "unknown rule `older-adlut`" in flat(ran.err)
    assert "did you mean `older-adult`" in flat(ran.err)


def test_pregnancy_is_not_sex_and_age_is_the_date_of_birth() -> None:
    told = {rule.rule: by_name(rule.attributes) for rule in source_attributes(shipped(), shipped().rules).rules}
    assert told["pregnancy"]["sex"].state == "not_used"
    assert told["breast-feeding"]["sex"].state == "not_used"
    assert [value.text for value in told["older-adult"]["date_of_birth"].values] == ["age"]
    assert told["pregnancy"]["date_of_birth"].state == "not_used"
    assert [value.text for value in told["suicidal-thoughts"]["health_status_assessments"].values] == ["suicidality"]
    assert [value.text for value in told["no-ride-home"]["social_determinants"].values] == ["ride_home"]


def test_the_library_says_of_each_built_in_fact_what_it_uses() -> None:
    assert list(FACT_USES) == list(BUILT_IN)
    assert {name: fact.uses for name, fact in BUILT_IN.items()} == {name: row.uses for name, row in FACT_USES.items()}
    assert all(row.because for row in FACT_USES.values())
    assert {fact.name for fact in BUILT_IN.values() if fact.uses and DataKind.SEX in fact.uses} == set()


def test_what_only_a_contradiction_compares_is_named_with_it() -> None:
    told = source_attributes(shipped(), [rule for rule in shipped().rules if rule.id == "pregnancy"])
    found = by_name(told.rules[0].attributes)["health_status_assessments"]
    origins = {value.text: value.origin for value in found.values}
    assert origins["pregnancy"] == "built-in fact; asked by the condition"
    test = "built-in fact; compared in `positive_pregnancy_test`, `positive_test_where_not_possible`"
    assert origins["pregnancy_test"] == test


LIVER = """\
  liver_conditions:
    type: list
    label: Liver conditions
    domain: liver
    choices: [cirrhosis, hepatitis]
"""


def liver(folder: Path, uses: str) -> Path:
    text = changed("vocabulary.yaml", "freshness:\n", f"{LIVER}{uses}freshness:\n")
    review = (GOOD / RULE).read_text("utf-8").replace("effect: exclude", "effect: review")
    review = review.replace("id: high-pressure", "id: liver").replace("conflicts: [C1]\n", "")
    when = review[review.index("when:\n") : review.index("say:")]
    review = review.replace(when, "when:\n  liver_conditions: {includes_any: [cirrhosis, unrecognised]}\n")
    return with_files(folder, {**text, "reviews/liver.yaml": review})


def test_a_fact_that_does_not_say_what_it_uses_makes_nothing_not_used(tmp_path: Path) -> None:
    ran = run("attributes", "--rules", str(liver(tmp_path, "")), "--rule", "liver")
    assert ran.status == 0
    assert ran.out.count("not used") == ran.out.count("not used by the built-in facts") == 9
    page = (ROOT / "docs" / "attributes.md").read_text("utf-8")
    (shown,) = [block for block in page.split("```text\n")[1:] if "liver_conditions" in block]
    assert shown.split("```")[0] in ran.out
    fact = flat(run("facts", "liver_conditions", "--rules", str(tmp_path / "rulebook")).out)
    assert "Uses: not said of `liver_conditions`; write `uses:` in vocabulary.yaml" in fact


@pytest.mark.parametrize(
    ("uses", "used", "shown"),
    [("    uses: []\n", 0, "none of source attributes 5 to 13"), ("    uses: [sex, race]\n", 2, "race, sex")],
)
def test_a_fact_that_says_it_is_used_or_not_used(tmp_path: Path, uses: str, used: int, shown: str) -> None:
    rulebook = liver(tmp_path, uses)
    out = run("attributes", "--rules", str(rulebook), "--rule", "liver").out
    assert (out.count(": used: liver_conditions"), out.count(": not used\n")) == (used, 9 - used)
    assert f"Uses: {shown}" in run("facts", "liver_conditions", "--rules", str(rulebook)).out
    assert run("facts", "age", "--rules", str(rulebook)).out.count("Uses: date of birth") == 1
