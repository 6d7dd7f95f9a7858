"""A rulebook with one thing wrong is refused at its place with the hint; with many, all of them at once."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from ketascreen import Decision, PatientProfile, Screener, load_rulebook
from ketascreen.loading.build import NAMED
from tests.helpers.rulebook_files import (
    BAD,
    GOOD,
    RULE,
    changed,
    copied,
    of_format_1,
    problems,
    text_of,
    where,
    with_files,
)

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
EXPECTED = re.compile(r"# expect (?P<where>\S+ [a-z-]+): (?P<hint>.*)")
WHEN = text_of("exclusions/pregnancy.yaml").split("when:\n")[1].split("say:")[0]


def condition(text: str) -> dict[str, str]:
    """The rule on pregnancy with another condition beside its own."""
    member = "\n".join(f"      {line}" for line in text.splitlines()).lstrip()
    return changed("exclusions/pregnancy.yaml", WHEN, f"  any:\n    - pregnancy: {{is: pregnant}}\n    - {member}\n")


def definitions(text: str) -> dict[str, str]:
    """The definitions with more behind them."""
    return {"definitions.yaml": text_of("definitions.yaml") + text}


def test_the_good_rulebook_loads_and_decides() -> None:
    rulebook = load_rulebook(GOOD)
    assert len(rulebook.rules) == 8
    known = PatientProfile(systolic_bp={"value": 180, "at": "2026-11-22"})
    verdict = Screener(rulebook, channels=("reference",)).screen(known, as_of=AS_OF)
    assert {route.decision for route in verdict.routes.values()} == {Decision.NOT_ELIGIBLE}


@pytest.mark.parametrize("file", sorted(BAD.iterdir()), ids=lambda file: file.stem)
def test_a_bad_file_is_refused_as_it_says_itself(tmp_path: Path, file: Path) -> None:
    text = file.read_text("utf-8")
    stands_for = text.splitlines()[0].removeprefix("# instead of ")
    expected = [(match["where"], match["hint"]) for match in EXPECTED.finditer(text)]
    made = of_format_1 if "\nsign_off:" in text else with_files
    found = problems(made(tmp_path, {stands_for: text}))
    assert [(where(problem), problem.hint) for problem in found] == expected
    for problem in found:
        assert problem.place is not None
        assert problem.place.is_whole is (problem.text is None)
        assert problem.message


def test_a_problem_is_shown_with_its_line_underlined(tmp_path: Path) -> None:
    (problem,) = problems(with_files(tmp_path, changed(RULE, "hypertension:", "hypertention:")))
    assert str(problem).splitlines() == [
        "exclusions/high-pressure.yaml:10:11: unknown fact `hypertention` [unknown-fact]",
        "   10 |         - hypertention: {is: diagnosed}",
        "      |           ^^^^^^^^^^^^ did you mean `hypertension`?",
    ]


@pytest.mark.parametrize("key", ["id", "title", "stage", "effect", "routes", "when", "say", "sources"])
def test_each_key_that_a_rule_needs_is_missed(tmp_path: Path, key: str) -> None:
    blocks = re.split(r"\n(?=[a-z])", text_of(RULE).rstrip("\n"))
    kept = [block for block in blocks if not block.startswith(f"{key}:")]
    assert len(kept) == len(blocks) - 1
    found = problems(with_files(tmp_path, {RULE: "\n".join(kept) + "\n"}))
    assert [(where(problem), problem.hint) for problem in found] == [(f"{RULE}:1:1 missing-key", f"add `{key}:`")]


@pytest.mark.parametrize("name", ["rulebook.yaml", "routes.yaml", "documents.yaml"])
def test_each_file_that_a_rulebook_needs_is_missed(tmp_path: Path, name: str) -> None:
    rulebook = copied(tmp_path)
    (rulebook / name).unlink()
    assert [where(problem) for problem in problems(rulebook)] == [f"{name} missing-file"]


def test_the_problems_of_several_files_are_reported_at_once(tmp_path: Path) -> None:
    files = changed(RULE, "hypertension:", "hypertention:")
    files |= changed("exclusions/heart.yaml", "line: 2", "line: 99")
    files |= changed("rulebook.yaml", "format: 2", "format: 3")
    files |= changed("parameters.yaml", "value: 2 trials", "value: 2 trails")
    files |= changed("cautions/young.yaml", "effect: caution", "effect: &a caution")
    assert [where(problem) for problem in problems(with_files(tmp_path, files))] == [
        "cautions/young.yaml:4:9 anchor",
        "exclusions/heart.yaml:10:5 citation",
        "exclusions/high-pressure.yaml:10:11 unknown-fact",
        "parameters.yaml:8:10 quantity",
        "rulebook.yaml:4:9 wrong-word",
    ]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("documents.yaml", "documents: [\n"),
        ("documents.yaml", text_of("documents.yaml") + "more: 1\n"),
        ("conflicts.yaml", "C1: no\n"),
        ("parameters.yaml", text_of("parameters.yaml").replace("2 trials", "2")),
        ("definitions.yaml", "resistant_depression: {title: x}\n"),
        ("vocabulary.yaml", "facts: {egfr: {type: number}}\n"),
        ("routes.yaml", "iv: [\n"),
    ],
)
def test_a_problem_in_one_file_is_not_blamed_on_those_that_refer_to_it(tmp_path: Path, file: str, text: str) -> None:
    found = problems(with_files(tmp_path, {file: text}))
    assert {problem.place.path for problem in found if problem.place} == {file}


def test_a_bad_definition_is_reported_once_however_many_rules_ask_it(tmp_path: Path) -> None:
    files = changed("definitions.yaml", "includes: major_depression", "includes: majr_depression")
    files |= condition("meets: resistant_depression")
    assert [where(problem) for problem in problems(with_files(tmp_path, files))] == [
        "definitions.yaml:5:39 unknown-choice"
    ]


# What is too much


@pytest.mark.parametrize("keyword", ["any", "all"])
def test_a_condition_25_deep_is_read_and_evaluated(tmp_path: Path, keyword: str) -> None:
    deep = "{age: {below: 18 years}}"
    for _ in range(25):
        deep = f"{{{keyword}: [{deep}]}}"
    rulebook = load_rulebook(with_files(tmp_path, condition(deep)))
    verdict = Screener(rulebook, channels=("reference",)).screen(PatientProfile(age=17, observed_at=AS_OF), as_of=AS_OF)
    finding = next(finding for finding in verdict.findings if finding.rule == "pregnancy")
    assert (finding.outcome, [used.fact for used in finding.rests_on]) == ("met", ["age"])


def test_a_condition_nested_beyond_the_limit_is_refused_by_its_name(tmp_path: Path) -> None:
    deep = "{not: " * 60 + "{age: {below: 18 years}}" + "}" * 60
    (problem,) = problems(with_files(tmp_path, condition(deep)))
    assert (problem.code, problem.message) == ("over-limit", "nested more than 60 deep")


@pytest.mark.parametrize("fact", ["age", "aeg"])
def test_ten_thousand_comparisons_are_refused_by_the_limit(tmp_path: Path, fact: str) -> None:
    many = "any:\n" + f"  - {fact}: {{below: 18 years}}\n" * 10_000
    began = time.process_time()
    found = problems(with_files(tmp_path, condition(many)))
    assert time.process_time() - began < 3  # of which nearly all goes to reading 10,000 lines
    (limit,) = [problem for problem in found if problem.code == "over-limit"]
    assert limit.message == "more than 500 comparisons in one rule, definitions included"


def test_five_hundred_comparisons_are_not_too_many(tmp_path: Path) -> None:
    many = "any:\n" + "  - age: {below: 18 years}\n" * 499
    assert load_rulebook(with_files(tmp_path, condition(many))).rule("pregnancy")


def test_definitions_that_double_each_other_are_refused_by_the_limit_at_once(tmp_path: Path) -> None:
    names = [f"d{number}" for number in range(40)]
    text = "d0: {title: x, when: {age: {below: 18 years}}}\n"
    for before, name in pairwise(names):
        text += f"{name}: {{title: x, when: {{all: [{{meets: {before}}}, {{meets: {before}}}]}}}}\n"
    began = time.process_time()
    found = problems(with_files(tmp_path, definitions(text)))
    assert time.process_time() - began < 1
    assert {problem.code for problem in found} == {"over-limit"}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("keyword", ["not", "all"])
def test_definitions_deep_in_each_other_are_refused_at_60_levels_and_evaluated_below(
    tmp_path: Path, order: int, keyword: str
) -> None:
    def nested(inner: str, times: int) -> str:
        before, after = ("{not: ", "}") if keyword == "not" else ("{all: [", "]}")
        return before * times + inner + after * times

    def row(length: int, levels: int) -> str:
        names = [f"d{number}: {{title: x, when: %s}}\n" for number in range(length + 1)]
        asked = [nested(f"{{meets: d{number + 1}}}", levels) for number in range(length)]
        leaf = nested("{age: {below: 18 years}}", levels % 2)
        return "".join([name % when for name, when in zip(names, [*asked, leaf], strict=True)][::order])

    found = problems(with_files(tmp_path / "too", definitions(row(200, 25))))
    assert {problem.code for problem in found} == {"over-limit"}
    # Each of the two definitions and the rule nests 18 levels and asks the next one: 58 of 60 with the comparison.
    files = definitions(row(2, 18)) | condition(nested("{meets: d0}", 18))
    rulebook = load_rulebook(with_files(tmp_path / "few", files))
    verdict = Screener(rulebook, channels=("reference",)).screen(PatientProfile(age=17, observed_at=AS_OF), as_of=AS_OF)
    finding = next(finding for finding in verdict.findings if finding.rule == "pregnancy")
    assert finding.outcome == "met"


def test_a_version_of_5000_digits_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(with_files(tmp_path, changed("rulebook.yaml", ">=0.2.0", f">={'9' * 5000}.0.0")))
    assert where(problem) == "rulebook.yaml:6:11 wrong-value"


# What must hold of the whole


def test_a_route_without_an_exclude_rule_is_refused(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {}
    for name in ("high-pressure", "pregnancy", "heart"):
        files |= changed(f"exclusions/{name}.yaml", "routes: all", "routes: [iv]")
    found = problems(with_files(tmp_path, files))
    assert [(problem.code, problem.message) for problem in found if problem.code != "lasting"] == [
        ("no-exclusion", "no exclusion for the route `oral`")
    ]


def test_a_rulebook_without_rules_or_without_routes_is_refused(tmp_path: Path) -> None:
    ruleless = with_files(tmp_path / "a", {"conflicts.yaml": "{}\n"})
    for file in [*ruleless.glob("*/*.yaml")]:
        file.unlink()
    assert {problem.code for problem in problems(ruleless)} == {"no-exclusion", "lasting"}
    found = problems(with_files(tmp_path / "b", {"routes.yaml": "{}\n"}))
    assert [where(problem) for problem in found] == ["routes.yaml no-exclusion"]


def test_a_list_without_a_review_of_unrecognised_entries_is_refused(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    (rulebook / "reviews" / "unrecognised-heart-condition.yaml").unlink()
    (problem,) = problems(rulebook)
    assert where(problem) == "exclusions/heart.yaml:6:1 unrecognised"
    assert "`when: {heart_conditions: {includes: unrecognised}}`" in problem.hint


@pytest.mark.parametrize("alone", [True, False])
def test_a_lasting_choice_must_exclude_by_itself(tmp_path: Path, alone: bool) -> None:
    other = "" if alone else "  all:\n    - age: {at_least: 12 years}\n    - "
    files = changed("exclusions/pregnancy.yaml", "  pregnancy: {", f"{other or '  '}pregnancy: {{")
    rulebook = with_files(tmp_path, files)
    if alone:
        assert load_rulebook(rulebook)
    else:
        assert [problem.code for problem in problems(rulebook)] == ["lasting"]


def test_an_id_stands_in_one_file_only(tmp_path: Path) -> None:
    found = problems(with_files(tmp_path, {"reviews/pregnancy.yaml": text_of("exclusions/pregnancy.yaml")}))
    assert [(where(problem), problem.message) for problem in found] == [
        ("reviews/pregnancy.yaml rule-id", "`pregnancy` is also the id of `exclusions/pregnancy.yaml`")
    ]


def test_a_rule_does_not_take_the_name_of_a_file_of_the_format(tmp_path: Path) -> None:
    text = text_of("exclusions/pregnancy.yaml").replace("id: pregnancy", "id: parameters")
    assert "rule-id" in [problem.code for problem in problems(with_files(tmp_path, {"reviews/parameters.yaml": text}))]


@pytest.mark.parametrize(
    "text",
    [
        "all:\n  - age: {at_least: 18 years}\n  - age: {at_most: 18 years}",
        "age: {above: 17 years, below: 19 years}",
        "all:\n  - heart_conditions: {includes: stroke}\n  - heart_conditions: {includes_none: [aneurysm]}",
        "not: {pregnancy: {one_of: [not_pregnant, pregnant]}}",
    ],
)
def test_a_condition_that_few_answers_meet_is_no_contradiction(tmp_path: Path, text: str) -> None:
    assert load_rulebook(with_files(tmp_path, condition(text))).rule("pregnancy")


def test_a_key_without_a_value_is_told_once(tmp_path: Path) -> None:
    rule = text_of("exclusions/pregnancy.yaml").replace("title: Pregnancy", "title:", 1)
    found = problems(with_files(tmp_path, {"exclusions/pregnancy.yaml": rule}))
    assert [where(problem) for problem in found] == ["exclusions/pregnancy.yaml:2:7 no-value"]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("folder", ["", "sub/"])
def test_a_file_that_is_no_rule_is_told_where_it_stands(name: str, folder: str, tmp_path: Path) -> None:
    path = f"{folder}{name if folder else name.capitalize()}.yaml"
    (problem,) = problems(with_files(tmp_path, {path: "a_key: 1\n"}))
    assert (problem.code, str(problem.place)) == ("rule-id", path)
    assert problem.message == f"`{name}.yaml` belongs at the root of the rulebook, in lower-case letters"
    assert problem.hint == "move it there; if it is a rule, give it another name"
