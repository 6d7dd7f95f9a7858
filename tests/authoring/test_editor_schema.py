"""The schemas that editors complete and explain by: they take every shipped file, and refuse what is misspelt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from tools.docs.refresh import editor_schemas

from ketascreen import RulebookError
from ketascreen.authoring.editor.file_schemas import reference, schema_for, schemas
from ketascreen.authoring.editor.texts import CONDITIONS, KEYS
from ketascreen.authoring.names import read_names
from ketascreen.language.effects import EFFECTS
from ketascreen.language.operators import OPERATORS
from ketascreen.language.terms import Weight
from ketascreen.loading import file_models
from ketascreen.loading.build import KEYS as FORMS_OF_KEYS
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.conditions import KEYWORDS
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import WORD, read_yaml
from tests.helpers.command_line import flat, run
from tests.helpers.places import ROOT
from tests.helpers.route_names import files_with
from tests.helpers.rulebook_files import GOOD, RULE, copied, of_format_1, text_of, with_files

RULES = built_in_rules()
SHIPPED = sorted(path.relative_to(RULES).as_posix() for path in RULES.rglob("*.yaml"))


@cache
def validators(folder: Path) -> dict[str, jsonschema.Draft7Validator]:
    """The validators of a rulebook's kinds of file."""
    return {name: jsonschema.Draft7Validator(schema) for name, schema in schemas(read_names(folder)).items()}


def complaints(text: bytes, path: str, folder: Path = RULES) -> list[str]:
    """Where the schema of a file refuses it, as `key/key`."""
    tree, found = read_yaml(text, path, FORMS_OF_KEYS.get(path, WORD))
    assert tree is not None
    assert not found
    errors = validators(folder)[schema_for(path)].iter_errors(plain(tree))
    return ["/".join(map(str, error.absolute_path)) for error in errors]


def innermost(error: jsonschema.ValidationError) -> Iterator[str]:
    """Where an error stands; of one of several forms, where each of them was not kept to."""
    if not error.context:
        yield "/".join(map(str, error.absolute_path))
    for below in error.context or ():
        yield from innermost(below)


@pytest.mark.parametrize("path", SHIPPED)
def test_a_shipped_file_keeps_to_its_schema(path: str) -> None:
    assert complaints((RULES / path).read_bytes(), path) == []


@pytest.mark.parametrize("path", SHIPPED)
def test_a_shipped_file_tells_an_editor_its_schema(path: str) -> None:
    first = (RULES / path).read_text("utf-8").partition("\n")[0]
    assert first == reference(path, "../../schema/rules")
    assert (RULES / path).parent.joinpath(first.partition("=")[2]).resolve().parent == ROOT / "schema" / "rules"


def test_the_committed_schemas_are_what_the_program_writes_and_are_schemas() -> None:
    committed = {path.name: path.read_text("utf-8") for path in (ROOT / "schema" / "rules").iterdir()}
    assert committed == editor_schemas()
    for text in committed.values():
        jsonschema.Draft7Validator.check_schema(json.loads(text))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("systolic_bp:", "sistolic_bp:", "when/any/0"),
        ("at_least:", "at_leest:", "when/any/0/systolic_bp"),
        ("at_least: severe_systolic", "includes: severe_systolic", "when/any/0/systolic_bp"),
        ("severe_systolic", "hi_systolic", "when/any/0/systolic_bp/at_least"),
        ("severe_systolic", "180", "when/any/0/systolic_bp/at_least"),
        ("severe_systolic", "180 days", "when/any/0/systolic_bp/at_least"),
        ("severe_systolic", "high", "when/any/0/systolic_bp/at_least"),
        ("effect: exclude", "effect: exclud", "effect"),
        ("effect: exclude", "effect: exclude\nweight: heavy", "weight"),
        ("stage: candidacy", "stage: session", "stage"),
        ("routes: all", "routes: [ivv]", "routes"),
        ("routes: all", "routes: []", "routes"),
        ("say:", "says:", ""),
        ("line: 2", "line: 0", "sources/0/line"),
        ("document: leaflet.txt", "document: leaflets.txt", "sources/0/document"),
    ],
)
def test_a_slip_in_a_rule_is_refused_where_it_stands(old: str, new: str, place: str) -> None:
    path = "exclusions/high-pressure.yaml"
    text = text_of(path)
    assert complaints(text.encode(), path, GOOD) == []
    assert old in text
    tree, _ = read_yaml(text.replace(old, new, 1).encode(), path)
    assert tree is not None
    errors = validators(GOOD)["rule.schema.json"].iter_errors(plain(tree))
    assert place in {where for error in errors for where in innermost(error)}


@pytest.mark.parametrize("word", list(Weight))
def test_every_effect_may_have_any_weight(word: Weight) -> None:
    path = "exclusions/high-pressure.yaml"
    text = text_of(path).replace("effect: exclude", f"effect: exclude\nweight: {word}")
    assert complaints(text.encode(), path, GOOD) == []


@pytest.mark.parametrize(("value", "refused"), [("1.7", []), ("140 mmHg", []), ("true", ["severe_systolic/value"])])
def test_a_parameter_is_a_quantity_or_a_plain_number(value: str, refused: list[str]) -> None:
    text = text_of("parameters.yaml").replace("value: 180 mmHg", f"value: {value}")
    assert complaints(text.encode(), "parameters.yaml", GOOD) == refused


def test_a_rule_of_format_1_needs_a_sign_off_and_one_of_format_2_must_have_none(tmp_path: Path) -> None:
    text = text_of("exclusions/high-pressure.yaml")
    first = of_format_1(tmp_path)
    for sign_off, in_first, in_second in (
        ("", [""], []),
        ("sign_off: {status: draft}\n", [], [""]),
        ("sign_off: {status: done}\n", ["sign_off/status"], [""]),
        ("sign_off: {status: approved}\n", ["sign_off", "sign_off"], [""]),
    ):
        data = (text + sign_off).encode()
        assert complaints(data, "exclusions/high-pressure.yaml", first) == in_first
        assert complaints(data, "exclusions/high-pressure.yaml", GOOD) == in_second
    approvers = "approvers: [{name: A, role: psychiatrist}]\n"
    head = (text_of("rulebook.yaml") + approvers).encode()
    assert [complaints(head, "rulebook.yaml", folder) for folder in (first, GOOD)] == [[""], []]


APPROVAL = {"sheet": f"1-{'0' * 16}-{'1' * 16}", "by": "A", "role": "psychiatrist", "date": "2026-11-22"}


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"rule": "high-pressure"}, True),
        ({"rule": "high-presure"}, False),
        ({"route": "iv", "until": "2027-11-22"}, True),
        ({"route": "ivv"}, False),
        ({"patient": "vignettes/a.cases.yaml somebody"}, True),
        ({"rule": "high-pressure", "route": "iv"}, False),
        ({}, False),
        ({"route": "iv", "until": "soon"}, False),
        ({"route": "iv", "sheet": "1-0-1"}, False),
        ({"route": "iv", "withdrawn": {"by": "A", "date": "2026-11-22", "reason": "B."}}, True),
        ({"route": "iv", "withdrawn": {"by": "A", "date": "2026-11-22"}}, False),
    ],
)
def test_an_approval_names_one_thing_that_there_is(given: dict[str, Any], taken: bool) -> None:
    assert validators(GOOD)["approvals.schema.json"].is_valid([APPROVAL | given]) is taken


@pytest.mark.parametrize(("effect", "taken"), [("caution", True), ("advise", True), ("exclude", False)])
def test_always_is_taken_for_the_effects_that_may_come_with_a_route(effect: str, taken: bool) -> None:
    rule: dict[str, Any] = {
        "id": "a",
        "title": "A",
        "stage": "candidacy",
        "effect": effect,
        "routes": "all",
        "when": "always",
    }
    rule |= {"say": "A.", "sources": [{"outside": "X-01", "says": "inform"}]}
    schema = schemas(read_names(GOOD))["rule.schema.json"]
    schema["definitions"]["CitationModel"]["properties"]["outside"] = {"type": "string"}
    assert jsonschema.Draft7Validator(schema).is_valid(rule) is taken


_CASE: dict[str, Any] = {"name": "a", "as_of": "2026-11-22T09:00:00Z", "expect": {"finding": "met"}}


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"age": "17 years"}, True),
        ({"age": {"value": "17 years", "at": "2026-11-22"}}, True),
        ({"age": 17}, True),
        ({"age": "17 mmHg"}, False),
        ({"psychosis": "active"}, True),
        ({"psychosis": "aktive"}, False),
        ({"psychosis": {"value": "active", "at": "22 November"}}, False),
        ({"psychosis": {"at": "2026-11-22"}}, False),
        ({"psychosys": "active"}, False),
        ({"heart_conditions": ["a_word_of_its_own"]}, True),
        ({"heart_conditions": {"present": [], "complete": True}}, True),
        ({"heart_conditions": {"present": [], "completed": True}}, False),
    ],
)
def test_what_a_case_may_say_of_a_patient(given: dict[str, Any], taken: bool) -> None:
    assert validators(RULES)["cases.schema.json"].is_valid([_CASE | {"given": given}]) is taken


def test_a_case_of_a_rule_expects_a_finding_and_a_case_of_a_patient_decisions() -> None:
    of_a_rule, of_a_patient = {"finding": "met"}, {"decisions": {"iv": "eligible"}}
    for name, wanted, other in (("cases", of_a_rule, of_a_patient), ("vignettes", of_a_patient, of_a_rule)):
        validator = validators(RULES)[f"{name}.schema.json"]
        assert validator.is_valid([_CASE | {"expect": wanted}])
        assert not validator.is_valid([_CASE | {"expect": other}])
        assert not validator.is_valid([_CASE | {"expect": {}}])


def test_a_freshness_window_names_a_fact_and_choices_of_that_fact() -> None:
    validator = validators(RULES)["vocabulary.schema.json"]
    window = {"fresh_for": "30 days", "reason": "A reason."}
    assert validator.is_valid({"freshness": {"psychosis": window | {"lasting": ["active"]}}})
    assert not validator.is_valid({"freshness": {"psychosis": window | {"lasting": ["pregnant"]}}})
    assert not validator.is_valid({"freshness": {"psychosys": window}})
    assert not validator.is_valid({"freshness": {"psychosis": window | {"fresh_for": "half a day"}}})


def test_a_fact_that_the_rulebook_adds_and_its_parameters_are_among_the_words() -> None:
    rule = schemas(read_names(GOOD))["rule.schema.json"]
    facts = rule["definitions"]["condition"]["properties"]
    assert "egfr" in facts
    assert facts["egfr"]["title"] == read_names(GOOD).vocabulary["egfr"].label
    assert "mL/min" in facts["egfr"]["description"]


def test_every_key_of_every_form_and_every_comparison_is_explained() -> None:
    inner = {form.__name__: set(form.model_fields) for form in file_models.FileModel.__subclasses__()}
    inner["AllowAboutModel"] = set(file_models.AllowAboutModel.model_fields)
    assert {form: set(keys) for form, keys in KEYS.items()} == inner
    assert set(CONDITIONS) == set(KEYWORDS)
    assert all(operator.says.endswith(".") for operator in OPERATORS.values())
    assert all(row.says.endswith(".") for row in EFFECTS.values())


def test_a_rule_that_is_not_in_order_does_not_keep_the_schemas_from_being_written(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    (rulebook / "exclusions" / "heart.yaml").write_text("id: heart\nwhen:\n", "utf-8")
    ran = run("schema", str(rulebook))
    assert (ran.status, ran.err) == (0, "")
    assert "Wrote 13 schemas to" in flat(ran.out)
    assert "egfr" in (rulebook / "schema" / "rule.schema.json").read_text("utf-8")


def test_a_vocabulary_that_is_not_in_order_does(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    (rulebook / "vocabulary.yaml").write_text("facts:\n  egfr: {type: numbr, label: a, domain: b}\n", "utf-8")
    with pytest.raises(RulebookError):
        read_names(rulebook)
    ran = run("schema", str(rulebook))
    assert ran.status == 2
    assert "vocabulary.yaml:2:16: `type` must be one of" in ran.err
    assert not (rulebook / "schema").exists()


def test_the_schemas_of_the_built_in_rulebook_go_where_they_are_asked_to(tmp_path: Path) -> None:
    assert run("schema", "--out", str(tmp_path / "there")).status == 0
    written = {path.name: path.read_text("utf-8") for path in (tmp_path / "there").iterdir()}
    assert written == editor_schemas()


def test_routes_of_a_rulebook_s_own_are_among_the_words(tmp_path: Path) -> None:
    folder = with_files(tmp_path, files_with(("alteplase", "rectal"), Random(1), shuffled=False))
    rule = text_of(RULE).replace("routes: all", "routes: [LIST]")
    assert complaints(rule.replace("LIST", "alteplase, rectal").encode(), RULE, folder) == []
    assert complaints(rule.replace("LIST", "alteplase, iv").encode(), RULE, folder) == ["routes"]
    words = schemas(read_names(folder))["rule.schema.json"]["definitions"]["RuleModel"]["properties"]["routes"]
    assert words["anyOf"][1]["items"]["enum"] == ["alteplase", "rectal"]
    case = "- name: one\n  expect:\n    decisions: {{{}: review}}\n"
    assert complaints(case.format("rectal").encode(), "vignettes/one.cases.yaml", folder) == []
    assert complaints(case.format("iv").encode(), "vignettes/one.cases.yaml", folder) == ["0/expect/decisions"]
    for name, taken in {"subcutaneous": True, "a" * 40: True, "a" * 41: False, "all": False, "all_": True}.items():
        found = complaints(f"{name}:\n  title: A route\n".encode(), "routes.yaml", folder)
        assert (found == []) is taken, name


def test_the_words_for_routes_keep_to_their_form() -> None:
    usual = text_of("rulebook.yaml")
    for words, taken in {
        "{one: drug, many: drugs}": True,
        "{one: drug}": False,
        '{one: "{x}", many: b}': False,
    }.items():
        assert (complaints(f"{usual}options: {words}\n".encode(), "rulebook.yaml") == []) is taken


def test_a_file_of_cases_that_says_its_times_once_keeps_to_the_schema() -> None:
    head, case = (
        "as_of: 2026-11-22T09:00:00Z\ncases:\n",
        "  - {name: one, given: {age: 64 years}, expect: {finding: met}}\n",
    )
    assert complaints((head + case).encode(), "cautions/older-adult.cases.yaml") == []
    assert complaints((head + case.replace("64 years", "64 yrs")).encode(), "cautions/older-adult.cases.yaml")
    assert complaints(case.encode(), "cautions/older-adult.cases.yaml") == []
    assert complaints(b"observed_at: soon\ncases: []\n", "cautions/older-adult.cases.yaml")
