"""A fact of `unit: none` is a plain number: in rules, parameters and profiles, through every channel."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from ketascreen import Decision, PatientProfile, ProfileError, Screener, Verdict, load_rulebook
from ketascreen.authoring.editor.conditions import quantity
from ketascreen.authoring.names import read_names
from ketascreen.authoring.scaffold import write_schemas
from ketascreen.language.condition import comparisons
from ketascreen.loading import snapshot
from ketascreen.verdict.lean import LeanVerdict
from tests.helpers.rulebook_files import changed, problems, text_of, where, with_files
from tests.helpers.screening import AS_OF

INR = """\
facts:
  inr:
    type: number
    unit: none
    minimum: 0.5
    maximum: 20
    label: International normalised ratio
    domain: blood
"""
WINDOW = "freshness:\n  inr: {fresh_for: 7 days, reason: Made up.}\n"
VOCABULARY = {
    "vocabulary.yaml": text_of("vocabulary.yaml").replace("facts:\n", INR, 1).replace("freshness:\n", WINDOW, 1)
}
PARAMETERS = {
    "parameters.yaml": text_of("parameters.yaml")
    + "high_inr:\n  value: 1.7\n  stricter: lower\n  basis: policy\n  reason: Made up.\n"
}
PATH = "exclusions/clotting.yaml"


def rule(condition: str) -> dict[str, str]:
    return {
        PATH: f"""\
id: clotting
title: Slow clotting
stage: candidacy
effect: exclude
routes: all
when:
  inr: {condition}
say: The INR is above {{high_inr}}.
sources:
  - {{document: leaflet.txt, line: 2, phrase: above 180, says: exclude}}
"""
    }


def folder(tmp_path: Path, condition: str = "{above: 1.7}") -> Path:
    return with_files(tmp_path, {**VOCABULARY, **PARAMETERS, **rule(condition)})


def screened(rules: Path, inr: Any) -> Verdict:
    profile = PatientProfile(extra={"inr": inr}, observed_at="2026-11-22")
    return Screener(load_rulebook(rules)).screen(profile, as_of=AS_OF)


@pytest.mark.parametrize("condition", ["{above: 1.7}", "{above: high_inr}", '{above: "1.7"}', "{above: 1.70}"])
def test_a_rule_compares_with_a_plain_number_or_a_parameter_that_is_one(tmp_path: Path, condition: str) -> None:
    rules = folder(tmp_path, condition)
    (compare,) = comparisons(load_rulebook(rules).rule("clotting").when)  # type: ignore[union-attr]
    assert compare.constant == Decimal("1.7")
    for inr, reasons in (("1.8", ("clotting",)), ("1.7", ())):
        verdict = screened(rules, inr)
        assert verdict.agreement.agreed
        for route in verdict.routes.values():
            assert (route.decision is Decision.NOT_ELIGIBLE) is bool(reasons)
            assert (set(route.reasons) == {"clotting"}) is bool(reasons)


@pytest.mark.parametrize(
    "answer",
    [1.8, "1.8", Decimal("1.8"), {"value": 1.8}, {"value": "1.8"}, {"value": 1.8, "unit": "1"},
     {"value": 1.8, "unit": "{INR}"}, {"value": 1.8, "unit": None}, "1.8 1", "1.8 {INR}"],
)  # fmt: skip
def test_an_answer_is_a_plain_number_or_has_the_code_of_one(tmp_path: Path, answer: Any) -> None:
    verdict = screened(folder(tmp_path), answer)
    (used,) = verdict.finding("clotting").rests_on
    assert (used.value, used.unit) == ("1.8", None)
    assert LeanVerdict.of(verdict).whole(load_rulebook(folder(tmp_path / "again"))) == verdict


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("1.8 mmHg", "write a plain number such as `1.7`, without a unit"),
        ({"value": 1.8, "unit": "mmHg"}, "write a plain number such as `1.7`, without a unit"),
        ({"value": 1.8, "unit": "none"}, "write a plain number such as `1.7`, without a unit"),
        ({"value": 1.8, "unit": "{a b}"}, "write a plain number such as `1.7`, without a unit"),
        ({"value": "1.8", "unit": "1"}, "write a plain number such as 1.7"),
        (True, "write a plain number such as 1.7"),
        (0.4, "it is 0.5 to 20"),
        (20.1, "it is 0.5 to 20"),
    ],
)
def test_any_other_answer_is_refused_with_the_mend_and_without_the_value(
    tmp_path: Path, answer: Any, hint: str
) -> None:
    with pytest.raises(ProfileError) as caught:
        screened(folder(tmp_path), answer)
    (problem,) = caught.value.diagnostics
    assert (problem.hint, problem.pointer) == (hint, "/extra/inr")
    assert "1.8" not in str(problem)


def test_what_is_not_known_of_it_is_asked_without_a_unit(tmp_path: Path) -> None:
    verdict = screened(folder(tmp_path), None)
    (ask,) = [ask for ask in verdict.routes["iv"].asks if ask.fact == "inr"]
    assert (ask.unit, ask.answer) == (None, "number, 0.5 to 20")


PLAIN = "write a plain number such as `1.7`, without a unit"


@pytest.mark.parametrize(
    ("files", "place", "message", "hint"),
    [
        (rule("{above: 1.7 mmHg}"), f"{PATH}:7:16", "must be a plain number, such as 1.7", PLAIN),
        (rule("{above: 1.7 1}"), f"{PATH}:7:16", "must be a plain number, such as 1.7", PLAIN),
        (rule("{above: 25}"), f"{PATH}:7:16", "outside the range of `inr`", "it is 0.5 to 20"),
        (rule("{above: severe_systolic}"), f"{PATH}:7:16", "not in the unit of `inr`",
         f"{PLAIN}; `severe_systolic` is 180 mmHg, and fits other facts"),
        (changed("cautions/young.yaml", "below: 21 years", "below: 21"), "cautions/young.yaml:7:16",
         "must be a quantity, such as 1 year", "write the unit: `21 years`"),
        (changed("cautions/young.yaml", "below: 21 years", "below: high_inr"), "cautions/young.yaml:7:16",
         "not in the unit of `age`", "it has no unit; give it in `years`; `high_inr` is 1.7, and fits other facts"),
    ],
)  # fmt: skip
def test_a_unit_there_and_no_unit_elsewhere_are_refused_with_the_mend(
    tmp_path: Path, files: dict[str, str], place: str, message: str, hint: str
) -> None:
    asked = {} if PATH in files else rule("{above: high_inr}")
    (problem,) = problems(with_files(tmp_path, {**VOCABULARY, **PARAMETERS, **asked, **files}))
    assert (str(problem.place), problem.message, problem.hint) == (place, message, hint)


def test_a_choice_has_no_unit_to_leave_out(tmp_path: Path) -> None:
    fact = INR.replace("type: number", "type: choice\n    choices: [low, high]")
    text = text_of("vocabulary.yaml").replace("facts:\n", fact, 1)
    (problem,) = problems(with_files(tmp_path, {"vocabulary.yaml": text}))
    assert where(problem) == "vocabulary.yaml:2:3 fact"


def test_a_text_of_a_rule_names_it_without_a_unit(tmp_path: Path) -> None:
    assert screened(folder(tmp_path), 2).finding("clotting").say == "The INR is above 1.7."


def test_it_is_the_same_from_the_cache(tmp_path: Path) -> None:
    book = load_rulebook(folder(tmp_path))
    again = snapshot.read(snapshot.write(book), book.files, book.bytes_digest, book.ignored)
    assert again == book
    assert again.meaning_digest == book.meaning_digest


def test_an_editor_offers_none_and_wants_a_number(tmp_path: Path) -> None:
    rules = folder(tmp_path)
    names = read_names(rules)
    write_schemas(names, tmp_path / "schemas")
    told = yaml.safe_load((tmp_path / "schemas" / "vocabulary.schema.json").read_text("utf-8"))
    assert told["definitions"]["FactModel"]["properties"]["unit"]["enum"][-1] == "none"
    wanted = quantity(names.vocabulary["inr"], names.parameters)
    parameter, plain = wanted["anyOf"]
    assert (parameter["enum"], plain["type"]) == (["high_inr"], "number")
