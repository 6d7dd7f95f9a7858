"""A fact that others replaced is read and asked as before, and offered to nobody."""

from __future__ import annotations

import json

import jsonschema
import pytest
from tools.docs.facts_page import facts_page
from tools.docs.refresh import editor_schemas

from ketascreen import PatientProfile, ProfileError
from ketascreen.language.condition import facts_of
from ketascreen.patient.profile import BUILT_IN
from ketascreen.verdict.schema import SCHEMAS
from tests.helpers.command_line import run
from tests.helpers.screening import shipped

OLD, NEW = "months_since_heart_attack_or_stroke", ("last_heart_attack", "last_stroke")


def test_it_is_read_and_names_what_replaced_it() -> None:
    profile = PatientProfile.model_validate({OLD: {"value": "7 months", "at": "2026-11-22"}})
    assert list(profile.observations()) == [OLD]
    assert BUILT_IN[OLD].replaced_by == NEW
    assert BUILT_IN.keys() - BUILT_IN.offered.keys() == {OLD}


def test_no_shipped_rule_asks_it() -> None:
    asked = {name for rule in shipped().rules for name in facts_of(rule.when)}
    assert OLD not in asked
    assert set(NEW) <= asked


def test_it_is_listed_nowhere_and_shown_to_who_asks_for_it_by_name() -> None:
    for listed in (facts_page(), run("facts").out, run("facts", "--json").out):
        assert OLD not in listed
        assert NEW[0] in listed
    assert "Replaced by: last_heart_attack, last_stroke" in run("facts", OLD).out


def test_it_is_not_suggested() -> None:
    with pytest.raises(ProfileError) as caught:
        PatientProfile.model_validate({OLD[:-1]: "7 months"})
    assert OLD not in caught.value.diagnostics[0].hint


def test_schemas_take_it_and_do_not_tell_of_it() -> None:
    schema = SCHEMAS["profile.schema.json"]()
    jsonschema.Draft202012Validator(schema).validate({OLD: "7 months"})
    said = schema["properties"][OLD]
    assert said["deprecated"] is True
    assert not {"title", "description"} & said.keys()


def test_editors_take_it_and_do_not_complete_it() -> None:
    shown = editor_schemas()
    cases = json.loads(shown["cases.schema.json"])
    given = cases["definitions"]["CaseModel"]["properties"]["given"]["properties"][OLD]
    assert given["doNotSuggest"] is True
    assert given["deprecationMessage"] == "Write last_heart_attack or last_stroke."
    assert not [name for name, text in shown.items() if BUILT_IN[OLD].label in text]
